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
)

// ticks are the signs of the verdicts.
var ticks = [...]string{output.Fail: "✗", output.Inconclusive: "~", output.Pass: "✓"}

// verdict is the first line of every report: inside the objectives or not, and
// how sure.
func verdict(r *experiments.Result) (output.Verdict, string) {
	by := map[output.Verdict][]string{}
	for _, name := range slices.Sorted(maps.Keys(r.Expectations)) {
		v := r.Expectations[name].Verdict
		by[v] = append(by[v], name)
	}
	sure, more := fmt.Sprintf("95 %% intervals over %d replications", r.Replications), "more replications"
	switch {
	case r.Batches > 0:
		more = "a longer run"
		sure = fmt.Sprintf("95 %% intervals over %d batches of one run", r.Batches)
	case r.Replications < 2:
		sure = "judged by one replication"
	}
	n := len(r.Expectations)
	switch {
	case n == 0:
		return output.Inconclusive, "No expectations: nothing is judged"
	case len(by[output.Fail]) > 0:
		text := fmt.Sprintf("Outside its objectives: %s %s (%s)", countOf(len(by[output.Fail]), n), verb(len(by[output.Fail]), "fails", "fail"), strings.Join(by[output.Fail], ", "))
		if open := len(by[output.Inconclusive]); open > 0 {
			text += fmt.Sprintf(", %d %s inconclusive", open, verb(open, "is", "are"))
		}
		return output.Fail, text + "; " + sure
	case len(by[output.Inconclusive]) > 0:
		return output.Inconclusive, fmt.Sprintf("Undecided: %s inconclusive (%s), %s would tell; %s",
			countOf(len(by[output.Inconclusive]), n), strings.Join(by[output.Inconclusive], ", "), more, sure)
	case n == 1:
		return output.Pass, "Inside its objectives: the one expectation holds; " + sure
	case n == 2:
		return output.Pass, "Inside its objectives: both expectations hold; " + sure
	}
	return output.Pass, fmt.Sprintf("Inside its objectives: all %d expectations hold; %s", n, sure)
}

// countOf names some of the expectations.
func countOf(some, n int) string {
	if n == 1 {
		return "the one expectation"
	}
	return fmt.Sprintf("%d of %d expectations", some, n)
}

func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// binding says what limits the site: what was at its limit longest, or else
// what failed although nothing was, or how near to a limit the busiest fleet
// came.
func binding(r *experiments.Result) string {
	worst, found := longest(r, func(experiments.Limit) bool { return true })
	for found && worst.Upstream != "" {
		further, short := longest(r, func(l experiments.Limit) bool { return l.Place == worst.Upstream && meanwhile(worst, l) })
		if !short {
			break
		}
		worst = further
	}
	failed := failing(r)
	if found {
		text := fmt.Sprintf("The limit that binds: %s of %s, ", limitName(worst), whose(worst))
		if r.Replications < 2 {
			text += when(r, worst.Spans)
		} else {
			text += howOften(r, worst)
		}
		if failed != "" && !failedThen(r) {
			text += "; yet " + failed
		}
		return text
	}
	if failed != "" {
		return "No limit binds, yet " + failed
	}
	busiest, most := "", math.Inf(-1)
	for _, fleet := range used(r, "fleets.", ".cpu.p95") {
		if v := r.Metrics["fleets."+fleet+".cpu.p95"].Mean; v > most {
			busiest, most = fleet, v
		}
	}
	if busiest == "" {
		return ""
	}
	return fmt.Sprintf("No limit binds in any minute; CPU of %s: %s (p95 of minutes)",
		busiest, metric(r, "fleets."+busiest+".cpu.p95"))
}

// asked says what was simulated.
func asked(r *experiments.Result) []string {
	parts := []string{"scenario " + r.Scenario}
	if r.Variant != "" {
		parts = append(parts, "variant "+r.Variant)
	}
	for _, s := range r.Sets {
		parts = append(parts, "set "+s.Key+"="+s.Value)
	}
	parts = append(parts, units.Span(r.DurationS)+" simulated")
	if r.DiscardS > 0 {
		parts = append(parts, "the first "+units.Span(r.DiscardS)+" left out")
	}
	parts = append(parts, fmt.Sprintf("seed %d", r.Seed))
	if r.Replications > 1 {
		return append(parts, fmt.Sprintf("%d replications, ± 95 %% intervals", r.Replications))
	}
	if r.Batches > 0 {
		return append(parts, fmt.Sprintf("one run in %d batches, ± 95 %% intervals", r.Batches))
	}
	if r.First > 1 {
		return append(parts, fmt.Sprintf("replication %d alone: no intervals", r.First))
	}
	return append(parts, "one replication: no intervals")
}

// expectations are the rows of the table that everybody reads first.
func expectations(r *experiments.Result) block {
	b := block{title: "Expectations", head: []string{"", "name", "metric", "must be", "is", "met in", "during"}, left: 7}
	for _, name := range slices.Sorted(maps.Keys(r.Expectations)) {
		e := r.Expectations[name]
		value := "no sample"
		if !math.IsNaN(e.Value) {
			value = units.Interval(e.Value, e.Lo, e.Hi, e.Unit)
		}
		met := fmt.Sprintf("%d of %d", e.Met, r.Replications)
		b.rows = append(b.rows, []string{ticks[e.Verdict], name, e.Metric, units.Bound(e.Bound, e.Unit), value, met, during(r, e)})
	}
	if r.Replications < 2 { // the tick says it
		return b.without(5)
	}
	return b
}

// during is the part of the run that an expectation is about; empty for all of
// it.
func during(r *experiments.Result, e experiments.Expectation) string {
	if e.During == nil {
		return ""
	}
	clock := clockOf(r)
	if math.Mod(e.During[0], 60) == 0 && math.Mod(e.During[1], 60) == 0 {
		return clock.Minute(e.During[0]) + " to " + clock.Minute(e.During[1])
	}
	return clock.Second(e.During[0]) + " to " + clock.Second(e.During[1])
}
