package random

import (
	"fmt"
	"math"
)

// hyperexponential is the mixture of two exponential distributions with the
// given probabilities and rates.
type hyperexponential struct {
	mean, scv   float64
	often, rare float64 // probabilities of the short and the long branch
	short, long float64 // rates of the two
}

// Hyperexponential returns the mixture of two exponential distributions with
// the given positive finite mean, squared coefficient of variation scv >= 1
// and balanced means: both branches contribute half the mean (W. Whitt,
// "Approximating a point process by a renewal process", Operations Research
// 30, 1982). With c = scv, the rarer branch has probability
// (1 - sqrt((c-1)/(c+1)))/2.
func Hyperexponential(mean, scv float64) (Distribution, error) {
	if err := checkPositive(parameter{"mean", mean}, parameter{"scv", scv}); err != nil {
		return nil, err
	}
	if scv < 1 {
		return nil, fmt.Errorf("scv of a hyperexponential distribution must be at least 1 (have %s)", number(scv))
	}
	rare := 1 / ((scv + 1) * (1 + math.Sqrt((scv-1)/(scv+1))))
	often := 1 - rare
	return checkMoments(hyperexponential{mean, scv, often, rare, 2 * often / mean, 2 * rare / mean})
}

func (d hyperexponential) Mean() float64     { return d.mean }
func (d hyperexponential) Variance() float64 { return d.scv * d.mean * d.mean }

// Quantile solves log P(X > x) = log(1 - u) by Newton's method. The left side
// is convex and decreasing, so from a point left of the root each step stays
// left of it.
func (d hyperexponential) Quantile(u float64) float64 {
	target := unitExponential(u)
	x := 0.0
	for range 200 {
		a, b := d.often*Exp(-d.short*x), d.rare*Exp(-d.long*x)
		step := (Log(a+b) + target) * (a + b) / (float64(a*d.short) + float64(b*d.long))
		x += step
		if !(step > x*0x1p-50) {
			break
		}
	}
	return x
}

func (d hyperexponential) CDF(x float64) float64 {
	x = max(x, 0)
	return -float64(d.often*Expm1(-d.short*x)) - float64(d.rare*Expm1(-d.long*x))
}

func (d hyperexponential) String() string {
	return fmt.Sprintf("hyperexponential(%s, scv=%s)", number(d.mean), number(d.scv))
}
