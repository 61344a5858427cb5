package random

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
)

// The formula for sums beyond the table agrees with adding up.
func TestZipfSums(t *testing.T) {
	const n = 200_000
	for _, skew := range []float64{0, 0.5, 0.8, 0.999, 1, 1.001, 1.5, 2, 3.7, 10} {
		d := must(Zipf(n, skew)).(*zipf)
		sum := new(big.Float).SetPrec(100)
		for k := 1; k <= n; k++ {
			sum.Add(sum, big.NewFloat(Pow(float64(k), -skew)))
			if k&(k-1) == 0 || k == n {
				want, _ := sum.Float64()
				require.InEpsilon(t, want, d.sum(float64(k)), 2e-14, "skew %g, rank %d", skew, k)
			}
		}
	}
}

func TestZipfProbabilities(t *testing.T) {
	d := must(Zipf(3, 1)).(*zipf)
	for k, want := range []float64{0, 6.0 / 11, 9.0 / 11, 1} {
		require.InDelta(t, want, d.CDF(float64(k)), 1e-15)
	}
	require.Equal(t, []float64{1, 1, 2, 3, 3}, []float64{d.Quantile(1e-9), d.Quantile(0.54), d.Quantile(0.55), d.Quantile(0.82), d.Quantile(1 - 0x1p-53)})
	even := must(Zipf(1_000_000_000, 0))
	require.InDelta(t, 250_000_000, even.Quantile(0.25), 1)
}

// Every rank beyond the table is hit by exactly the uniform numbers that are its
// own, as long as there are any.
func TestZipfBeyondTheTable(t *testing.T) {
	for _, skew := range []float64{0.3, 0.9, 1, 1.1, 2.5} {
		d := must(Zipf(10_000_000, skew)).(*zipf)
		for k := 1000.0; k <= d.n; k = math.Floor(1.7*k) + 1 {
			low, high := d.CDF(k-1), d.CDF(k)
			if high-low < 1e-13 {
				break
			}
			require.Equal(t, k, d.Quantile(low+(high-low)/2), "skew %g", skew)
		}
		require.LessOrEqual(t, d.Quantile(1-0x1p-53), d.n)
	}
}

func TestZipfRefusesWhatItCannotHave(t *testing.T) {
	for _, c := range []struct {
		n    int
		skew float64
		want string
	}{{0, 1, "n must be"}, {2_000_000_000, 1, "n must be"}, {5, -0.1, "skew must be"}, {5, 11, "skew must be"}, {5, math.NaN(), "skew must be"}} {
		_, err := Zipf(c.n, c.skew)
		require.ErrorContains(t, err, c.want)
	}
}

func BenchmarkZipf(b *testing.B) {
	d, s := must(Zipf(1_000_000, 0.9)), NewStream(1, 0, "zipf")
	for i := range b.N {
		d.Quantile(s.Uniform(uint64(i), 0))
	}
}
