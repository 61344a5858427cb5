package output_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/headroom-sim/headroom/experiments/output"
)

// Values that are added one by one have the mean and the standard error of
// those that are all at hand.
func TestMomentsAreThoseOfTheValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(-1e6, 1e6), rapid.Just(math.NaN())), 0, 30).Draw(t, "values")
		var m output.Moments
		for _, v := range values {
			m.Add(v)
		}
		e := output.Interval(values, 0.95)
		require.Equal(t, e.N, m.N)
		if m.N > 0 {
			require.InDelta(t, e.Mean, m.Mean, 1e-8)
		}
		if m.N < 2 {
			require.True(t, math.IsNaN(m.StandardError()))
			return
		}
		require.InDelta(t, e.Hi-e.Mean, output.StudentTQuantile(0.975, m.N-1)*m.StandardError(), 1e-6)
	})
}

// Replications that agree have exactly their common value, and no deviation.
func TestMomentsOfEqualValues(t *testing.T) {
	for _, v := range []float64{0, 0.1, 0.3, 1e300, -7.7} {
		var m output.Moments
		for n := 1; n < 40; n++ {
			m.Add(v)
			require.Equal(t, output.Moments{N: n, Mean: v}, m)
		}
	}
}
