package chart

import (
	"math"
	"slices"

	"github.com/headroom-sim/headroom/reports/view"
)

// cost shows what an hour costs at each minute of the run, part upon part where
// there are several, the dearest at the bottom.
func cost(d *data) *Plot {
	rate := d.Course("cost.per_hour")
	_, most := extent(rate.Values, rate.Highs())
	if most == 0 {
		return nil
	}
	f := d.timed()
	p := &panel{heading: "Cost, USD per hour", height: 120, y: fromZero(most, "USD")}
	f.panels = []*panel{p}
	parts := d.Costs(len(partStyles))
	if len(parts) > 1 {
		p.marks = append(d.stack(parts), d.brim("USD/h", rate)...)
	} else {
		p.marks = append(
			[]mark{layer{edges: d.Edges, base: d.Zeros(), top: rate.Values, fill: light(blue, 0.35)}},
			d.stairs("cost", "USD/h", rate, stroke(blue, 1.4))...)
	}
	return &Plot{Name: "cost", Title: "Cost" + d.Over(), Alt: d.CostText(parts), figure: f}
}

// partStyles tell the parts apart without their colours too: by their hatching, or by
// how much of the colour there is.
var partStyles = []struct {
	colour  tint
	share   float64 // of the colour's strength
	hatched bool
}{{blue, 0.35, false}, {red, 1, true}, {green, 0.75, false}, {purple, 1, true}, {red, 0.15, false}, {blue, 1, true}}

// stack lays the parts one upon the other, each below a line while it costs
// anything.
func (d *data) stack(parts []view.Part) []mark {
	var layers, lines []mark
	base := d.Zeros()
	for i, s := range parts {
		top, style := view.Sum(base, s.Rates), partStyles[i]
		layers = append(layers, layer{s.Name, d.Edges, base, top, light(style.colour, style.share), style.hatched})
		edge := slices.Clone(top)
		for k, rate := range s.Rates {
			if rate == 0 {
				edge[k] = math.NaN()
			}
		}
		lines = append(lines, stairs{"", d.Edges, edge, stroke(style.colour, 1)})
		base = top
	}
	return append(layers, lines...)
}
