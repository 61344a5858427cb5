package chart

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/reports/view"
)

// PlanPlots returns the pictures of a plan: the cost of what was simulated against
// what the expectations are about, and how the best one bears more load. What
// there are no data for is left out.
func PlanPlots(p *experiments.Plan) []Plot { return planPlots(p, newFonts(systemFonts)) }

// PlanWarnings is Warnings for the pictures of a plan.
func PlanWarnings(p *experiments.Plan) []string {
	words := []string{p.Title, p.Scenario}
	if p.Best != nil {
		words = append(words, view.ConfigurationText(p.Best))
	}
	return newFonts(systemFonts).warnings(words)
}

func planPlots(p *experiments.Plan, faces *fonts) []Plot {
	var drawn []Plot
	for _, draft := range []func(*experiments.Plan) *Plot{candidates, growth} {
		plot := draft(p)
		if plot == nil {
			continue
		}
		plot.figure.title, plot.figure.fonts = plot.Title, faces
		plot.figure.subtitle = fmt.Sprintf("%s · %d configurations, of which %d were simulated · means with 95 %% intervals", cmp.Or(p.Title, p.Scenario), len(p.Tried), len(view.Simulated(p)))
		if plot.Name == "growth" {
			plot.figure.subtitle = fmt.Sprintf("%s · %s · means with 95 %% intervals", cmp.Or(p.Title, p.Scenario), view.ConfigurationText(p.Best))
		}
		drawn = append(drawn, *plot)
	}
	return drawn
}

// The looks of configurations.
var (
	meetsLook  = look{passed, hollow{}, 3.2}
	missesLook = look{failed, cross{}, 3}
	beyondLook = look{failed, draw.TriangleGlyph{}, 3.5}
)

// candidates shows each configuration that was simulated in the plane of its cost
// and the metric of each expectation, with the bound.
func candidates(p *experiments.Plan) *Plot {
	list := view.Simulated(p)
	if len(list) < 2 {
		return nil
	}
	f := &figure{}
	var costs []float64
	for _, c := range list {
		costs = append(costs, view.Ends(c.Cost)...)
	}
	unit := p.Unit()
	f.x, unit = closeAxis(costs, unit)
	f.xName = "cost" + unit
	if !p.Money {
		f.xName = "servers"
	}
	for _, name := range expectationsOf(list) {
		if panel := candidatesPanel(p, list, name, f.x); panel != nil {
			if len(f.panels) == 0 {
				panel.marks = append(panel.marks, key{{onLook, "chosen"}, {meetsLook, "dearer, or as cheap"}, {missesLook, "fails one, or is undecided"}, {beyondLook, "beyond the scale"}})
			}
			f.panels = append(f.panels, panel)
		}
	}
	if len(f.panels) == 0 {
		return nil
	}
	return &Plot{Name: "configurations", Title: "Cost against what must hold", Alt: view.CandidatesText(p), figure: f}
}

// expectationsOf are the names of those that configurations were judged by,
// sorted.
func expectationsOf(list []*experiments.Candidate) []string {
	return slices.Sorted(maps.Keys(list[0].Expectations))
}

func candidatesPanel(p *experiments.Plan, list []*experiments.Candidate, name string, x axis) *panel {
	first := list[0].Expectations[name]
	var ys []float64
	for _, c := range list {
		ys = append(ys, endsOf(c.Expectations[name])...)
	}
	if len(ys) == 0 {
		return nil
	}
	marks, limits := limitMarks(first, x)
	deciding := slices.Clone(limits)
	if p.Best != nil {
		deciding = append(deciding, endsOf(p.Best.Expectations[name])...)
	}
	y, unit := closeAxis(view.NearDecision(ys, deciding), first.Unit)
	out := &panel{heading: name + ": " + first.Metric + unit, height: 130, y: y, marks: append([]mark{uprights{}}, marks...)}
	for _, c := range list {
		if c != p.Best {
			out.marks = append(out.marks, position{c, c.Expectations[name]})
		}
	}
	if p.Best != nil { // last, so that nothing covers it
		out.marks = append(out.marks, chosenOne{position{p.Best, p.Best.Expectations[name]}})
	}
	return out
}

// endsOf are an expectation's value and its interval; none without a sample.
func endsOf(e experiments.Expectation) []float64 {
	if math.IsNaN(e.Value) {
		return nil
	}
	return view.Ends(output.Estimate{Mean: e.Value, Lo: e.Lo, Hi: e.Hi})
}

// within is a look, or that of what lies beyond the axis, and is drawn at its end.
func (a area) within(v float64, l look) look {
	if v < a.y.min || v > a.y.max {
		return beyondLook
	}
	return l
}

// limitMarks are the ends of a bound as lines, and their values.
func limitMarks(e experiments.Expectation, x axis) (marks []mark, limits []float64) {
	limits = view.Limits(e.Bound)
	for i, v := range limits {
		name := ""
		if i == 0 {
			name = "must be " + units.Bound(e.Bound, e.Unit)
		}
		marks = append(marks, bound{name, v, x.min, x.max, stroke(purple, 1.2, 5, 3)})
	}
	return marks, limits
}

// position is a configuration in the plane of cost and a metric.
type position struct {
	*experiments.Candidate
	e experiments.Expectation
}

// chosenOne is the one that has its name at the right.
type chosenOne struct{ position }

func (m position) look() look {
	switch {
	case m.Fate == experiments.Chosen:
		return onLook
	case view.Meets(m.Candidate):
		return meetsLook
	}
	return missesLook
}

func (m position) draw(a area) {
	if math.IsNaN(m.e.Value) {
		return
	}
	interval{m.Cost, output.Estimate{Mean: m.e.Value, Lo: m.e.Lo, Hi: m.e.Hi}, m.look()}.draw(a)
}

// label implements named.
func (m chosenOne) label() (string, float64) { return view.ConfigurationText(m.Candidate), m.e.Value }

func (m chosenOne) sample(a area, box vg.Rectangle) {
	at, to := vg.Point{X: a.at(m.Cost.Mean), Y: a.up(m.e.Value)}, middleOf(box)
	a.StrokeLine2(stroke(axes, 0.4, 1, 2), at.X+5, at.Y, to.X-6, to.Y)
	onLook.draw(a, to)
}

// growth shows the metric of each expectation of the best configuration against
// the load.
func growth(p *experiments.Plan) *Plot {
	if p.Best == nil || len(p.Growth) == 0 {
		return nil
	}
	f := &figure{xName: "times the load", x: loadAxis(p.Growth)}
	for _, name := range slices.Sorted(maps.Keys(p.Best.Expectations)) {
		if panel := growthPanel(p, name, f.x); panel != nil {
			if len(f.panels) == 0 {
				panel.marks = append(panel.marks, key{{onLook, "holds"}, {openLook, "undecided"}, {missesLook, "fails"}, {beyondLook, "beyond the scale"}})
			}
			f.panels = append(f.panels, panel)
		}
	}
	if len(f.panels) == 0 {
		return nil
	}
	return &Plot{Name: "growth", Title: "How much load the chosen configuration takes", Alt: view.GrowthText(p), figure: f}
}

// loadAxis has a mark at each factor, with a little room at both ends.
func loadAxis(rows []experiments.Grown) axis {
	top := rows[len(rows)-1].Factor
	room := (top - 1) * 0.06
	a := axis{min: 1 - room, max: top + room, ticks: []tick{{1, "1"}}}
	for _, g := range rows {
		a.ticks = append(a.ticks, tick{g.Factor, fmt.Sprintf("%g", g.Factor)})
	}
	return a
}

func growthPanel(p *experiments.Plan, name string, x axis) *panel {
	xs, list, shown := []float64{1}, []experiments.Expectation{p.Best.Expectations[name]}, []output.Verdict{output.Pass}
	for _, g := range p.Growth {
		xs, list, shown = append(xs, g.Factor), append(list, g.Expectations[name]), append(shown, g.Verdicts[name])
	}
	marks, deciding := limitMarks(list[0], x)
	var means, all []float64
	for i, e := range list {
		means, all = append(means, e.Value), append(all, endsOf(e)...)
		if shown[i] == output.Pass {
			deciding = append(deciding, endsOf(e)...)
		}
	}
	if len(all) == 0 {
		return nil
	}
	y, unit := closeAxis(view.NearDecision(all, deciding), list[0].Unit)
	out := &panel{heading: name + ": " + list[0].Metric + unit, height: 120, y: y, marks: append([]mark{uprights{}}, marks...)}
	out.marks = append(out.marks, curve{"", xs, means, stroke(light(blue, 0.7), 1.2)})
	for i, e := range list {
		load := output.Estimate{Mean: xs[i], Lo: math.NaN(), Hi: math.NaN()}
		out.marks = append(out.marks, interval{load, output.Estimate{Mean: e.Value, Lo: e.Lo, Hi: e.Hi}, growthLooks[shown[i]]})
	}
	return out
}

// growthLooks tell by shape what is shown of an expectation.
var growthLooks = [...]look{output.Fail: missesLook, output.Inconclusive: openLook, output.Pass: onLook}

// interval is a point in a plane with an interval in each direction.
type interval struct {
	x, y output.Estimate
	look
}

func (m interval) draw(a area) {
	if math.IsNaN(m.y.Mean) {
		return
	}
	x, y := a.at(m.x.Mean), a.up(m.y.Mean)
	style := stroke(light(m.tint, 0.6), 1)
	if !math.IsNaN(m.x.Lo) {
		a.StrokeLine2(style, a.at(m.x.Lo), y, a.at(m.x.Hi), y)
	}
	if !math.IsNaN(m.y.Lo) {
		a.StrokeLine2(style, x, a.up(m.y.Lo), x, a.up(m.y.Hi))
	}
	a.within(m.y.Mean, m.look).draw(a, vg.Point{X: x, Y: y})
}
