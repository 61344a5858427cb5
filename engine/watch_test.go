package engine_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
)

// things are those of a watch under test.
type things struct {
	stays [40]engine.Stay
	over  func(number int32)
}

func (t *things) Stay(number int32) *engine.Stay {
	if int(number) < len(t.stays) {
		return &t.stays[number]
	}
	return nil
}

func (t *things) Over(number int32) { t.over(number) }

// Random things enter and leave; a list of deadlines says who must be told of
// and when.
func TestWatchTellsWhoStays(t *testing.T) {
	const delay = 50
	r := rand.New(rand.NewPCG(1, 2))
	sim := engine.New(engine.Limits{})
	type told struct {
		at     engine.Time
		number int32
	}
	var got, want []told
	since := map[int32]engine.Time{}
	var all things
	watch := engine.NewWatch(sim, "stay", engine.Expire, delay, &all)
	all.over = func(number int32) {
		got = append(got, told{sim.Now(), number})
		delete(since, number)
		if r.IntN(3) == 0 { // comes back at once
			watch.Enter(&all.stays[number])
			since[number] = sim.Now()
		}
	}
	var step *engine.Routine[int]
	step = engine.NewRoutine(sim, "step", engine.Observe, func(left int) {
		for number, from := range since {
			require.Less(t, sim.Now()-from, engine.Time(delay), "%d is overdue", number)
		}
		number := int32(r.IntN(len(all.stays)))
		if from, in := since[number]; in {
			all.stays[number].Leave()
			delete(since, number)
			want = slices.DeleteFunc(want, func(w told) bool { return w.number == number && w.at == from+delay })
		} else {
			watch.Enter(&all.stays[number])
			since[number] = sim.Now()
		}
		if left > 0 {
			step.After(engine.Time(r.IntN(4)), left-1)
		}
	})
	step.At(0, 200_000)
	require.NoError(t, sim.Run(engine.Hour))
	require.Empty(t, since, "all were told of in the end")
	require.Greater(t, len(got), 1000)
	require.Empty(t, want)
	require.True(t, slices.IsSortedFunc(got, func(a, b told) int { return int(a.at - b.at) }))
}

func TestWatchIsExact(t *testing.T) {
	sim := engine.New(engine.Limits{})
	var told []engine.Time
	all := things{over: func(number int32) { told = append(told, engine.Time(number)*1000+sim.Now()) }}
	watch := engine.NewWatch(sim, "stay", engine.Expire, 10, &all)
	enter := engine.NewRoutine(sim, "enter", engine.Seize, func(number int) { watch.Enter(&all.stays[number]) })
	leave := engine.NewRoutine(sim, "leave", engine.Release, func(number int) { all.stays[number].Leave() })
	enter.At(1, 1)
	enter.At(3, 3)
	enter.At(5, 5)
	enter.At(5, 6)
	leave.At(11, 1) // at the very instant: those who leave win over those who time out
	leave.At(12, 3)
	enter.At(12, 3)
	require.NoError(t, sim.Run(100))
	require.Equal(t, []engine.Time{5015, 6015, 3022}, told)
	require.Panics(t, func() { engine.NewWatch(sim, "never", engine.Expire, 0, &all) })
}

func TestWatchAllocatesNothing(t *testing.T) {
	sim := engine.New(engine.Limits{})
	var all things
	watch := engine.NewWatch(sim, "stay", engine.Expire, engine.Hour, &all)
	watch.Enter(&all.stays[0])
	require.Zero(t, testing.AllocsPerRun(100, func() {
		all.stays[0].Leave()
		watch.Enter(&all.stays[0])
	}))
}
