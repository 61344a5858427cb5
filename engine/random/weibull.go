package random

import "fmt"

type weibull struct{ mean, scale, shape float64 }

// Weibull returns the Weibull distribution with the given positive finite mean
// and a shape from 0.01 to 1e6; below shape 1 its hazard falls, above 1 it
// rises. Its scale is mean / Gamma(1 + 1/shape). Shapes below 0.01 would leave
// the range of float64; those above 1e6 are constants but for a millionth.
func Weibull(mean, shape float64) (Distribution, error) {
	if err := checkPositive(parameter{"mean", mean}); err != nil {
		return nil, err
	}
	if err := checkWithin(parameter{"shape", shape}, 0.01, 1e6); err != nil {
		return nil, err
	}
	return checkMoments(weibull{mean, mean * Exp(-logGamma1p(1/shape)), shape})
}

func (d weibull) Mean() float64 { return d.mean }

func (d weibull) Variance() float64 {
	return d.mean * d.mean * Expm1(logGamma1p(2/d.shape)-2*logGamma1p(1/d.shape))
}

func (d weibull) Quantile(u float64) float64 {
	return d.scale * Pow(unitExponential(u), 1/d.shape)
}

func (d weibull) CDF(x float64) float64 { return -Expm1(-Pow(max(x, 0)/d.scale, d.shape)) }

func (d weibull) String() string {
	return fmt.Sprintf("weibull(%s, shape=%s)", number(d.mean), number(d.shape))
}
