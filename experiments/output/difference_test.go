package output_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/experiments/output"
)

func TestCompare(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		name               string
		base, other        []float64
		mean, p, reduction float64
		n                  int
	}{
		{"nothing", nil, nil, missing, missing, missing, 0},
		{"one pair", []float64{1}, []float64{3}, 2, missing, missing, 1},
		{"one whole pair", []float64{1, missing, 4}, []float64{3, 5, missing}, 2, missing, missing, 1},
		{"equal samples", []float64{1, 2, 4}, []float64{1, 2, 4}, 0, 1, inf, 3},
		{"a constant more", []float64{1, 2, 4}, []float64{2, 3, 5}, 1, 0.25, inf, 3},
		{"constants", []float64{1, 1}, []float64{2, 2}, 1, 0.5, missing, 2},
		{"equal constants", []float64{1, 1}, []float64{1, 1}, 0, 1, missing, 2},
		// differences 1, 2, 3: t = 2 sqrt(3) = 3.4641 with 2 degrees: p = 1 - t/sqrt(t^2 + 2)
		{"three pairs", []float64{0, 10, 20}, []float64{1, 12, 23}, 2, 1 - math.Sqrt(12.0/14), 100 + 121, 3},
		{"three pairs the other way", []float64{1, 12, 23}, []float64{0, 10, 20}, -2, 1 - math.Sqrt(12.0/14), 100 + 121, 3},
		{"pairs with gaps", []float64{0, missing, 10, 20}, []float64{1, 7, 12, 23, 99}, 2, 1 - math.Sqrt(12.0/14), 100 + 121, 3},
		{"no mean difference", []float64{0, 0, 0, 0}, []float64{1, -1, 1, -1}, 0, 1, 1, 4},
		{"against each other", []float64{1, -1, 1, -1}, []float64{-1, 1, -1, 1}, 0, 1, 0.5, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := output.Compare(c.base, c.other, 0.95)
			require.Equal(t, c.n, d.N)
			same(t, c.mean, d.Mean)
			same(t, c.p, d.P)
			same(t, c.reduction, d.Reduction)
			same(t, c.reduction*float64(c.n), d.Independent())
		})
	}
}

// A difference that is the same in all pairs is one of as many signs: sure from 6
// pairs on at 95 %, from 8 at 99 % (Conover 1999, 3.4, the sign test), and none in
// all of them is none. Where there is an event in every other replication, as many
// in one arm only, as few pairs would often be unanimous.
func TestCompareEqualDifferences(t *testing.T) {
	ones := []float64{1, 1, 1, 1, 1, 1, 1, 1}
	for n := 2; n <= len(ones); n++ {
		for level, least := range map[float64]int{0.95: 6, 0.99: 8} {
			d := output.Compare(make([]float64, n), ones[:n], level)
			require.Equal(t, math.Ldexp(1, 1-n), d.P)
			require.Equal(t, n >= least, d.P < 1-level)
			require.Equal(t, n >= least, d.Lo > 0, "the interval agrees: %d at %g", n, level)
			require.Equal(t, n < least, math.IsNaN(d.Lo) && math.IsNaN(d.Hi))
			none := output.Compare(ones[:n], ones[:n], level)
			require.Equal(t, []float64{1, 0, 0}, []float64{none.P, none.Lo, none.Hi})
		}
	}
}

// The p-value is twice the tail of Student's law, by an independent
// implementation, far out too.
func TestCompareTail(t *testing.T) {
	for _, n := range []int{2, 3, 5, 30} {
		law := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 1)}
		for _, shift := range []float64{0.01, 0.3, 1, 4, 20} {
			other := newLuck("tail", n).normals(n, shift, 1)
			e := output.Interval(other, 0.95)
			statistic := math.Abs(e.Mean) / (e.Hi - e.Mean) * output.StudentTQuantile(0.975, n-1)
			d := output.Compare(make([]float64, n), other, 0.95)
			require.InDelta(t, 0, relative(d.P, 2*law.CDF(-statistic)), 1e-6, "%d at %g", n, statistic)
		}
	}
}

// same compares to within rounding.
func same(t *testing.T, want, got float64) {
	t.Helper()
	if got != want && !(math.IsNaN(want) && math.IsNaN(got)) {
		require.InDelta(t, 0, relative(got, want), 1e-12, "want %v, have %v", want, got)
	}
}

// The interval of a paired difference holds the truth as often as it says,
// whatever the pairs have in common, and the test finds a difference where
// there is none as seldom. A normal quantile in place of Student's is refused.
func TestCompareCoverage(t *testing.T) {
	const experiments = 10_000
	for _, correlation := range []float64{-0.5, 0, 0.9} {
		differences := func(e int) output.Difference {
			base, other := newLuck("paired", e).paired(4, correlation)
			return output.Compare(base, other, 0.95)
		}
		holds := share(experiments, func(e int) bool { d := differences(e); return d.Lo <= 0 && 0 <= d.Hi })
		require.InDelta(t, 0.95, holds, chance(0.95, experiments), "correlation %g", correlation)
		found := share(experiments, func(e int) bool { return differences(e).P < 0.05 })
		require.InDelta(t, 1-holds, found, 1e-9, "the test agrees with the interval")
		wrong := share(experiments, func(e int) bool {
			d := differences(e)
			half := (d.Hi - d.Mean) * random.NormalQuantile(0.975) / output.StudentTQuantile(0.975, 3)
			return math.Abs(d.Mean) <= half
		})
		require.Less(t, wrong, 0.95-chance(0.95, experiments))
	}
}

// Of pairs with a correlation r the variance of the difference is 1/(1-r) times
// smaller. The sums and the differences of normal pairs are independent, so the
// estimate is (1 + F (1+r)/(1-r)) / 2 with F a ratio of two variances, whose
// logarithm has a variance of 4/n.
func TestReduction(t *testing.T) {
	const n = 10_000
	for i, correlation := range []float64{0, 0.5, 0.95, -0.5} {
		base, other := newLuck("reduction", i).paired(n, correlation)
		d := output.Compare(base, other, 0.95)
		bound := func(sign float64) float64 {
			return (1 + math.Exp(sign*3.29*2/math.Sqrt(n))*(1+correlation)/(1-correlation)) / 2
		}
		require.Greater(t, d.Reduction, bound(-1), "correlation %g", correlation)
		require.Less(t, d.Reduction, bound(1), "correlation %g", correlation)
	}
}

// As many independent replications as Independent says give an interval as
// narrow, on average, as the paired ones gave.
func TestIndependent(t *testing.T) {
	const n = 4000
	base, other := newLuck("independent", 0).paired(n, 0.9)
	paired := output.Compare(base, other, 0.95)
	many := int(paired.Independent())
	base, other = newLuck("independent", 1).paired(many, 0)
	apart := output.Compare(base, other, 0.95)
	require.InDelta(t, 1, (apart.Hi-apart.Lo)/(paired.Hi-paired.Lo), 0.1)
}
