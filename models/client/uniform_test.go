package client

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// requireUniform is the Kolmogorov-Smirnov test at 99.9 %.
func requireUniform(t *testing.T, sample []float64) {
	t.Helper()
	require.LessOrEqual(t, distance(sample), critical(len(sample)))
}

// critical is the 99.9 % point of the Kolmogorov-Smirnov distance of n values.
func critical(n int) float64 { return 1.9495 / math.Sqrt(float64(n)) }

// distance is the greatest distance between the empirical distribution function
// and that of the uniform distribution on (0, 1).
func distance(sample []float64) float64 {
	x := slices.Sorted(slices.Values(sample))
	n := float64(len(x))
	var d float64
	for i, u := range x {
		d = max(d, math.Abs(u-float64(i)/n), math.Abs(float64(i+1)/n-u))
	}
	return d
}

// requireNoLag tests that uniform values have no correlation with the next one,
// at 99.9 %.
func requireNoLag(t *testing.T, u []float64) {
	t.Helper()
	var sum float64
	for i := 1; i < len(u); i++ {
		sum += (u[i] - 0.5) * (u[i-1] - 0.5) * 12
	}
	require.LessOrEqual(t, math.Abs(sum)/math.Sqrt(float64(len(u)-1)), 3.29)
}
