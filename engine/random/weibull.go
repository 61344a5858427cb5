package random

import "fmt"

type weibull struct{ mean, scale, shape float64 }

// Weibull returns the Weibull distribution with the given mean and shape, both
// positive and finite; below shape 1 its hazard falls, above 1 it rises. Its
// scale is mean / Gamma(1 + 1/shape). Shapes so small that the variance leaves
// the range of float64 (about 0.01) are refused.
func Weibull(mean, shape float64) (Distribution, error) {
	if err := checkPositive(parameter{"mean", mean}, parameter{"shape", shape}); err != nil {
		return nil, err
	}
	return checkMoments(weibull{mean, mean * Exp(-LogGamma(1+1/shape)), shape})
}

func (d weibull) Mean() float64 { return d.mean }

func (d weibull) Variance() float64 {
	return d.mean * d.mean * Expm1(LogGamma(1+2/d.shape)-2*LogGamma(1+1/d.shape))
}

func (d weibull) Quantile(u float64) float64 {
	return d.scale * Pow(unitExponential(u), 1/d.shape)
}

func (d weibull) CDF(x float64) float64 { return -Expm1(-Pow(max(x, 0)/d.scale, d.shape)) }

func (d weibull) String() string {
	return fmt.Sprintf("weibull(%s, shape=%s)", number(d.mean), number(d.shape))
}
