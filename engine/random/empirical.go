package random

import (
	"errors"
	"fmt"
	"slices"
	"sort"
)

// empirical gives each of its sorted values the same probability.
type empirical struct {
	values         []float64
	mean, variance float64
}

// Empirical returns the distribution that gives each of the values the same
// probability; there must be at least one, all finite and not negative. Their
// order does not matter, and the slice is copied. The quantile function is the
// inverse of the empirical distribution function without interpolation: the
// value of rank ceil(n u), definition 1 of R.J. Hyndman and Y. Fan, "Sample
// quantiles in statistical packages", The American Statistician 50 (1996). The
// variance divides by n: it is that of the distribution, not an estimate.
func Empirical(values []float64) (Distribution, error) {
	if len(values) == 0 {
		return nil, errors.New("an empirical distribution needs at least one value")
	}
	for i, v := range values {
		if err := checkNotNegative(parameter{fmt.Sprintf("value %d", i+1), v}); err != nil {
			return nil, err
		}
	}
	d := empirical{values: slices.Clone(values)}
	slices.Sort(d.values)
	d.mean, d.variance = moments(d.values)
	if !(d.variance < greatestVariance) {
		return nil, errors.New("values of an empirical distribution are too great for their variance")
	}
	return d, nil
}

const greatestVariance = 0x1p1000

// moments returns the mean of the values and their mean squared distance from
// it, in two passes.
func moments(values []float64) (mean, variance float64) {
	n := float64(len(values))
	for _, v := range values {
		mean += v / n
	}
	for _, v := range values {
		variance += float64((v - mean) * (v - mean))
	}
	return mean, variance / n
}

func (d empirical) Mean() float64     { return d.mean }
func (d empirical) Variance() float64 { return d.variance }

func (d empirical) Quantile(u float64) float64 {
	// n u truncated is ceil(n u) - 1 save where n u is a whole number, which
	// belongs to the rank below.
	rank := float64(len(d.values)) * u
	i := int(rank)
	if float64(i) == rank && i > 0 {
		i--
	}
	return d.values[min(i, len(d.values)-1)]
}

func (d empirical) CDF(x float64) float64 {
	atMost := sort.Search(len(d.values), func(i int) bool { return d.values[i] > x })
	return float64(atMost) / float64(len(d.values))
}

func (d empirical) String() string { return fmt.Sprintf("empirical(%d values)", len(d.values)) }
