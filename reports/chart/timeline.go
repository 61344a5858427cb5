package chart

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/site"
	"github.com/headroom-sim/headroom/models/timeline"
)

// control shows what the control plane did, to the second: the load, and fleet
// by fleet the servers with the changes of desired, the CPU with the alarms'
// thresholds, the alarms' states, and what kept their policies from acting.
func control(d *data) *Plot {
	f := d.timed()
	if offered := d.rate("offered"); offered != nil {
		_, top := extent(offered)
		f.panels = append(f.panels, &panel{
			heading: "Requests per second", height: 60, y: fromZero(top, "1/s"),
			marks: []mark{stairs{"offered", d.edges, offered, stroke(blue, 1.4)}},
		})
	}
	var said []string
	for _, fleet := range d.fleets() {
		capacity := d.exactCapacity(fleet)
		if capacity == nil {
			continue
		}
		cpu := d.cpu(fleet)
		cpu.strips = d.exactStrips(fleet)
		f.panels = append(f.panels, capacity, cpu)
		said = append(said, d.controlAlt(fleet))
	}
	if len(said) == 0 {
		return nil
	}
	return &Plot{Name: "timeline", Title: "What scaled, and why" + d.first(), Alt: strings.Join(said, " "), figure: f}
}

// exactCapacity shows a fleet's servers as they changed, those in service that
// cannot be used apart; nil where nothing ever
// did and no alarm could have changed it.
func (d *data) exactCapacity(fleet string) *panel {
	var edges, usable, inService, there, desired []float64
	for _, l := range d.Detail.Levels {
		if l.Fleet == fleet {
			edges = append(edges, l.At.Seconds())
			inService, desired = append(inService, float64(l.InService)), append(desired, float64(l.Desired))
			usable = append(usable, float64(min(l.Usable, l.InService)))
			there = append(there, float64(l.InService+l.Pending))
		}
	}
	watched := slices.ContainsFunc(d.Detail.Alarms, func(a site.Alarm) bool { return a.Fleet == fleet })
	if len(edges) == 0 || len(edges) == 1 && !watched {
		return nil
	}
	edges = append(edges, d.clock.Duration)
	zeros := make([]float64, len(inService))
	p := &panel{heading: d.heading(fleet, "servers"), height: 80}
	if slices.Max(there) > 0 && !slices.Equal(there, inService) {
		p.marks = append(p.marks, layer{"pending", edges, inService, there, red, true})
	}
	name := "in service"
	if !slices.Equal(usable, inService) {
		name = "usable"
		p.marks = append(p.marks, layer{name: "in service, not usable", edges: edges, base: usable, top: inService, fill: light(red, 0.55)})
	}
	p.marks = append(p.marks,
		layer{name: name, edges: edges, base: zeros, top: usable, fill: light(blue, 0.45)},
		stairs{"desired", edges, desired, stroke(ink, 1.2, 4, 2)})
	if changes := d.changes(fleet); len(changes.at) > 0 {
		p.marks = append(p.marks, changes)
	}
	_, top := extent(there, desired)
	p.y = fromZero(top, "")
	p.y.max *= 1.2 // room for the arrows
	return p
}

// changes are the changes of a fleet's desired capacity.
func (d *data) changes(fleet string) arrows {
	var a arrows
	for _, e := range d.Detail.Events {
		if before, now, ok := e.Resized(); ok && e.Fleet == fleet {
			a.at, a.up = append(a.at, e.At.Seconds()), append(a.up, now > before)
		}
	}
	return a
}

// exactStrips are the states of a fleet's alarms, and below each what kept its
// policy from acting.
func (d *data) exactStrips(fleet string) []strip {
	var strips []strip
	for _, a := range d.Detail.Alarms {
		if a.Fleet != fleet {
			continue
		}
		name := autoscaling.BriefAlarm(a.Name)
		s := strip{name: name, edges: []float64{0}, states: []float64{-1}}
		for _, e := range d.Detail.Events {
			if _, to, ok := e.Turned(); ok && e.Fleet == fleet && e.Subject == a.Name {
				s.edges, s.states = append(s.edges, e.At.Seconds()), append(s.states, stateLevels[to])
			}
		}
		s.edges = append(s.edges, d.clock.Duration)
		strips = append(strips, s)
		strips = append(strips, d.blocked(a)...)
	}
	return strips
}

// stateLevels are the states of alarms as strips have them.
var stateLevels = map[string]float64{"ALARM": 1, "OK": 0, "INSUFFICIENT_DATA": -1}

// mostReasons is how many of an alarm's obstacles have a strip.
const mostReasons = 3

// blocked are strips of the times in which an alarm's policy was kept from
// acting, one for each reason, those first that came first.
func (d *data) blocked(a site.Alarm) []strip {
	var strips []strip
	for _, v := range d.Detail.Answers {
		if v.Fleet != a.Fleet || v.Alarm != a.Name || !v.Reason.Blocks() {
			continue
		}
		name := "  " + string(v.Reason)
		if v.Reason == timeline.AtBound {
			name = "  at " + v.By // max 3
		}
		i := slices.IndexFunc(strips, func(s strip) bool { return s.name == name })
		if i < 0 {
			if len(strips) == mostReasons {
				continue
			}
			i = len(strips)
			strips = append(strips, strip{name: name, edges: []float64{0}})
		}
		strips[i].add(blockedState, v.From.Seconds(), min(v.To.Seconds(), d.clock.Duration))
	}
	for i := range strips {
		strips[i].add(noState, d.clock.Duration, d.clock.Duration)
	}
	return strips
}

// add extends a strip by a gap and a state.
func (s *strip) add(state, from, to float64) {
	s.edges, s.states = append(s.edges, from, to), append(s.states, noState, state)
}

// controlAlt says what there is to see of a fleet.
func (d *data) controlAlt(fleet string) string {
	text := fleet + ": " + d.changesAlt(fleet) + "."
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
	return text + d.lackAlt(fleet)
}

// changesAlt says how often a fleet's desired capacity was changed.
func (d *data) changesAlt(fleet string) string {
	out, in := 0, 0
	for _, up := range d.changes(fleet).up {
		if up {
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

// lackAlt says for how long fewer of a fleet's servers could be used than were
// desired, "" where there were always enough.
func (d *data) lackAlt(fleet string) string {
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
	until(engine.Time(d.clock.Duration * float64(engine.Second)))
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

// arrows mark instants at the head of a panel, upward or downward.
type arrows struct {
	at []float64
	up []bool
}

// arrowSize is half the width of an arrow, and its height.
const arrowSize = 4

func (m arrows) draw(a area) {
	for i, at := range m.at {
		arrow(a, a.at(at), a.Max.Y-1.5*arrowSize, m.up[i])
	}
}

// arrow draws a triangle whose foot is at a height, or its tip if it points
// down.
func arrow(a area, x, y vg.Length, up bool) {
	foot, tip := y, y+1.5*arrowSize
	colour := passed
	if !up {
		foot, tip, colour = tip, foot, failed
	}
	a.FillPolygon(colour, []vg.Point{{X: x - arrowSize, Y: foot}, {X: x + arrowSize, Y: foot}, {X: x, Y: tip}})
}

func (m arrows) label() (string, float64) { return "desired up, down", 1e300 }

func (m arrows) sample(a area, box vg.Rectangle) {
	arrow(a, box.Min.X+arrowSize, box.Min.Y+1, true)
	arrow(a, box.Max.X-arrowSize, box.Min.Y+1, false)
}
