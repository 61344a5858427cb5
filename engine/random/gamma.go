package random

import (
	"fmt"
)

// gamma is the gamma distribution with the given shape and mean; its scale is
// mean/shape. Erlang's is the one with a whole number as shape.
type gamma struct {
	mean, shape float64
	phases      int // 0 unless written as Erlang's
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
	if err := checkPositive(parameter{"mean", mean}, parameter{"scv", scv}); err != nil {
		return nil, err
	}
	if scv < 1/greatestShape || scv > 1/leastShape {
		return nil, fmt.Errorf("scv of a gamma distribution must be from 1e-6 to 1e4 (have %s)", number(scv))
	}
	return checkMoments(gamma{mean: mean, shape: 1 / scv})
}

// Erlang returns the distribution of the sum of independent exponential
// phases, 1 to 1000000 of them, of the given mean in all.
func Erlang(phases int, mean float64) (Distribution, error) {
	if err := checkPositive(parameter{"mean", mean}); err != nil {
		return nil, err
	}
	if phases < 1 || phases > greatestShape {
		return nil, fmt.Errorf("phases of an Erlang distribution must be from 1 to 1000000 (have %d)", phases)
	}
	return checkMoments(gamma{mean: mean, shape: float64(phases), phases: phases})
}

func (d gamma) Mean() float64              { return d.mean }
func (d gamma) Variance() float64          { return d.mean * d.mean / d.shape }
func (d gamma) Quantile(u float64) float64 { return d.mean / d.shape * GammaQuantile(d.shape, u) }

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
