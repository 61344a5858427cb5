package engine

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// The keys of cancelled events never outnumber the others, and their slots are
// used again.
func TestCancelledKeysAreBounded(t *testing.T) {
	s := New(Limits{})
	r := NewRoutine(s, "r", Seize, func(int) {})
	for i := range 100 {
		r.At(Time(i), i)
	}
	for i := range 100_000 {
		n := r.At(Time(i%1000), i)
		require.True(t, s.Cancel(n))
		require.LessOrEqual(t, s.list.dead, 101)
		require.LessOrEqual(t, s.list.len(), 202)
	}
	require.LessOrEqual(t, len(s.slots), 512)
	require.NoError(t, s.Run(Forever))
	require.EqualValues(t, 100, s.Events())
	require.Zero(t, s.list.dead)
	require.Zero(t, s.list.len())
}

// A lane has one key in the list, however many events it has.
func TestLaneHasOneKey(t *testing.T) {
	s := New(Limits{})
	fired := 0
	l := NewLane(s, "l", Expire, Second, func(int) { fired++ })
	first := l.Start(0)
	for i := range 100_000 {
		n := l.Start(i)
		require.Equal(t, 1, s.list.len())
		if i%100 > 0 {
			s.Cancel(n)
		}
	}
	require.LessOrEqual(t, len(l.values), 2048, "what is cancelled makes room")
	s.Cancel(first)
	require.NoError(t, s.Run(Minute))
	require.Equal(t, 1000, fired)
	require.Zero(t, s.list.len())
}

// A key orders by time, phase and sequence, to the last bit of each.
func TestKey(t *testing.T) {
	const seize = uint64(Seize) << sequenceHigh
	times := []Time{0, 1, 255, 256, 1 << 32, Forever - 1, Forever}
	phases := []Phase{Measure, Release, Observe}
	sequences := []uint64{1, 2, 1<<37 - 1, 1 << 37, maxSequence}
	var last key
	for _, at := range times {
		for _, p := range phases {
			for _, sequence := range sequences {
				for _, number := range []uint32{1, maxSlot} {
					k := newKey(at, uint64(p)<<sequenceHigh, sequence, number)
					require.True(t, precedes(last, k))
					require.False(t, precedes(k, last))
					require.True(t, precedes(k, noKey))
					require.Less(t, k.high, uint64(never), "that there is no key is told by the high word")
					require.Equal(t, []any{at, p, sequence, number}, []any{k.time(), k.phase(), k.sequence(), k.slot()})
					last = k
				}
			}
		}
	}
	require.False(t, precedes(noKey, noKey))
	require.False(t, precedes(noKey, noKey))
	require.Equal(t, Seize, newKey(3, seize, 1, 1).phase())
}

func TestSequencesRunOut(t *testing.T) {
	s := New(Limits{})
	s.sequence = maxSequence - 1
	r := NewRoutine(s, "r", Seize, func(int) {})
	r.At(1, 0)
	require.PanicsWithValue(t, "engine: more than 2^42 events scheduled", func() { r.At(1, 0) })
}

// With very many events the list works in another way, whatever their times.
func TestManyPending(t *testing.T) {
	const pending, events = 30_000, 300_000
	random := rand.New(rand.NewPCG(1, 2))
	exponential := func(mean Time) Time { return Time(random.ExpFloat64() * float64(mean)) }
	for _, c := range []struct {
		name  string
		delay func() Time
	}{
		{"exponential", func() Time { return exponential(Second) }},
		{"one instant", func() Time { return 1 }},
		{"a nanosecond or two", func() Time { return Time(random.IntN(3)) }},
		{"two scales", func() Time { return exponential([]Time{Microsecond, Hour}[random.IntN(2)]) }},
		{"many scales", func() Time { return Time(1) << random.IntN(50) }},
		{"to the end of time", func() Time { return Forever >> random.IntN(50) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := New(Limits{})
			scheduled, cancelled := 0, 0
			var r *Routine[int]
			var last Notice
			schedule := func() {
				if scheduled < events {
					scheduled++
					last = r.After(c.delay(), 0)
				}
			}
			r = NewRoutine(s, "r", Seize, func(int) {
				if s.events%3 == 0 && s.Cancel(last) {
					cancelled++
					schedule()
				}
				schedule()
			})
			for range pending {
				schedule()
			}
			var latest Firing
			s.Trace = func(f Firing) {
				if f.Time < latest.Time || f.Time == latest.Time && f.Sequence <= latest.Sequence {
					require.Fail(t, "out of order", "%v after %v", f, latest)
				}
				latest = f
			}
			require.NoError(t, s.Run(Forever-1))
			require.Greater(t, len(s.list.calendar.chunks), 1, "the calendar has been used")
			require.Greater(t, cancelled, 1000)
			left := s.list.len() - s.list.dead // at Forever
			require.EqualValues(t, scheduled-cancelled-left, s.events)
		})
	}
}

// When most of very many events are cancelled the rest still fires in order.
func TestMostOfManyCancelled(t *testing.T) {
	s := New(Limits{})
	var fired []int
	r := NewRoutine(s, "r", Seize, func(i int) { fired = append(fired, i) })
	var want []int
	for i := range 100_000 {
		n := r.At(Time(i)*Second, i)
		defer func() { require.False(t, s.Cancel(n)) }()
		if i%10 > 0 {
			s.Cancel(n)
		} else {
			want = append(want, i)
		}
		require.LessOrEqual(t, s.list.dead, s.list.len()/2+1)
	}
	require.NoError(t, s.Run(Forever-1))
	require.Equal(t, want, fired)
	require.Zero(t, s.list.len())
}

func TestManyPendingAllocateNothing(t *testing.T) {
	s := New(Limits{})
	random := rand.New(rand.NewPCG(1, 2))
	var r *Routine[int]
	r = NewRoutine(s, "r", Seize, func(i int) { r.After(Time(random.ExpFloat64()*1e9), i) })
	for i := range 50_000 {
		r.After(Time(random.ExpFloat64()*1e9), i)
	}
	run := func() { require.NoError(t, s.Run(s.now+Second)) }
	for range 10 {
		run()
	}
	require.LessOrEqual(t, testing.AllocsPerRun(10, run), 1.0, "in 50 000 events")
	require.NotZero(t, s.list.calendar.n)
}

// A tree that was large while the calendar had yet to take shape is small again
// when a bucket of the calendar fills it.
func TestTreeShrinks(t *testing.T) {
	s := New(Limits{})
	r := rand.New(rand.NewPCG(1, 2))
	var routine *Routine[int]
	left := 2_000_000
	routine = NewRoutine(s, "r", Seize, func(int) {
		if left--; left > 0 {
			routine.After(Time(r.Int64N(int64(Hour))), 0)
		}
	})
	for range 200_000 {
		routine.After(Time(r.Int64N(int64(Hour))), 0)
	}
	require.NoError(t, s.Run(2*Hour))
	require.LessOrEqual(t, len(s.list.tree.keys), 256)
	require.Greater(t, s.list.len(), 100_000)
}

// What a burst has left of a tree costs nothing after it: where few keys are kept of
// many leaves they get a smaller tree.
func TestTreeIsPacked(t *testing.T) {
	s := New(Limits{})
	r := NewRoutine(s, "r", Seize, func(int) {})
	for i := range 8000 {
		r.At(Time(i), i)
	}
	require.NoError(t, s.Run(8000))
	var fired []int
	late := NewRoutine(s, "late", Seize, func(i int) { fired = append(fired, i) })
	for i := range 4 {
		late.At(Hour+Time(i), i)
	}
	require.Greater(t, len(s.list.tree.keys), 4096)
	for i := range 1000 {
		s.Cancel(r.At(Minute+Time(i), i))
	}
	require.LessOrEqual(t, len(s.list.tree.keys), 256)
	require.NoError(t, s.Run(Forever))
	require.Equal(t, []int{0, 1, 2, 3}, fired)
}
