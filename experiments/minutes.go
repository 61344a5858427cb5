package experiments

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"

	"github.com/headroom-sim/headroom/experiments/archive"
	"github.com/headroom-sim/headroom/experiments/cells"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/models/site"
)

// Minutes are what several replications gave minute by minute.
type Minutes struct {
	// Means are over the replications that have a sample, of each column of their
	// series but the states of alarms, which have no mean. That of a quantile is
	// the mean of the replications' quantiles.
	Means *site.Series
	// Halves are the half-widths of the 95 % intervals of the means, by Student's
	// t; NaN where fewer than two replications have a sample.
	Halves [][]float64
	// Samples are how many replications have a sample.
	Samples [][]int
}

// courses are the values of a replication over its minutes, column by column: most
// columns hardly change, and take no room where they are stored.
type courses [][]float64

// measured are the columns of a series that have a mean.
func measured(o *site.Outcome) []site.Column {
	return slices.DeleteFunc(slices.Clone(o.Series.Columns), func(c site.Column) bool {
		return slices.ContainsFunc(o.Alarms, func(a site.Alarm) bool { return a.Column == c.Name })
	})
}

func coursesOf(o *site.Outcome) courses {
	var all courses
	for _, c := range measured(o) {
		all = append(all, o.Series.Column(c.Name))
	}
	return all
}

// encode gives the form in which courses are stored.
func (c courses) encode() ([]byte, error) {
	data, err := archive.Marshal(&c)
	if err != nil {
		return nil, err
	}
	var to bytes.Buffer
	w, err := flate.NewWriter(&to, flate.BestSpeed)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	err = w.Close()
	return to.Bytes(), err
}

// decodeCourses reads courses that were encoded, of at most so many bytes before they
// were compressed: the cells of a shard come from elsewhere, and a few bytes can
// stand for any number.
func decodeCourses(data []byte, most int) (courses, error) {
	data, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(data)), int64(most)+1))
	if err != nil {
		return nil, err
	}
	if len(data) > most {
		return nil, archive.ErrDamaged
	}
	var c courses
	err = archive.Unmarshal(data, &c)
	return c, err
}

// coursesKey is that under which the courses of a cell are stored, beside its
// figures.
func coursesKey(figures cells.Key) cells.Key {
	return sha256.Sum256(append([]byte("courses "), figures[:]...))
}

// history is what is kept of a trial minute by minute: all of its first
// replication, and the moments of all, which are summed up in their order whatever
// the order in which they are finished.
type history struct {
	first *site.Outcome // nil until it is finished

	mu      sync.Mutex
	waiting map[int]reading    // for replications before them
	summed  int                // replications
	moments [][]output.Moments // by column and row
}

// reading gives the courses of a replication, of at most so many bytes where they
// are stored.
type reading func(most int) (courses, error)

func newHistory() *history { return &history{waiting: make(map[int]reading)} }

// note takes in a replication that was simulated; without a history nothing is
// kept of it.
func (h *history) note(replication int, o *site.Outcome) error {
	if h == nil {
		return nil
	}
	if replication == 0 {
		h.first = o
	}
	c := coursesOf(o)
	return h.add(replication, func(int) (courses, error) { return c, nil })
}

// add takes in a replication, and then those that have waited for it. The error is
// about what could not be read of one.
func (h *history) add(replication int, read reading) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.waiting[replication] = read
	for next := h.waiting[h.summed]; next != nil; next = h.waiting[h.summed] {
		c, err := next(h.room())
		if err == nil {
			err = h.sum(c)
		}
		if err != nil {
			return fmt.Errorf("replication %d: %w", h.summed+1, err)
		}
		delete(h.waiting, h.summed)
		h.summed++
	}
	return nil
}

// room is how many bytes the courses of a replication take at most: those of the
// first are never read, and the others have as many values, each a number.
func (h *history) room() int {
	numbers := 1
	for _, column := range h.moments {
		numbers += 1 + len(column)
	}
	return binary.MaxVarintLen64 * numbers
}

// sum adds the values of a replication, which must be as many as those before had.
func (h *history) sum(c courses) error {
	if h.moments == nil {
		h.moments = make([][]output.Moments, len(c))
		for i := range c {
			h.moments[i] = make([]output.Moments, len(c[i]))
		}
	}
	for i := range h.moments {
		if len(c) != len(h.moments) || len(c[i]) != len(h.moments[i]) {
			return errors.New("its minutes are not those of the scenario")
		}
		for row, v := range c[i] {
			h.moments[i][row].Add(v)
		}
	}
	return nil
}

// minutes are those of n replications: nil of a single one, and where others were
// summed up, as by a comparison that was interrupted.
func (h *history) minutes(n int) *Minutes {
	if n < 2 || h.summed != n {
		return nil
	}
	m := &Minutes{Means: &site.Series{Columns: measured(h.first)}}
	quantile := make(quantiles)
	for row := range h.first.Series.Rows {
		means, halves, samples := make([]float64, len(h.moments)), make([]float64, len(h.moments)), make([]int, len(h.moments))
		for i := range h.moments {
			means[i], halves[i] = quantile.interval(h.moments[i][row])
			samples[i] = h.moments[i][row].N
		}
		m.Means.Rows, m.Halves, m.Samples = append(m.Means.Rows, means), append(m.Halves, halves), append(m.Samples, samples)
	}
	return m
}

// quantiles are those of Student's t for intervals, by the number of samples: most
// minutes have the same.
type quantiles map[int]float64

// interval is a mean, and the half-width of its interval; NaN where there is none.
func (q quantiles) interval(m output.Moments) (mean, half float64) {
	if m.N == 0 {
		return math.NaN(), math.NaN()
	}
	if _, known := q[m.N]; !known && m.N > 1 {
		q[m.N] = output.StudentTQuantile((1+output.Level)/2, m.N-1)
	}
	return m.Mean, float64(q[m.N] * m.StandardError())
}
