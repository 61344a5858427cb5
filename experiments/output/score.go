package output

import (
	"math"

	"github.com/headroom-sim/headroom/engine/random"
)

// Score is how far the mean of values, one a replication, lies from what is
// known, as a standard normal variate would: the quantile of the normal
// distribution at which Student's t stands in its own. Where the values are
// normal it is exactly normal for any number of them.
//
// It is NaN where nothing can be told: without two values, where nothing is known,
// and of values that are all equal, since they do not show how far luck goes. Where
// the probability is below that of any number it is some 38, and not infinite.
func Score(values []float64, known float64) float64 {
	m := moments(values)
	off, e := m.Mean-known, m.StandardError()
	if math.IsNaN(off) || !(e > 0) {
		return math.NaN()
	}
	p := newStudent(m.N-1).outside(math.Abs(off)/e) / 2
	return math.Copysign(random.NormalQuantile(max(p, math.SmallestNonzeroFloat64)), off)
}

// Agreement is how a number of scores lie together.
type Agreement struct {
	Scores      int     // that were judged
	Greatest    float64 // of their absolute values
	Independent int     // scores among them that have nothing in common
	Squares     float64 // the sum of the squares of these
}

// Agree judges scores, none of them NaN; independent ones are given apart, and are
// among all.
func Agree(all, independent []float64) Agreement {
	a := Agreement{Scores: len(all), Independent: len(independent)}
	for _, z := range all {
		a.Greatest = max(a.Greatest, math.Abs(z))
	}
	for _, z := range independent {
		a.Squares += float64(z * z)
	}
	return a
}

// Outlier is how probable it is that any of so many scores lies as far from zero
// as z, at most, whatever they have in common: Bonferroni's bound, which is the
// first step of Holm's method.
func (a Agreement) Outlier(z float64) float64 {
	if a.Scores == 0 {
		return 1
	}
	return min(1, 2*float64(a.Scores)*random.NormalCDF(-math.Abs(z)))
}

// Spread is how probable a sum of squares is that lies at least as far out, on
// either side: chi-square with as many degrees of freedom as there are
// independent scores. It is small where several lie off together, and where ten or
// more lie closer than luck allows, so that their intervals must be too wide: of
// fewer, to lie close says little.
func (a Agreement) Spread() float64 {
	if a.Independent == 0 {
		return 1
	}
	below, above := random.GammaCDF(float64(a.Independent)/2, a.Squares/2)
	if a.Independent < 10 {
		return above
	}
	return min(1, 2*min(below, above))
}

// Holds reports whether the scores are what luck gives, where those of luck are to
// be refused with a probability of at most alarms: half of it for the greatest
// alone, and half for the squares.
func (a Agreement) Holds(alarms float64) bool {
	return a.Outlier(a.Greatest) >= alarms/2 && a.Spread() >= alarms/2
}
