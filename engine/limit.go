package engine

import (
	"cmp"
	"fmt"
	"slices"
)

// An EventLimitError says that a run would have exceeded Limits.Events: it is
// much larger than was thought.
type EventLimitError struct {
	Limit   uint64
	Time    Time   // simulated time reached
	Routine string // name of the routine with the most events, all its namesakes counted together
	Events  uint64 // how many of the events were this routine's
}

func (e *EventLimitError) Error() string {
	return fmt.Sprintf("event limit of %d reached at simulated time %s; busiest routine: %s (%d events)",
		e.Limit, e.Time, e.Routine, e.Events)
}

// A StandstillError says that a run has got stuck in a loop at one instant.
type StandstillError struct {
	Time    Time   // the instant
	Routine string // name of the routine with the most events of the run
	Events  uint64 // how many events were this routine's
}

func (e *StandstillError) Error() string {
	return fmt.Sprintf("time stands still at %s: events go round without end; busiest routine: %s (%d events)", e.Time, e.Routine, e.Events)
}

// A ClockError says that the future event list gave an event that should have fired
// before the one that fired last.
type ClockError struct {
	Now     Time   // simulated time reached
	Due     Time   // when the event should have fired
	Routine string // whose it is
}

func (e *ClockError) Error() string {
	return fmt.Sprintf("the clock would go back from %s to %s, for an event of %s", e.Now, e.Due, e.Routine)
}

// lookLater sees to it that Run looks at the limits in time.
func (s *Sim) lookLater() {
	s.mark, s.pause = s.now, min(s.limits.Events, s.events+s.limits.Instant)
}

// look finds out whether Run must return early, and why.
func (s *Sim) look() (stop bool, err error) {
	switch {
	case s.events >= s.limits.Events:
		name, events := s.busiest()
		return true, &EventLimitError{s.limits.Events, s.now, name, events}
	case s.pause == 0:
		return true, nil
	case s.now == s.mark:
		name, events := s.busiest()
		return true, &StandstillError{s.now, name, events}
	}
	s.lookLater()
	return false, nil
}

// busiest returns the name under which the most events fired; of several, the
// one bound first.
func (s *Sim) busiest() (string, uint64) {
	type total struct {
		name   string
		events uint64
	}
	var totals []total
	at := map[string]int{}
	for _, b := range s.kinds {
		i, seen := at[b.name]
		if !seen {
			i = len(totals)
			at[b.name] = i
			totals = append(totals, total{name: b.name})
		}
		totals[i].events += b.events
	}
	if len(totals) == 0 {
		return "", 0
	}
	most := slices.MaxFunc(totals, func(a, b total) int { return cmp.Compare(a.events, b.events) })
	return most.name, most.events
}
