package reports

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
)

// PlanJSON writes the plan as one JSON object on one line.
func PlanJSON(w io.Writer, p *experiments.Plan) error { return json.NewEncoder(w).Encode(p) }

// plannedOf says what was asked for.
func plannedOf(p *experiments.Plan) []string {
	parts := []string{"scenario " + p.Scenario}
	for _, f := range p.Vary {
		parts = append(parts, f.Key+"="+f.Range)
	}
	return append(parts, fmt.Sprintf("%d configurations", len(p.Tried)), units.Span(p.DurationS)+" measured", fmt.Sprintf("seed %d", p.Seed))
}

// planVerdict is the first line: what was found, and how sure.
func planVerdict(p *experiments.Plan) (output.Verdict, string) {
	if p.Best == nil {
		if n := countFate(p, experiments.Undecided); n > 0 {
			return output.Inconclusive, fmt.Sprintf("No configuration is shown to meet the expectations; of %d it is open", n)
		}
		return output.Fail, "No configuration meets the expectations"
	}
	found := setText(p.Best.Sets) + "; " + costText(p, p.Best.Cost)
	if p.Sure == 0 {
		return output.Pass, "Meets the expectations, and is not shown to be the cheapest: " + found
	}
	return output.Pass, fmt.Sprintf("The cheapest that meets the expectations: %s, %s sure", found, units.Format(p.Sure, "share"))
}

func countFate(p *experiments.Plan, fates ...experiments.Fate) int {
	n := 0
	for _, c := range p.Tried {
		if slices.Contains(fates, c.Fate) {
			n++
		}
	}
	return n
}

// setText is a configuration by its varied keys.
func setText(sets []experiments.Set) string {
	parts := make([]string, len(sets))
	for i, s := range sets {
		parts[i] = s.Key + "=" + s.Value
	}
	return strings.Join(parts, ", ")
}

// values are those of the varied keys, each key's apart.
func setValues(sets []experiments.Set) []string {
	var list []string
	for _, s := range sets {
		list = append(list, s.Value)
	}
	return list
}

// costText is a cost in the plan's unit: of a run, and by the month.
func costText(p *experiments.Plan, e output.Estimate) string {
	text := units.Interval(e.Mean, e.Lo, e.Hi, p.Unit())
	if !p.Money {
		return text + verb(int(math.Round(e.Mean)), " server", " servers")
	}
	return text
}

// planSense is what the answer rests on, in a few sentences.
func planSense(p *experiments.Plan) []string {
	var list []string
	if b := p.Best; b != nil && len(b.Follows) > 0 {
		list = append(list, "With it goes "+setText(b.Follows)+": what is not varied gives way.")
	}
	if b := p.Best; b != nil {
		if m := b.Result.Metrics["availability"]; m.N > 0 {
			list = append(list, metric(b.Result, "availability")+" of the requests are answered.")
		}
		if has(b.Result, experiments.CostRate) {
			list = append(list, rateOf(b.Result)+".")
		}
	}
	if len(p.Counted) > 0 {
		text := "Without a price, each server of " + strings.Join(p.Counted, ", ") + " counts one unit"
		if p.Money {
			text += ", as if it cost 1 USD an hour"
		}
		list = append(list, text+".")
	}
	if len(p.Steady) > 0 {
		list = append(list, "Judged in the steady state of a queue of the textbooks, to which a long run comes: "+strings.Join(p.Steady, ", ")+".")
	}
	simulated := 0
	for _, c := range p.Tried {
		if c.Replications > 0 {
			simulated++
		}
	}
	text := fmt.Sprintf("%d of %d configurations were simulated, %d replications in all with %s requests", simulated, len(p.Tried), p.Cells, million(p.Requests))
	if p.Best != nil {
		text += fmt.Sprintf("; all %d as often as the chosen one, %d times, would be %d replications", len(p.Tried), p.Best.Replications, len(p.Tried)*p.Best.Replications)
	}
	return append(list, text+".")
}

// million writes a large number of things.
func million(n float64) string {
	switch {
	case n >= 1e9:
		return units.Format(n/1e9, "billion")
	case n >= 1e6:
		return units.Format(n/1e6, "million")
	}
	return units.Format(n, "")
}
