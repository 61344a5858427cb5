package cloudwatch

import (
	"math"
	"math/big"
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// setOf makes a statistic set of samples in units.
func setOf(samples ...float64) StatisticSet {
	var s StatisticSet
	for _, x := range samples {
		s.Add(NewValue(x))
	}
	return s
}

// TestStatistics: [api-alarm] (spec 3.2).
func TestStatistics(t *testing.T) {
	s := setOf(20, 30, 70)
	for statistic, want := range map[Statistic]float64{Average: 40, Sum: 120, Minimum: 20, Maximum: 70, SampleCount: 3} {
		require.Equal(t, want, s.Read(statistic).Float64(), statistic.String())
	}
}

// TestComparisonIsExact: a third of 100 three times over is 100, and the mean of
// 0, 0 and 1 is above 0.333333.
func TestComparisonIsExact(t *testing.T) {
	third := setOf(0, 0, 1)
	r := third.Read(Average)
	require.True(t, GreaterThan.holds(r, NewValue(0.333333)))
	require.True(t, GreaterThanOrEqual.holds(r, NewValue(0.333333)))
	require.False(t, LessThanOrEqual.holds(r, NewValue(0.333333)))
	require.False(t, GreaterThanOrEqual.holds(r, NewValue(0.333334)))
	require.True(t, LessThan.holds(r, NewValue(0.333334)))
	exact := setOf(80)
	require.True(t, GreaterThanOrEqual.holds(exact.Read(Average), NewValue(80)))
	require.False(t, GreaterThan.holds(exact.Read(Average), NewValue(80)))
	require.True(t, LessThanOrEqual.holds(exact.Read(Average), NewValue(80)))
	require.False(t, LessThan.holds(exact.Read(Average), NewValue(80)))
}

func TestPercent(t *testing.T) {
	require.Equal(t, 100*Unit, Percent(engine.Minute, engine.Minute))
	require.Equal(t, 50*Unit, Percent(engine.Minute, 2*engine.Minute))
	require.Equal(t, Value(33_333_333), Percent(20*engine.Second, engine.Minute))
	require.Equal(t, 100*Unit, Percent(10_000*engine.Hour, 10_000*engine.Hour))
}

// TestProportion has the examples of the capacity formula of target tracking.
// (spec 2.4, DERIVED from [tt]).
func TestProportion(t *testing.T) {
	for _, c := range []struct {
		n              int
		metric, target float64
		want           int
	}{
		{3, 75, 50, 5},  // 4.5: "+1.5 => +2" [tt]
		{10, 30, 50, 6}, // 6.0
		{2, 34, 50, 2},  // 1.36: no change though below 35 [tt, aas-tt]
		{2, 25, 50, 1},  // a group of two shrinks from here on
		{2, 25.000001, 50, 2},
		{3, 50, 100, 2}, // 1.5: "-1.5 => -1" [tt]
		{4, 0, 50, 0},
	} {
		s := setOf(c.metric)
		require.Equal(t, c.want, s.Read(Average).Proportion(c.n, NewValue(c.target)), "%d x %v / %v", c.n, c.metric, c.target)
	}
	thirds := setOf(0, 0, 100) // 3 x 33.33... / 50 is 2, not a little more
	require.Equal(t, 2, thirds.Read(Average).Proportion(3, NewValue(50)))
}

// TestReadingAgainstRationals compares with arbitrary precision.
func TestReadingAgainstRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s StatisticSet
		sum := new(big.Int)
		for _, v := range rapid.SliceOfN(rapid.Int64Range(0, 1<<62), 1, 20).Draw(t, "samples") {
			v >>= rapid.IntRange(0, 61).Draw(t, "shift")
			s.Add(Value(v))
			sum.Add(sum, big.NewInt(v))
		}
		r := s.Read(Average)
		exact := new(big.Rat).SetFrac(sum, big.NewInt(s.SampleCount))
		floor := new(big.Int).Quo(exact.Num(), exact.Denom())
		require.Equal(t, floor.Int64(), int64(r.Floor()))
		ceil := new(big.Int).Set(floor)
		if !exact.IsInt() {
			ceil.Add(ceil, big.NewInt(1))
		}
		require.Equal(t, ceil.Int64(), int64(r.Ceil()))

		n := rapid.IntRange(0, 10_000).Draw(t, "n")
		target := rapid.Int64Range(1, 1<<60).Draw(t, "target")
		need := new(big.Rat).Mul(exact, new(big.Rat).SetFrac(big.NewInt(int64(n)), big.NewInt(target)))
		want := new(big.Int).Quo(need.Num(), need.Denom())
		if !need.IsInt() {
			want.Add(want, big.NewInt(1))
		}
		if want.Cmp(big.NewInt(math.MaxInt32)) > 0 {
			want.SetInt64(math.MaxInt32)
		}
		require.Equal(t, int(want.Int64()), r.Proportion(n, Value(target)))
	})
}
