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
		said = append(said, text+".")
	}
	if len(f.panels) == 0 {
		return nil
	}
	return &Plot{Name: "connections", Title: "Connections" + d.first(), Alt: strings.Join(said, " "), figure: f}
}
