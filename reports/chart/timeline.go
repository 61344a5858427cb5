package chart

import (
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"

	"github.com/headroom-sim/headroom/reports/view"
)

// control shows what the control plane did, to the second: the load, and fleet
// by fleet the servers with the changes of desired, the CPU with the alarms'
// thresholds, the alarms' states, and what kept their policies from acting. All of it
// is of one replication, so that cause and effect fit together.
func control(d *data) *Plot {
	d = &data{d.Alone()}
	f := d.timed()
	if offered := d.Rate("offered"); offered != nil {
		_, top := extent(offered)
		f.panels = append(f.panels, &panel{
			heading: "Requests per second", height: 60, y: fromZero(top, "1/s"),
			marks: []mark{stairs{"offered", d.Edges, offered, stroke(blue, 1.4)}},
		})
	}
	var said []string
	for _, fleet := range d.Fleets() {
		capacity := d.exactCapacity(fleet)
		if capacity == nil {
			continue
		}
		cpu := d.cpu(fleet)
		cpu.strips = d.Strips(fleet)
		f.panels = append(f.panels, capacity, cpu)
		said = append(said, d.ControlText(fleet))
	}
	if len(said) == 0 {
		return nil
	}
	return &Plot{Name: "timeline", Title: "What scaled, and why" + d.First(), Alt: strings.Join(said, " "), figure: f}
}

// exactCapacity shows a fleet's servers as they changed, those in service that
// cannot be used apart; nil where nothing ever
// did and no alarm could have changed it.
func (d *data) exactCapacity(fleet string) *panel {
	c := d.Capacity(fleet)
	if n := len(c.Edges); n == 0 || n == 2 && len(d.Alarms(fleet)) == 0 {
		return nil
	}
	zeros := make([]float64, len(c.InService))
	p := &panel{heading: d.Heading(fleet, "servers"), height: 80}
	if slices.Max(c.There) > 0 && !slices.Equal(c.There, c.InService) {
		p.marks = append(p.marks, layer{"pending", c.Edges, c.InService, c.There, red, true})
	}
	name := "in service"
	if !slices.Equal(c.Usable, c.InService) {
		name = "usable"
		p.marks = append(p.marks, layer{name: "in service, not usable", edges: c.Edges, base: c.Usable, top: c.InService, fill: light(red, 0.55)})
	}
	p.marks = append(p.marks,
		layer{name: name, edges: c.Edges, base: zeros, top: c.Usable, fill: light(blue, 0.45)},
		stairs{"desired", c.Edges, c.Desired, stroke(ink, 1.2, 4, 2)})
	if changes := d.Changes(fleet); len(changes) > 0 {
		p.marks = append(p.marks, arrows(changes))
	}
	_, top := extent(c.There, c.Desired)
	p.y = fromZero(top, "")
	p.y.max *= 1.2 // room for the arrows
	return p
}

// arrows mark changes at the head of a panel, upward or downward.
type arrows []view.Change

// arrowSize is half the width of an arrow, and its height.
const arrowSize = 4

func (m arrows) draw(a area) {
	for _, c := range m {
		arrow(a, a.at(c.At), a.Max.Y-1.5*arrowSize, c.Up)
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
