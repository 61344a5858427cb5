package output

import (
	"math"

	"github.com/headroom-sim/headroom/engine/random"
)

// StudentTQuantile is the value that a Student t variate with the degrees of
// freedom given (at least 1) stays below with probability p, 0 < p < 1. Its
// relative error is below 1e-12 for p between 1e-6 and 1 - 1e-6.
//
// Method: Newton's steps, kept inside a bracket, on the distribution function.
func StudentTQuantile(p float64, degrees int) float64 {
	switch {
	case p == 0.5:
		return 0
	case p < 0.5:
		return -newStudent(degrees).leaving(2 * p)
	}
	return newStudent(degrees).leaving(2 * (1 - p))
}

// student is the t distribution. It rests on the gamma function only through
// the ratio of two values half a unit apart, which has an accurate form.
type student struct {
	degrees float64
	scale   float64 // gamma((degrees+1)/2) / (gamma(degrees/2) sqrt(pi))
}

func newStudent(degrees int) student {
	return student{float64(degrees), gammaHalfRatio(degrees) / math.Sqrt(math.Pi)}
}

// leaving returns the distance from zero that leaves the probability given
// outside.
func (t student) leaving(outside float64) float64 {
	lo, hi := 0.0, 1.0
	for t.outside(hi) > outside {
		lo, hi = hi, 2*hi
	}
	for x := (lo + hi) / 2; ; {
		gap := t.outside(x) - outside
		if gap > 0 {
			lo = x
		} else {
			hi = x
		}
		next := x + float64(gap/(2*t.density(x)))
		if !(next > lo && next < hi) {
			next = (lo + hi) / 2
		}
		if math.Abs(next-x) <= 1e-15*x || next == lo || next == hi {
			return next
		}
		x = next
	}
}

// density of the distribution at x.
func (t student) density(x float64) float64 {
	return t.scale / math.Sqrt(t.degrees) *
		random.Exp(-(t.degrees+1)/2*random.Log1p(x*x/t.degrees))
}

// outside is the probability of a value farther from zero than x >= 0:
// the regularised incomplete beta function I_y(degrees/2, 1/2) at
// y = degrees/(degrees + x^2) (Abramowitz and Stegun 26.7.1). Of the two
// continued fractions for it and for its complement, it takes the one that
// converges fast. It is NaN for NaN.
func (t student) outside(x float64) float64 {
	square := float64(x * x)
	switch {
	case math.IsNaN(x):
		return x
	case math.IsInf(square, 1):
		return 0 // below 1e-150
	}
	a, y := float64(t.degrees/2), t.degrees/(t.degrees+square)
	front := float64(t.scale * random.Exp(-a*random.Log1p(square/t.degrees)) * math.Sqrt(square/(t.degrees+square)))
	if y < (a+1)/(a+2.5) {
		return front / a * betaFraction(y, a, 0.5)
	}
	return 1 - float64(2*front*betaFraction(1-y, 0.5, a))
}

// betaFraction is the continued fraction of the incomplete beta function,
// I_x(a, b) = x^a (1-x)^b / (a B(a, b)) times it (DLMF 8.17.22), by Lentz's
// method. It converges for x < (a+1)/(a+b+2) in about sqrt(max(a, b)) steps.
func betaFraction(x, a, b float64) float64 {
	c, d := 1.0, 1/(1-(a+b)*x/(a+1))
	h := d
	for m := 1.0; ; m++ {
		even := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		odd := -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		d = 1 / (1 + float64(even*d))
		c = 1 + even/c
		h *= d * c
		d = 1 / (1 + float64(odd*d))
		c = 1 + odd/c
		step := float64(d * c)
		h *= step
		if !(math.Abs(step-1) >= 1e-15) { // ends on NaN, too
			return h
		}
	}
}

// gammaHalfRatio is gamma((n+1)/2) / gamma(n/2) for n >= 1: for large n by the
// asymptotic series of Tricomi and Erdelyi ("The asymptotic expansion of a
// ratio of gamma functions", Pacific J. Math. 1 (1951)), for small n stepping
// down from there by gamma(x+1) = x gamma(x).
func gammaHalfRatio(n int) float64 {
	down := 1.0
	for ; n < 100; n += 2 {
		down *= float64(n) / float64(n+1)
	}
	x := float64(n) / 2
	r := 1 / (8 * x)
	// sqrt(x) (1 - r + r^2/2 + 5r^3/2 - 21r^4/8 - 399r^5/8 + 869r^6/16 ...), r = 1/(8x)
	series := 869.0 / 16
	for _, c := range [...]float64{-399.0 / 8, -21.0 / 8, 5.0 / 2, 1.0 / 2, -1, 1} {
		series = c + float64(r*series)
	}
	return down * math.Sqrt(x) * series
}
