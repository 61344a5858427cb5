package experiments

import (
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments/output"
)

// Frontier says which arms are worth a choice: those to which no other is
// preferable, as it is at least as good in every objective and better in one.
type Frontier struct {
	Objectives []Objective // at least two, or there is no frontier
	Standings  []Standing  // one for each arm, in their order
}

// Objective is a metric by which arms are judged.
type Objective struct {
	Metric string
	Better output.Direction
	// Tolerance is the difference that matters to nobody, in the metric's unit.
	Tolerance float64
}

// Standing is where an arm stands: on the frontier, or not.
type Standing struct {
	// DominatedBy are the arms that are shown to be preferable, ChallengedBy
	// those that are by their means only: more replications would tell. Both are
	// in the order of the arms.
	DominatedBy, ChallengedBy []string
	// AlikeTo are the arms that are shown to be as good in every objective, and no
	// better in any: differences that matter to nobody.
	AlikeTo []string
	// Sure is the confidence, at least, in that no other arm that keeps its
	// expectations costs less by more than the tolerance. It is of cost alone: those
	// whose expectations are not shown to hold are left out, and how sure the others'
	// verdicts are is not in it. It is NaN where it is not known: of arms that keep
	// theirs, from two replications on.
	Sure float64
}

// Differences that matter to nobody.
const (
	IndifferentShare        = 0.001 // of the base's cost, latency and lost sessions
	IndifferentAvailability = 1e-5  // of the requests
)

// objectives are what arms are chosen by: cost by the hour, the latency that is
// shown first and that all arms have, one that an expectation names where any does, availability
// and lost sessions; of these the ones that all arms have, and cost and sessions
// only where there is any.
func (c *Comparison) objectives() []Objective {
	latency := slices.IndexFunc(c.Shown, func(name string) bool { return strings.HasPrefix(name, "latency.") && !c.lacks(name) })
	if latency < 0 {
		return nil
	}
	var list []Objective
	for _, o := range []Objective{
		{Metric: CostRate, Better: output.LowerIsBetter},
		{Metric: c.Shown[latency], Better: output.LowerIsBetter},
		{Metric: "availability", Better: output.HigherIsBetter},
		{Metric: "sessions.lost", Better: output.LowerIsBetter},
	} {
		if c.lacks(o.Metric) || !c.any(o.Metric, nonzero) {
			continue
		}
		o.Tolerance = math.Abs(IndifferentShare * c.Arms[0].Metrics[o.Metric].Mean)
		if o.Metric == "availability" {
			o.Tolerance = IndifferentAvailability
		}
		list = append(list, o)
	}
	return list
}

// lacks reports whether an arm has no sample of a metric.
func (c *Comparison) lacks(metric string) bool {
	return slices.ContainsFunc(c.Arms, func(a ArmResult) bool { return a.Metrics[metric].N == 0 })
}

// frontier compares each arm with each other in all objectives; the intervals
// are corrected for the number of these comparisons.
func frontier(objectives []Objective, arms []Arm) Frontier {
	if len(objectives) < 2 {
		return Frontier{}
	}
	f := Frontier{Objectives: objectives, Standings: make([]Standing, len(arms))}
	pairs := len(arms) * (len(arms) - 1) / 2
	level := output.Bonferroni(output.Level, pairs*len(objectives))
	for i, a := range arms {
		s := &f.Standings[i]
		for k, other := range arms {
			if k == i {
				continue
			}
			theirs, ours := advantageOf(objectives, other.Trial, a.Trial, level), advantageOf(objectives, a.Trial, other.Trial, level)
			switch {
			case theirs.asGood && theirs.better:
				s.DominatedBy = append(s.DominatedBy, other.Name)
			case theirs.asGood && ours.asGood:
				s.AlikeTo = append(s.AlikeTo, other.Name)
			case theirs.likely:
				s.ChallengedBy = append(s.ChallengedBy, other.Name)
			}
		}
	}
	return f
}

// advantage is what a trial has over another: it is shown to be as good in all
// objectives, and better in one, or it is likely to be both.
type advantage struct{ asGood, better, likely bool }

func advantageOf(objectives []Objective, one, other *Trial, level float64) advantage {
	a, asGoodByMean, betterByMean := advantage{asGood: true}, true, false
	for _, o := range objectives {
		loss := paired(other, one, o.Metric, level)
		gain := paired(one, other, o.Metric, level)
		a.asGood = a.asGood && loss.NotWorse(o.Tolerance, o.Better) == output.Pass
		a.better = a.better || gain.NotWorse(o.Tolerance, o.Better) == output.Fail
		loss.N, gain.N = min(loss.N, 1), min(gain.N, 1) // the means alone
		asGoodByMean = asGoodByMean && loss.NotWorse(o.Tolerance, o.Better) == output.Pass
		betterByMean = betterByMean || gain.NotWorse(o.Tolerance, o.Better) == output.Fail
	}
	a.likely = asGoodByMean && betterByMean
	return a
}

// sure is the Sure of an arm's standing: one less the sum of the risks that the others
// which keep their expectations cost less (Bonferroni's inequality).
func (c *Comparison) sure(arms []Arm, arm int) float64 {
	if !c.Arms[arm].Keeps() || c.Replications() < 2 {
		return math.NaN()
	}
	tolerance := math.Abs(IndifferentShare * c.Arms[0].Metrics[CostRate].Mean)
	risks := 0.0
	for i, other := range arms {
		if i != arm && c.Arms[i].Keeps() {
			risks += dearer(arms[arm].Trial, other.Trial, tolerance)
		}
	}
	return math.Max(0, 1-risks)
}

// dearer is how probable, at most, what an arm saves against another is if in truth it
// costs more, by more than the tolerance: the p-value of the paired test on one side.
// What is the same in all replications costs no more.
func dearer(arm, other *Trial, tolerance float64) float64 {
	saved := paired(arm, other, CostRate, output.Level)
	switch {
	case saved.Mean == 0 && saved.Lo == saved.Hi:
		return 0
	case saved.Lo < saved.Hi:
		least := slices.Clone(arm.sample(CostRate))
		for i := range least {
			least[i] -= tolerance
		}
		saved = output.Compare(least, other.sample(CostRate), output.Level)
	default: // without a spread, the sign decides
		saved.Mean += tolerance
	}
	if saved.Mean > 0 {
		return saved.P / 2
	}
	return 1 - float64(saved.P/2)
}

// CostRate is the metric by which configurations are cheap or dear.
const CostRate = "cost.per_hour"

// On reports whether the arm is on the frontier, or may be.
func (s Standing) On() bool { return len(s.DominatedBy) == 0 }
