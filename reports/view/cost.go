package view

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments/units"
)

// Part is a part of the cost.
type Part struct {
	Name  string
	Rates []float64 // USD by the hour, in each minute
	Total float64   // of the rates
}

// Costs are the parts that cost anything, the dearest first; of more than most
// the cheapest are taken together.
func (d *Data) Costs(most int) []Part {
	var parts []Part
	for _, name := range d.Names("cost.", ".per_hour") {
		p := Part{Name: name[strings.Index(name, ".")+1:], Rates: d.Column("cost.%s.per_hour", name)}
		for _, rate := range p.Rates {
			p.Total += rate
		}
		if p.Total > 0 {
			parts = append(parts, p)
		}
	}
	slices.SortStableFunc(parts, func(a, b Part) int { return cmp.Compare(b.Total, a.Total) })
	if len(parts) > most {
		others := Part{Name: fmt.Sprintf("%d others", len(parts)-most+1), Rates: d.Zeros()}
		for _, p := range parts[most-1:] {
			others.Rates = Sum(others.Rates, p.Rates)
			others.Total += p.Total
		}
		parts = append(parts[:most-1], others)
	}
	return parts
}

// CostText says when an hour was dearest, and the shares of the parts in whole
// percents where there are several.
func (d *Data) CostText(parts []Part) string {
	at, most := Peak(d.Column("cost.per_hour"))
	text := fmt.Sprintf("An hour costs at most %s, at %s.", units.Format(most, "USD"), d.Clock.Minute(d.Edges[at]))
	if len(parts) < 2 {
		return text
	}
	total := 0.0
	for _, p := range parts {
		total += p.Total
	}
	var list []string
	for _, p := range parts {
		list = append(list, fmt.Sprintf("%s %s", p.Name, units.Format(math.Round(100*p.Total/total)/100, "share")))
	}
	return text + " Its parts: " + strings.Join(list, ", ") + "."
}
