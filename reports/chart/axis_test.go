package chart

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/vg"
	"pgregory.net/rapid"

	"github.com/headroom-sim/headroom/engine/tally"
)

func labels(a axis) string {
	var all []string
	for _, t := range a.ticks {
		all = append(all, t.label)
	}
	return strings.Join(all, ",")
}

func TestFromZero(t *testing.T) {
	for _, c := range []struct {
		top  float64
		unit string
		want string
	}{
		{0, "", "0,1"},
		{math.NaN(), "1/s", "0,0.2,0.4,0.6,0.8,1"},
		{math.Inf(1), "", "0,1"},
		{1, "", "0,1"},
		{3, "", "0,1,2,3"},
		{7, "", "0,2,4,6,8"},
		{329, "1/s", "0,100,200,300,400"},
		{1022, "", "0,500,1,000,1,500"},
		{0.05, "s", "0,10 ms,20 ms,30 ms,40 ms,50 ms"},
		{0.95, "s", "0,0.2 s,0.4 s,0.6 s,0.8 s,1 s"},
		{1.9, "s", "0,0.5 s,1 s,1.5 s,2 s"},
		{118, "s", "0,0.5 min,1 min,1.5 min,2 min"},
		{306, "s", "0,2 min,4 min,6 min"},
		{0.0618, "USD", "0.00,0.02,0.04,0.06,0.08"},
	} {
		a := fromZero(c.top, c.unit)
		if c.unit == "USD" {
			c.want = strings.ReplaceAll(c.want, "0.00", "0")
		}
		require.Equal(t, c.want, labels(a), "%v %s", c.top, c.unit)
		require.Zero(t, a.min)
	}
}

func TestAroundZero(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      string
	}{
		{-198, 340, "-200,0,200,400"},
		{-30, 0, "-30,-20,-10,0"},
		{0, 3, "0,1,2,3"},
		{0, 0, "0,1"},
	} {
		a := aroundZero(c.low, c.high, "")
		require.Equal(t, c.want, labels(a), "%v to %v", c.low, c.high)
		require.LessOrEqual(t, a.min, c.low)
		require.GreaterOrEqual(t, a.max, c.high)
	}
}

// A response without a single sample has an axis too.
func TestValueAxisWithoutValues(t *testing.T) {
	none := []float64{math.NaN(), math.NaN()}
	require.Equal(t, "0,0.2 s,0.4 s,0.6 s,0.8 s,1 s", labels(valueAxis("s", none, none)))
	require.Equal(t, "0,1,2,3", labels(valueAxis("", []float64{1, 2, math.NaN()}, []float64{math.Inf(-1), math.Inf(1)})))
}

func TestLogAxis(t *testing.T) {
	for _, c := range []struct {
		low, high, decades float64
		want               string
	}{
		{0.0048, 7.9, 4.5, "2 ms,5 ms,10 ms,20 ms,50 ms,100 ms,200 ms,500 ms,1 s,2 s,5 s,10 s"},
		{0.002, 0.05, 4.5, "2 ms,5 ms,10 ms,20 ms,50 ms"},
		{0.001, 0.1, 1, "1 ms,,,10 ms,,,100 ms"},
		{0.0011, 0.0019, 3, "1 ms,2 ms"},
		{1, 1, 3, "1 s,2 s"},
	} {
		a := logAxis(c.low, c.high, "s", c.decades)
		require.Equal(t, c.want, labels(a), "%v to %v", c.low, c.high)
		require.LessOrEqual(t, a.min, c.low)
		require.GreaterOrEqual(t, a.max, c.high)
	}
}

// Every axis holds what it was made for, at places that rise with the values.
func TestAxesHoldTheirValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low := math.Pow(10, rapid.Float64Range(-9, 6).Draw(t, "low"))
		high := low * math.Pow(10, rapid.Float64Range(0.01, 6).Draw(t, "ratio"))
		for _, a := range []axis{fromZero(high, "s"), logAxis(low, high, "s", 3)} {
			require.LessOrEqual(t, a.min, low*(1+1e-8))
			require.GreaterOrEqual(t, a.max, high*(1-1e-8))
			require.True(t, a.share(low) >= 0 && a.share(low) <= a.share(high) && a.share(high) <= 1)
			require.LessOrEqual(t, len(a.ticks), 24)
			require.True(t, slices.IsSortedFunc(a.ticks, func(x, y tick) int { return int(math.Copysign(1, x.at-y.at)) }))
		}
	})
}

// Names keep their order and their distance, and stay inside where there is
// room for all.
func TestSpread(t *testing.T) {
	require.Equal(t, []vg.Length{80, 20}, spread([]vg.Length{80, 20}, 10, 0, 100))
	require.Equal(t, []vg.Length{55, 45}, spread([]vg.Length{50, 50}, 10, 0, 100))
	require.Equal(t, []vg.Length{20, 10, 0}, spread([]vg.Length{1, 0, 0}, 10, 0, 100))
	rapid.Check(t, func(t *rapid.T) {
		var places []vg.Length
		for _, y := range rapid.SliceOfN(rapid.Float64Range(0, 100), 0, 8).Draw(t, "places") {
			places = append(places, vg.Length(y))
		}
		slices.Sort(places)
		slices.Reverse(places)
		apart := spread(places, 12, 0, 100)
		require.Len(t, apart, len(places))
		for i, y := range apart {
			require.True(t, y >= -1e-9 && y <= 100+1e-9, "%v in %v", y, apart)
			if i > 0 {
				require.GreaterOrEqual(t, apart[i-1]-y, vg.Length(12-1e-9))
			}
		}
	})
}

func TestPiecesBreakAtGaps(t *testing.T) {
	nan := math.NaN()
	m := curve{xs: []float64{0, 1, 2, 3, 4, 5}, ys: []float64{nan, 1, 2, nan, 3, nan}}
	a := area{figure: &figure{x: axis{max: 5}}, y: axis{max: 3}}
	var sizes []int
	for _, piece := range m.pieces(a) {
		sizes = append(sizes, len(piece))
	}
	require.Equal(t, []int{2, 1}, sizes)
}

// A single answer has a distribution, with axes that have a length: places beyond
// them would be painted for ever.
func TestDistributionOfASingleAnswer(t *testing.T) {
	latency := &tally.Histogram{}
	latency.Add(2e9)
	r := priced()
	r.Detail.Latency = latency
	f := distribution(newData(r)).figure
	for _, a := range []axis{f.x, f.panels[0].y, f.panels[1].y} {
		require.Less(t, a.min, a.max)
	}
	require.Equal(t, 1.0, f.panels[1].y.max)
}
