package chart

import (
	"fmt"

	"github.com/headroom-sim/headroom/reports/units"
)

// cost shows what an hour costs at each minute of the run.
func cost(d *data) *Plot {
	rate := d.column("cost.per_hour")
	at, most := peak(rate)
	if most == 0 {
		return nil
	}
	f := d.timed()
	f.panels = []*panel{{
		heading: "Cost, USD per hour", height: 120, y: fromZero(most, "USD"),
		marks: []mark{
			layer{edges: d.edges, base: d.zeros(), top: rate, fill: light(blue, 0.35)},
			stairs{"cost", d.edges, rate, stroke(blue, 1.4)},
		},
	}}
	alt := fmt.Sprintf("An hour costs at most %s, at %s.", units.Format(most, "USD"), d.clock.Minute(d.edges[at]))
	return &Plot{Name: "cost", Title: "Cost" + d.first(), Alt: alt, figure: f}
}
