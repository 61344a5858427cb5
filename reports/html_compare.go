package reports

import (
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

// CompareHTML writes the report on a comparison as one page that needs no other
// file: which arm to choose, at what cost, how sure that is and what is nearest to its limit;
// then by how much the arms differ, and in what.
func CompareHTML(w io.Writer, c *experiments.Comparison) error {
	answer := append(tables(lineup(c)), page.Warnings(plainAll(CompareDoubts(c))))
	if best := bestArm(c); best >= 0 {
		list := keyFigures(c.Arms[best].Result)
		answer = append([]page.Part{page.Words(plain(c.Arms[best].Name) + " in figures:"), list}, answer...)
	}
	return page.Write(w, &page.Report{
		Title: plain(c.Title()), Asked: plainAll(comparedOf(c)), Version: plain(c.Arms[0].Version),
		Verdict: choice(c), Answer: answer, Sections: compareSections(c),
	})
}

// choice is the first line of a comparison with what it rests on.
func choice(c *experiments.Comparison) page.Verdict {
	best := bestArm(c)
	text := cheapest(c)
	switch {
	case len(c.Expectations()) == 0:
		return page.Verdict{Kind: "none", Text: plain(answer(c))}
	case best < 0:
		return page.Verdict{Kind: "fail", Text: plain(text), More: plainAll([]string{answer(c)})}
	case text == "":
		text = "Keeps all its expectations: " + c.Arms[best].Name
	}
	r := c.Arms[best].Result
	_, sure := verdict(r)
	return page.Verdict{Kind: "pass", Text: plain(text), More: plainAll(said(costAgainst(c, best), madeOf(c, best), sure, first(r), binding(r), alone(r), answer(c)))}
}

// costAgainst is what an arm saves against the base, or the base against the others.
func costAgainst(c *experiments.Comparison, best int) string {
	var parts []string
	for i, change := range c.Changes {
		d, ok := change.Metrics["cost.total"]
		if !ok || best > 0 && i+1 != best {
			continue
		}
		parts = append(parts, c.Arms[i+1].Name+" "+view.Difference(d))
	}
	if len(parts) == 0 {
		return ""
	}
	return fmt.Sprintf("Cost against %s: %s", c.Arms[0].Name, strings.Join(parts, ", "))
}

// first is the expectation that comes nearest to its limit, of those that leave some
// room. What breaks first under more load is another question: a plan answers it.
func first(r *experiments.Result) string {
	nearest, least := "", math.Inf(1)
	for _, name := range slices.Sorted(maps.Keys(r.Expectations)) {
		e := r.Expectations[name]
		if e.Verdict == output.Pass && e.Bound.Relation != output.Equals && distance(e) < least {
			nearest, least = name, distance(e)
		}
	}
	if nearest == "" {
		return ""
	}
	e := r.Expectations[nearest]
	return fmt.Sprintf("Nearest to its limit: %s, %s is %s, must be %s", nearest, e.Metric, valueOf(e), units.Bound(e.Bound, e.Unit))
}

// lineup has a row for each arm: whether it keeps its expectations, what it costs,
// how fast it is, and which limit binds.
func lineup(c *experiments.Comparison) block {
	b := block{title: "The choice", head: []string{"", "variant", "expectations", "standing"}}
	if c.Files {
		b.head[1] = "scenario"
	}
	var metrics []string
	for _, name := range append([]string{experiments.CostRate}, objectiveNames(c)...) {
		if !slices.Contains(metrics, name) && slices.ContainsFunc(c.Arms, func(a experiments.ArmResult) bool { return has(a.Result, name) }) {
			metrics = append(metrics, name)
		}
	}
	b.head = append(append(b.head, metrics...), "what limits it")
	b.left = len(b.head)
	for i, a := range c.Arms {
		row := []string{"", a.Name, held(a.Result), standingText(c, i)}
		if len(a.Result.Expectations) > 0 {
			v, _ := verdict(a.Result)
			row[0] = ticks[v]
		}
		if i == bestArm(c) {
			row[0] = fateMarks[experiments.Chosen]
		}
		for _, name := range metrics {
			row = append(row, metric(a.Result, name))
		}
		b.rows = append(b.rows, append(row, strings.TrimPrefix(binding(a.Result), "The limit that binds: ")))
	}
	return b
}

// held tells which expectations do not hold, or how many do.
func held(r *experiments.Result) string {
	var failed, open []string
	for _, name := range slices.Sorted(maps.Keys(r.Expectations)) {
		switch r.Expectations[name].Verdict {
		case output.Fail:
			failed = append(failed, name)
		case output.Inconclusive:
			open = append(open, name)
		}
	}
	var parts []string
	if len(failed) > 0 {
		parts = append(parts, strings.Join(failed, ", ")+verb(len(failed), " fails", " fail"))
	}
	if len(open) > 0 {
		parts = append(parts, strings.Join(open, ", ")+" inconclusive")
	}
	switch n := len(r.Expectations); {
	case n == 0:
		return "none"
	case len(parts) > 0:
		return strings.Join(parts, "; ")
	case n == 1:
		return "holds"
	case n == 2:
		return "both hold"
	}
	return fmt.Sprintf("all %d hold", len(r.Expectations))
}

// standingText is where an arm stands on the frontier.
func standingText(c *experiments.Comparison, arm int) string {
	if len(c.Frontier.Standings) == 0 {
		return ""
	}
	switch s := c.Frontier.Standings[arm]; {
	case !s.On():
		return "dominated by " + listed(s.DominatedBy)
	case twin(c, arm) >= 0:
		return "alike: " + c.Arms[twin(c, arm)].Name
	case len(s.ChallengedBy) > 0:
		return "perhaps dominated by " + listed(s.ChallengedBy)
	}
	return "worth a choice"
}

// compareSections are what stands below the answer.
func compareSections(c *experiments.Comparison) []page.Section {
	apart := append(intervals(c), tables(differences(c))...)
	var members []page.Member
	for _, a := range c.Arms {
		members = append(members, page.Member{Name: a.Name, Result: a.Result})
	}
	again := tables(reductions(c))
	if list := unmatched(c); len(list) > 0 {
		again = append([]page.Part{page.List{Title: "Not compared", Items: plainAll(list)}}, again...)
	}
	again = append(again, page.Command(plain(compareAgain(c).String())), page.Words("All metrics with their differences are in summary.json and differences.csv, in the folder of this report."))
	base := view.New(c.Arms[0].Result)
	return []page.Section{
		{ID: "differences", Name: "Differences", Title: "Differences from " + plain(c.Arms[0].Name), Parts: apart},
		{ID: "frontier", Name: "Frontier", Title: "Cost against what it buys", Parts: append(frontier(c), tables(standings(c))...)},
		{ID: "expectations", Name: "Expectations", Title: "Expectations", Parts: tables(joinedRows(verdicts(c)))},
		{ID: "bill", Name: "Bill", Title: "The bill by part", Parts: bills(c)},
		{ID: "time", Name: "Over time", Title: "Over time" + base.Over(), Note: strings.TrimSpace("All on the same axes. " + base.OverText()), Parts: page.Multiples(members)},
		{ID: "settings", Name: "Settings", Title: "Settings that differ", Parts: tables(settingsApart(c))},
		{ID: "assumptions", Name: "Assumptions", Title: "Assumptions: " + plain(c.Arms[max(bestArm(c), 0)].Name), Note: aboutSettings, Parts: settingsPart(c.Arms[max(bestArm(c), 0)].Result)},
		{ID: "again", Name: "Reproduction", Title: "Reproduction", Parts: again},
	}
}

// bills are what each arm costs, by part.
func bills(c *experiments.Comparison) []page.Part {
	var list []block
	for _, a := range c.Arms {
		b := costs(a.Result)
		b.of = a.Name
		list = append(list, b)
	}
	return columns(list...)
}

// aboutDifferences says how to read the intervals.
func aboutDifferences(c *experiments.Comparison) string {
	if c.Replications() < 2 {
		return "One replication shows no difference to be more than luck."
	}
	return "Each line is an interval of the difference. One that does not reach zero shows a difference; an empty grey dot: none is shown."
}

// intervals are the differences of each metric, in which any are not the same.
func intervals(c *experiments.Comparison) []page.Part {
	var pair page.Pair
	for i, name := range c.Shown {
		chart := page.Intervals{ID: fmt.Sprintf("difference-%d", i+1), Title: plain(name), Text: plain(view.DifferencesText(c, []string{name}))}
		factor := float64(1)
		chart.Unit, factor = differenceUnit(c, name)
		differ := false
		for k, change := range c.Changes {
			d, ok := change.Metrics[name]
			if !ok || d.N == 0 {
				continue
			}
			differ = differ || d.Shows() != experiments.Same
			chart.Rows = append(chart.Rows, page.Interval{Name: plain(c.Arms[k+1].Name), Value: judgedDifference(name, d), Estimate: times(d, chart.Unit, factor), Tone: toneNames[tone(name, d)]})
		}
		if differ {
			pair = append(pair, chart)
		}
	}
	return paired(aboutDifferences(c), pair)
}

// differenceUnit is the unit of a metric's differences in a picture, and what they
// are multiplied by: percents of the base where all arms have such.
func differenceUnit(c *experiments.Comparison, name string) (unit string, factor float64) {
	for _, change := range c.Changes {
		d := change.Metrics[name]
		if d.Unit == "share" {
			return "pp", 100
		}
		if _, ok := d.Relative(d.Simultaneous); !ok && d.N > 0 {
			return d.Unit, 1
		}
	}
	return "%", 100
}

// times is a difference in a unit of differenceUnit.
func times(d experiments.Difference, unit string, factor float64) output.Estimate {
	e := d.Simultaneous
	if unit == "%" {
		e, _ = d.Relative(e)
	}
	return output.Estimate{Mean: float64(e.Mean * factor), Lo: float64(e.Lo * factor), Hi: float64(e.Hi * factor), N: e.N}
}

// judgedDifference is a difference in words, with whether it is for the better.
func judgedDifference(metric string, d experiments.Difference) string {
	text := view.Difference(d)
	switch tone(metric, d) {
	case good:
		text += " better"
	case bad:
		text += " worse"
	}
	return text
}

// frontier are the arms in the plane of cost, or the first objective, and each
// other one by which they differ.
func frontier(c *experiments.Comparison) []page.Part {
	if len(c.Frontier.Objectives) == 0 {
		return nil
	}
	var pair page.Pair
	across := c.Frontier.Objectives[0].Metric
	x, xUnit := view.Near(view.ValuesOf(c, across), c.Arms[0].Metrics[across].Unit)
	for i, o := range c.Frontier.Objectives[1:] {
		if view.Alike(c, o) {
			continue
		}
		y, yUnit := view.Near(view.ValuesOf(c, o.Metric), c.Arms[0].Metrics[o.Metric].Unit)
		chart := page.Plane{
			ID: fmt.Sprintf("frontier-%d", i+1), Title: plain(o.Metric + yUnit + " against " + across), Text: plain(view.FrontierText(c)), X: x, Y: y, Across: plain(across + xUnit),
			Key: []page.Key{{Look: page.Filled, Text: "worth a choice"}, {Look: page.Empty, Text: "perhaps dominated"}, {Look: page.Faint, Text: "dominated"}},
		}
		for k, a := range c.Arms {
			chart.Points = append(chart.Points, page.Point{Name: a.Name, X: estimateOf(a.Metrics[across]), Y: estimateOf(a.Metrics[o.Metric]), Look: standingLook(c.Frontier.Standings[k])})
		}
		pair = append(pair, chart)
	}
	return paired(view.FrontierText(c), pair)
}

func estimateOf(m experiments.Metric) output.Estimate {
	return output.Estimate{Mean: m.Mean, Lo: m.Lo, Hi: m.Hi, N: m.N}
}

func standingLook(s experiments.Standing) string {
	switch {
	case !s.On():
		return page.Faint
	case len(s.ChallengedBy) > 0:
		return page.Empty
	}
	return page.Filled
}
