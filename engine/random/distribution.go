package random

import (
	"fmt"
	"math"
	"strconv"
)

// A Distribution is a probability distribution on [0, +Inf) with a finite
// variance and a mean from 1e-100 to 1e100, or 0 for a constant. Values are plain numbers in the unit of its parameters;
// durations in the models are in nanoseconds.
//
// Every distribution of this package also has a method CDF(x float64) float64,
// the probability of a value at or below x.
type Distribution interface {
	// Mean returns the expected value.
	Mean() float64
	// Variance returns the expected squared distance from the mean.
	Variance() float64
	// Quantile returns the least value whose probability of not being exceeded
	// is at least u. It is defined for u in (0, 1), where it is finite,
	// non-negative and non-decreasing. Applied to a uniform number it gives a
	// variate of the distribution (inversion).
	Quantile(u float64) float64
	// String returns the distribution as the scenario language writes it,
	// without units.
	String() string
}

// Quantiles replaces each of u by its quantile. In a row they cost less than one
// by one.
func Quantiles(d Distribution, u []float64) {
	if e, ok := d.(exponential); ok { // the distribution that is drawn most
		for k, v := range u {
			u[k] = e.mean * unitExponential(v)
		}
		return
	}
	for k, v := range u {
		u[k] = d.Quantile(v)
	}
}

// A parameter is a named argument of a constructor.
type parameter struct {
	name  string
	value float64
}

// checkPositive returns an error naming the first parameter that is not a
// positive, finite number.
func checkPositive(parameters ...parameter) error {
	for _, p := range parameters {
		if !(p.value > 0 && p.value <= math.MaxFloat64) {
			return fmt.Errorf("%s must be positive and finite (have %s)", p.name, number(p.value))
		}
	}
	return nil
}

// checkNotNegative returns an error naming the first parameter that is
// negative, infinite or not a number.
func checkNotNegative(parameters ...parameter) error {
	for _, p := range parameters {
		if !(p.value >= 0 && p.value <= math.MaxFloat64) {
			return fmt.Errorf("%s must be finite and not negative (have %s)", p.name, number(p.value))
		}
	}
	return nil
}

// Bounds of the mean, far from where its square leaves the range of float64.
const (
	leastMean    = 1e-100
	greatestMean = 1e100
)

// checkMoments returns d, or an error when its mean is out of bounds or its
// variance is infinite: parameters that are lawful one by one may be so
// together.
func checkMoments(d Distribution) (Distribution, error) {
	mean, variance := d.Mean(), d.Variance()
	if !(mean >= leastMean && mean <= greatestMean) {
		return nil, fmt.Errorf("mean of %s must be from 1e-100 to 1e100 (have %s)", d, number(mean))
	}
	if !(variance >= 0 && variance <= math.MaxFloat64) {
		return nil, fmt.Errorf("variance of %s must be finite (have %s)", d, number(variance))
	}
	return d, nil
}

// checkWithin returns an error when a parameter is outside of its bounds.
func checkWithin(p parameter, least, greatest float64) error {
	if !(p.value >= least && p.value <= greatest) {
		return fmt.Errorf("%s must be from %s to %s (have %s)", p.name, number(least), number(greatest), number(p.value))
	}
	return nil
}

// number returns the shortest text that reads back as x.
func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
