package random

import (
	"fmt"
	"math"
)

// geometric counts trials up to the first success.
type geometric struct {
	mean    float64
	logFail float64 // log(1 - 1/mean), below zero; -Inf for mean 1
}

// Geometric returns the geometric distribution on 1, 2, 3, ... with the given
// mean, from 1 to 1e15: a value exceeds k with
// probability (1 - 1/mean)^k.
func Geometric(mean float64) (Distribution, error) {
	if err := checkWithin(parameter{"mean", mean}, 1, 1e15); err != nil {
		return nil, err
	}
	return geometric{mean, Log1p(-1 / mean)}, nil
}

func (d geometric) Mean() float64     { return d.mean }
func (d geometric) Variance() float64 { return d.mean * (d.mean - 1) }

func (d geometric) Quantile(u float64) float64 {
	return max(math.Ceil(unitExponential(u)/-d.logFail), 1)
}

func (d geometric) CDF(x float64) float64 {
	if x < 1 {
		return 0
	}
	return -Expm1(math.Floor(x) * d.logFail)
}

func (d geometric) String() string { return fmt.Sprintf("geometric(%s)", number(d.mean)) }
