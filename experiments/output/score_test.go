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

// As many experiments are refused as is said, inside four standard errors: of normal
// values, and of means of so few exponential ones that their skewness is 0.63. The
// bound on the greatest is not sharp, so that it is rather fewer.
func TestAgreeRefusesSeldom(t *testing.T) {
	luck := random.NewStream(1, 0, "scores")
	var drawn uint64
	uniform := func() float64 { drawn++; return luck.Uniform(drawn, 0) }
	normal := func() float64 { return random.NormalQuantile(uniform()) }
	skewed := func() float64 {
		const added = 10
		product := 1.0
		for range added {
			product *= uniform()
		}
		return -random.Log(product) - added
	}
	for _, c := range []struct {
		what                  string
		draw                  func() float64
		alarms                float64
		experiments, cases, n int
	}{
		{"normal", normal, 0.1, 4000, 8, 6},
		{"normal, five of them", normal, 0.01, 3000, 32, 5},
		{"skewed, five of them", skewed, 0.01, 3000, 32, 5},
		{"skewed, sixty of them", skewed, 0.01, 500, 32, 60},
	} {
		t.Run(c.what, func(t *testing.T) {
			refused := 0
			for range c.experiments {
				var all, first []float64
				for range c.cases {
					values := make([]float64, c.n)
					for i := range values {
						values[i] = c.draw()
					}
					z := output.Score(values, 0)
					first = append(first, z)
					all = append(all, z, z, z, z, z, z) // as like as can be
				}
				if !output.Agree(all, first).Holds(c.alarms) {
					refused++
				}
			}
			share := float64(refused) / float64(c.experiments)
			t.Logf("%.2f %% are refused", 100*share)
			require.Less(t, share, c.alarms+4*math.Sqrt(c.alarms*(1-c.alarms)/float64(c.experiments)))
			require.Greater(t, share, c.alarms/4, "the squares alone refuse half of it")
		})
	}
}
