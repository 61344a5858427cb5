package view

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
)

// Simulated are the configurations that were.
func Simulated(p *experiments.Plan) []*experiments.Candidate {
	var list []*experiments.Candidate
	for _, c := range p.Tried {
		if c.Cost.N > 0 {
			list = append(list, c)
		}
	}
	return list
}

// ConfigurationText is a configuration in short.
func ConfigurationText(c *experiments.Candidate) string {
	var values []string
	for _, s := range c.Sets {
		values = append(values, s.Value)
	}
	return strings.Join(values, ", ")
}

// Ends are a mean and, where there is one, its interval.
func Ends(e output.Estimate) []float64 {
	if math.IsNaN(e.Lo) {
		return []float64{e.Mean}
	}
	return []float64{e.Mean, e.Lo, e.Hi}
}

// Meets reports whether a configuration that was simulated is not known to miss an
// expectation: it was chosen, or is as cheap or dearer.
func Meets(c *experiments.Candidate) bool {
	return c.Fate == experiments.Chosen || c.Fate == experiments.AsCheap || c.Fate == experiments.Dearer
}

// CandidatesText tells what was chosen, and what next to it was not.
func CandidatesText(p *experiments.Plan) string {
	list := Simulated(p)
	meets, misses := 0, 0
	for _, c := range list {
		if Meets(c) {
			meets++
		} else {
			misses++
		}
	}
	text := fmt.Sprintf("Simulated, in the plane of cost and each expectation's metric: %d configurations, %d of them failing or undecided.", len(list), misses)
	if b := p.Best; b != nil {
		text += fmt.Sprintf(" Chosen is %s at %s; as cheap or dearer: %d.", ConfigurationText(b), units.Format(b.Cost.Mean, p.Unit()), meets-1)
	}
	return text
}

// NearDecision are those of some values that can be told apart on an axis with those
// that decide: which are no further from them than three times what these span, or are
// large. What lies beyond would press the decision onto a line.
func NearDecision(values, deciding []float64) []float64 {
	if len(deciding) == 0 {
		return values
	}
	low, high := slices.Min(deciding), slices.Max(deciding)
	room := 3 * (high - low)
	if room == 0 {
		room = max(high, -low)
	}
	near := slices.Clone(deciding)
	for _, v := range values {
		if room == 0 || v >= low-room && v <= high+room {
			near = append(near, v)
		}
	}
	return near
}

// Limits are the ends of a bound.
func Limits(b output.Bound) []float64 {
	return slices.DeleteFunc(slices.Compact([]float64{b.Lo, b.Hi}), func(v float64) bool { return math.IsInf(v, 0) })
}

// GrowthText tells up to how much load the best configuration holds, and what
// breaks then.
func GrowthText(p *experiments.Plan) string {
	text := "What was chosen holds up to " + LoadText(HoldsTo(p))
	if last := p.Growth[len(p.Growth)-1]; last.Verdict == output.Fail {
		text += fmt.Sprintf("; with %g times the load the expectation %s fails", last.Factor, last.Expectation)
	}
	return text + "."
}

// LoadText is a factor on the load in words.
func LoadText(factor float64) string {
	if factor == 1 {
		return "the load of the scenario"
	}
	return fmt.Sprintf("%g times the load", factor)
}

// HoldsTo is the largest factor on the load up to which all expectations hold.
func HoldsTo(p *experiments.Plan) float64 {
	holds := 1.0
	for _, g := range p.Growth {
		if g.Verdict != output.Pass {
			break
		}
		holds = g.Factor
	}
	return holds
}
