package chart

import (
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/reports/view"
)

// servers shows, fleet by fleet, how many servers were wanted and how many
// there were, how busy they were, and what the alarms made of it.
func servers(d *data) *Plot {
	f := d.timed()
	var said []string
	for _, fleet := range d.Fleets() {
		capacity := d.capacity(fleet)
		if capacity == nil {
			continue
		}
		f.panels = append(f.panels, capacity, d.cpu(fleet))
		if credits := d.credits(fleet); credits != nil {
			f.panels = append(f.panels, credits)
		}
		said = append(said, d.ServersText(fleet))
	}
	if len(f.panels) == 0 {
		return nil
	}
	if len(d.Fleets()) > 1 && len(d.healthy(0)) > 0 {
		f.panels = append(f.panels, d.targets())
	}
	return &Plot{Name: "servers", Title: "Servers and their CPU" + d.Over(), Alt: strings.Join(said, " "), figure: f}
}

// capacity shows the servers in service, on top of them those that are coming,
// and the number desired.
func (d *data) capacity(fleet string) *panel {
	servers, desired := d.Course("fleets.%s.in_service", fleet), d.Course("fleets.%s.desired", fleet)
	inService := servers.Values
	if inService == nil {
		return nil
	}
	p := &panel{heading: d.Heading(fleet, "servers"), height: 90}
	there := inService
	if pending := d.Column("fleets.%s.pending", fleet); pending != nil {
		if _, most := view.Peak(pending); most > 0 {
			there = view.Sum(inService, pending)
			p.marks = append(p.marks, layer{"pending", d.Edges, inService, there, red, true})
		}
	}
	p.marks = append(p.marks, layer{name: "in service", edges: d.Edges, base: d.Zeros(), top: inService, fill: light(blue, 0.45)})
	p.marks = append(p.marks, d.brim("", servers)...)
	if desired.Values != nil {
		p.marks = append(p.marks, stairs{"desired", d.Edges, desired.Values, stroke(ink, 1.2, 4, 2)})
	}
	if len(d.Fleets()) == 1 {
		p.marks = append(p.marks, d.healthy(nudge)...)
	}
	_, top := extent(there, desired.Values, servers.Highs())
	p.y = fromZero(top, "")
	return p
}

// nudge keeps the line of a balancer apart from that of the servers desired, and
// nudgeMore those of equal values of several balancers: by a line's width, as more
// would be read for another value.
const nudge, nudgeMore = 2.5, 1.5

// healthyStyles tell the balancers apart; from the fifth on they repeat.
var healthyStyles = []draw.LineStyle{
	stroke(green, 1.6, 1, 1.5), stroke(purple, 1.4, 6, 2, 1, 2), stroke(red, 1.4, 4, 2), stroke(blue, 1.4),
}

// healthy are the targets that balancers may use, a line for each balancer; the
// first is drawn so far beside its values.
func (d *data) healthy(first vg.Length) []mark {
	var marks []mark
	for i, name := range d.Names("balancers.", ".targets.healthy") {
		k := i % len(healthyStyles)
		line := stairs{"healthy at " + name, d.Edges, d.Column("balancers.%s.targets.healthy", name), healthyStyles[k]}
		marks = append(marks, beside{line, first + nudgeMore*vg.Length(k)})
	}
	return marks
}

// targets shows what all balancers may use, where the servers of several
// fleets leave no room for it.
func (d *data) targets() *panel {
	p := &panel{heading: "Targets that balancers may use", height: 90, marks: d.healthy(0)}
	var top float64
	for _, m := range p.marks {
		_, most := view.Peak(m.(beside).ys)
		top = max(top, most)
	}
	p.y = fromZero(top, "")
	return p
}

// cpu shows the mean CPU of the servers in service with the alarms' thresholds,
// and the alarms' states.
func (d *data) cpu(fleet string) *panel {
	p := &panel{heading: d.Heading(fleet, "mean CPU of the servers in service"), height: 90, y: percentAxis()}
	for _, a := range d.Alarms(fleet) {
		if view.OnCPU(a) {
			p.marks = append(p.marks, bound{view.ThresholdName(a), a.Threshold / 100, 0, d.Clock.Duration, stroke(purple, 1.1, 2, 2)})
		}
		if states := d.States(a); states != nil {
			p.strips = append(p.strips, view.Strip{Name: autoscaling.BriefAlarm(a.Name), Edges: d.Edges, States: states})
		}
	}
	if c := d.Course("fleets.%s.cpu", fleet); c.Values != nil {
		p.marks = append(p.marks, d.curve("CPU", "share", c, stroke(blue, 1.4))...)
	}
	return p
}

// credits shows the CPU credits of a burstable fleet's poorest server; below zero
// are surplus credits, which are to be earned back or paid.
func (d *data) credits(fleet string) *panel {
	c := d.Course("fleets.%s.credits.min", fleet)
	if c.Values == nil {
		return nil
	}
	low, high := c.Span()
	return &panel{
		heading: d.Heading(fleet, "CPU credits of the server that has the fewest"), height: 70, y: aroundZero(low, high, ""),
		marks: d.curve("credits", "", c, stroke(green, 1.4)),
	}
}
