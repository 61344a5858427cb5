package random

import "math"

const (
	smallestNormal = 0x1p-1022
	roundTo128th   = 0x1.8p45            // added and subtracted: rounds to a multiple of 1/128
	sqrtHalfBits   = 0x3fe6a09e_00000000 // high word of sqrt(1/2)
	exponentMask   = 0xfff00000_00000000
)

// Log returns the natural logarithm of x, with an error below 1.3 units in the
// last place.
//
// Special cases: Log(+Inf) = +Inf, Log(0) = -Inf, Log(x < 0) = NaN,
// Log(NaN) = NaN.
//
// Method: x = 2^k z with z in [sqrt(1/2), sqrt 2) as in FreeBSD's msun
// (e_log.c), then z = c (1 + r) with c the nearest multiple of 1/128 and
// log c from a table: P.T.P. Tang, "Table-driven implementation of the
// logarithm function in IEEE floating-point arithmetic", ACM TOMS 16 (1990).
func Log(x float64) float64 {
	switch {
	case x >= smallestNormal && x <= math.MaxFloat64:
		return logScaled(x, 0)
	case x > 0 && x < smallestNormal:
		return logScaled(x*0x1p54, -54)
	case x == 0:
		return math.Inf(-1)
	case x < 0:
		return math.NaN()
	}
	return x // +Inf or NaN
}

// logScaled returns log(2^k x) for a normal number x.
func logScaled(x float64, k int64) float64 {
	ix := math.Float64bits(x)
	shift := ix - sqrtHalfBits
	k += int64(shift) >> 52
	z := math.Float64frombits(ix - shift&exponentMask)
	c := z + roundTo128th
	t := &logTable[math.Float64bits(c)&0xff]
	c -= roundTo128th
	r := float64((z - c) * t.reciprocal)
	kf := float64(k)
	return (float64(kf*ln2High) + t.high) + (r - (log1pRest(r) - (float64(kf*ln2Low) + t.low)))
}

// log1pRest returns r - log(1 + r) for |r| < 0.0056: the alternating series up
// to r^7.
func log1pRest(r float64) float64 {
	r2 := float64(r * r)
	p := (1.0/3 - float64(r*(1.0/4))) + float64(r2*((1.0/5-float64(r*(1.0/6)))+float64(r2*(1.0/7))))
	return float64(r2*0.5) - float64(float64(r*r2)*p)
}

// Log1p returns the natural logarithm of 1 + x, accurate near zero too: the
// error is below 2 units in the last place.
//
// Special cases: Log1p(+Inf) = +Inf, Log1p(-1) = -Inf, Log1p(x < -1) = NaN,
// Log1p(NaN) = NaN, Log1p(±0) = ±0.
func Log1p(x float64) float64 {
	if x > -0x1p-54 && x < 0x1p-54 {
		return x
	}
	y := 1 + x
	if !(y > 0 && y < 0x1p60) {
		return Log(y) // x is y to within a rounding, or there is nothing to correct
	}
	var lost float64 // what rounding took from 1 + x
	if x < 1 {
		lost = x - (y - 1)
	} else {
		lost = 1 - (y - x)
	}
	return Log(y) + lost/y
}

// unitExponential returns -log(1 - u) for u in (0, 1), the quantile function
// of the exponential distribution with mean 1. It is Log1p(-u) without the
// division: where rounding takes anything from 1 - u, that is above one half,
// and dividing by it would not change a bit that counts.
func unitExponential(u float64) float64 {
	v := 1 - u
	return -(logScaled(v, 0) + ((1 - v) - u))
}
