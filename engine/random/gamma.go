package random

import (
	"fmt"
	"math"
)

// gamma is the gamma distribution with the given shape and mean; its scale is
// mean/shape. Erlang's is the one with a whole number as shape.
type gamma struct {
	mean, shape float64
	phases      int    // 0 unless written as Erlang's
	curve       *curve // the quantile function for mean 1, to 11 digits
}

// newGamma returns the distribution, or an error when its moments are out of
// range.
func newGamma(mean, shape float64, phases int) (Distribution, error) {
	if _, err := checkMoments(gamma{mean: mean, shape: shape, phases: phases}); err != nil {
		return nil, err
	}
	return gamma{mean, shape, phases, newCurve(gammaKnots(shape))}, nil
}

// gammaKnots returns the function that computes knots of the curve for the
// given shape. The logarithm of a variate x of scale 1 has density
// x^shape e^-x / Gamma(shape), whose elasticity is shape - x.
func gammaKnots(shape float64) func(rank) knot {
	logMean := Log(shape)
	return func(r rank) knot {
		logX := r.logGuess(shape)
		if logX < curveVanished {
			return newKnot(r, logX-logMean, shape*r.below, shape)
		}
		x := r.gammaQuantile(shape)
		return newKnot(r, Log(x)-logMean, shape*gammaPower(shape, x), shape-x)
	}
}

// Bounds of a gamma distribution's shape: below, most of its quantiles are
// zero in float64; above, it is a constant for all that a simulation can tell.
const (
	leastShape    = 1e-4
	greatestShape = 1e6
)

// Gamma returns the gamma distribution with the given positive finite mean and
// squared coefficient of variation, 1e-6 <= scv <= 1e4. Its shape is 1/scv.
func Gamma(mean, scv float64) (Distribution, error) {
	if err := checkPositive(parameter{"mean", mean}); err != nil {
		return nil, err
	}
	if err := checkWithin(parameter{"scv", scv}, 1/greatestShape, 1/leastShape); err != nil {
		return nil, err
	}
	return newGamma(mean, 1/scv, 0)
}

// Erlang returns the distribution of the sum of independent exponential
// phases, 1 to 1000000 of them, of the given mean in all.
func Erlang(phases int, mean float64) (Distribution, error) {
	if err := checkPositive(parameter{"mean", mean}); err != nil {
		return nil, err
	}
	if err := checkWithin(parameter{"phases", float64(phases)}, 1, greatestShape); err != nil {
		return nil, err
	}
	return newGamma(mean, float64(phases), phases)
}

func (d gamma) Mean() float64     { return d.mean }
func (d gamma) Variance() float64 { return d.mean * d.mean / d.shape }

// Quantile goes through the normal variate of the same rank; see curve.
func (d gamma) Quantile(u float64) float64 {
	z := NormalQuantile(u)
	if math.Abs(z) < curveReach {
		return d.mean * Exp(d.curve.at(z))
	}
	return d.mean / d.shape * GammaQuantile(d.shape, u)
}

func (d gamma) CDF(x float64) float64 {
	lower, _ := GammaCDF(d.shape, max(x, 0)/d.mean*d.shape)
	return lower
}

func (d gamma) String() string {
	if d.phases > 0 {
		return fmt.Sprintf("erlang(%d, %s)", d.phases, number(d.mean))
	}
	return fmt.Sprintf("gamma(%s, scv=%s)", number(d.mean), number(1/d.shape))
}
