package random

import "fmt"

type exponential struct{ mean float64 }

// Exponential returns the exponential distribution with the given mean, which
// must be positive and finite. Its quantile function is -mean log(1 - u).
func Exponential(mean float64) (Distribution, error) {
	if err := checkPositive(parameter{"mean", mean}); err != nil {
		return nil, err
	}
	return checkMoments(exponential{mean})
}

// Exponentials replaces each of u, in (0, 1), by -log u: a variate of the
// exponential distribution with mean 1. One does not wait for the other, so that in
// a row they cost half of what they do one by one.
func Exponentials(u []float64) {
	for k, v := range u {
		u[k] = -logScaled(v, 0)
	}
}

func (d exponential) Mean() float64              { return d.mean }
func (d exponential) Variance() float64          { return d.mean * d.mean }
func (d exponential) Quantile(u float64) float64 { return d.mean * unitExponential(u) }
func (d exponential) CDF(x float64) float64      { return -Expm1(-max(x, 0) / d.mean) }
func (d exponential) String() string             { return fmt.Sprintf("exponential(%s)", number(d.mean)) }
