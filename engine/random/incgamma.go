package random

import "math"

// GammaCDF returns the regularised incomplete gamma functions of shape a > 0
// at x: lower = P(a, x), the distribution function of the gamma distribution
// with shape a and scale 1, and upper = Q(a, x) = 1 - P(a, x). The smaller of
// the two has a small relative error.
//
// Methods: A.R. DiDonato and A.H. Morris, "Computation of the incomplete gamma
// function ratios and their inverse", ACM TOMS 12 (1986): the series for P up
// to the mean, the one for Q where shape and x are small, and beyond the
// mean Legendre's continued fraction. The number of terms grows as the square
// root of a.
func GammaCDF(a, x float64) (lower, upper float64) {
	switch {
	case !(a > 0) || x != x:
		return math.NaN(), math.NaN()
	case x <= 0:
		return 0, 1
	case a < 1 && x < 1.5:
		return gammaSmall(a, x)
	case x < a+1:
		lower = min(gammaPower(a, x)*gammaSeries(a, x), 1)
		return lower, 1 - lower
	}
	upper = gammaPower(a, x)
	if upper > 0 {
		upper *= a * gammaFraction(a, x)
	}
	return 1 - upper, upper
}

// gammaPower returns x^a e^-x / Gamma(a + 1). For a great shape it is written
// as a deviance (C. Loader, "Fast and accurate computation of binomial
// probabilities", 2000), which doesn't cancel.
func gammaPower(a, x float64) float64 {
	if a < 10 {
		return Pow(x, a) * Exp(-x) * Exp(-logGamma1p(a))
	}
	deviation := (x - a) / a
	var deviance float64
	if math.Abs(deviation) < 1.0/256 {
		deviance = log1pRest(deviation)
	} else {
		deviance = deviation - Log1p(deviation)
	}
	return Exp(-float64(a*deviance)-stirlingRest(a)) / math.Sqrt(2*math.Pi*a)
}

// gammaSeries returns 1 + x/(a+1) + x^2/((a+1)(a+2)) + ...
func gammaSeries(a, x float64) float64 {
	sum, term := 1.0, 1.0
	for n := a + 1; term > sum*0x1p-54; n++ {
		term = float64(term * (x / n))
		sum += term
	}
	return sum
}

// gammaSmall is GammaCDF for a < 1 and x < 1.5, where 1 - P(a, x) would
// cancel: with P = (1 - j) e^l, Q = (1 - e^l) + j e^l.
func gammaSmall(a, x float64) (lower, upper float64) {
	sum, power := 0.0, 1.0
	for n := 1.0; n < 40; n++ {
		power *= -x / n
		term := power / (a + n)
		sum += term
		if math.Abs(term) < math.Abs(sum)*0x1p-55 {
			break
		}
	}
	j := float64(-a * sum)
	l := float64(a*Log(x)) - logGamma1p(a)
	power = Exp(l)
	return power * (1 - j), -Expm1(l) + float64(power*j)
}

// gammaFraction returns Legendre's continued fraction
// 1/(x+1-a - 1(1-a)/(x+3-a - 2(2-a)/(x+5-a - ...))) by the method of Lentz.
func gammaFraction(a, x float64) float64 {
	const tiny = 0x1p-1000
	b := x + 1 - a
	c, d := 1/tiny, 1/b
	f := d
	for n := 1.0; n < 1e6; n++ {
		numerator := n * (a - n)
		b += 2
		d = b + float64(numerator*d)
		if math.Abs(d) < tiny {
			d = tiny
		}
		c = b + numerator/c
		if math.Abs(c) < tiny {
			c = tiny
		}
		d = 1 / d
		f *= c * d
		if math.Abs(float64(c*d)-1) < 0x1p-53 {
			break
		}
	}
	return f
}

// GammaQuantile returns the quantile function of the gamma distribution with
// shape a > 0 and scale 1 for u in (0, 1), with a relative error of about
// 1e-14. For a whole number a this is the Erlang distribution with phases of
// mean 1.
func GammaQuantile(a, u float64) float64 {
	return rank{u, 1 - u, NormalQuantile(u)}.gammaQuantile(a)
}

// gammaQuantile is GammaQuantile by Newton's method on log P for the lower half
// and on log Q for the upper, as functions of log x. Both are concave, so it
// converges from anywhere.
func (r rank) gammaQuantile(a float64) float64 {
	x := Exp(r.logGuess(a))
	if x < 1e-100 { // the guess is the series for P, whose second term vanishes
		return x
	}
	for range 100 {
		step := r.gammaStep(a, x)
		x *= Exp(step)
		if !(math.Abs(step) > 1e-10) { // the next step would be of the order of its square
			break
		}
	}
	return x
}

// gammaStep returns the step that Newton's method makes in log x, but at most
// 1 either way, since a longer one may lead to where P or Q is 0. Where they
// are already, the way back is known.
func (r rank) gammaStep(a, x float64) float64 {
	lower, upper := GammaCDF(a, x)
	switch {
	case lower == 0:
		return 1
	case upper == 0:
		return -1
	}
	density := a * gammaPower(a, x) // of log x
	if r.below <= 0.5 {
		return min(max(Log(r.below/lower)*lower/density, -1), 1)
	}
	return min(max(Log(upper/r.above)*upper/density, -1), 1)
}

// logGuess starts gammaQuantile: the logarithm of E.B. Wilson and M.M.
// Hilferty's cube of a normal variate (PNAS 17, 1931), or, where that is near
// zero, of the first term of the series for P.
func (r rank) logGuess(a float64) float64 {
	c := 1 / (9 * a)
	root := 1 - c + float64(r.normal*math.Sqrt(c))
	if root > 0.3 {
		return Log(a * root * root * root)
	}
	return (Log(r.below) + logGamma1p(a)) / a
}
