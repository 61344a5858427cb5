package chart

import (
	"strings"

	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/reports/view"
)

// connections shows, fleet by fleet, the connections in use on the server that
// has most of them, against the limit.
func connections(d *data) *Plot {
	f := d.timed()
	var said []string
	for _, fleet := range d.Fleets() {
		used, limit, full := d.Connections(fleet)
		if used.Values == nil {
			continue
		}
		_, most := view.Peak(used.Values)
		p := &panel{
			heading: d.Heading(fleet, "connections in use on the server that has most"), height: 130,
			marks: d.stairs("in use, at most "+units.Format(most, ""), "", used, stroke(blue, 1.4)),
		}
		if limit != nil {
			p.marks = append(p.marks, stairs{"limit " + units.Format(view.Last(limit), ""), d.Edges, limit, stroke(purple, 1.5, 2, 2)})
		}
		_, top := extent(used.Values, used.Highs(), limit)
		p.y = fromZero(top, "")
		f.panels = append(f.panels, p)
		if full.Values != nil {
			f.panels = append(f.panels, d.backlog(fleet, full))
		}
		said = append(said, d.ConnectionsText(fleet))
	}
	if len(f.panels) == 0 {
		return nil
	}
	return &Plot{Name: "connections", Title: "Connections" + d.Over(), Alt: strings.Join(said, " "), figure: f}
}

// backlog shows for which share of the time a backlog was full.
func (d *data) backlog(fleet string, full view.Course) *panel {
	return &panel{
		heading: d.Heading(fleet, "share of the time with a full backlog on some server"), height: 60, y: percentAxis(),
		marks: append(
			[]mark{layer{name: "backlog full", edges: d.Edges, base: d.Zeros(), top: full.Values, fill: light(failed, 0.35)}},
			d.brim("share", full)...),
	}
}
