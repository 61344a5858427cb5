package random

import (
	"fmt"
	"math"
)

// hyperexponential is a mixture of two exponential distributions.
type hyperexponential struct {
	mean, scv           float64
	often, rare         float64 // probabilities of the short and the long branch
	shortRate, longRate float64
	logRare             float64
	curve               *curve // the quantile function, or where to look for it
}

// Hyperexponential returns the mixture of two exponential distributions with
// the given positive finite mean, squared coefficient of variation scv from
// 1 to 1e9, and balanced means: both branches contribute half the mean (W. Whitt,
// "Approximating a point process by a renewal process", Operations Research
// 30, 1982). With c = scv, the rarer branch has probability
// (1 - sqrt((c-1)/(c+1)))/2.
func Hyperexponential(mean, scv float64) (Distribution, error) {
	if err := checkPositive(parameter{"mean", mean}); err != nil {
		return nil, err
	}
	if err := checkWithin(parameter{"scv", scv}, 1, 1e9); err != nil {
		return nil, err
	}
	rare := 1 / ((scv + 1) * (1 + math.Sqrt((scv-1)/(scv+1))))
	often := 1 - rare
	d := hyperexponential{mean, scv, often, rare, 2 * often / mean, 2 * rare / mean, Log(rare), nil}
	if _, err := checkMoments(d); err != nil {
		return nil, err
	}
	d.curve = newCurve(d.knot)
	return d, nil
}

func (d hyperexponential) Mean() float64     { return d.mean }
func (d hyperexponential) Variance() float64 { return d.scv * d.mean * d.mean }

// Quantile goes through the normal variate of the same rank (see curve). For an
// scv above 4 or so that only tells where to begin to solve the equation.
func (d hyperexponential) Quantile(u float64) float64 {
	z := NormalQuantile(u)
	if math.Abs(z) >= curveReach {
		return d.solve(unitExponential(u), 0)
	}
	x := d.mean * Exp(d.curve.at(z))
	if d.curve.error < curveError {
		return x
	}
	return d.solve(unitExponential(u), x)
}

// solve returns the x with log P(X > x) = -target by Newton's method. The left
// side is convex and decreasing, so after the first step every one stays left
// of the root. What bounds the first are the solutions with the initial hazard
// throughout and with the rarer branch alone.
func (d hyperexponential) solve(target, start float64) float64 {
	hazard := float64(d.often*d.shortRate) + float64(d.rare*d.longRate)
	least := max(target/hazard, (target+d.logRare)/d.longRate)
	x := max(start, least)
	for range 200 {
		a, b := d.branches(x)
		hazard = (float64(a*d.shortRate) + float64(b*d.longRate)) / (a + b)
		step := (d.logAbove(x, a+b) + target) / hazard
		x = max(x+step, least)
		if math.Abs(step) < x*1e-8 { // the next step would be of the order of its square
			break
		}
	}
	return x
}

// logAbove returns log P(X > x), given that probability, with a small relative
// error near 0 too.
func (d hyperexponential) logAbove(x, above float64) float64 {
	if above > 0.5 {
		return Log1p(-d.CDF(x))
	}
	return Log(above)
}

// branches returns the probabilities of exceeding x by either branch.
func (d hyperexponential) branches(x float64) (short, long float64) {
	return float64(d.often * Exp(-d.shortRate*x)), float64(d.rare * Exp(-d.longRate*x))
}

// knot computes a knot of the curve. The logarithm of a variate x has density
// x f(x), whose elasticity is 1 + x f'(x)/f(x).
func (d hyperexponential) knot(r rank) knot {
	target := -Log(r.above)
	if r.below < 0.5 {
		target = -Log1p(-r.below)
	}
	x := d.solve(target, 0)
	short, long := d.branches(x)
	short, long = float64(short*d.shortRate), float64(long*d.longRate)
	fall := float64(short*d.shortRate) + float64(long*d.longRate)
	return newKnot(r, Log(x/d.mean), x*(short+long), 1-x*fall/(short+long))
}

func (d hyperexponential) CDF(x float64) float64 {
	x = max(x, 0)
	return -float64(d.often*Expm1(-d.shortRate*x)) - float64(d.rare*Expm1(-d.longRate*x))
}

func (d hyperexponential) String() string {
	return fmt.Sprintf("hyperexponential(%s, scv=%s)", number(d.mean), number(d.scv))
}
