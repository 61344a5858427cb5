package tally

import (
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// values draws samples over the whole range, with small values, repetitions
// and the ends more often than a uniform draw would.
var values = rapid.SliceOf(rapid.OneOf(
	rapid.Int64Range(0, 300),
	rapid.Int64Range(1e6, 1e9),
	rapid.Int64Range(0, math.MaxInt64),
	rapid.SampledFrom([]int64{0, 127, 128, 255, 256, 511, 512, math.MaxInt64 - 1, math.MaxInt64}),
))

func histogramOf(values []int64) *Histogram {
	var h Histogram
	for _, v := range values {
		h.Add(v)
	}
	return &h
}

// contents is all that a histogram tells, in comparable form.
func contents(h *Histogram) any {
	return []any{h.count, h.sum, h.squares, h.min, h.max, slices.Collect(h.Buckets())}
}

func TestEveryValueIsWithinItsBucket(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Int64Range(0, math.MaxInt64).Draw(t, "v") >> rapid.IntRange(0, 62).Draw(t, "shift")
		for b := range histogramOf([]int64{v}).Buckets() {
			require.LessOrEqual(t, b.Low, v)
			require.GreaterOrEqual(t, b.High, v)
			require.LessOrEqual(t, math.Abs(b.Middle()-float64(v)), 0.004*float64(v))
			if v < 256 {
				require.Equal(t, b.Low, b.High)
			}
		}
	})
}

// TestBucketsTile checks that the buckets cover the range without gap or
// overlap.
func TestBucketsTile(t *testing.T) {
	next := int64(0)
	for o := range 57 {
		for b := range perOctave {
			low, high := span(o, b)
			require.Equal(t, next, low)
			for _, v := range []int64{low, high} {
				gotOctave, gotBucket := place(v)
				require.Equal(t, [2]uint{uint(o), uint(b)}, [2]uint{gotOctave, gotBucket})
			}
			next = high + 1 // wraps at the very end
		}
	}
	require.Equal(t, int64(math.MinInt64), next)
}

func TestQuantileAgainstSortedSample(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sample := values.Filter(func(v []int64) bool { return len(v) > 0 }).Draw(t, "values")
		h := histogramOf(sample)
		slices.Sort(sample)
		n := len(sample)
		for _, rank := range []int{1, (n + 1) / 2, n} {
			exact := float64(sample[rank-1])
			require.InDelta(t, exact, h.Quantile((float64(rank)-0.5)/float64(n)), 0.004*exact)
			require.InDelta(t, exact, h.Quantile(float64(rank)/float64(n)), 0.004*exact, "ceil(q n) for whole q n")
		}
		require.Equal(t, float64(sample[0]), h.Quantile(0))
		require.Equal(t, float64(sample[n-1]), h.Quantile(1))
	})
}

func TestNearestRank(t *testing.T) {
	var h Histogram
	for v := range int64(100) {
		h.Add(v + 1)
	}
	for q, want := range map[float64]float64{0: 1, 0.001: 1, 0.07: 7, 0.071: 8, 0.5: 50, 0.55: 55, 0.95: 95, 0.99: 99, 0.991: 100, 1: 100} {
		require.Equal(t, want, h.Quantile(q), "q = %v", q)
	}
}

// TestMomentsAreExact compares with whole numbers of any size.
func TestMomentsAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sample := values.Filter(func(v []int64) bool { return len(v) > 1 }).Draw(t, "values")
		h := histogramOf(sample)
		n, sum, squares := big.NewInt(int64(len(sample))), new(big.Int), new(big.Int)
		for _, v := range sample {
			x := big.NewInt(v)
			sum.Add(sum, x)
			squares.Add(squares, new(big.Int).Mul(x, x))
		}
		require.Equal(t, uint64(len(sample)), h.Count())
		require.Equal(t, slices.Min(sample), h.Min())
		require.Equal(t, slices.Max(sample), h.Max())
		require.Zero(t, sum.Cmp(bigOf(h.Sum())))
		require.InEpsilon(t, 1+ratio(sum, n), 1+h.Mean(), 1e-15)

		numerator := new(big.Int).Sub(new(big.Int).Mul(n, squares), new(big.Int).Mul(sum, sum))
		denominator := new(big.Int).Mul(n, new(big.Int).Sub(n, big.NewInt(1)))
		variance := ratio(numerator, denominator)
		require.InDelta(t, variance, h.Variance(), 1e-15*variance)
		require.InDelta(t, math.Sqrt(variance), h.SD(), 1e-15*math.Sqrt(variance))
	})
}

func bigOf(x Int128) *big.Int {
	z := new(big.Int).Lsh(big.NewInt(x.High), 64)
	return z.Add(z, new(big.Int).SetUint64(x.Low))
}

func ratio(a, b *big.Int) float64 {
	f, _ := new(big.Rat).SetFrac(a, b).Float64()
	return f
}

// TestNothingCancels: values that differ in their last digit only have a
// variance, which a difference of float64 sums would lose.
func TestNothingCancels(t *testing.T) {
	h := histogramOf([]int64{1e15, 1e15 + 1, 1e15 + 2})
	require.Equal(t, 1.0, h.Variance())
}

// TestExtremeCounts fills the histogram with as many of the greatest values as
// a counter can hold: sums have room for that.
func TestExtremeCounts(t *testing.T) {
	var h Histogram
	h.AddN(math.MaxInt64, math.MaxUint64-1)
	h.Add(math.MaxInt64)
	n := new(big.Int).SetUint64(math.MaxUint64)
	require.Zero(t, new(big.Int).Mul(n, big.NewInt(math.MaxInt64)).Cmp(bigOf(h.Sum())))
	require.Equal(t, float64(math.MaxInt64), h.Mean())
	require.Zero(t, h.SD())
	require.Equal(t, float64(math.MaxInt64), h.Quantile(0.5))
}

func TestMergeIsExactInAnyOrderAndGrouping(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := values.Draw(t, "a"), values.Draw(t, "b"), values.Draw(t, "c")
		whole := contents(histogramOf(slices.Concat(a, b, c)))

		left := histogramOf(a) // (a + b) + c
		left.Merge(histogramOf(b))
		left.Merge(histogramOf(c))
		require.Equal(t, whole, contents(left))

		right, rest := histogramOf(c), histogramOf(b) // c + (b + a)
		rest.Merge(histogramOf(a))
		right.Merge(rest)
		require.Equal(t, whole, contents(right))
		require.Equal(t, contents(histogramOf(slices.Concat(b, a))), contents(rest), "merging leaves its argument alone")
	})
}

func TestAddNIsAddRepeated(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, n := values.Draw(t, "values"), rapid.Uint64Range(0, 5).Draw(t, "n")
		var once, repeated Histogram
		for _, x := range v {
			once.AddN(x, n)
			for range n {
				repeated.Add(x)
			}
		}
		require.Equal(t, contents(&repeated), contents(&once))
	})
}

func TestCountAbove(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sample, v := values.Draw(t, "values"), rapid.Int64Range(0, 1e10).Draw(t, "v")
		above, wellAbove := uint64(0), uint64(0)
		for _, x := range sample {
			if x > v {
				above++
			}
			if float64(x) > 1.008*float64(v)+1 {
				wellAbove++
			}
		}
		got := histogramOf(sample).CountAbove(v)
		require.LessOrEqual(t, got, above)
		require.GreaterOrEqual(t, got, wellAbove)
	})
}

func TestEmptyHistogram(t *testing.T) {
	var used Histogram
	used.Add(7)
	used.Add(1 << 40)
	used.Reset()
	for _, h := range []*Histogram{{}, &used} {
		require.Zero(t, h.Count())
		require.Zero(t, h.Min())
		require.Zero(t, h.Max())
		for _, x := range []float64{h.Mean(), h.SD(), h.Variance(), h.Quantile(0.5)} {
			require.True(t, math.IsNaN(x))
		}
		require.Empty(t, slices.Collect(h.Buckets()))
		var other Histogram
		other.Merge(h)
		other.Add(3)
		require.Equal(t, int64(3), other.Min())
		require.Equal(t, int64(3), other.Max())
	}
}

func TestNegativeValuePanics(t *testing.T) {
	var h Histogram
	for _, v := range []int64{-1, math.MinInt64} {
		require.PanicsWithValue(t, "tally: negative value in a histogram", func() { h.Add(v) })
		require.PanicsWithValue(t, "tally: negative value in a histogram", func() { h.AddN(v, 2) })
	}
}

func TestBucketsStopsWhenTold(t *testing.T) {
	h := histogramOf([]int64{1, 2, 1e6, 1e9})
	var seen []int64
	for b := range h.Buckets() {
		seen = append(seen, b.Low)
		if len(seen) == 2 {
			break
		}
	}
	require.Equal(t, []int64{1, 2}, seen)
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	h, other := filled(), filled()
	require.Zero(t, testing.AllocsPerRun(100, func() {
		h.Add(20e6)
		h.Merge(other)
		h.Quantile(0.99)
		h.CountAbove(1e6)
		h.SD()
		h.Reset()
	}))
	var l Level
	require.Zero(t, testing.AllocsPerRun(100, func() {
		l.Add(1, 1)
		l.Cut(1)
	}))
}
