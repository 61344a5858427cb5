package incident

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// Kind is what a fault does to an instance, or to a group.
type Kind uint8

// The kinds of effects.
const (
	Refuse        Kind = iota // the port is closed
	CPU                       // Load always-runnable threads
	LaunchFailure             // EC2 has no capacity for new instances
)

var kindNames = []string{"refuse", "cpu", "launch_failure"}

// String is the name in scenarios.
func (k Kind) String() string { return kindNames[k] }

// Place is what an effect is done to: an instance, or where Instance is "" the
// launches of a fleet in a zone, "" for all zones.
type Place struct{ Fleet, Zone, Instance string }

// Effect is what is done to a place.
type Effect struct {
	Kind Kind
	Load float64 // of CPU: threads
}

// words says what the effect is, for the timeline.
func (e Effect) words(p Place) string {
	switch e.Kind {
	case LaunchFailure:
		if p.Zone == "" {
			return "launch_failure: no zone has capacity for new instances"
		}
		return "launch_failure: zone " + p.Zone + " has no capacity for new instances"
	case CPU:
		return "cpu: load " + strconv.FormatFloat(e.Load, 'f', -1, 64) + ", threads that never sleep"
	default:
		return "refuse: the port is closed"
	}
}

// Plant is what faults act upon.
type Plant interface {
	// InService gives the ids of a fleet's instances in service, the
	// longest-running first, ties by the lowest id.
	InService(fleet string) []string
	// Afflict begins an effect on a place; several add up.
	Afflict(p Place, e Effect)
	// Relieve ends one that was begun; an instance may be gone.
	Relieve(p Place, e Effect)
}

// Clock carries out faults.
type Clock struct {
	plant Plant
	log   *timeline.Log
	sim   *engine.Sim
	begin *engine.Routine[*strike]
	end   *engine.Routine[*strike]
}

// strike is a fault of a Clock's, with whom it has hit.
type strike struct {
	*Fault
	name    string
	effect  Effect
	victims []Place
}

// NewClock returns a Clock without faults.
func NewClock(sim *engine.Sim, p Plant, log *timeline.Log) *Clock {
	c := &Clock{plant: p, log: log, sim: sim}
	c.begin = engine.NewRoutine(sim, "fault begins", engine.Change, c.onBegin)
	c.end = engine.NewRoutine(sim, "fault ends", engine.Change, c.onEnd)
	return c
}

// Add puts a fault, which has been checked, on the clock under its name in the
// scenario.
func (c *Clock) Add(name string, f *Fault) {
	kind := Kind(slices.Index(kindNames, f.Effect))
	c.begin.At(f.At.Time(), &strike{Fault: f, name: name, effect: Effect{kind, f.Load}})
}

func (c *Clock) onBegin(s *strike) {
	s.victims = c.choose(s)
	if len(s.victims) == 0 {
		c.tell(timeline.FaultStart, s, Place{}, s.effect.words(Place{})+"; nothing is in service to be hit")
	}
	for _, p := range s.victims {
		c.tell(timeline.FaultStart, s, p, s.effect.words(p)+c.howLong(s))
		c.plant.Afflict(p, s.effect)
	}
	if s.For != nil {
		c.end.After(s.For.Time(), s)
	}
}

// choose finds the places that a fault hits now.
func (c *Clock) choose(s *strike) []Place {
	if s.effect.Kind == LaunchFailure {
		return []Place{{Fleet: s.Fleet, Zone: s.Zone}}
	}
	all := c.plant.InService(s.Fleet)
	var places []Place
	for _, id := range all[:s.Instances.Of(len(all))] {
		places = append(places, Place{Fleet: s.Fleet, Instance: id})
	}
	return places
}

func (c *Clock) howLong(s *strike) string {
	if s.For == nil {
		return ""
	}
	return fmt.Sprintf(", for %s", s.For)
}

func (c *Clock) onEnd(s *strike) {
	for _, p := range s.victims {
		c.tell(timeline.FaultEnd, s, p, s.effect.Kind.String()+" is over")
		c.plant.Relieve(p, s.effect)
	}
}

func (c *Clock) tell(kind timeline.Kind, s *strike, p Place, text string) {
	c.log.Add(timeline.Event{At: c.sim.Now(), Kind: kind, Fleet: s.Fleet, Subject: s.name, Instance: p.Instance, Text: text})
}
