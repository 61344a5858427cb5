package output_test

import (
	"math"

	"github.com/headroom-sim/headroom/engine/random"
)

// luck is a source of normal variates for experiments on the methods.
type luck struct {
	random.Stream
	experiment uint64
	drawn      uint64
}

// newLuck returns that of one experiment of the test named.
func newLuck(test string, experiment int) *luck {
	return &luck{random.NewStream(42, 0, test), uint64(experiment), 0}
}

// normal draws from the normal distribution with the mean and the standard
// deviation given.
func (l *luck) normal(mean, sd float64) float64 {
	l.drawn++
	return mean + sd*random.NormalQuantile(l.Uniform(l.experiment, l.drawn))
}

// normals draws n of them.
func (l *luck) normals(n int, mean, sd float64) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = l.normal(mean, sd)
	}
	return values
}

// paired draws n pairs of standard normal variates whose correlation is given.
func (l *luck) paired(n int, correlation float64) (a, b []float64) {
	a, b = l.normals(n, 0, 1), l.normals(n, 0, 1)
	for i := range b {
		b[i] = correlation*a[i] + math.Sqrt(1-correlation*correlation)*b[i]
	}
	return a, b
}

// share is how many of the experiments hold.
func share(experiments int, holds func(experiment int) bool) float64 {
	hits := 0
	for e := range experiments {
		if holds(e) {
			hits++
		}
	}
	return float64(hits) / float64(experiments)
}

// chance is by how much a share may miss a probability in 99.9 % of all tests.
func chance(probability float64, experiments int) float64 {
	return 3.29 * math.Sqrt(probability*(1-probability)/float64(experiments))
}
