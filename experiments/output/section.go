package output

import "math"

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
