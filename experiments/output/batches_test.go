package output_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/experiments/output"
)

func TestBatches(t *testing.T) {
	for _, c := range []struct {
		name           string
		values         []float64
		correlation, p float64
	}{
		{"none", nil, missing, missing},
		{"one", []float64{3}, missing, missing},
		{"equal", []float64{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, missing, missing},
		// steps 1, 1; squares 1, 0, 1
		{"too few to tell", []float64{1, 2, 3}, 0.5, missing},
		{"a batch without a sample", []float64{1, missing, 2, 3}, 0.5, missing},
		// seven steps of 1; squares 2 (3.5^2 + 2.5^2 + 1.5^2 + 0.5^2) = 42
		{"rising", []float64{1, 2, 3, 4, 5, 6, 7, 8}, 1 - 7.0/84, random.NormalCDF(-(1 - 7.0/84) * math.Sqrt(63.0/6))},
		// seven steps of 2; squares 8
		{"to and fro", []float64{1, -1, 1, -1, 1, -1, 1, -1}, 1 - 28.0/16, random.NormalCDF(0.75 * math.Sqrt(63.0/6))},
	} {
		t.Run(c.name, func(t *testing.T) {
			mean := output.Interval(c.values, 0.95)
			b := output.Batches(mean.Mean, c.values, 0.95)
			require.Equal(t, mean.N, b.N)
			same(t, mean.Mean, b.Mean)
			same(t, mean.Lo, b.Lo)
			same(t, mean.Hi, b.Hi)
			same(t, c.correlation, b.Correlation)
			same(t, c.p, b.P)
			require.Equal(t, c.p < 0.05, b.Correlated())
		})
	}
}

// Independent batches give intervals that hold the truth as often as they say,
// and are doubted in 5 % of the runs. Those of a slow process give intervals
// that don't, and nearly all of them are doubted; longer batches are good again.
func TestBatchesThatAreTooShort(t *testing.T) {
	const experiments, batches = 2000, 20
	run := func(length int, memory float64) (holds, doubted float64) {
		cut := func(e int) output.BatchMeans {
			series := autoregressive(e, batches*length, memory)
			means := make([]float64, batches)
			for i, v := range series {
				means[i/length] += v / float64(length)
			}
			return output.Batches(output.Interval(series, 0.95).Mean, means, 0.95)
		}
		holds = share(experiments, func(e int) bool { b := cut(e); return b.Lo <= 5 && 5 <= b.Hi })
		doubted = share(experiments, func(e int) bool { return cut(e).Correlated() })
		return holds, doubted
	}
	holds, doubted := run(1, 0)
	require.InDelta(t, 0.95, holds, chance(0.95, experiments))
	require.InDelta(t, 0.05, doubted, chance(0.05, experiments))
	holds, doubted = run(2, 0.9)
	require.Less(t, holds, 0.7)
	require.Greater(t, doubted, 0.9)
	holds, doubted = run(200, 0.9)
	require.InDelta(t, 0.95, holds, 0.01+chance(0.95, experiments))
	require.Less(t, doubted, 0.10)
}
