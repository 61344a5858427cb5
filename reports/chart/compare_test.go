package chart

import (
	"bytes"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/reports/internal/sample"
)

var comparisons = []struct {
	name   string
	sample func() *experiments.Comparison
	plots  []string
}{
	{"compared", sample.Compared, []string{"differences", "frontier"}},
	{"alone", sample.Alone, []string{"differences", "frontier"}},
	{"many", sample.Many, []string{"differences", "frontier"}},
	{"hostile", sample.HostileCompared, nil},
}

func TestComparePlots(t *testing.T) {
	for _, s := range comparisons {
		var names []string
		for _, p := range comparePlots(s.sample(), newFonts(nil)) {
			names = append(names, p.Name)
			isSafe(t, s.name, p)
			var got bytes.Buffer
			require.NoError(t, p.Write(&got, "svg"))
			golden(t, s.name+"-"+p.Name+".svg", got.Bytes())
			require.NoError(t, p.Write(io.Discard, "png"))
		}
		require.Equal(t, s.plots, names, s.name)
	}
}

// Whatever arms are called, their names are text.
func TestComparePlotsOfHostileNames(t *testing.T) {
	c := sample.Compared()
	c.Arms[1].Name = "<script>\x1b[2J\u202e" + strings.Repeat("&", 300)
	for _, p := range comparePlots(c, newFonts(nil)) {
		isSafe(t, "hostile names", p)
	}
}

// Nothing but zeros: nothing to divide by, and nothing to draw but the frontier.
func TestCompareZeros(t *testing.T) {
	c := sample.Alone()
	for _, a := range c.Arms {
		for name, m := range a.Metrics {
			m.Mean = 0
			a.Metrics[name] = m
		}
	}
	for name, d := range c.Changes[0].Metrics {
		d.Base, d.Mean = 0, 0
		c.Changes[0].Metrics[name] = d
	}
	for _, p := range comparePlots(c, newFonts(nil)) {
		require.Equal(t, "frontier", p.Name)
		require.NoError(t, p.Write(io.Discard, "svg"))
	}
}

func TestLogAroundZero(t *testing.T) {
	a := logAroundZero(-0.5, 700, 0.02, percents)
	var labels []string
	for _, tick := range a.ticks {
		labels = append(labels, tick.label)
	}
	require.Equal(t, []string{"-100", "-10", "-1", "0", "+1", "+10", "+100", "+1,000", "+10,000", "+100,000"}, labels)
	require.Zero(t, a.share(-1))
	require.Equal(t, 1.0, a.share(1000))
	require.InDelta(t, a.share(0)-a.share(-0.3), a.share(0.3)-a.share(0), 1e-12)
	for _, v := range []float64{-0.7, -0.002, 0, 0.002, 0.5, 900} {
		require.Less(t, a.share(v), a.share(v+0.001))
	}
}

func TestCloseAxis(t *testing.T) {
	for _, c := range []struct {
		name        string
		values      []float64
		unit, after string
		first, last string
	}{
		{"money", []float64{0.312, 0.33}, "USD/h", ", USD/h", "0.310", "0.335"},
		{"latency", []float64{0.0035, 0.0047}, "s", ", ms", "3.0", "5.0"},
		{"all available", []float64{1, 1, 1}, "share", ", %", "98", "100"},
		{"counts", []float64{0, 571, 456394}, "", "", "0", "1,000,000"},
		{"zeros", []float64{0, 0}, "", "", "0.0", "1.0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, after := closeAxis(c.values, c.unit)
			require.Equal(t, c.after, after)
			require.Equal(t, c.first, a.ticks[0].label)
			require.Equal(t, c.last, a.ticks[len(a.ticks)-1].label)
			for _, v := range c.values {
				require.False(t, math.IsNaN(a.share(v)))
				require.True(t, a.min <= v && v <= a.max)
			}
		})
	}
}
