package random

import (
	"fmt"
	"math"
)

// lognormal is the distribution of median exp(sigma Z) with Z standard normal.
type lognormal struct {
	mean, median, sigma float64
	written             string  // its second argument
	middle              *middle // of the quantile function; nil: too steep
}

func newLognormal(mean, median, sigma float64, written string) lognormal {
	d := lognormal{mean: mean, median: median, sigma: sigma, written: written}
	d.middle = newMiddle(d.knot)
	return d
}

// knot is the quantile x = median exp(sigma z) at the rank of the standard
// normal z, with dx/du = sigma x / phi(z) and d2x/du2 = sigma x (sigma + z) / phi(z)^2,
// where phi is the normal density.
func (d lognormal) knot(u float64) knot {
	r := rank{normal: NormalQuantile(u)}
	x := d.exact(u)
	slope := d.sigma * x / r.density()
	return knot{x, slope, slope * (d.sigma + r.normal) / r.density()}
}

// Lognormal returns the lognormal distribution with the given mean and squared
// coefficient of variation (variance over squared mean), both positive and
// finite, the latter from 1e-12 to 1e9: sigma^2 = log(1 + scv), median = mean / sqrt(1 + scv).
func Lognormal(mean, scv float64) (Distribution, error) {
	if err := checkPositive(parameter{"mean", mean}, parameter{"scv", scv}); err != nil {
		return nil, err
	}
	if err := checkWithin(parameter{"scv", scv}, 1e-12, 1e9); err != nil {
		return nil, err
	}
	return checkMoments(newLognormal(mean, mean/math.Sqrt(1+scv), math.Sqrt(Log1p(scv)), "scv="+number(scv)))
}

const (
	normalP95       = 1.64485362695147271486 // standard normal quantile at 0.95
	greatestP95Mean = 3.86                   // exp(normalP95^2/2) = 3.868 rounded down
)

// LognormalP95 returns the lognormal distribution with the given mean and 95th
// percentile. Two sigmas meet the condition log(p95/mean) = z sigma - sigma^2/2
// with z = 1.645; the smaller is meant. It exists for 1 < p95/mean <= 3.868;
// ratios above 3.86 are refused, as the scenario language states.
func LognormalP95(mean, p95 float64) (Distribution, error) {
	if err := checkPositive(parameter{"mean", mean}, parameter{"p95", p95}); err != nil {
		return nil, err
	}
	ratio := p95 / mean
	if !(ratio > 1 && ratio <= greatestP95Mean) {
		return nil, fmt.Errorf("p95 must be above the mean and at most 3.86 times as great (have p95/mean = %s)", number(ratio))
	}
	l := Log(ratio)
	sigma := 2 * l / (normalP95 + math.Sqrt(float64(normalP95*normalP95)-2*l))
	return checkMoments(newLognormal(mean, mean*Exp(-0.5*sigma*sigma), sigma, "p95="+number(p95)))
}

func (d lognormal) Mean() float64     { return d.mean }
func (d lognormal) Variance() float64 { return d.mean * d.mean * Expm1(d.sigma*d.sigma) }

func (d lognormal) Quantile(u float64) float64 {
	if d.middle.covers(u) {
		return d.middle.at(u)
	}
	return d.exact(u)
}

func (d lognormal) exact(u float64) float64 {
	return d.median * Exp(float64(d.sigma*NormalQuantile(u)))
}

func (d lognormal) CDF(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return NormalCDF(Log(x/d.median) / d.sigma)
}

func (d lognormal) String() string {
	return fmt.Sprintf("lognormal(%s, %s)", number(d.mean), d.written)
}
