package chart

import (
	"fmt"
	"strings"

	"github.com/headroom-sim/headroom/reports/units"
)

// connections shows, fleet by fleet, the connections in use on the server that
// has most of them, against the limit.
func connections(d *data) *Plot {
	f := d.timed()
	var said []string
	for _, fleet := range d.fleets() {
		used, limit := d.column("fleets.%s.connections.max", fleet), d.column("fleets.%s.connections.limit", fleet)
		if used == nil {
			continue
		}
		at, most := peak(used)
		p := &panel{
			heading: d.heading(fleet, "connections in use on the server that has most"), height: 130,
			marks: []mark{stairs{"in use, at most " + units.Format(most, ""), d.edges, used, stroke(blue, 1.4)}},
		}
		text := fmt.Sprintf("At most %s connections in use on one server of %s, at %s", units.Format(most, ""), fleet, d.clock.Minute(d.edges[at]))
		if limit != nil {
			p.marks = append(p.marks, stairs{"limit " + units.Format(last(limit), ""), d.edges, limit, stroke(purple, 1.5, 2, 2)})
			text += fmt.Sprintf("; the limit is %s", units.Format(last(limit), ""))
		}
		_, top := extent(used, limit)
		p.y = fromZero(top, "")
		f.panels = append(f.panels, p)
		if full := d.backlog(fleet); full != nil {
			f.panels = append(f.panels, full)
			text += "; a backlog was full " + d.sayAll(d.spans(func(i int) bool { return d.column(backlogColumn, fleet)[i] > 0 }))
		}
		said = append(said, text+".")
	}
	if len(f.panels) == 0 {
		return nil
	}
	return &Plot{Name: "connections", Title: "Connections" + d.first(), Alt: strings.Join(said, " "), figure: f}
}

// backlogColumn has for how much of a minute the backlog of some server was full.
const backlogColumn = "fleets.%s.saturated_seconds.backlog"

// backlog shows for which share of the time a new connection, or a request, would
// have found no place to wait on some server; nil where that was never so. A server
// that hangs is seen there, not in the connections that it serves.
func (d *data) backlog(fleet string) *panel {
	shares := d.column(backlogColumn, fleet)
	if _, most := peak(shares); most == 0 {
		return nil
	}
	for i := range shares {
		shares[i] /= d.edges[i+1] - d.edges[i]
	}
	return &panel{
		heading: d.heading(fleet, "share of the time with a full backlog on some server"), height: 60, y: percentAxis(),
		marks: []mark{layer{name: "backlog full", edges: d.edges, base: d.zeros(), top: shares, fill: light(failed, 0.35)}},
	}
}
