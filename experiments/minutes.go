package experiments

import (
	"math"
	"slices"

	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/models/site"
)

// Minutes are what several replications gave minute by minute. They take as much
// memory for two replications as for any number, and none for columns in which all
// replications are alike.
type Minutes struct {
	First   *site.Series // of the first replication
	N       int          // replications
	Columns []MinuteColumn
}

// MinuteColumn is what the replications gave of a column of their series; the
// states of alarms have none, as they have no mean.
type MinuteColumn struct {
	site.Column
	At int // in the rows of the first replication
	// Means are over the replications that have a sample, row by row; that of a
	// quantile is the mean of the replications' quantiles. Squares are the sums of
	// the squared deviations from them. Both are nil where all replications have the
	// values of the first.
	Means, Squares []float64
	// Samples are how many replications have a sample, row by row; nil where all have.
	Samples []uint32
}

// newMinutes are those of a first replication.
func newMinutes(o *site.Outcome) *Minutes {
	m := &Minutes{First: o.Series, N: 1}
	for i, c := range o.Series.Columns {
		if !slices.ContainsFunc(o.Alarms, func(a site.Alarm) bool { return a.Column == c.Name }) {
			m.Columns = append(m.Columns, MinuteColumn{Column: c, At: i})
		}
	}
	return m
}

// Index is the position of the named column, or -1.
func (m *Minutes) Index(name string) int {
	return slices.IndexFunc(m.Columns, func(c MinuteColumn) bool { return c.Name == name })
}

// Estimates gives the function that tells the mean of a column in a row, the
// half-width of its 95 % interval by Student's t, and over how many replications
// they are: NaN where none has a sample, and the half-width where fewer than two have.
// The function remembers quantiles, and is for one goroutine.
func (m *Minutes) Estimates() func(column, row int) (mean, half float64, n int) {
	quantiles := make(map[int]float64) // by the number of samples: most minutes have the same
	return func(column, row int) (mean, half float64, n int) {
		of := m.moments(&m.Columns[column], row)
		if of.N == 0 {
			return math.NaN(), math.NaN(), 0
		}
		if _, known := quantiles[of.N]; !known && of.N > 1 {
			quantiles[of.N] = output.StudentTQuantile((1+output.Level)/2, of.N-1)
		}
		return of.Mean, float64(quantiles[of.N] * of.StandardError()), of.N
	}
}

// moments are those of a row of a column.
func (m *Minutes) moments(c *MinuteColumn, row int) output.Moments {
	if c.Means == nil {
		var of output.Moments
		if of.Add(m.First.Rows[row][c.At]); of.N > 0 {
			of.N = m.N
		}
		return of
	}
	of := output.Moments{N: m.N, Mean: c.Means[row], Squares: c.Squares[row]}
	if c.Samples != nil {
		of.N = int(c.Samples[row])
	}
	return of
}

// add takes in the values of one more replication in a column, one a row, before N
// counts it.
func (m *Minutes) add(column int, values []float64) error {
	c := &m.Columns[column]
	if c.Means == nil {
		if m.alike(c, values) {
			return nil
		}
		m.part(c)
	}
	if c.Samples == nil && slices.ContainsFunc(values, math.IsNaN) {
		c.Samples = slices.Repeat([]uint32{uint32(m.N)}, len(values))
	}
	for row, v := range values {
		of := m.moments(c, row)
		of.Add(v)
		c.Means[row], c.Squares[row] = of.Mean, of.Squares
		if c.Samples != nil {
			c.Samples[row] = uint32(of.N)
		}
	}
	return nil
}

// alike tells whether the values of a replication are those of the first.
func (m *Minutes) alike(c *MinuteColumn, values []float64) bool {
	for row, v := range values {
		if first := m.First.Rows[row][c.At]; v != first && !(math.IsNaN(v) && math.IsNaN(first)) {
			return false
		}
	}
	return true
}

// part makes room for what differs from the first replication, all before having
// been like it.
func (m *Minutes) part(c *MinuteColumn) {
	rows := len(m.First.Rows)
	means, squares, samples := make([]float64, rows), make([]float64, rows), make([]uint32, rows)
	for row := range means {
		of := m.moments(c, row)
		means[row], samples[row] = of.Mean, uint32(of.N)
	}
	c.Means, c.Squares = means, squares
	if slices.Contains(samples, 0) {
		c.Samples = samples
	}
}
