package sample

import (
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/models/site"
)

// minutes are those of n replications like the one of a series: each is up to two
// minutes early or late, and has a few per cent more or less of what varies at all.
func minutes(s *site.Series, n int) *experiments.Minutes {
	m := &experiments.Minutes{First: s, N: n}
	for at, c := range s.Columns {
		if strings.HasPrefix(c.Name, "alarms.") {
			continue
		}
		of := experiments.MinuteColumn{Column: c, At: at}
		column := s.Column(c.Name)
		for i := range s.Rows {
			var all output.Moments
			for k := range n {
				all.Add(replicated(c, column, i, k))
			}
			of.Means, of.Squares, of.Samples = append(of.Means, all.Mean), append(of.Squares, all.Squares), append(of.Samples, uint32(all.N))
		}
		m.Columns = append(m.Columns, of)
	}
	return m
}

// replicated is the i-th value of a column in the k-th replication.
func replicated(c site.Column, column []float64, i, k int) float64 {
	if c.Name == "time_s" || slices.Max(column) == slices.Min(column) {
		return column[i]
	}
	v := column[min(max(i+k%5-2, 0), len(column)-1)]
	if c.Unit != "USD/h" {
		v *= 1 + float64(0.06*noise(i, 100+k))
	}
	switch {
	case c.Whole:
		return math.Round(v)
	case c.Unit == "share":
		return min(v, 1)
	}
	return v
}
