package random

import "fmt"

type uniform struct{ least, width float64 }

// Uniform returns the continuous uniform distribution between two values,
// 0 <= least < greatest, both finite.
func Uniform(least, greatest float64) (Distribution, error) {
	if err := checkNotNegative(parameter{"least value", least}, parameter{"greatest value", greatest}); err != nil {
		return nil, err
	}
	if least >= greatest {
		return nil, fmt.Errorf("least value must be below the greatest (have %s and %s)", number(least), number(greatest))
	}
	return checkMoments(uniform{least, greatest - least})
}

func (d uniform) Mean() float64              { return d.least + float64(0.5*d.width) }
func (d uniform) Variance() float64          { return d.width * d.width / 12 }
func (d uniform) Quantile(u float64) float64 { return d.least + float64(d.width*u) }
func (d uniform) CDF(x float64) float64      { return min(max((x-d.least)/d.width, 0), 1) }

func (d uniform) String() string {
	return fmt.Sprintf("uniform(%s, %s)", number(d.least), number(d.least+d.width))
}
