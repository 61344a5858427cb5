package output_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/experiments/output"
)

var missing = math.NaN()

func TestInterval(t *testing.T) {
	for _, c := range []struct {
		name       string
		values     []float64
		mean, half float64 // half NaN: no interval
		n          int
	}{
		{"nothing", nil, missing, missing, 0},
		{"no sample in any", []float64{missing, missing}, missing, missing, 0},
		{"one", []float64{3}, 3, missing, 1},
		{"one sample in three", []float64{missing, 3, missing}, 3, missing, 1},
		// deviations -1, 0, 1: standard error 1/sqrt(3), t(0.975, 2) = 4.3027
		{"three", []float64{1, 2, 3}, 2, 4.302652730 / math.Sqrt(3), 3},
		{"three with a gap", []float64{1, missing, 2, 3}, 2, 4.302652730 / math.Sqrt(3), 3},
		// a small spread on a great mean: naive sums of squares lose it all
		{"great mean", []float64{1e9 + 1, 1e9 + 2, 1e9 + 3}, 1e9 + 2, 4.302652730 / math.Sqrt(3), 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := output.Interval(c.values, 0.95)
			require.Equal(t, c.n, e.N)
			if c.n == 0 {
				require.True(t, math.IsNaN(e.Mean))
			} else {
				require.Equal(t, c.mean, e.Mean)
			}
			if c.n < 2 {
				require.True(t, math.IsNaN(e.Lo) && math.IsNaN(e.Hi))
				return
			}
			require.InDelta(t, c.mean-c.half, e.Lo, 1e-6)
			require.InDelta(t, c.mean+c.half, e.Hi, 1e-6)
		})
	}
}

// 0.1 + 0.1 + 0.1 is not 3 x 0.1: replications that agree must still give
// their common value, or a bound that it just keeps would look broken.
func TestEqualReplicationsGiveNoWidth(t *testing.T) {
	for _, v := range []float64{0.1, 0.3, 1e300, -7.7} {
		for n := 2; n < 40; n++ {
			values := make([]float64, n)
			for i := range values {
				values[i] = v
			}
			require.Equal(t, output.Estimate{Mean: v, Lo: v, Hi: v, N: n}, output.Interval(values, 0.95))
		}
	}
}

// covered counts how many of the experiments' intervals hold the true mean.
func covered(experiments int, level float64) (hits int) {
	normal := random.NewStream(42, 0, "coverage")
	for e := range experiments {
		values := make([]float64, 5)
		for i := range values {
			values[i] = 10 + 3*random.NormalQuantile(normal.Uniform(uint64(e), uint64(i)))
		}
		if got := output.Interval(values, level); got.Lo <= 10 && 10 <= got.Hi {
			hits++
		}
	}
	return hits
}

// An interval of 95 % holds the truth in 95 % of the experiments, to within
// what chance allows at 99.9 %; one of 93 % is told from it.
func TestCoverage(t *testing.T) {
	const experiments = 10_000
	chance := 3.29 * math.Sqrt(0.95*0.05*experiments)
	require.InDelta(t, 0.95*experiments, covered(experiments, 0.95), chance)
	require.Less(t, float64(covered(experiments, 0.93)), 0.95*experiments-chance)
}

// autoregressive is a series with mean 5 whose neighbours correlate.
func autoregressive(run, length int, memory float64) []float64 {
	noise := random.NewStream(7, run, "noise")
	series := make([]float64, length)
	deviation := random.NormalQuantile(noise.Uniform(0, 1)) / math.Sqrt(1-memory*memory)
	for i := range series {
		deviation = memory*deviation + random.NormalQuantile(noise.Uniform(uint64(i), 0))
		series[i] = 5 + deviation
	}
	return series
}
