package chart

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/site"
	"github.com/headroom-sim/headroom/reports/units"
)

// servers shows, fleet by fleet, how many servers were wanted and how many
// there were, how busy they were, and what the alarms made of it.
func servers(d *data) *Plot {
	f := d.timed()
	var said []string
	for _, fleet := range d.fleets() {
		capacity := d.capacity(fleet)
		if capacity == nil {
			continue
		}
		f.panels = append(f.panels, capacity, d.cpu(fleet))
		if credits := d.credits(fleet); credits != nil {
			f.panels = append(f.panels, credits)
		}
		said = append(said, d.serversAlt(fleet))
	}
	if len(f.panels) == 0 {
		return nil
	}
	if len(d.fleets()) > 1 && len(d.healthy(0)) > 0 {
		f.panels = append(f.panels, d.targets())
	}
	return &Plot{Name: "servers", Title: "Servers and their CPU" + d.first(), Alt: strings.Join(said, " "), figure: f}
}

// capacity shows the servers in service, on top of them those that are coming,
// and the number desired.
func (d *data) capacity(fleet string) *panel {
	inService := d.column("fleets.%s.in_service", fleet)
	desired := d.column("fleets.%s.desired", fleet)
	if inService == nil {
		return nil
	}
	p := &panel{heading: d.heading(fleet, "servers"), height: 90}
	there := inService
	if pending := d.column("fleets.%s.pending", fleet); pending != nil {
		if _, most := peak(pending); most > 0 {
			there = sum(inService, pending)
			p.marks = append(p.marks, layer{"pending", d.edges, inService, there, red, true})
		}
	}
	p.marks = append(p.marks, layer{name: "in service", edges: d.edges, base: d.zeros(), top: inService, fill: light(blue, 0.45)})
	if desired != nil {
		p.marks = append(p.marks, stairs{"desired", d.edges, desired, stroke(ink, 1.2, 4, 2)})
	}
	if len(d.fleets()) == 1 {
		p.marks = append(p.marks, d.healthy(nudge)...)
	}
	_, top := extent(there, desired)
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
	for i, name := range d.names("balancers.", ".targets.healthy") {
		k := i % len(healthyStyles)
		line := stairs{"healthy at " + name, d.edges, d.column("balancers.%s.targets.healthy", name), healthyStyles[k]}
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
		_, most := peak(m.(beside).ys)
		top = max(top, most)
	}
	p.y = fromZero(top, "")
	return p
}

// sum adds two columns.
func sum(a, b []float64) []float64 {
	total := make([]float64, len(a))
	for i, v := range a {
		total[i] = v + b[i]
	}
	return total
}

// cpu shows the mean CPU of the servers in service with the alarms' thresholds,
// and the alarms' states.
func (d *data) cpu(fleet string) *panel {
	p := &panel{heading: d.heading(fleet, "mean CPU of the servers in service"), height: 90, y: percentAxis()}
	for _, a := range d.Detail.Alarms {
		if a.Fleet != fleet {
			continue
		}
		if strings.Contains(a.Metric, "CPU") {
			p.marks = append(p.marks, bound{thresholdName(a), a.Threshold / 100, 0, d.clock.Duration, stroke(purple, 1.1, 2, 2)})
		}
		if states := d.series.Column(a.Column); states != nil {
			p.strips = append(p.strips, strip{autoscaling.BriefAlarm(a.Name), d.edges, states})
		}
	}
	if values := d.column("fleets.%s.cpu", fleet); values != nil {
		p.marks = append(p.marks, curve{"CPU", d.middles(), values, stroke(blue, 1.4)})
	}
	return p
}

// thresholdName is "cpu-high ≥ 80 %"; of an alarm with a long name, which the
// strip of its states bears anyway, "alarm ≥ 80 %".
func thresholdName(a site.Alarm) string {
	name := autoscaling.BriefAlarm(a.Name)
	if len(name) > 18 {
		name = "alarm"
	}
	return name + " " + sign(a.Comparison) + " " + units.Format(a.Threshold/100, "share")
}

// sign is a comparison as people write it.
func sign(comparison string) string {
	return strings.NewReplacer(">=", "≥", "<=", "≤").Replace(comparison)
}

// credits shows the CPU credits of a burstable fleet's poorest server; below zero
// are surplus credits, which are to be earned back or paid.
func (d *data) credits(fleet string) *panel {
	values := d.column("fleets.%s.credits.min", fleet)
	if values == nil {
		return nil
	}
	low, high := 0.0, 0.0
	for _, v := range values {
		if v < low {
			low = v
		}
		if v > high {
			high = v
		}
	}
	return &panel{
		heading: d.heading(fleet, "CPU credits of the server that has the fewest"), height: 70, y: aroundZero(low, high, ""),
		marks: []mark{curve{"credits", d.middles(), values, stroke(green, 1.4)}},
	}
}

func (d *data) serversAlt(fleet string) string {
	inService := d.column("fleets.%s.in_service", fleet)
	least, most := inService[0], inService[0]
	for _, v := range inService {
		least, most = min(least, v), max(most, v)
	}
	text := fmt.Sprintf("%s has %s servers in service", fleet, units.Format(most, ""))
	if least < most {
		text = fmt.Sprintf("%s has %s to %s servers in service", fleet, units.Format(least, ""), units.Format(most, ""))
	} else if most == 1 {
		text = fleet + " has one server in service"
	}
	if values := d.column("fleets.%s.cpu", fleet); values != nil {
		at, busiest := peak(values)
		text += fmt.Sprintf(", CPU at most %s, at %s", units.Format(math.Round(100*busiest)/100, "share"), d.clock.Minute(d.edges[at]))
	}
	for _, a := range d.Detail.Alarms {
		if a.Fleet == fleet {
			text += d.alarmAlt(a)
		}
	}
	return text + "."
}

func (d *data) alarmAlt(a site.Alarm) string {
	states := d.series.Column(a.Column)
	spans := d.spans(func(i int) bool { return states != nil && states[i] == 1 })
	if len(spans) == 0 {
		return ""
	}
	return fmt.Sprintf("; alarm %s in ALARM %s", autoscaling.BriefAlarm(a.Name), d.sayAll(spans))
}
