package random

import "math"

const (
	expOverflow  = 0x1.62e42fefa39efp+9  // largest x with a finite exponential
	expUnderflow = -0x1.74910d52d3053p+9 // least x with a positive one
	roundToWhole = 0x1.8p52              // added and subtracted: rounds to a whole number
)

// Exp returns e to the power of x, with an error below 0.6 units in the last
// place where the result is normal.
//
// Special cases: Exp(+Inf) = +Inf, Exp(-Inf) = 0, Exp(NaN) = NaN; beyond about
// 709.78 the result is +Inf, below about -745.13 it is 0.
//
// Method: P.T.P. Tang, "Table-driven implementation of the exponential
// function in IEEE floating-point arithmetic", ACM TOMS 15 (1989), as FreeBSD's
// msun does in s_exp2.c: x = (64 m + i) ln2/64 + r with |r| <= ln2/128, so that
// e^x = 2^m 2^(i/64) e^r.
func Exp(x float64) float64 {
	if !(x > -700 && x < 700) { // written so that NaN goes the long way too
		return expExtreme(x)
	}
	n := float64(x*per64thLn2) + roundToWhole
	k := int64(math.Float64bits(n))
	n -= roundToWhole
	r := x - float64(n*ln2By64High) - float64(n*ln2By64Low)
	t := &expTable[k&63]
	y := t.value + (t.rest + float64(t.value*expm1Core(r)))
	return math.Float64frombits(math.Float64bits(y) + uint64(k>>6)<<52)
}

// expm1Core returns e^r - 1 for |r| <= ln2/128 with an absolute error below
// 2^-59. It is Taylor's polynomial of degree 6 whose last term is spread over
// the lower even ones as Chebyshev's T6 tells (economisation).
func expm1Core(r float64) float64 {
	const (
		a2 = ln2By64High * ln2By64High / 4 // square of the greatest |r|
		c2 = 1.0/2 - a2*a2*9/16/720
		c3 = 1.0 / 6
		c4 = 1.0/24 + a2*3/2/720
		c5 = 1.0 / 120
	)
	r2 := float64(r * r)
	return r + float64(r2*((c2+float64(r*c3))+float64(r2*(c4+float64(r*c5)))))
}

// expExtreme is Exp for arguments whose result may leave the normal range: it
// halves the argument's exponent of two and applies it in two steps.
func expExtreme(x float64) float64 {
	switch {
	case x != x:
		return x
	case x > expOverflow:
		return math.Inf(1)
	case x < expUnderflow:
		return 0
	}
	n := math.Floor(float64(x*per64thLn2) + 0.5)
	r := x - float64(n*ln2By64High) - float64(n*ln2By64Low)
	k := int64(n)
	t := &expTable[k&63]
	y := t.value + (t.rest + float64(t.value*expm1Core(r)))
	return scale(y, k>>6)
}

// scale returns y 2^m for |m| < 2000. The second step alone may round.
func scale(y float64, m int64) float64 {
	half := m / 2
	return y * power2(half) * power2(m-half)
}

// power2 returns 2^m for -1022 <= m <= 1023.
func power2(m int64) float64 { return math.Float64frombits(uint64(1023+m) << 52) }

// Expm1 returns e^x - 1, accurate near zero too: the error is below 2 units
// in the last place.
//
// Special cases: Expm1(+Inf) = +Inf, Expm1(-Inf) = -1, Expm1(NaN) = NaN,
// Expm1(±0) = ±0.
func Expm1(x float64) float64 {
	if !(x > -40 && x < 40) {
		return Exp(x) - 1 // the 1 is below half a unit, or x is not a number
	}
	n := math.Floor(float64(x*per64thLn2) + 0.5)
	switch {
	case x == 0:
		return x // keeps its sign
	case n == 0:
		return expm1Near0(x)
	}
	r := x - float64(n*ln2By64High) - float64(n*ln2By64Low)
	k := int64(n)
	t, s := &expTable[k&63], power2(k>>6)
	v := float64(s * t.value)
	if v > 0.5 && v < 2 { // v - 1 is exact
		return (v - 1) + (float64(s*t.rest) + float64(v*expm1Near0(r)))
	}
	y := float64(s*t.rest) + float64(v*expm1Near0(r))
	if v > 2 {
		return v + (y - 1)
	}
	return (v + y) - 1
}

// expm1Near0 returns e^r - 1 for |r| <= ln2/128 with a small relative error.
func expm1Near0(r float64) float64 {
	r2 := float64(r * r)
	high := 1.0/120 + float64(r*(1.0/720)) + float64(r2*(1.0/5040))
	return r + float64(r2*(0.5+float64(r*(1.0/6+float64(r*(1.0/24+float64(r*high)))))))
}
