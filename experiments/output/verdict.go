package output

import "math"

// Verdict is the judgement on an expectation.
type Verdict uint8

// The verdicts.
const (
	Fail         Verdict = iota // the interval lies wholly outside the bound, or there is no sample
	Inconclusive                // it crosses the bound, or there is none: more replications would tell
	Pass                        // it lies inside the bound
)

var verdictNames = [...]string{"fail", "inconclusive", "pass"}

// String is the verdict as reports print it.
func (v Verdict) String() string { return verdictNames[v] }

// Relation says how a metric is bound.
type Relation uint8

// The relations, in the words of a scenario's expectations.
const (
	AtMost  Relation = iota // metric <= Hi
	AtLeast                 // metric >= Lo
	Between                 // Lo <= metric <= Hi
	Equals                  // metric == Lo == Hi, in every replication
)

var relationNames = [...]string{"at_most", "at_least", "between", "equals"}

// String is the key of the scenario language.
func (r Relation) String() string { return relationNames[r] }

// Bound is what a metric must keep to, in the metric's own unit. Limits that
// the relation has not are infinite, as NewBound makes them.
type Bound struct {
	Relation Relation
	Lo, Hi   float64
}

// NewBound returns the bound between lo and hi that the relation asks for:
// AtMost takes hi, AtLeast takes lo, Between both, Equals lo.
func NewBound(r Relation, lo, hi float64) Bound {
	switch r {
	case AtMost:
		lo = math.Inf(-1)
	case AtLeast:
		hi = math.Inf(1)
	case Equals:
		hi = lo
	}
	return Bound{r, lo, hi}
}

// Judge compares a metric's values, one a replication and NaN where a
// replication has no sample, with the bound.
//
// The 95 % interval of the mean decides; of a single replication the comparison
// is a plain one. A single sample among several replications has no interval
// and decides nothing. Equals must hold in every replication, those without a
// sample included. No sample at all is a fail.
func (b Bound) Judge(values []float64) Verdict { return b.JudgeAt(values, Level) }

// JudgeAt is Judge by intervals of another level, 0 < level < 1.
func (b Bound) JudgeAt(values []float64, level float64) Verdict {
	if b.Relation == Equals {
		return b.judgeEach(values)
	}
	e := Interval(values, level)
	if e.N == 0 {
		return Fail
	}
	if len(values) == 1 {
		e.Lo, e.Hi = e.Mean, e.Mean
	}
	return b.JudgeInterval(e)
}

// JudgeInterval compares an interval with the bound; it is inconclusive where it
// has no ends.
func (b Bound) JudgeInterval(e Estimate) Verdict {
	switch {
	case e.Lo >= b.Lo && e.Hi <= b.Hi:
		return Pass
	case e.Lo > b.Hi || e.Hi < b.Lo:
		return Fail
	}
	return Inconclusive
}

func (b Bound) judgeEach(values []float64) Verdict {
	for _, v := range values {
		if v != b.Lo {
			return Fail
		}
	}
	if len(values) == 0 {
		return Fail
	}
	return Pass
}
