package view

import (
	"fmt"
	"math"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/site"
	"github.com/headroom-sim/headroom/models/timeline"
)

// Capacity is a fleet's servers as they changed, from each edge to the next.
type Capacity struct {
	Edges     []float64 // one more than values
	Usable    []float64 // of those in service
	InService []float64
	There     []float64 // in service and pending
	Desired   []float64
}

// Capacity is empty where the fleet has no servers.
func (d *Data) Capacity(fleet string) Capacity {
	var c Capacity
	for _, l := range d.Detail.Levels {
		if l.Fleet == fleet {
			c.Edges = append(c.Edges, l.At.Seconds())
			c.InService, c.Desired = append(c.InService, float64(l.InService)), append(c.Desired, float64(l.Desired))
			c.Usable = append(c.Usable, float64(min(l.Usable, l.InService)))
			c.There = append(c.There, float64(l.InService+l.Pending))
		}
	}
	if len(c.Edges) > 0 {
		c.Edges = append(c.Edges, d.Clock.Duration)
	}
	return c
}

// Change is a change of a fleet's desired capacity.
type Change struct {
	At float64 // seconds
	Up bool
}

// Changes are those of a fleet's desired capacity.
func (d *Data) Changes(fleet string) []Change {
	var list []Change
	for _, e := range d.Detail.Events {
		if before, now, ok := e.Resized(); ok && e.Fleet == fleet {
			list = append(list, Change{e.At.Seconds(), now > before})
		}
	}
	return list
}

// Strip is the state of something over time, from each edge to the next: that of
// an alarm, or whether its policy was blocked.
type Strip struct {
	Name   string
	Edges  []float64 // one more than states
	States []float64
}

// The states.
const (
	NoDatum = -1 // of an alarm: without sufficient data
	OK      = 0
	InAlarm = 1
	Blocked = 2 // its policy cannot act
	Gap     = 3
)

// stateLevels are the states of alarms as strips have them.
var stateLevels = map[string]float64{"ALARM": InAlarm, "OK": OK, "INSUFFICIENT_DATA": NoDatum}

// Strips are the states of a fleet's alarms, to the second, and after each what
// kept its policy from acting.
func (d *Data) Strips(fleet string) []Strip {
	var strips []Strip
	for _, a := range d.Alarms(fleet) {
		s := Strip{Name: autoscaling.BriefAlarm(a.Name), Edges: []float64{0}, States: []float64{NoDatum}}
		for _, e := range d.Detail.Events {
			if _, to, ok := e.Turned(); ok && e.Fleet == fleet && e.Subject == a.Name {
				s.Edges, s.States = append(s.Edges, e.At.Seconds()), append(s.States, stateLevels[to])
			}
		}
		s.Edges = append(s.Edges, d.Clock.Duration)
		strips = append(append(strips, s), d.blocked(a)...)
	}
	return strips
}

// mostReasons is how many of an alarm's obstacles have a strip.
const mostReasons = 3

// blocked are strips of the times in which an alarm's policy was kept from
// acting, one for each reason, those first that came first.
func (d *Data) blocked(a site.Alarm) []Strip {
	var strips []Strip
	for _, v := range d.Detail.Answers {
		if v.Fleet != a.Fleet || v.Alarm != a.Name || !v.Reason.Blocks() {
			continue
		}
		name := "  " + string(v.Reason)
		if v.Reason == timeline.AtBound {
			name = "  at " + v.By // max 3
		}
		i := slices.IndexFunc(strips, func(s Strip) bool { return s.Name == name })
		if i < 0 {
			if len(strips) == mostReasons {
				continue
			}
			i = len(strips)
			strips = append(strips, Strip{Name: name, Edges: []float64{0}})
		}
		strips[i].add(Blocked, v.From.Seconds(), min(v.To.Seconds(), d.Clock.Duration))
	}
	for i := range strips {
		strips[i].add(Gap, d.Clock.Duration, d.Clock.Duration)
	}
	return strips
}

// add extends a strip by a gap and a state.
func (s *Strip) add(state, from, to float64) {
	s.Edges, s.States = append(s.Edges, from, to), append(s.States, Gap, state)
}

// ControlText says how a fleet was scaled, and how long the first scale-out took.
func (d *Data) ControlText(fleet string) string {
	text := fleet + d.ofFirst() + ": " + d.changesText(fleet) + "."
	for _, s := range d.Detail.Scalings {
		if s.Fleet != fleet || !s.Reached(timeline.AtUsable) {
			continue
		}
		longest, most := timeline.Part(0), engine.Time(0)
		for p, t := range s.Took() {
			if t > most {
				longest, most = timeline.Part(p), t
			}
		}
		return text + fmt.Sprintf(" The first scale-out took %s from the breach to a usable server, %s of it for %s.",
			quantity.Duration(s.Lag()).Rough(), quantity.Duration(most).Rough(), longest)
	}
	return text + d.lackText(fleet)
}

// changesText says how often a fleet's desired capacity was changed.
func (d *Data) changesText(fleet string) string {
	out, in := 0, 0
	for _, c := range d.Changes(fleet) {
		if c.Up {
			out++
		} else {
			in++
		}
	}
	switch {
	case out > 0 && in > 0:
		return fmt.Sprintf("desired was raised %s and lowered %s", times(out), times(in))
	case out > 0:
		return "desired was raised " + times(out)
	case in > 0:
		return "desired was lowered " + times(in)
	}
	return "desired was never changed"
}

// lackText says for how long fewer of a fleet's servers could be used than were
// desired, "" where there were always enough.
func (d *Data) lackText(fleet string) string {
	var lack engine.Time
	var last timeline.Level
	least := math.MaxInt
	until := func(at engine.Time) {
		if last.Usable < last.Desired && at > last.At {
			lack, least = lack+at-last.At, min(least, last.Usable)
		}
	}
	for _, l := range d.Detail.Levels {
		if l.Fleet == fleet {
			until(l.At)
			last = l
		}
	}
	until(engine.Time(d.Clock.Duration * float64(engine.Second)))
	if lack == 0 {
		return ""
	}
	return fmt.Sprintf(" For %s fewer servers could be used than desired, at the least %d.", quantity.Duration(lack).Rough(), least)
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
