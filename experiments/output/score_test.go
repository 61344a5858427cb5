package output_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/experiments/output"
)

// Five values with the mean 3 and the standard error sqrt(0.5): t = 2.776 with four
// degrees of freedom is the 97.5 % point of the tables, as 1.960 is of the normal
// distribution.
func TestScore(t *testing.T) {
	values := []float64{1, 2, 3, 4, 5}
	far := 2.776445 * math.Sqrt(0.5)
	require.InDelta(t, 1.959964, output.Score(values, 3-far), 1e-5)
	require.InDelta(t, -1.959964, output.Score(values, 3+far), 1e-5)
	require.InDelta(t, 0, output.Score(values, 3), 1e-12)
	require.InDelta(t, 1.959964, output.Score(append(values, math.NaN()), 3-far), 1e-5, "a replication without a sample")
	require.InDelta(t, 38.5, output.Score(slices.Repeat([]float64{1, 1 + 1e-9}, 30), -1), 0.1, "as far as numbers go")
	for name, score := range map[string]float64{
		"one value":         output.Score([]float64{2}, 2),
		"none":              output.Score(nil, 2),
		"nothing known":     output.Score(values, math.NaN()),
		"no spread":         output.Score([]float64{2, 2, 2}, 1.9),
		"no spread, and so": output.Score([]float64{2, 2, 2}, 2),
	} {
		require.True(t, math.IsNaN(score), name)
	}
}

// The 99th percentile of chi-square with ten degrees of freedom is 23.209, the
// first 2.558; 3.48 is the two-sided 5 % point of the normal distribution for a
// hundred of them (Bonferroni).
func TestAgreement(t *testing.T) {
	a := output.Agreement{Scores: 100, Greatest: 3.4808, Independent: 10, Squares: 23.209}
	require.InDelta(t, 0.05, a.Outlier(a.Greatest), 1e-4)
	require.InDelta(t, 0.02, a.Spread(), 1e-4)
	require.True(t, a.Holds(0.039))
	require.False(t, a.Holds(0.041), "the squares are too large")
	a.Squares = 2.558
	require.InDelta(t, 0.02, a.Spread(), 1e-3)
	require.False(t, a.Holds(0.05), "the squares are too small")
	a.Squares = 10
	require.True(t, a.Holds(0.09))
	require.False(t, a.Holds(0.11), "one score is too great")

	a = output.Agree([]float64{-3, 1, 2}, []float64{1, 2})
	require.Equal(t, output.Agreement{Scores: 3, Greatest: 3, Independent: 2, Squares: 5}, a)
	require.InDelta(t, math.Exp(-2.5), a.Spread(), 1e-12, "two degrees of freedom: exponential")
	require.True(t, output.Agree([]float64{0.001}, []float64{0.001}).Holds(0.01), "one that is close is close by luck")
	require.True(t, output.Agree(nil, nil).Holds(0.01), "there is nothing to disagree")
}

// Of experiments with normal values as many are refused as is said: here 10 % of
// 4000, inside four standard errors. The bound on the greatest is not sharp.
func TestFalseAlarms(t *testing.T) {
	const experiments, cases, figures, n = 4000, 8, 2, 6
	luck, refused := random.NewStream(1, 0, "scores"), 0
	var drawn uint64
	normal := func() float64 { drawn++; return random.NormalQuantile(luck.Uniform(drawn, 0)) }
	for range experiments {
		var all, first []float64
		for range cases {
			values := make([]float64, n)
			for i := range values {
				values[i] = normal()
			}
			z := output.Score(values, 0)
			first = append(first, z)
			for range figures {
				all = append(all, z) // as like as can be
			}
		}
		if !output.Agree(all, first).Holds(0.1) {
			refused++
		}
	}
	share := float64(refused) / experiments
	require.Less(t, share, 0.1+4*math.Sqrt(0.1*0.9/experiments))
	require.Greater(t, share, 0.05, "the squares alone refuse half of it")
}
