package experiments

import (
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"maps"
	"math"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/archive"
	"github.com/headroom-sim/headroom/experiments/cells"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/models/site"
)

// minutely is a run of four replications.
func minutely(t *testing.T, r *Runner) *Result {
	t.Helper()
	result, err := r.Run(context.Background(), study(t, lively))
	require.NoError(t, err)
	return result
}

func storedForm(t *testing.T, r *Result) string {
	t.Helper()
	var to bytes.Buffer
	require.NoError(t, WriteStored(&to, r))
	return to.String()
}

// Each minute has the mean and the interval of the replications' own values, but
// for the states of alarms.
func TestMinutes(t *testing.T) {
	m := minutely(t, new(Runner)).Detail.Minutes
	var alone []*site.Series
	for i := range 4 {
		s := study(t, lively)
		s.options.Replication = i + 1
		alone = append(alone, minutesOf(t, s).Series)
	}
	require.Len(t, m.Means.Rows, len(alone[0].Rows))
	states := 0
	for _, c := range alone[0].Columns {
		at := m.Means.Index(c.Name)
		if at < 0 {
			require.Regexp(t, `^alarms\.`, c.Name)
			states++
			continue
		}
		require.Equal(t, c, m.Means.Columns[at])
		for row := range m.Means.Rows {
			var values []float64
			for _, s := range alone {
				values = append(values, s.Column(c.Name)[row])
			}
			e := output.Interval(values, output.Level)
			same(t, e.Mean, m.Means.Rows[row][at], c.Name)
			same(t, (e.Hi-e.Lo)/2, m.Halves[row][at], c.Name)
			require.Equal(t, e.N, m.Samples[row][at], c.Name)
		}
	}
	require.Positive(t, states)
}

// minutesOf are those of a run of one replication.
func minutesOf(t *testing.T, s *Study) Detail {
	t.Helper()
	r, err := new(Runner).Run(context.Background(), s)
	require.NoError(t, err)
	require.Nil(t, r.Detail.Minutes, "there is no interval of one")
	return r.Detail
}

func same(t *testing.T, want, have float64, of string) {
	t.Helper()
	require.Equal(t, math.IsNaN(want), math.IsNaN(have), of)
	if !math.IsNaN(want) {
		require.InDelta(t, want, have, 1e-9*(1+math.Abs(want)), of)
	}
}

// The minutes are the same to the bit for any number of jobs, and whichever cells
// are stored with them.
func TestMinutesAreTheSame(t *testing.T) {
	var store shelf
	want := storedForm(t, minutely(t, &Runner{Jobs: 1, Store: &store}))
	require.Equal(t, want, storedForm(t, minutely(t, &Runner{Jobs: 4})))
	require.Len(t, store.kept, 4+3, "figures of all, and the minutes of all but the first, which is simulated anyway")
	for key := range store.kept {
		some := shelf{kept: maps.Clone(store.kept)}
		delete(some.kept, key)
		require.Equal(t, want, storedForm(t, minutely(t, &Runner{Jobs: 3, Store: &some})))
		require.Equal(t, store.kept, some.kept)
	}
}

// A cell that was stored without its minutes, as by a sweep, is simulated again; one
// that has them is not.
func TestCellsWithoutMinutes(t *testing.T) {
	var store shelf
	extended(t, &Runner{Store: &store}, 4, NewTrial(study(t, lively)))
	require.Len(t, store.kept, 4)
	for _, kept := range []int64{4 + 3, 1} { // of four cells, of the first alone
		count := &counted{shelf: &store}
		minutely(t, &Runner{Store: count})
		require.Equal(t, kept, count.put.Load())
	}
}

// counted counts what is put into a store.
type counted struct {
	*shelf
	put atomic.Int64
}

func (c *counted) Put(key cells.Key, data []byte) error {
	c.put.Add(1)
	return c.shelf.Put(key, data)
}

func TestStoredMinutesThatCannotBeRead(t *testing.T) {
	s := study(t, lively)
	good, err := courses{{1}}.encode()
	require.NoError(t, err)
	for want, data := range map[string][]byte{
		"the minutes of the stored cell": []byte("no minutes"), "its minutes are not those of the scenario": good,
	} {
		var store shelf
		minutely(t, &Runner{Store: &store})
		store.kept[coursesKey(s.Key(2))] = data
		_, err := (&Runner{Store: &store}).Run(context.Background(), s)
		require.ErrorContains(t, err, "replication 3: ")
		require.ErrorContains(t, err, want)
	}
}

// What comes from elsewhere and unfolds to more than the scenario has minutes is
// refused before it is in memory; what has as many values as can be is read.
func TestStoredMinutesThatUnfold(t *testing.T) {
	var bomb bytes.Buffer
	w, err := flate.NewWriter(&bomb, flate.BestCompression)
	require.NoError(t, err)
	for range 256 {
		_, err = w.Write(make([]byte, 1<<20))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())

	s := study(t, lively)
	var store shelf
	minutely(t, &Runner{Store: &store})
	store.kept[coursesKey(s.Key(2))] = bomb.Bytes()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = (&Runner{Store: &store}).Run(context.Background(), s)
	runtime.ReadMemStats(&after)
	require.ErrorIs(t, err, archive.ErrDamaged)
	require.ErrorContains(t, err, "replication 3: the minutes of the stored cell")
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(100<<20))

	widest := math.Nextafter(-math.Pi, 0) // no digit of it is zero
	want := courses{{widest, widest}, {widest, widest}}
	h := newHistory()
	require.NoError(t, h.sum(want))
	data, err := want.encode()
	require.NoError(t, err)
	got, err := decodeCourses(data, h.room())
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// An interrupted comparison is of the replications that all arms have: where other
// ones were summed up, there is no interval to show.
func TestMinutesOfOtherReplications(t *testing.T) {
	h := newHistory()
	h.first = &site.Outcome{Series: &site.Series{Columns: []site.Column{{Name: "x"}}, Rows: [][]float64{{1}}}}
	for i, v := range []float64{1, 2, 3} {
		require.NoError(t, h.add(i, func(int) (courses, error) { return courses{{v}}, nil }))
	}
	require.Nil(t, h.minutes(2))
	require.Equal(t, [][]float64{{2}}, h.minutes(3).Means.Rows)
	require.ErrorContains(t, h.add(3, func(int) (courses, error) { return nil, errors.New("no disk") }), "replication 4: no disk")
}

// Whatever somebody stores as the minutes of a cell, it is read or refused, in memory
// that is bounded by the scenario.
func FuzzCourses(f *testing.F) {
	for _, c := range []courses{nil, {{}}, {{1, 2, 3}, {math.NaN(), math.Inf(1), -0.5}}} {
		data, err := c.encode()
		require.NoError(f, err)
		f.Add(data)
	}
	const most = 1 << 16
	f.Fuzz(func(t *testing.T, data []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		c, err := decodeCourses(data, most)
		runtime.ReadMemStats(&after)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20+200*most))
		if err == nil {
			again, err := c.encode()
			require.NoError(t, err)
			require.NotEmpty(t, again)
		}
	})
}
