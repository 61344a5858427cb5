package reports

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/reports/view"
)

// grown has a row for each factor on the load.
func grown(p *experiments.Plan) block {
	b := block{title: "How much load it takes", head: []string{"", "load", "servers", "cost", "n", "what binds, what breaks"}, left: 6, lines: allLines}
	if len(p.Growth) == 0 {
		return b
	}
	for _, g := range p.Growth {
		b.rows = append(b.rows, []string{
			ticks[g.Verdict], fmt.Sprintf("× %g", g.Factor), serversText(g), units.Interval(g.Cost.Mean, g.Cost.Lo, g.Cost.Hi, p.Unit()), fmt.Sprint(g.Replications), breaks(p, g),
		})
	}
	b.note = growthText(p) + fmt.Sprintf(" ✓ all expectations hold, ✗ one does not, ~ neither is shown; each %s sure. Servers: the most at a time. The limit: the one that bound longest, and for how long.", units.Format(p.Asked.Confidence, "share"))
	return b
}

func serversText(g experiments.Grown) string {
	if g.Servers == 0 {
		return units.None
	}
	return units.Format(g.Servers, "")
}

// breaks tells what binds under more load, and which expectation breaks first. The
// limit is the shorter part: were the other first, no room might be left for it.
func breaks(p *experiments.Plan, g experiments.Grown) string {
	var parts []string
	if g.Binds != nil {
		parts = append(parts, fmt.Sprintf("%s of %s for %s", limitName(*g.Binds), g.Binds.Place, units.Span(math.Round(g.Binds.Mean))))
	}
	if e, ok := g.Expectations[g.Expectation]; ok {
		value := units.Interval(e.Value, e.Lo, e.Hi, e.Unit)
		if slices.Contains(g.Steady, g.Expectation) {
			value += " in the run"
		}
		parts = append(parts, fmt.Sprintf("%s: %s is %s, must be %s%s", g.Expectation, e.Metric, value, units.Bound(e.Bound, e.Unit), unsure(g.Verdict, e)))
	}
	return strings.Join(parts, "; ")
}

// unsure tells in how many replications an expectation was met that too few have
// judged.
func unsure(v output.Verdict, e experiments.Expectation) string {
	if v != output.Inconclusive || len(e.Each) == 0 {
		return ""
	}
	return fmt.Sprintf(": met in %d of %d, too few to tell", e.Met, len(e.Each))
}

// growthText is the growth table in a sentence.
func growthText(p *experiments.Plan) string {
	holds := view.HoldsTo(p)
	last := p.Growth[len(p.Growth)-1]
	if last.Verdict == output.Pass {
		return fmt.Sprintf("It holds with %s, the most that was tried%s.", view.LoadText(holds), fewAnswered(last.Availability))
	}
	text := "It holds with " + view.LoadText(holds)
	if last.Verdict == output.Fail {
		text += fmt.Sprintf(". With %g times the load the expectation %s fails", last.Factor, last.Expectation)
		if last.Binds != nil {
			text += fmt.Sprintf(": %s of %s binds", limitName(*last.Binds), last.Binds.Place)
		}
	}
	return text + "."
}

// fewAnswered tells how many requests are answered where not nearly all are.
func fewAnswered(e output.Estimate) string {
	if e.N == 0 || e.Mean >= 1-experiments.MostUnjudged {
		return ""
	}
	return fmt.Sprintf("; %s of the requests are answered then", units.Interval(e.Mean, e.Lo, e.Hi, "share"))
}

// lost has a row for each expectation under the loss of a zone.
func lost(p *experiments.Plan) block {
	b := block{title: "Loss of a zone", head: []string{"", "name", "metric", "must be", "is"}, left: 5}
	l := p.Loss
	if l == nil {
		return b
	}
	for _, name := range slices.Sorted(maps.Keys(l.Verdicts)) {
		e := l.Expectations[name]
		value := "no sample"
		if !math.IsNaN(e.Value) {
			value = units.Interval(e.Value, e.Lo, e.Hi, e.Unit)
		}
		b.rows = append(b.rows, []string{ticks[l.Verdicts[name]], name, e.Metric, units.Bound(e.Bound, e.Unit), value + unsure(l.Verdicts[name], e)})
	}
	b.note = lossText(p)
	return b
}

// lossText is what the loss of a zone does, in a sentence: how many requests are
// answered, and which expectations do not hold.
func lossText(p *experiments.Plan) string {
	l, which := p.Loss, "which has most servers"
	if l.Only {
		which = "the only one with servers"
	}
	text := fmt.Sprintf("Zone %s, %s, is lost at %s and does not come back: ", l.Zone, which, units.Span(l.AtS))
	if l.Availability.N > 0 {
		text += fmt.Sprintf("%s of the requests are answered, ", units.Interval(l.Availability.Mean, l.Availability.Lo, l.Availability.Hi, "share"))
	}
	return text + fmt.Sprintf("%s (%d replications, each %s sure).", heldText(l.Verdicts), l.Replications, units.Format(p.Asked.Confidence, "share"))
}

// heldText tells how many expectations hold, and names those that do not, and those of
// which neither is shown.
func heldText(verdicts map[string]output.Verdict) string {
	named := map[output.Verdict][]string{}
	for _, name := range slices.Sorted(maps.Keys(verdicts)) {
		named[verdicts[name]] = append(named[verdicts[name]], name)
	}
	text := fmt.Sprintf("%d of %d expectations hold", len(named[output.Pass]), len(verdicts))
	if failed := named[output.Fail]; len(failed) > 0 {
		text += fmt.Sprintf(", %s %s", listed(failed), verb(len(failed), "fails", "fail"))
	}
	if open := named[output.Inconclusive]; len(open) > 0 {
		text += fmt.Sprintf(", %s %s undecided", listed(open), verb(len(open), "is", "are"))
	}
	return text
}
