package engine

import (
	"cmp"
	"fmt"
	"slices"
)

// An EventLimitError says that a run would have exceeded Limits.Events: it is
// much larger than was thought, or has got stuck in a loop at one instant.
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

// paused says why Run returns early.
func (s *Sim) paused() error {
	if s.events < s.limits.Events {
		return nil
	}
	name, events := s.busiest()
	return &EventLimitError{s.limits.Events, s.now, name, events}
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
	for _, b := range s.bindings {
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
