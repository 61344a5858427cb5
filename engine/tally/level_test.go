package tally

import (
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/headroom-sim/headroom/engine"
)

// A change of a level: after a pause it is the given value.
type change struct {
	after engine.Time
	value int64
}

var changes = rapid.SliceOf(rapid.Custom(func(t *rapid.T) change {
	return change{engine.Time(rapid.Int64Range(0, 20).Draw(t, "after")), rapid.Int64Range(-5, 50).Draw(t, "value")}
}))

// TestLevelAgainstBruteForce adds up the level instant by instant.
func TestLevelAgainstBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l Level
		var now engine.Time
		history := []int64{} // the level in each nanosecond
		taken := []int64{0}
		for _, c := range changes.Draw(t, "changes") {
			for range c.after {
				history = append(history, l.Value())
			}
			now += c.after
			if rapid.Bool().Draw(t, "relative") {
				l.Add(now, c.value-l.Value())
			} else {
				l.Set(now, c.value)
			}
			taken = append(taken, c.value)
		}
		sum := int64(0)
		for _, v := range history {
			sum += v
		}
		got := l.Cut(now)
		require.Equal(t, now, got.Span)
		require.Zero(t, big.NewInt(sum).Cmp(bigOf(got.Integral)))
		require.Equal(t, slices.Min(taken), got.Min)
		require.Equal(t, slices.Max(taken), got.Max)
		if now > 0 {
			require.InDelta(t, float64(sum)/float64(now), got.Mean(), 1e-12)
		}
	})
}

// TestCutsAddUp: the tallies of consecutive cuts merge, in any order, to the
// tally of the whole.
func TestCutsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var whole, parts Level
		var now engine.Time
		var tallies []LevelTally
		for _, c := range changes.Draw(t, "changes") {
			now += c.after
			whole.Set(now, c.value)
			parts.Set(now, c.value)
			if rapid.Bool().Draw(t, "cut") {
				tallies = append(tallies, parts.Cut(now))
			}
		}
		tallies = append(tallies, parts.Cut(now))
		var forward, backward LevelTally
		for i := range tallies {
			forward.Merge(tallies[i])
			backward.Merge(tallies[len(tallies)-1-i])
		}
		want := whole.Cut(now)
		require.Equal(t, want, forward)
		require.Equal(t, want, backward)
	})
}

func TestMergeOfLevelsIsAssociative(t *testing.T) {
	tally := rapid.Custom(func(t *rapid.T) LevelTally {
		low := rapid.Int64Range(-2, 2).Draw(t, "low")
		return LevelTally{
			Span:     engine.Time(rapid.Int64Range(0, 2).Draw(t, "span")),
			Integral: Int128{Low: rapid.Uint64().Draw(t, "integral")},
			Min:      low, Max: low + rapid.Int64Range(0, 2).Draw(t, "range"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := tally.Draw(t, "a"), tally.Draw(t, "b"), tally.Draw(t, "c")
		left, right, rest := a, a, b
		left.Merge(b)
		left.Merge(c)
		rest.Merge(c)
		right.Merge(rest)
		require.Equal(t, left, right)
		swapped := b
		swapped.Merge(a)
		swapped.Merge(c)
		require.Equal(t, left, swapped)
	})
}

func TestMergingNothingChangesNothing(t *testing.T) {
	tally := LevelTally{Span: 5, Integral: Int128{Low: 50}, Min: 7, Max: 12}
	merged := tally
	merged.Merge(LevelTally{})
	require.Equal(t, tally, merged)
	var empty LevelTally
	empty.Merge(tally)
	require.Equal(t, tally, empty)
	require.True(t, math.IsNaN(LevelTally{}.Mean()))
}

// TestCutBeginsAtThePresentLevel: what was before does not count.
func TestCutBeginsAtThePresentLevel(t *testing.T) {
	var l Level
	l.Set(0, 100)
	l.Set(10, 3)
	l.Cut(20)
	got := l.Cut(30)
	require.Equal(t, LevelTally{Span: 10, Integral: Int128{Low: 30}, Min: 3, Max: 3}, got)
	require.Equal(t, 3.0, got.Mean())
}

// TestGreatestIntegral: the greatest level over the longest run, many times.
func TestGreatestIntegral(t *testing.T) {
	for _, value := range []int64{math.MaxInt64, math.MinInt64} {
		var l Level
		l.Set(0, value)
		var sum LevelTally
		tally := l.Cut(engine.Forever)
		for range 64 {
			sum.Merge(tally)
		}
		want := new(big.Int).Mul(big.NewInt(value), big.NewInt(int64(engine.Forever)))
		require.Zero(t, want.Mul(want, big.NewInt(64)).Cmp(bigOf(sum.Integral)))
		require.InEpsilon(t, float64(value), sum.Mean(), 1e-15)
	}
}

func TestTimeGoesForward(t *testing.T) {
	var l Level
	l.Set(10, 1)
	l.Cut(10)
	require.PanicsWithValue(t, "tally: level cut before its last cut", func() { l.Cut(9) })
}

func TestInt128(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := rapid.Int64().Draw(t, "x"), rapid.Int64().Draw(t, "y")
		exact := new(big.Int).Mul(big.NewInt(x), big.NewInt(y))
		p := product(x, y)
		require.Zero(t, exact.Cmp(bigOf(p)))
		f, _ := new(big.Float).SetInt(exact).Float64()
		require.InDelta(t, f, p.Float64(), 0x1p-52*math.Abs(f))
		sum := p.Plus(Int128{High: y >> 2, Low: uint64(x)})
		exact.Add(exact, bigOf(Int128{High: y >> 2, Low: uint64(x)}))
		require.Zero(t, exact.Cmp(bigOf(sum)))
	})
}

func TestInt64OfAWideNumber(t *testing.T) {
	for _, v := range []int64{0, 1, -1, math.MaxInt64, math.MinInt64} {
		require.Equal(t, v, product(v, 1).Int64())
	}
	for _, x := range []Int128{product(math.MaxInt64, 2), product(math.MinInt64, 2), {High: 1}, {Low: 1 << 63}} {
		require.Panics(t, func() { x.Int64() })
	}
}
