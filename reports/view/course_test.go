package view_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/models/site"
	"github.com/headroom-sim/headroom/reports/internal/sample"
	"github.com/headroom-sim/headroom/reports/view"
)

// averaged is a result whose minutes have the given means and about the half-widths,
// none where they are no number.
func averaged(means, halves []float64) *view.Data {
	const n = 3
	offered := experiments.MinuteColumn{Column: site.Column{Name: "offered", Whole: true}, At: 1, Means: means}
	one := &site.Series{Columns: []site.Column{{Name: "time_s", Unit: "s"}, offered.Column}}
	for i, half := range halves {
		one.Rows = append(one.Rows, []float64{60 * float64(i), 0})
		deviation, samples := half/output.StudentTQuantile((1+output.Level)/2, n-1), uint32(n)
		if math.IsNaN(half) {
			deviation, samples = 0, 1
		}
		offered.Squares, offered.Samples = append(offered.Squares, deviation*deviation*n*(n-1)), append(offered.Samples, samples)
	}
	all := &experiments.Minutes{First: one, N: n, Columns: []experiments.MinuteColumn{offered}}
	return view.New(&experiments.Result{Replications: n, DurationS: 60 * float64(len(means)), Detail: experiments.Detail{Series: one, Minutes: all}})
}

// A band contains the mean, is as wide as the interval, and has no width where all
// replications are the same.
func TestIntervalsAreAroundMeans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 50).Draw(t, "minutes")
		means := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), n, n).Draw(t, "means")
		halves := rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(0, 1e6), rapid.Just(0.0), rapid.Just(math.NaN())), n, n).Draw(t, "halves")
		d := averaged(means, halves)
		for _, c := range []struct {
			view.Course
			per float64
		}{{d.Course("offered"), 1}, {d.RateCourse("offered"), 60}} {
			lows, highs := c.Lows(), c.Highs()
			for i, half := range halves {
				require.Equal(t, means[i]/c.per, c.Values[i])
				if c.per == 1 && !math.IsNaN(half) {
					require.InDelta(t, half, c.Halves[i], 1e-9*half+1e-150)
				}
				if math.IsNaN(half) {
					require.True(t, math.IsNaN(lows[i]) && math.IsNaN(highs[i]))
					continue
				}
				require.LessOrEqual(t, lows[i], c.Values[i])
				require.GreaterOrEqual(t, highs[i], c.Values[i])
				require.InDelta(t, 2*half/c.per, highs[i]-lows[i], 1e-8)
				if half == 0 {
					require.Equal(t, lows[i], highs[i], "no width")
				}
			}
		}
	})
}

func TestWidestInterval(t *testing.T) {
	d := averaged([]float64{600, 1200, 1800}, []float64{60, math.NaN(), 120})
	require.Equal(t, " The widest interval is at 0:02: 30.0 ± 2.0/s.", d.WidestText("1/s", d.RateCourse("offered")))
	require.Equal(t, "600 ± 60", d.Course("offered").Text(0, ""))
	require.Equal(t, "1,200", d.Course("offered").Text(1, ""))
	none := averaged([]float64{1, 2}, []float64{0, math.NaN()})
	require.Empty(t, none.WidestText("", none.Course("offered")))
}

// What is a single event's is the first replication's: the states of alarms and the
// load of each server.
func TestEventsAreThoseOfTheFirst(t *testing.T) {
	d, alone := view.New(sample.Burst()), view.New(sample.Burst()).Alone()
	require.True(t, d.Averaged())
	require.False(t, alone.Averaged())
	require.NotEqual(t, d.Rate("offered"), alone.Rate("offered"))
	require.Nil(t, alone.Course("offered").Halves)
	require.Equal(t, fmt.Sprint(alone.Heat("web")), fmt.Sprint(d.Heat("web")))
	for _, a := range d.Alarms("web") {
		require.NotNil(t, d.States(a))
		require.Equal(t, alone.States(a), d.States(a))
	}
	require.Equal(t, " (mean of 10 replications)", d.Over())
	require.Equal(t, " (first of 10 replications)", alone.Over())
	require.Contains(t, d.ServersText("web"), "1:06 to 2:00 (in the first replication)")
	require.Empty(t, view.New(sample.Single()).OverText())
}

// An axis holds the intervals too, on both sides of zero.
func TestSpanOfACourse(t *testing.T) {
	nan := math.NaN()
	for _, row := range []struct {
		name      string
		of        view.Course
		low, high float64
	}{
		{"above zero", view.Course{Values: []float64{nan, 5, 7}, Halves: []float64{nan, 1, 2}}, 0, 9},
		{"an interval across zero", view.Course{Values: []float64{1, 3}, Halves: []float64{4, 1}}, -3, 5},
		{"below", view.Course{Values: []float64{-2, -1}, Halves: []float64{1, nan}}, -3, 0},
		{"without intervals", view.Course{Values: []float64{-2, 4}}, -2, 4},
	} {
		low, high := row.of.Span()
		require.Equal(t, [2]float64{row.low, row.high}, [2]float64{low, high}, row.name)
	}
}
