package cloudwatch

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// Status is what all alarms have in common, those on metrics and composite
// ones: a name, and a state that others can follow. The exported fields are for
// reading.
type Status struct {
	Name  string
	Fleet string // whose metric it is, "" for none
	// State is the state after the latest evaluation.
	State State

	events    *timeline.Log
	followers []func()
}

// Follow calls fn at each change of the state, after it.
func (s *Status) Follow(fn func()) { s.followers = append(s.followers, fn) }

// turn changes the state, tells the timeline why, and then the followers.
func (s *Status) turn(now engine.Time, state State, why string) {
	old := s.State
	s.State = state
	s.log(now, timeline.Alarm, old.String()+" -> "+state.String()+": "+why)
	for _, fn := range s.followers {
		fn()
	}
}

func (s *Status) log(at engine.Time, kind timeline.Kind, text string) {
	s.events.Add(timeline.Event{At: at, Kind: kind, Fleet: s.Fleet, Subject: s.Name, Text: text})
}
