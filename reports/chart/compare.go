package chart

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/reports/view"
)

// ComparePlots returns the pictures of a comparison: the differences from the
// base, and the frontier. What there are no data for is left out.
func ComparePlots(c *experiments.Comparison) []Plot {
	return comparePlots(c, newFonts(systemFonts))
}

func comparePlots(c *experiments.Comparison, faces *fonts) []Plot {
	subtitle := c.Title() + fmt.Sprintf(", %d replications", c.Replications())
	if c.Replications() < 2 {
		subtitle = c.Title() + ", one replication: no intervals"
	}
	var drawn []Plot
	for _, draft := range []func(*experiments.Comparison, *fonts) *Plot{differences, frontier} {
		p := draft(c, faces)
		if p == nil {
			continue
		}
		p.figure.title, p.figure.subtitle, p.figure.fonts = p.Title, subtitle, faces
		drawn = append(drawn, *p)
	}
	return drawn
}

// CompareWarnings is Warnings for the pictures of a comparison.
func CompareWarnings(c *experiments.Comparison) []string {
	words := []string{c.Title()}
	for _, a := range c.Arms {
		words = append(words, a.Name)
	}
	return newFonts(systemFonts).warnings(words)
}

// rowHeight is that of a row of estimates.
const rowHeight = 15

// differences shows each difference from the base, as a share of the base's mean,
// with its interval: of each metric a row for each arm, or of a single arm a row
// for each metric.
func differences(c *experiments.Comparison, fonts *fonts) *Plot {
	groups := byMetric(c)
	if len(c.Changes) == 1 {
		groups = []group{ofOne(c)}
	}
	f := &figure{xName: "difference from " + c.Arms[0].Name + ", % of its mean"}
	f.x = differenceAxis(groups)
	if f.x.ticks == nil {
		return nil
	}
	if f.x.linear > 0 {
		f.xName += ", logarithmic beyond " + units.Format(100*f.x.linear, "%")
	}
	for i, g := range groups {
		p := g.panel(fonts)
		if i == 0 {
			p.marks = append(p.marks, key{{betterLook, "better"}, {worseLook, "worse"}, {noneLook, "no difference shown"}})
		}
		f.panels = append(f.panels, p)
	}
	return &Plot{Name: "differences", Title: "Differences from " + c.Arms[0].Name, Alt: view.DifferencesText(c, c.Shown), figure: f}
}

// group is a panel of rows.
type group struct {
	heading string
	rows    []row
}

// row is a difference under the name of its arm or metric.
type row struct {
	name, metric string
	experiments.Difference
}

func byMetric(c *experiments.Comparison) []group {
	var groups []group
	for _, metric := range c.Shown {
		g := group{heading: metric}
		for i, change := range c.Changes {
			if d, ok := change.Metrics[metric]; ok && d.N > 0 {
				g.rows = append(g.rows, row{c.Arms[i+1].Name, metric, d})
			}
		}
		if slices.ContainsFunc(g.rows, func(r row) bool { return r.Shows() != experiments.Same }) {
			groups = append(groups, g)
		}
	}
	return groups
}

func ofOne(c *experiments.Comparison) group {
	g := group{heading: c.Arms[1].Name}
	for _, metric := range c.Shown {
		if d, ok := c.Changes[0].Metrics[metric]; ok && d.N > 0 {
			g.rows = append(g.rows, row{metric, metric, d})
		}
	}
	return g
}

// share is the difference as a share of the base, with the simultaneous
// interval; ok is false where the base is zero.
func (r row) share() (output.Estimate, bool) { return r.Relative(r.Simultaneous) }

// panel draws the rows from the top down.
func (g group) panel(fonts *fonts) *panel {
	n := len(g.rows)
	p := &panel{heading: g.heading, height: rowHeight * vg.Length(n), y: axis{min: 0, max: float64(n)}, marks: []mark{uprights{}}}
	for i, r := range g.rows {
		at := float64(n-i) - 0.5
		p.y.ticks = append(p.y.ticks, tick{at, fonts.fit(r.name, tickText, labelMost)})
		p.marks = append(p.marks, whisker{r, at})
	}
	return p
}

// differenceAxis spans the rows' intervals and zero: linear, or logarithmic away
// from zero where a linear axis would crush the small ones.
func differenceAxis(groups []group) axis {
	low, top := 0.0, 0.0
	least, most := math.Inf(1), 0.0
	for _, g := range groups {
		for _, r := range g.rows {
			e, ok := r.share()
			if !ok {
				continue
			}
			for _, v := range []float64{e.Mean, e.Lo, e.Hi} {
				if !math.IsNaN(v) {
					low, top = min(low, v), max(top, v)
				}
			}
			if size := math.Abs(e.Mean); size > 0 && r.Shows() != experiments.None {
				least, most = min(least, size), max(most, size)
			}
		}
	}
	switch {
	case low == top:
		return axis{}
	case low < -1: // nothing can be less than none of it
		low = -1
	}
	if most <= view.Crushing*least { // or none is shown
		return aroundZero(low, top, percentUnit)
	}
	return logAroundZero(low, top, max(least, most/1e4), percents)
}

// frontier shows the arms in the plane of cost and each other objective.
func frontier(c *experiments.Comparison, _ *fonts) *Plot {
	objectives := c.Frontier.Objectives
	if len(objectives) == 0 {
		return nil
	}
	x := objectives[0].Metric
	f := &figure{}
	var unit string
	f.x, unit = close(c, x)
	f.xName = x + unit
	for i, o := range objectives[1:] {
		if i > 0 && view.Alike(c, o) {
			continue
		}
		y, unit := close(c, o.Metric)
		p := &panel{heading: o.Metric + unit, height: 40 + max(110, vg.Length(len(c.Arms))*labelHeight), y: y, marks: []mark{uprights{}}}
		if len(f.panels) == 0 {
			p.marks = append(p.marks, key{{onLook, "on the frontier"}, {openLook, "may be dominated"}, {offLook, "dominated"}})
		}
		for _, i := range fromTheLeft(c, x) {
			a := c.Arms[i]
			p.marks = append(p.marks, spot{a.Name, a.Metrics[x], a.Metrics[o.Metric], c.Frontier.Standings[i]})
		}
		f.panels = append(f.panels, p)
	}
	return &Plot{Name: "frontier", Title: frontierTitle(objectives), Alt: view.FrontierText(c), figure: f}
}

// fromTheLeft are the arms by a metric: lines to the names of those that differ in
// nothing else then cross least.
func fromTheLeft(c *experiments.Comparison, metric string) []int {
	order := make([]int, len(c.Arms))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, k int) int {
		return cmp.Compare(c.Arms[i].Metrics[metric].Mean, c.Arms[k].Metrics[metric].Mean)
	})
	return order
}

func frontierTitle(objectives []experiments.Objective) string {
	var names []string
	for _, o := range objectives[1:] {
		names = append(names, o.Metric)
	}
	return objectives[0].Metric + " against " + strings.Join(names, ", ")
}

// close is an axis that spans a metric's intervals in all arms, and not zero; and
// the unit for its name.
func close(c *experiments.Comparison, metric string) (axis, string) {
	return closeAxis(view.ValuesOf(c, metric), c.Arms[0].Metrics[metric].Unit)
}
