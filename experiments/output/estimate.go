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
	mean, squares, n := moments(values)
	e := Estimate{Mean: mean, Lo: math.NaN(), Hi: math.NaN(), N: n}
	if n < 2 {
		return e
	}
	half := StudentTQuantile((1+level)/2, n-1) * Moments{n, mean, squares}.StandardError()
	e.Lo, e.Hi = mean-float64(half), mean+float64(half)
	return e
}

// moments returns the mean of the values that are not NaN, the sum of their
// squared deviations from it, and their number. Sums run over differences from
// the first value, so that equal values have exactly their own mean and no
// deviation, and large values with small differences lose nothing.
func moments(values []float64) (mean, squares float64, n int) {
	var first, sum float64
	for _, v := range values {
		if math.IsNaN(v) {
			continue
		}
		if n == 0 {
			first = v
		}
		n++
		sum += v - first
	}
	if n == 0 {
		return math.NaN(), 0, 0
	}
	mean = first + sum/float64(n)
	for _, v := range values {
		if !math.IsNaN(v) {
			squares += float64((v - mean) * (v - mean))
		}
	}
	return mean, squares, n
}

// batchMeans returns the means of consecutive stretches of the length given;
// what is left at the end is dropped.
func batchMeans(series []float64, length int) []float64 {
	means := make([]float64, 0, len(series)/length)
	for ; len(series) >= length; series = series[length:] {
		mean, _, _ := moments(series[:length])
		means = append(means, mean)
	}
	return means
}
