package output_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/output"
)

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
