package output

import (
	"math"

	"github.com/headroom-sim/headroom/engine/random"
)

// Feasibility tells configurations that keep their bounds from those that don't
// with as few replications as each of them allows: three where it is clear, more
// where it is close.
//
// At each look (NextLook) Student's one-sided limits of the means are compared
// with the bounds. All looks together accept a configuration that breaks a bound
// with a probability of at most Accept, and reject one that keeps all of them by
// their tolerance with one of at most Reject, for means that are normally
// distributed with any variance. One that keeps a bound by less than its
// tolerance may be rejected: that is what makes the procedure end.
//
// Values that are all equal have no variance that could tell how far off they
// are: see [Constraint.Step]. That a metric is equal to a number is accepted when
// the looks show that at most a fifth of all replications can differ from it.
//
// To find the cheapest of k feasible configurations with the probability 1 -
// error, error/2 may go to Reject as it is (only the cheapest one's rejection
// matters) and error/2/(k-1) to Accept (that of any cheaper one does).
//
// Sources: S. Andradottir and S.-H. Kim, "Fully sequential procedures for
// comparing constrained systems via simulation", Naval Research Logistics 57
// (2010) (the task and its guarantees); NextLook and eachLook for the looks.
// Their procedure spends replications in proportion to the variance over the
// tolerance; this one's looks end as soon as the margin itself is clear.
type Feasibility struct {
	Constraints    []Constraint
	Accept, Reject float64
	Certain        bool // nothing is left to chance: a replication is like any other
}

// Constraint is a bound with the margin, in the metric's own unit, that need not
// be told from none; at zero a configuration that just keeps its bound may stay
// undecided for ever.
type Constraint struct {
	Bound
	Tolerance float64
	// Step is the least by which the sums behind the values of two replications
	// differ, in the metric's unit: one for a count, one over the requests for
	// their share; 0 where none is known. Of n equal values the limits are those
	// of a Poisson number of steps of which none was seen, Step ln(1/error) / n
	// either way (the rule of three; exact for events that do not come together),
	// or the value itself as soon as no more than a fifth of all replications can
	// have another one.
	Step float64
}

// mostDiffering is the share of replications that may differ from n equal ones
// before their common value is taken for the mean. 41 replications show it at an
// error of 2 %, 62 at one of 2 in 100,000.
const mostDiffering = 0.2

// differing is the greatest share of replications that may differ from n equal
// ones, but for the error: the limit of Clopper and Pearson (1934) where none did.
func differing(n int, wrong float64) float64 { return 1 - random.Exp(random.Log(wrong)/float64(n)) }

// Judge decides on a configuration by its metrics' values: metrics[i][r] is the
// value of the i-th constraint's metric in replication r, NaN without a sample.
// It is Pass where every constraint is accepted, Fail where one is rejected, and
// Inconclusive where more replications are needed: up to the next look, as those
// beyond the last one do not count. Once made a decision stays, whatever values
// are added. A metric without any sample is rejected, and one that must be equal
// to a number is so in the first replication in which it differs.
func (f Feasibility) Judge(metrics [][]float64) Verdict {
	limits := 0
	for _, c := range f.Constraints {
		limits += c.limits()
	}
	all := Pass // the least of the verdicts: fail, inconclusive, pass
	for i, c := range f.Constraints {
		all = min(all, f.decide(c, metrics[i], f.Reject/float64(limits)))
	}
	return all
}

// limits is the number of sides on which a mean may be wrongly found outside.
func (b Bound) limits() int {
	if b.Relation == Between {
		return 2
	}
	return 1
}

// decide is the verdict of the first look that has one.
func (f Feasibility) decide(c Constraint, values []float64, reject float64) Verdict {
	if c.Relation == Equals && len(values) > 0 && c.judgeEach(values) == Fail {
		return Fail
	}
	verdict := Inconclusive
	eachLook(len(values), func(n int, share float64) bool {
		accept := float64(f.Accept * share)
		switch {
		case c.Relation != Equals:
			verdict = c.look(values[:n], accept, float64(reject*share), f.Certain)
		case f.Certain || differing(n, accept) <= mostDiffering:
			verdict = Pass
		}
		return verdict != Inconclusive
	})
	return verdict
}

// look compares one-sided limits with the bound and with its tolerance inside.
func (c Constraint) look(values []float64, accept, reject float64, certain bool) Verdict {
	inner := Interval(values, 1-2*accept)
	outer := Interval(values, 1-2*reject)
	if inner.N == 0 {
		return Fail
	}
	if !certain && equal(values) {
		inner, outer = c.widened(inner, accept), c.widened(outer, reject)
	}
	switch {
	case inner.Lo >= c.Lo && inner.Hi <= c.Hi:
		return Pass
	case outer.Hi < c.Lo+c.Tolerance || outer.Lo > c.Hi-c.Tolerance:
		return Fail
	}
	return Inconclusive
}

// equal reports whether all values are, apart from those without a sample.
func equal(values []float64) bool {
	first := math.NaN()
	for _, v := range values {
		if v != v {
			continue
		}
		if first == first && v != first {
			return false
		}
		first = v
	}
	return true
}

// widened are the limits of equal values: see [Constraint.Step].
func (c Constraint) widened(e Estimate, wrong float64) Estimate {
	if differing(e.N, wrong) <= mostDiffering {
		return e
	}
	half := math.Inf(1)
	if c.Step > 0 {
		half = float64(c.Step * -random.Log(wrong) / float64(e.N))
	}
	e.Lo, e.Hi = e.Mean-half, e.Mean+half
	return e
}
