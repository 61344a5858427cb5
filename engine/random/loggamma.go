package random

import "math"

// LogGamma returns the natural logarithm of the gamma function at x > 0, with
// a relative error of about 1e-15, near its zeros at 1 and 2 too. It returns
// +Inf at 0 and NaN below.
//
// Method: up to 10 the recurrence Gamma(x + 1) = x Gamma(x) leads to
// [1.5, 2.5] and the series 6.1.33 of M. Abramowitz and I. Stegun, "Handbook of
// Mathematical Functions" (1964); beyond, Stirling's series 6.1.40.
func LogGamma(x float64) float64 {
	switch {
	case !(x > 0):
		return logGammaEnd(x)
	case x < 0.5:
		return logGammaFrom2(x) - (Log1p(x) + Log(x))
	case x < 1.5:
		return logGammaFrom2(x-1) - Log(x)
	case x < 10:
		product := 1.0
		for x > 2.5 {
			x--
			product *= x
		}
		return logGammaFrom2(x-2) + Log(product)
	case x > 0x1p1000:
		return x * (Log(x) - 1)
	}
	const halfLog2Pi = 0.91893853320467274178
	return float64((x-0.5)*Log(x)) - x + (halfLog2Pi + stirlingRest(x))
}

// logGamma1p returns log Gamma(1 + x) for x >= 0 without rounding 1 + x.
func logGamma1p(x float64) float64 {
	if x < 0.5 {
		return logGammaFrom2(x) - Log1p(x)
	}
	return LogGamma(1 + x)
}

func logGammaEnd(x float64) float64 {
	if x == 0 {
		return math.Inf(1)
	}
	return math.NaN()
}

// stirlingRest returns what Stirling's formula leaves of log Gamma(x), for
// x >= 10: 1/(12 x) - 1/(360 x^3) + ...
func stirlingRest(x float64) float64 {
	y := 1 / (x * x)
	high := 1.0/1188 - float64(y*(691.0/360360-float64(y*(1.0/156))))
	return (1.0/12 - float64(y*(1.0/360-float64(y*(1.0/1260-float64(y*(1.0/1680-float64(y*high)))))))) / x
}

// logGammaFrom2 returns log Gamma(2 + x) for |x| <= 1/2.
func logGammaFrom2(x float64) float64 {
	const oneLessEuler = 0.42278433509846713939 // 1 minus Euler's constant
	return float64(x*oneLessEuler) + float64(x*x*horner(zetaTail[:], x))
}

// zetaTail holds (-1)^n (zeta(n) - 1)/n for n = 2, 3, ... TestTables computes
// them again.
var zetaTail = [...]float64{
	0x1.4a34cc4a60fa6p-02,
	-0x1.13e001a557607p-04,
	0x1.51322ac7d8483p-06,
	-0x1.e404fc218f5f2p-08,
	0x1.7add6eadb6c3p-09,
	-0x1.38ac5c2bf8e08p-10,
	0x1.0b36af86396e9p-11,
	-0x1.d3fd4c76d2fc8p-13,
	0x1.a127b0f17d65ap-14,
	-0x1.78de5bd7c81efp-15,
	0x1.580dcee66eb02p-16,
	-0x1.3cbc963ce2243p-17,
	0x1.2597a39f34aacp-18,
	-0x1.11b2eb7679541p-19,
	0x1.0064cdeb22f0fp-20,
	-0x1.e2600d93cfd2fp-22,
	0x1.c76bbb3f07a4dp-23,
	-0x1.af5a6cbbf8a97p-24,
	0x1.99b93c2070b0fp-25,
	-0x1.862c734df3eacp-26,
	0x1.7469daccfadcdp-27,
	-0x1.6434a8447aeadp-28,
	0x1.555a877ffd2c3p-29,
	-0x1.47b1679258d0ep-30,
	0x1.3b15d2b2fc10cp-31,
	-0x1.2f69a9fabe3ep-32,
	0x1.24932a337434cp-33,
}
