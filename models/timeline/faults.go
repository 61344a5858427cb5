package timeline

import "github.com/headroom-sim/headroom/engine"

// Outage is a stretch of time in which a fault was at work.
type Outage struct {
	Name     string // of the fault
	From, To engine.Time
}

// Faults are the outages of a log that reaches to an instant, in the order of
// their beginnings. A fault that hits several places is at work from the first
// that it hits to the last that is relieved, or taken out of service: who replaces
// a broken server is over it. The instances that a lost zone takes with it are no
// faults of their own: their events name none.
func (l *Log) Faults(end engine.Time) []Outage {
	o := outages{end: end, at: map[string]int{}, hit: map[string]int{}, on: map[string][]string{}}
	for _, e := range l.Events {
		switch {
		case e.Kind == Terminate:
			for _, fault := range o.on[e.Instance] {
				o.relieve(fault, e.At)
			}
			delete(o.on, e.Instance)
		case e.Subject == "":
		case e.Kind == FaultStart:
			o.strike(e)
		case e.Kind == FaultEnd && (e.Instance == "" || o.holds(e)):
			o.relieve(e.Subject, e.At)
		}
	}
	return o.all
}

// outages are those of a log up to some event.
type outages struct {
	end engine.Time
	all []Outage
	at  map[string]int      // by fault: its latest outage
	hit map[string]int      // by fault: places that it is at work on
	on  map[string][]string // by instance: the faults at work on it
}

// strike begins a fault at the place of the event.
func (o *outages) strike(e Event) {
	if e.Instance != "" {
		o.on[e.Instance] = append(o.on[e.Instance], e.Subject)
	}
	if o.hit[e.Subject]++; o.hit[e.Subject] > 1 {
		return
	}
	o.at[e.Subject] = len(o.all)
	o.all = append(o.all, Outage{e.Subject, e.At, o.end})
}

// holds tells whether the fault of the event is still at work on its instance, and
// ends that.
func (o *outages) holds(e Event) bool {
	faults := o.on[e.Instance]
	for k, fault := range faults {
		if fault == e.Subject {
			o.on[e.Instance] = append(faults[:k], faults[k+1:]...)
			return true
		}
	}
	return false
}

// relieve ends a fault at one of its places.
func (o *outages) relieve(fault string, at engine.Time) {
	if o.hit[fault] == 0 {
		return
	}
	if o.hit[fault]--; o.hit[fault] == 0 {
		o.all[o.at[fault]].To = at
	}
}
