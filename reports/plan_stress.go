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
	b := block{title: "How much load it takes", head: []string{"", "load", "servers", "cost", "n", "what binds, what breaks"}, left: 6, lines: 4}
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
		return fmt.Sprintf("It holds with %s, the most that was tried.", view.LoadText(holds))
	}
	text := "It holds with " + view.LoadText(holds)
	if last.Verdict == output.Fail {
		text += fmt.Sprintf(" and not with %g times: %s breaks", last.Factor, last.Expectation)
		if last.Binds != nil {
			text += fmt.Sprintf(", %s of %s binds", limitName(*last.Binds), last.Binds.Place)
		}
	}
	return text + "."
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

// lossText is what the loss of a zone does, in a sentence.
func lossText(p *experiments.Plan) string {
	held := 0
	for _, v := range p.Loss.Verdicts {
		if v == output.Pass {
			held++
		}
	}
	return fmt.Sprintf("Zone %s, which has most servers, is lost at %s and does not come back: %d of %d expectations hold (%d replications, each %s sure).",
		p.Loss.Zone, units.Span(p.Loss.AtS), held, len(p.Loss.Verdicts), p.Loss.Replications, units.Format(p.Asked.Confidence, "share"))
}
