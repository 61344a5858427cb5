package tally

import (
	"math"
	"math/bits"
)

// Variance returns the sample variance of the values counted, with n - 1 in
// the denominator: (n sum(v^2) - sum(v)^2) / (n (n-1)). The numerator is
// computed in whole numbers, so nothing cancels. It is NaN for fewer than two
// values.
func (h *Histogram) Variance() float64 {
	if h.count < 2 {
		return math.NaN()
	}
	n := float64(h.count)
	return h.spread() / n / (n - 1)
}

// SD returns the sample standard deviation, the square root of Variance.
func (h *Histogram) SD() float64 { return math.Sqrt(h.Variance()) }

// spread returns n sum(v^2) - sum(v)^2, which is never negative.
func (h *Histogram) spread() float64 {
	s1, s0 := uint64(h.sum.High), h.sum.Low
	first := timesWord(h.squares, h.count)
	second := square(s1, s0)
	var d [4]uint64
	var borrow uint64
	for i := range d {
		d[i], borrow = bits.Sub64(first[i], second[i], borrow)
	}
	return float64(d[0]) + float64(float64(d[1])*0x1p64) +
		float64(float64(d[2])*0x1p128) + float64(float64(d[3])*0x1p192)
}

// timesWord returns x y, low word first.
func timesWord(x [3]uint64, y uint64) (z [4]uint64) {
	for i, word := range x {
		high, low := bits.Mul64(word, y)
		var carry uint64
		z[i], carry = bits.Add64(z[i], low, 0)
		z[i+1] = high + carry
	}
	return z
}

// square returns the square of the number with the given high and low words,
// low word first.
func square(high, low uint64) (z [4]uint64) {
	z[1], z[0] = bits.Mul64(low, low)
	z[3], z[2] = bits.Mul64(high, high)
	m1, m0 := bits.Mul64(high, low)
	for range 2 {
		var carry uint64
		z[1], carry = bits.Add64(z[1], m0, 0)
		z[2], carry = bits.Add64(z[2], m1, carry)
		z[3] += carry
	}
	return z
}
