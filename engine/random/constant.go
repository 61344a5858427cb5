package random

import "fmt"

type constant struct{ value float64 }

// Constant returns the distribution that always takes the given value, which
// must be finite and not negative.
func Constant(value float64) (Distribution, error) {
	if err := checkNotNegative(parameter{"value", value}); err != nil {
		return nil, err
	}
	return constant{value}, nil
}

func (d constant) Mean() float64            { return d.value }
func (d constant) Variance() float64        { return 0 }
func (d constant) Quantile(float64) float64 { return d.value }
func (d constant) String() string           { return fmt.Sprintf("constant(%s)", number(d.value)) }

func (d constant) CDF(x float64) float64 {
	if x < d.value {
		return 0
	}
	return 1
}
