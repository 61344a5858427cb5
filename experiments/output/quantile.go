package output

import (
	"math"
	"slices"

	"github.com/headroom-sim/headroom/engine/random"
)

// Quantile is the p-quantile of the distribution that independent values come
// from, 0 < p < 1, with an interval of at least the level given, 0 < level < 1.
// It asks nothing of the distribution: the ends are values themselves, whose
// ranks the binomial distribution gives, and each end is on the wrong side of
// the truth with a probability of at most (1-level)/2. NaN is no value. Lo and
// Hi are NaN where there are fewer values than QuantileNeeds.
//
// The values must be independent. Those of one replication are not (a request
// that waits has neighbours that wait): one figure a replication is.
//
// Source: H.A. David and H.N. Nagaraja, "Order Statistics", 3rd ed. (2003), 7.1.
func Quantile(values []float64, p, level float64) Estimate {
	sorted := slices.DeleteFunc(slices.Clone(values), math.IsNaN)
	slices.Sort(sorted)
	n := len(sorted)
	e := Estimate{Mean: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), N: n}
	if n == 0 {
		return e
	}
	// The product is lowered by a few roundings, as 0.07 in binary is more.
	e.Mean = sorted[int(math.Ceil(p*float64(n)*(1-0x1p-50)))-1]
	lower, upper := quantileRank(n, p, level), quantileRank(n, 1-p, level)
	if lower > 0 && upper > 0 {
		e.Lo, e.Hi = sorted[lower-1], sorted[n-upper]
	}
	return e
}

// QuantileNeeds is the least number of values that give an interval for their
// p-quantile: with fewer, even the outermost ones are on the same side of it
// with a probability above (1-level)/2. A median at 95 % needs 6, a 95th
// percentile 72, a 99th 368.
func QuantileNeeds(p, level float64) int {
	n := int(random.Log((1-level)/2) / random.Log(max(p, 1-p)))
	for n = max(n, 1); quantileRank(n, min(p, 1-p), level) == 0; n++ {
	}
	return n
}

// quantileRank is the greatest rank among n values at which one lies above the
// p-quantile with a probability of at most (1-level)/2; 0 where even the least
// value has a greater one. The value of rank r lies above if fewer than r of
// them lie below, and how many do is binomial.
func quantileRank(n int, p, level float64) int {
	logTerm := float64(n) * random.Log1p(-p)
	below := random.Exp(logTerm)
	rank := 0
	for rank < n && below <= (1-level)/2 {
		logTerm += random.Log(float64(n-rank) / float64(rank+1) * p / (1 - p))
		rank++
		below += random.Exp(logTerm)
	}
	return rank
}

// Section is the interval of the level given, 0 < level < 1, for a quantile that
// is pooled over replications: pooled is the quantile of all their requests,
// quantiles are the replications' own, NaN where one has no sample. The spread
// of these around the pooled one, not around their mean, tells how far it may
// be off, with Student's t for one degree less than there are replications.
//
// The pooled quantile has much less bias than the mean of the replications',
// each of which rests on few requests in the tail; where these lie all to one
// side of it, the interval is wider for that.
//
// Source: S. Asmussen and P.W. Glynn, "Stochastic Simulation" (2007), III.5a;
// M.K. Nakayama, "Confidence intervals for quantiles using sectioning when
// applying variance-reduction techniques", ACM TOMACS 24 (2014).
func Section(pooled float64, quantiles []float64, level float64) Estimate {
	e := Estimate{Mean: pooled, Lo: math.NaN(), Hi: math.NaN()}
	var squares float64
	for _, q := range quantiles {
		if !math.IsNaN(q) {
			e.N++
			squares += float64((q - pooled) * (q - pooled))
		}
	}
	if n := float64(e.N); e.N >= 2 {
		half := float64(StudentTQuantile((1+level)/2, e.N-1) * math.Sqrt(squares/(n-1)/n))
		e.Lo, e.Hi = pooled-half, pooled+half
	}
	return e
}
