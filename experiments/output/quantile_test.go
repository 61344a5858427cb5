package output_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/headroom-sim/headroom/experiments/output"
)

// ranks returns the values 1 to n, so that a value tells its rank, out of order.
func ranks(n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = float64((i*7919)%n + 1)
	}
	return values
}

// Ranks of the 95 % interval; those of medians are in the tables of the sign
// test.
func TestQuantileRanks(t *testing.T) {
	for _, c := range []struct {
		name          string
		n             int
		p             float64
		point, lo, hi float64
	}{
		{"no value", 0, 0.5, missing, missing, missing},
		{"one", 1, 0.5, 1, missing, missing},
		{"too few for a median", 5, 0.5, 3, missing, missing},
		{"just enough for a median", 6, 0.5, 3, 1, 6},
		{"median of 10", 10, 0.5, 5, 2, 9},
		{"median of 20", 20, 0.5, 10, 6, 15},
		{"median of 100", 100, 0.5, 50, 40, 61},
		{"too few for a 95th percentile", 71, 0.95, 68, missing, missing},
		{"just enough for a 95th percentile", 72, 0.95, 69, 64, 72},
		{"0.07 of 100 is rank 7", 100, 0.07, 7, 2, 13},
		{"and for a 5th", 72, 0.05, 4, 1, 9},
	} {
		t.Run(c.name, func(t *testing.T) {
			values := ranks(c.n)
			before := slices.Clone(values)
			e := output.Quantile(append(values, missing), c.p, 0.95)
			require.Equal(t, c.n, e.N)
			same(t, c.point, e.Mean)
			same(t, c.lo, e.Lo)
			same(t, c.hi, e.Hi)
			require.Equal(t, before, values, "the values keep their order")
		})
	}
}

// At every number of values the ranks keep both errors, and the next ones
// inwards would not, by an independent binomial distribution.
func TestQuantileRanksAgainstBinomial(t *testing.T) {
	for _, p := range []float64{0.01, 0.3, 0.5, 0.9, 0.99} {
		for _, n := range []int{10, 99, 400, 3000} {
			e := output.Quantile(ranks(n), p, 0.9)
			if math.IsNaN(e.Lo) {
				require.Less(t, n, output.QuantileNeeds(p, 0.9))
				continue
			}
			below := distuv.Binomial{N: float64(n), P: p}.CDF
			require.LessOrEqual(t, below(e.Lo-1), 0.05)
			require.Greater(t, below(e.Lo), 0.05)
			require.LessOrEqual(t, 1-below(e.Hi-1), 0.05)
			require.Greater(t, 1-below(e.Hi-2), 0.05)
		}
	}
}

func TestQuantileNeeds(t *testing.T) {
	for p, want := range map[float64]int{0.5: 6, 0.05: 72, 0.95: 72, 0.99: 368, 0.9: 36} {
		require.Equal(t, want, output.QuantileNeeds(p, 0.95), "%g", p)
		require.True(t, math.IsNaN(output.Quantile(ranks(want-1), p, 0.95).Lo))
		require.False(t, math.IsNaN(output.Quantile(ranks(want), p, 0.95).Lo))
	}
	require.Equal(t, 8, output.QuantileNeeds(0.5, 0.99))
}

// The interval of order statistics holds a skewed law's quantile at least as
// often as it says; one rank less on the upper side does not.
func TestQuantileCoverage(t *testing.T) {
	const experiments, n, p = 5000, 80, 0.9
	truth := math.Exp(output.StudentTQuantile(p, 1<<30)) // lognormal
	sample := func(e int) []float64 {
		values := newLuck("order statistics", e).normals(n, 0, 1)
		for i := range values {
			values[i] = math.Exp(values[i])
		}
		return values
	}
	holds := share(experiments, func(e int) bool {
		q := output.Quantile(sample(e), p, 0.95)
		return q.Lo <= truth && truth <= q.Hi
	})
	require.GreaterOrEqual(t, holds, 0.95-chance(0.95, experiments))
	wrong := share(experiments, func(e int) bool {
		values := sample(e)
		q := output.Quantile(values, p, 0.95)
		slices.Sort(values)
		return q.Lo <= truth && truth <= values[slices.Index(values, q.Hi)-2]
	})
	require.Less(t, wrong, 0.95-chance(0.95, experiments))
}

func TestSection(t *testing.T) {
	for _, c := range []struct {
		name      string
		pooled    float64
		quantiles []float64
		half      float64
		n         int
	}{
		{"no replication", missing, nil, missing, 0},
		{"one", 3, []float64{3}, missing, 1},
		{"one with a sample", 3, []float64{missing, 3}, missing, 1},
		// around 2: squares 1, 0, 1 as around the mean
		{"pooled at the mean", 2, []float64{1, 2, 3}, 4.302652730 / math.Sqrt(3), 3},
		// around 3: squares 4, 1, 0, and not 2
		{"pooled beside the mean", 3, []float64{1, missing, 2, 3}, 4.302652730 * math.Sqrt(5.0/2/3), 3},
		{"all alike", 0.1, []float64{0.1, 0.1}, 0, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := output.Section(c.pooled, c.quantiles, 0.95)
			require.Equal(t, c.n, e.N)
			same(t, c.pooled, e.Mean)
			if math.IsNaN(c.half) {
				require.True(t, math.IsNaN(e.Lo) && math.IsNaN(e.Hi))
				return
			}
			require.InDelta(t, c.pooled-c.half, e.Lo, 1e-6)
			require.InDelta(t, c.pooled+c.half, e.Hi, 1e-6)
		})
	}
}

// sections draws the 95th percentile of exponential values with mean 1, pooled
// and of each section.
func sections(e, n, length int) (pooled float64, each []float64) {
	l := newLuck("sections", e)
	rank := func(sorted []float64) float64 { return sorted[int(math.Ceil(0.95*float64(len(sorted))))-1] }
	var all []float64
	for range n {
		values := make([]float64, length)
		for i := range values {
			l.drawn++
			values[i] = -math.Log(l.Uniform(l.experiment, l.drawn))
		}
		slices.Sort(values)
		each = append(each, rank(values))
		all = append(all, values...)
	}
	slices.Sort(all)
	return rank(all), each
}

// The interval of the pooled quantile holds the truth as often as it says, to
// within 1 %. With few values a section their quantiles are biased: the
// interval of their mean misses, the sectioned one is on the safe side.
func TestSectionCoverage(t *testing.T) {
	const experiments = 2000
	truth := -math.Log(0.05)
	holds := func(n, length int) (sectioned, averaged float64) {
		sectioned = share(experiments, func(e int) bool {
			pooled, each := sections(e, n, length)
			s := output.Section(pooled, each, 0.95)
			return s.Lo <= truth && truth <= s.Hi
		})
		averaged = share(experiments, func(e int) bool {
			_, each := sections(e, n, length)
			s := output.Interval(each, 0.95)
			return s.Lo <= truth && truth <= s.Hi
		})
		return sectioned, averaged
	}
	sectioned, _ := holds(10, 200)
	require.InDelta(t, 0.95, sectioned, 0.01+chance(0.95, experiments))
	sectioned, averaged := holds(40, 19)
	require.GreaterOrEqual(t, sectioned, 0.95-chance(0.95, experiments))
	require.Less(t, averaged, 0.95-chance(0.95, experiments))
}
