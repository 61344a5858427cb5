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
		{Metric: "cost.per_hour", Better: output.LowerIsBetter},
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
	for i := range arms {
		s := &f.Standings[i]
		for k := range arms {
			if k == i {
				continue
			}
			switch shown, likely := preferable(objectives, arms[k].Trial, arms[i].Trial, level); {
			case shown:
				s.DominatedBy = append(s.DominatedBy, arms[k].Name)
			case likely:
				s.ChallengedBy = append(s.ChallengedBy, arms[k].Name)
			}
		}
	}
	return f
}

// preferable reports whether a trial is shown to be as good as another in all
// objectives and better in one, and whether it is by the means.
func preferable(objectives []Objective, one, other *Trial, level float64) (shown, likely bool) {
	asGood, better, asGoodByMean, betterByMean := true, false, true, false
	for _, o := range objectives {
		loss := paired(other, one, o.Metric, level)
		gain := paired(one, other, o.Metric, level)
		asGood = asGood && loss.NotWorse(o.Tolerance, o.Better) == output.Pass
		better = better || gain.NotWorse(o.Tolerance, o.Better) == output.Fail
		loss.N, gain.N = min(loss.N, 1), min(gain.N, 1) // the means alone
		asGoodByMean = asGoodByMean && loss.NotWorse(o.Tolerance, o.Better) == output.Pass
		betterByMean = betterByMean || gain.NotWorse(o.Tolerance, o.Better) == output.Fail
	}
	return asGood && better, asGoodByMean && betterByMean
}

// On reports whether the arm is on the frontier, or may be.
func (s Standing) On() bool { return len(s.DominatedBy) == 0 }
