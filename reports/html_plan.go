package reports

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/reports/page"
	"github.com/headroom-sim/headroom/reports/view"
)

// PlanHTML writes the report on a plan as one page that needs no other file: the
// configuration to take, what it costs, how sure that is and which load breaks it;
// then what else was tried, and why not that.
func PlanHTML(w io.Writer, p *experiments.Plan) error {
	v, text := planVerdict(p)
	more := planSense(p)
	answer := []page.Part{page.Warnings(plainAll(PlanDoubts(p)))}
	if p.Best != nil {
		more = append(said(stress(p)...), more...)
		answer = append(append([]page.Part{planFigures(p)}, tables(expectations(p.Best.Result))...), answer...)
	}
	for i := range more {
		more[i] = strings.TrimSuffix(more[i], ".")
	}
	return page.Write(w, &page.Report{
		Title: plain(cmp.Or(p.Title, p.Scenario)), Asked: plainAll(plannedOf(p)), Version: plain(experiments.Version),
		Verdict: page.Verdict{Kind: looks[v], Text: plain(text), More: plainAll(more)}, Answer: append(answer, tables(nearest(p, mostNearest))...),
		Sections: planSections(p),
	})
}

// stress is what more load and the loss of a zone do to the best configuration.
func stress(p *experiments.Plan) []string {
	var list []string
	if len(p.Growth) > 0 {
		list = append(list, growthText(p))
	}
	if p.Loss != nil {
		list = append(list, lossText(p))
	}
	return list
}

// planFigures are those of the best configuration, with how sure the choice is and
// how much load it takes.
func planFigures(p *experiments.Plan) page.Figures {
	list := keyFigures(p.Best.Result)
	list = list[:min(len(list), 4)]
	if p.Sure > 0 {
		list = append(list, page.Figure{Name: "Sure to be the choice", Value: units.Format(p.Sure, "share"), Note: "that it meets the expectations, and nothing cheaper does"})
	}
	if len(p.Growth) > 0 {
		list = append(list, page.Figure{Name: "Holds up to", Value: fmt.Sprintf("× %g", view.HoldsTo(p)), Note: "the load of the scenario"})
	}
	return list
}

// planSections are what stands below the answer.
func planSections(p *experiments.Plan) []page.Section {
	again := []page.Part{
		page.Command(plain(planAgain(p).String())),
		page.Words(fmt.Sprintf("With the same scenario and settings Headroom %s gives the same answer. The figures are in summary.json, all configurations in tried.csv, in the folder of this report.", plain(experiments.Version))),
	}
	var bill, assumptions []page.Part
	if p.Best != nil {
		bill, assumptions = columns(costs(p.Best.Result)), settingsPart(p.Best.Result)
	}
	return []page.Section{
		{ID: "configurations", Name: "Configurations", Title: "What was tried", Parts: append(candidates(p), tables(tried(p, mostRows))...)},
		{ID: "growth", Name: "Growth", Title: "How much load it takes", Parts: append(growth(p), growthTables(p)...)},
		{ID: "loss", Name: "Loss of a zone", Title: "Loss of a zone", Parts: tables(lost(p))},
		{ID: "bill", Name: "Bill", Title: "The bill by part", Parts: bill},
		{ID: "assumptions", Name: "Assumptions", Title: "Assumptions", Note: aboutSettings, Parts: assumptions},
		{ID: "again", Name: "Reproduction", Title: "Reproduction", Parts: again},
	}
}

// candidates are the configurations that were simulated, in the plane of cost and
// the metric of each expectation.
func candidates(p *experiments.Plan) []page.Part {
	list := view.Simulated(p)
	if len(list) < 2 {
		return nil
	}
	var costs []float64
	for _, c := range list {
		costs = append(costs, view.Ends(c.Cost)...)
	}
	x, unit := view.Near(costs, p.Unit())
	across := "cost of the measured run" + unit
	if !p.Money {
		across = "servers"
	}
	var pair page.Pair
	for i, name := range slices.Sorted(maps.Keys(list[0].Expectations)) {
		chart := page.Plane{
			ID: fmt.Sprintf("configurations-%d", i+1), Text: plain(view.CandidatesText(p)), X: x, Across: across,
			Key: []page.Key{{Look: page.Filled, Text: "chosen"}, {Look: page.Empty, Text: "dearer, or as cheap"}, {Look: page.Square, Text: "fails one, or is undecided"}},
		}
		for _, c := range list {
			chart.Points = append(chart.Points, candidatePoint(p, c, c.Expectations[name]))
		}
		if heldAgainst(&chart, name, list[0].Expectations[name]) {
			pair = append(pair, chart)
		}
	}
	return paired(view.CandidatesText(p), pair)
}

func candidatePoint(p *experiments.Plan, c *experiments.Candidate, e experiments.Expectation) page.Point {
	point := page.Point{X: c.Cost, Y: valueEstimate(e), Look: page.Square}
	switch {
	case c == p.Best:
		point.Look, point.Name = page.Filled, view.ConfigurationText(c)
	case view.Meets(c):
		point.Look = page.Empty
	}
	return point
}

// valueEstimate is the value of an expectation with its interval.
func valueEstimate(e experiments.Expectation) output.Estimate {
	return output.Estimate{Mean: e.Value, Lo: e.Lo, Hi: e.Hi}
}

// heldAgainst completes a chart of an expectation's values: its axis, which spans the
// bound, the points that are filled and those near to them, and the bound itself. What
// lies beyond is drawn at the edge. It reports whether there is any value.
func heldAgainst(chart *page.Plane, name string, e experiments.Expectation) bool {
	values := possible(chart.Points, e.Unit)
	if len(values) == 0 {
		return false
	}
	deciding := view.Limits(e.Bound)
	for i, v := range deciding {
		level := page.Level{At: v}
		if i == 0 {
			level.Name = "must be " + units.Bound(e.Bound, e.Unit)
		}
		chart.Levels = append(chart.Levels, level)
	}
	filled := slices.DeleteFunc(slices.Clone(chart.Points), func(p page.Point) bool { return p.Look != page.Filled })
	var unit string
	chart.Y, unit = view.Near(view.NearDecision(values, append(deciding, possible(filled, e.Unit)...)), e.Unit)
	chart.Title = plain(name + ": " + e.Metric + unit)
	markBeyond(chart)
	return true
}

// markBeyond gives points beyond the axis a look of their own.
func markBeyond(chart *page.Plane) {
	found := false
	for i, p := range chart.Points {
		if p.Y.Mean < chart.Y.Min || p.Y.Mean > chart.Y.Max {
			chart.Points[i].Look, found = page.Beyond, true
		}
	}
	if found {
		chart.Key = append(chart.Key, page.Key{Look: page.Beyond, Text: "beyond the scale: see the table"})
	}
}

// growth are the values of each expectation of the best configuration under more
// load.
func growth(p *experiments.Plan) []page.Part {
	if p.Best == nil || len(p.Growth) == 0 {
		return nil
	}
	var pair page.Pair
	for i, name := range slices.Sorted(maps.Keys(p.Best.Expectations)) {
		chart := page.Plane{ID: fmt.Sprintf("growth-%d", i+1), Text: plain(view.GrowthText(p)), X: loadAxis(p.Growth), Across: "times the load", Joined: true}
		chart.Key = []page.Key{{Look: page.Filled, Text: "holds"}, {Look: page.Empty, Text: "undecided"}, {Look: page.Square, Text: "fails"}}
		chart.Points = append(chart.Points, loadPoint(1, p.Best.Expectations[name], output.Pass))
		for _, g := range p.Growth {
			chart.Points = append(chart.Points, loadPoint(g.Factor, g.Expectations[name], g.Verdicts[name]))
		}
		if heldAgainst(&chart, name, p.Best.Expectations[name]) {
			pair = append(pair, chart)
		}
	}
	return paired(view.GrowthText(p), pair)
}

// loadPoint tells by its look what is shown of an expectation, as the table does.
func loadPoint(factor float64, e experiments.Expectation, v output.Verdict) page.Point {
	looks := [...]string{output.Fail: page.Square, output.Inconclusive: page.Empty, output.Pass: page.Filled}
	return page.Point{X: output.Estimate{Mean: factor, Lo: math.NaN(), Hi: math.NaN()}, Y: valueEstimate(e), Look: looks[v]}
}

// loadAxis has a mark at each factor.
func loadAxis(rows []experiments.Grown) view.Axis {
	room := float64((rows[len(rows)-1].Factor - 1) * 0.05)
	a := view.Axis{Min: 1 - room, Max: rows[len(rows)-1].Factor + room, Ticks: []view.Tick{{At: 1, Label: "1"}}}
	for _, g := range rows {
		a.Ticks = append(a.Ticks, view.Tick{At: g.Factor, Label: fmt.Sprintf("%g", g.Factor)})
	}
	return a
}

// growthTables has the growth table with what breaks marked.
func growthTables(p *experiments.Plan) []page.Part {
	var list []page.Part
	for _, t := range tablesOf(grown(p)) {
		t.Tones = make([][]string, len(t.Rows))
		for i := range t.Rows {
			t.Tones[i] = make([]string, len(t.Rows[i]))
			if p.Growth[i].Verdict == output.Fail {
				t.Tones[i] = slices.Repeat([]string{"broken"}, len(t.Rows[i]))
			}
		}
		list = append(list, t)
	}
	return list
}
