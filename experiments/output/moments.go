package output

import "math"

// Moments are the number of values, their mean and the sum of their squared
// deviations from it, of values that are added one by one and not kept. The same
// values in the same order give the same bits.
type Moments struct {
	N             int
	Mean, Squares float64
}

// Add takes a value in; a NaN is a replication without a sample and is left out.
// Values that are all the same have exactly their own mean and no deviation.
//
// Source: B.P. Welford, "Note on a method for calculating corrected sums of
// squares and products", Technometrics 4 (1962).
func (m *Moments) Add(v float64) {
	if math.IsNaN(v) {
		return
	}
	m.N++
	step := v - m.Mean
	m.Mean += step / float64(m.N)
	m.Squares += float64(step * (v - m.Mean))
}

// StandardError is that of the mean, NaN where N < 2.
func (m Moments) StandardError() float64 {
	if m.N < 2 {
		return math.NaN()
	}
	n := float64(m.N)
	return math.Sqrt(m.Squares / (n - 1) / n)
}
