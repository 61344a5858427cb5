package chart

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/reports/units"
)

// cost shows what an hour costs at each minute of the run, part upon part where
// there are several, the dearest at the bottom.
func cost(d *data) *Plot {
	rate := d.column("cost.per_hour")
	at, most := peak(rate)
	if most == 0 {
		return nil
	}
	f := d.timed()
	p := &panel{heading: "Cost, USD per hour", height: 120, y: fromZero(most, "USD")}
	f.panels = []*panel{p}
	alt := fmt.Sprintf("An hour costs at most %s, at %s.", units.Format(most, "USD"), d.clock.Minute(d.edges[at]))
	if parts := d.costs(); len(parts) > 1 {
		p.marks = d.stack(parts)
		alt += " " + said(parts)
	} else {
		p.marks = []mark{
			layer{edges: d.edges, base: d.zeros(), top: rate, fill: light(blue, 0.35)},
			stairs{"cost", d.edges, rate, stroke(blue, 1.4)},
		}
	}
	return &Plot{Name: "cost", Title: "Cost" + d.first(), Alt: alt, figure: f}
}

// share is a part of the cost.
type share struct {
	name  string
	rates []float64 // by the hour, in each minute
	total float64   // of the rates
}

// costs are the parts that cost anything, the dearest first, and those for which
// there is no style left taken together.
func (d *data) costs() []share {
	var parts []share
	for _, name := range d.names("cost.", ".per_hour") {
		s := share{name: name[strings.Index(name, ".")+1:], rates: d.column("cost.%s.per_hour", name)}
		for _, rate := range s.rates {
			s.total += rate
		}
		if s.total > 0 {
			parts = append(parts, s)
		}
	}
	slices.SortStableFunc(parts, func(a, b share) int { return cmp.Compare(b.total, a.total) })
	if most := len(partStyles); len(parts) > most {
		others := share{name: fmt.Sprintf("%d others", len(parts)-most+1), rates: d.zeros()}
		for _, s := range parts[most-1:] {
			others.rates = sum(others.rates, s.rates)
			others.total += s.total
		}
		parts = append(parts[:most-1], others)
	}
	return parts
}

// partStyles tell the parts apart, by their hatching as well as their colours.
var partStyles = []struct {
	colour  tint
	hatched bool
}{{blue, false}, {red, true}, {green, false}, {purple, true}, {red, false}, {blue, true}}

// stack lays the parts one upon the other, each below a line while it costs
// anything.
func (d *data) stack(parts []share) []mark {
	var layers, lines []mark
	base := d.zeros()
	for i, s := range parts {
		top, style := sum(base, s.rates), partStyles[i]
		fill := light(style.colour, 0.35)
		if style.hatched {
			fill = style.colour
		}
		layers = append(layers, layer{s.name, d.edges, base, top, fill, style.hatched})
		edge := slices.Clone(top)
		for k, rate := range s.rates {
			if rate == 0 {
				edge[k] = math.NaN()
			}
		}
		lines = append(lines, stairs{"", d.edges, edge, stroke(style.colour, 1)})
		base = top
	}
	return append(layers, lines...)
}

// said tells the parts' shares in whole percents.
func said(parts []share) string {
	total := 0.0
	for _, s := range parts {
		total += s.total
	}
	var list []string
	for _, s := range parts {
		list = append(list, fmt.Sprintf("%s %s", s.name, units.Format(math.Round(100*s.total/total)/100, "share")))
	}
	return "Its parts: " + strings.Join(list, ", ") + "."
}
