package output

import "math"

// Direction says which way a metric gets worse.
type Direction uint8

// The directions.
const (
	LowerIsBetter  Direction = iota // latencies, failures, cost
	HigherIsBetter                  // availability, throughput
)

// NotWorse judges whether the other system is worse than the base by no more
// than the tolerance, at least 0 and in the metric's unit: Pass where the whole
// interval of the difference is, Fail where none of it is, else Inconclusive. A
// system that is worse by just the tolerance passes, and fails, with half the
// probability that the interval misses the truth: 2.5 % at a level of 95 %. A
// single pair is compared plainly; without one it is inconclusive, and so are equal
// differences that are too few for an interval.
//
// Source: the European Medicines Agency's "Guideline on the choice of the
// non-inferiority margin" (2005), and ICH E9, "Statistical principles for
// clinical trials" (1998), 3.3.2: a non-inferiority trial rests on the interval's
// one end that is on the worse side.
func (d Difference) NotWorse(tolerance float64, better Direction) Verdict {
	e := d.Estimate
	if e.N == 1 {
		e.Lo, e.Hi = e.Mean, e.Mean
	}
	if math.IsNaN(e.Mean) {
		return Inconclusive
	}
	if better == HigherIsBetter {
		return NewBound(AtLeast, -tolerance, 0).JudgeInterval(e)
	}
	return NewBound(AtMost, 0, tolerance).JudgeInterval(e)
}
