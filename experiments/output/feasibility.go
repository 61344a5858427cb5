package output

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
}

// Constraint is a bound with the margin, in the metric's own unit, that need not
// be told from none; at zero a configuration that just keeps its bound may stay
// undecided for ever.
type Constraint struct {
	Bound
	Tolerance float64
}

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
		all = min(all, c.decide(metrics[i], f.Accept, f.Reject/float64(limits)))
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
func (c Constraint) decide(values []float64, accept, reject float64) Verdict {
	if c.Relation == Equals {
		return c.equalSoFar(values)
	}
	verdict := Inconclusive
	eachLook(len(values), func(n int, share float64) bool {
		verdict = c.look(values[:n], float64(accept*share), float64(reject*share))
		return verdict != Inconclusive
	})
	return verdict
}

// equalSoFar cannot pass before the first look.
func (c Constraint) equalSoFar(values []float64) Verdict {
	if len(values) > 0 && c.judgeEach(values) == Fail {
		return Fail
	}
	if len(values) < NextLook(0) {
		return Inconclusive
	}
	return Pass
}

// look compares one-sided limits with the bound and with its tolerance inside.
func (c Constraint) look(values []float64, accept, reject float64) Verdict {
	inner := Interval(values, 1-2*accept)
	outer := Interval(values, 1-2*reject)
	switch {
	case inner.N == 0:
		return Fail
	case inner.Lo >= c.Lo && inner.Hi <= c.Hi:
		return Pass
	case outer.Hi < c.Lo+c.Tolerance || outer.Lo > c.Hi-c.Tolerance:
		return Fail
	}
	return Inconclusive
}
