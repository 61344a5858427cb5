package engine

import (
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
					require.EqualValues(t, 1, before(last, k))
					require.EqualValues(t, 0, before(k, last))
					require.EqualValues(t, 1, before(k, never))
					require.Less(t, k.high, never.high, "a free front is told by its high word")
					require.Equal(t, []any{at, p, sequence, number}, []any{k.time(), k.phase(), k.sequence(), k.slot()})
					last = k
				}
			}
		}
	}
	require.EqualValues(t, 0, before(never, never))
	require.Equal(t, Seize, newKey(3, seize, 1, 1).phase())
}

func TestSequencesRunOut(t *testing.T) {
	s := New(Limits{})
	s.sequence = maxSequence - 1
	r := NewRoutine(s, "r", Seize, func(int) {})
	r.At(1, 0)
	require.PanicsWithValue(t, "engine: more than 2^42 events scheduled", func() { r.At(1, 0) })
}
