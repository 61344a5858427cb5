package timeline

import "github.com/headroom-sim/headroom/engine"

// Outage is a stretch of time in which a fault was at work.
type Outage struct {
	Name     string // of the fault
	From, To engine.Time
}

// Faults are the outages of a log that reaches to an instant, in the order of
// their beginnings. A fault that hits several places is at work from the first
// that it hits to the last that is relieved. The instances that a lost zone takes
// with it are no faults of their own: their events name none.
func (l *Log) Faults(end engine.Time) []Outage {
	var all []Outage
	hit, at := map[string]int{}, map[string]int{}
	for _, e := range l.Events {
		switch {
		case e.Subject == "":
		case e.Kind == FaultStart:
			if hit[e.Subject]++; hit[e.Subject] == 1 {
				at[e.Subject] = len(all)
				all = append(all, Outage{e.Subject, e.At, end})
			}
		case e.Kind == FaultEnd && hit[e.Subject] > 0:
			if hit[e.Subject]--; hit[e.Subject] == 0 {
				all[at[e.Subject]].To = e.At
			}
		}
	}
	return all
}
