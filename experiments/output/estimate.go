package output

import "math"

// Level is the confidence of printed intervals and of verdicts.
const Level = 0.95

// Estimate is a mean with its confidence interval over N independent values.
// Mean is NaN where N = 0, Lo and Hi where N < 2.
type Estimate struct {
	Mean, Lo, Hi float64
	N            int
}

// Interval is the mean of values, one a replication, and Student's t interval
// of the level given, 0 < level < 1. A NaN is a replication without a sample
// and is left out.
//
// Replications that agree to the bit give an interval of no width.
func Interval(values []float64, level float64) Estimate {
	m := moments(values)
	e := Estimate{Mean: m.Mean, Lo: math.NaN(), Hi: math.NaN(), N: m.N}
	if m.N < 2 {
		return e
	}
	half := StudentTQuantile((1+level)/2, m.N-1) * m.StandardError()
	e.Lo, e.Hi = m.Mean-float64(half), m.Mean+float64(half)
	return e
}

// moments are those of the values that are not NaN; without any the mean is NaN.
// Sums run over differences from the first value, so that equal values have exactly
// their own mean and no deviation, and large values with small differences lose
// nothing.
func moments(values []float64) Moments {
	var first, sum float64
	var m Moments
	for _, v := range values {
		if math.IsNaN(v) {
			continue
		}
		if m.N == 0 {
			first = v
		}
		m.N++
		sum += v - first
	}
	if m.N == 0 {
		return Moments{Mean: math.NaN()}
	}
	m.Mean = first + sum/float64(m.N)
	for _, v := range values {
		if !math.IsNaN(v) {
			m.Squares += float64((v - m.Mean) * (v - m.Mean))
		}
	}
	return m
}

// batchMeans returns the means of consecutive stretches of the length given;
// what is left at the end is dropped.
func batchMeans(series []float64, length int) []float64 {
	means := make([]float64, 0, len(series)/length)
	for ; len(series) >= length; series = series[length:] {
		means = append(means, moments(series[:length]).Mean)
	}
	return means
}
