package experiments

import (
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

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
	require.Len(t, m.First.Rows, len(alone[0].Rows))
	estimate := m.Estimates()
	states := 0
	for _, c := range alone[0].Columns {
		at := m.Index(c.Name)
		if at < 0 {
			require.Regexp(t, `^alarms\.`, c.Name)
			states++
			continue
		}
		require.Equal(t, c, m.Columns[at].Column)
		for row := range m.First.Rows {
			var values []float64
			for _, s := range alone {
				values = append(values, s.Column(c.Name)[row])
			}
			e := output.Interval(values, output.Level)
			mean, half, n := estimate(at, row)
			same(t, e.Mean, mean, c.Name)
			same(t, (e.Hi-e.Lo)/2, half, c.Name)
			require.Equal(t, e.N, n, c.Name)
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
	good, err := encode(minute(1))
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

	widest := minute(math.Nextafter(-math.Pi, 0)) // no digit of it is zero
	data, err := encode(widest)
	require.NoError(t, err)
	require.Equal(t, [][]float64{widest.Series.Rows[0]}, columnsOf(t, stored(data), newMinutes(widest)))
}

// minute is a replication of a single minute.
func minute(values ...float64) *site.Outcome {
	s := &site.Series{Rows: [][]float64{values}}
	for i := range values {
		s.Columns = append(s.Columns, site.Column{Name: fmt.Sprint("column ", i)})
	}
	return &site.Outcome{Series: s}
}

// columnsOf are the columns of courses.
func columnsOf(t *testing.T, c courses, m *Minutes) (columns [][]float64) {
	t.Helper()
	require.NoError(t, c(m, func(_ int, values []float64) error {
		columns = append(columns, slices.Clone(values))
		return nil
	}))
	return columns
}

// An interrupted comparison is of the replications that all arms have: where other
// ones were summed up, there is no interval to show.
func TestMinutesOfOtherReplications(t *testing.T) {
	h, ctx := newHistory(), context.Background()
	for i, v := range []float64{1, 2, 3} {
		require.NoError(t, h.note(ctx, i, minute(v)))
	}
	require.Nil(t, h.of(2))
	mean, _, n := h.of(3).Estimates()(0, 0)
	require.Equal(t, 2.0, mean)
	require.Equal(t, 3, n)
	noDisk := func(*Minutes, func(int, []float64) error) error { return errors.New("no disk") }
	require.ErrorContains(t, h.add(ctx, 3, noDisk), "replication 4: no disk")
}

// Replications that are stored wait for the first, and not a single one of them is read
// once the run is interrupted.
func TestMinutesAreInterrupted(t *testing.T) {
	h, why := newHistory(), errors.New("interrupted")
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	read := 0
	for i := 1; i < 100; i++ {
		require.NoError(t, h.add(ctx, i, func(*Minutes, func(int, []float64) error) error {
			if read++; read == 3 {
				cancel(why)
			}
			return nil
		}))
	}
	require.ErrorIs(t, h.note(ctx, 0, minute(1)), why)
	require.Equal(t, 3, read)
	require.Nil(t, h.of(100))
}

// The minutes of any number of replications take 20 bytes for each value of a column in
// which they differ, and nothing for the others.
func TestMinutesTakeLittleMemory(t *testing.T) {
	const columns, differ, rows = 40, 10, 20_000
	simulated := func(replication int) *site.Outcome {
		o := minute(make([]float64, columns)...)
		for row := 1; row < rows; row++ {
			o.Series.Rows = append(o.Series.Rows, make([]float64, columns))
		}
		for row := range o.Series.Rows {
			for c := range differ {
				o.Series.Rows[row][c] = float64(replication * row)
			}
			if row%3 == 0 {
				o.Series.Rows[row][0] = math.NaN()
			}
		}
		return o
	}
	h := newHistory()
	require.NoError(t, h.note(context.Background(), 0, simulated(0)))
	before := inUse()
	for replication := 1; replication < 8; replication++ {
		require.NoError(t, h.note(context.Background(), replication, simulated(replication)))
		took := int64(inUse()) - int64(before)
		require.Less(t, took, int64(20*rows*differ+1<<20), "replication %d", replication)
	}
	require.NotNil(t, h.of(8))
}

// inUse is the memory that is in use, in bytes.
func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Whatever values replications have, the minutes tell of them what the values tell
// together: those that are all alike take no memory, and nothing else differs.
func TestMinutesOfAnyValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const columns, rows = 3, 4
		value := rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1, 0.1, math.NaN()})
		h, n := newHistory(), rapid.IntRange(2, 6).Draw(t, "replications")
		var all [columns][rows]output.Moments
		alike := [columns]bool{true, true, true}
		var first *site.Outcome
		for i := range n {
			o := minute(0, 0, 0)
			o.Series.Rows = nil
			for row := range rows {
				o.Series.Rows = append(o.Series.Rows, rapid.SliceOfN(value, columns, columns).Draw(t, "row"))
				if i > 0 {
					o.Series.Rows[row][0] = first.Series.Rows[row][0]
				}
				for c, v := range o.Series.Rows[row] {
					all[c][row].Add(v)
				}
			}
			if i == 0 {
				first = o
			}
			for c := range alike {
				same := func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
				alike[c] = alike[c] && slices.EqualFunc(first.Series.Column(o.Series.Columns[c].Name), o.Series.Column(o.Series.Columns[c].Name), same)
			}
			require.NoError(t, h.note(context.Background(), i, o))
		}
		m := h.of(n)
		for c := range all {
			require.Equal(t, alike[c], m.Columns[c].Means == nil)
			for row, want := range all[c] {
				require.Equal(t, want, m.moments(&m.Columns[c], row))
			}
		}
	})
}

// Whatever somebody stores as the minutes of a cell, it is read or refused, in memory
// that is bounded by the scenario.
func FuzzCourses(f *testing.F) {
	const rows = 1000
	shape := minute(1, 2, 3)
	shape.Series.Rows = slices.Repeat([][]float64{{1, math.NaN(), math.Inf(1)}}, rows)
	for _, o := range []*site.Outcome{minute(), minute(1), shape} {
		data, err := encode(o)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		columns := 0
		err := stored(data)(newMinutes(shape), func(_ int, values []float64) error {
			require.Len(t, values, rows)
			columns++
			return nil
		})
		runtime.ReadMemStats(&after)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20+3*200*rows))
		require.True(t, err != nil || columns == 3)
	})
}
