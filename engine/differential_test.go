package engine_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
)

// oracle is the event list that needs no thought: a sorted slice. It runs
// beside a Sim, and both are driven by one program: a stream of bytes that says
// what to schedule, to cancel and to run, also from inside events.
type oracle struct {
	t         *testing.T
	sim       *engine.Sim
	sources   []source
	pending   []entry
	entries   []entry         // of all events ever scheduled, by ordinal
	notices   []engine.Notice // theirs
	program   func() int      // the next byte
	deepest   int             // largest number of pending events
	cancelled int
}

// An entry is an event as the oracle knows it.
type entry struct {
	at      engine.Time
	phase   engine.Phase
	ordinal int // in the order of scheduling
}

// A source schedules an event and says what the oracle is to expect.
type source struct {
	phase    engine.Phase
	schedule func(delay engine.Time, ordinal int) (engine.Notice, engine.Time)
}

func compare(a, b entry) int {
	if a.at != b.at {
		return int(a.at - b.at)
	}
	if a.phase != b.phase {
		return int(a.phase) - int(b.phase)
	}
	return a.ordinal - b.ordinal
}

func newOracle(t *testing.T, program func() int) *oracle {
	o := &oracle{t: t, sim: engine.New(engine.Limits{}), program: program}
	for _, p := range []engine.Phase{engine.Release, engine.Seize, engine.Observe, engine.Measure} {
		r := engine.NewRoutine(o.sim, p.String(), p, func(n int) { o.fire(n) })
		at := engine.NewRoutine(o.sim, "pointer", p, func(n *int) { o.fire(*n) })
		o.sources = append(o.sources,
			source{p, func(d engine.Time, n int) (engine.Notice, engine.Time) { return r.After(d, n), d }},
			source{p, func(d engine.Time, n int) (engine.Notice, engine.Time) {
				return at.At(o.sim.Now()+d, &n), d
			}})
	}
	for _, delay := range []engine.Time{0, 3, 200} {
		for _, p := range []engine.Phase{engine.Release, engine.Expire} {
			l := engine.NewLane(o.sim, "lane", p, delay, func(n int) { o.fire(n) })
			o.sources = append(o.sources, source{p, func(_ engine.Time, n int) (engine.Notice, engine.Time) {
				return l.Start(n), delay
			}})
		}
	}
	return o
}

// fire is what every event does.
func (o *oracle) fire(ordinal int) {
	if len(o.pending) == 0 || o.pending[0] != o.entries[ordinal] || o.pending[0].at != o.sim.Now() {
		require.NotEmpty(o.t, o.pending, "event %d fires", ordinal)
		require.Equal(o.t, o.pending[0], o.entries[ordinal], "the event that fires")
		require.Equal(o.t, o.pending[0].at, o.sim.Now())
	}
	o.pending = o.pending[1:]
	require.False(o.t, o.sim.Pending(o.notices[ordinal]), "an event that fires is not pending")
	for range o.program() % 4 {
		o.act()
	}
}

// act carries out one instruction that is allowed inside an event.
func (o *oracle) act() {
	switch n := o.program(); {
	case n < 150:
		o.schedule(o.delay())
	case n < 160:
		o.schedule(engine.Forever)
	case len(o.notices) > 0:
		o.cancel()
	}
}

// delay draws a delay: often none, mostly short, sometimes long.
func (o *oracle) delay() engine.Time {
	switch n := o.program(); {
	case n < 64:
		return 0
	case n < 192:
		return engine.Time(n & 15)
	default:
		return engine.Time(n*n) << (o.program() % 20)
	}
}

func (o *oracle) schedule(delay engine.Time) {
	s := o.sources[o.program()%len(o.sources)]
	n := len(o.entries)
	notice, delay := s.schedule(delay, n)
	e := entry{min(o.sim.Now()+delay, engine.Forever), s.phase, n}
	o.entries = append(o.entries, e)
	o.notices = append(o.notices, notice)
	i, _ := slices.BinarySearchFunc(o.pending, e, compare)
	o.pending = slices.Insert(o.pending, i, e)
	o.deepest = max(o.deepest, len(o.pending))
}

// cancel cancels a recent event, pending or not.
func (o *oracle) cancel() {
	back := o.program() * o.program() >> (o.program() % 16)
	n := len(o.notices) - 1 - back%len(o.notices)
	i, pending := slices.BinarySearchFunc(o.pending, o.entries[n], compare)
	require.Equal(o.t, pending, o.sim.Pending(o.notices[n]), "pending before Cancel")
	require.Equal(o.t, pending, o.sim.Cancel(o.notices[n]), "Cancel")
	require.False(o.t, o.sim.Pending(o.notices[n]), "pending after Cancel")
	if pending {
		o.cancelled++
		o.pending = slices.Delete(o.pending, i, i+1)
	}
}

func (o *oracle) run(until engine.Time) {
	require.NoError(o.t, o.sim.Run(until))
	require.Equal(o.t, until, o.sim.Now())
	if len(o.pending) > 0 && until < engine.Forever {
		require.Greater(o.t, o.pending[0].at, until, "an event was due")
	}
}

// TestOrder compares the event list with a sorted slice.
func TestOrder(t *testing.T) {
	for _, c := range []struct {
		name      string
		scheduled int
		grow      int // how many instructions between two runs
	}{
		{"few pending", 800_000, 3},
		{"dozens pending", 800_000, 60},
		{"thousands pending", 300_000, 10_000},
		{"tens of thousands pending", 80_000, 60_000},
	} {
		t.Run(c.name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(uint64(c.grow), 1))
			o := newOracle(t, func() int { return random.IntN(256) })
			for len(o.entries) < c.scheduled {
				for range c.grow {
					o.act()
				}
				o.run(o.sim.Now() + o.delay())
			}
			o.run(engine.Forever - 1)
			for _, e := range o.pending {
				require.Equal(t, engine.Forever, e.at, "what is left never fires")
			}
			require.Greater(t, o.cancelled, c.scheduled/10)
			require.Greater(t, o.deepest, c.grow/4)
		})
	}
}

// FuzzSchedule lets the fuzzer write the program.
func FuzzSchedule(f *testing.F) {
	f.Add([]byte("schedule, cancel, run; schedule, cancel, run"))
	f.Add([]byte{0, 0, 0, 0, 10, 8, 200, 0, 0, 255, 1, 10, 100, 3, 8, 250, 0, 0, 5})
	f.Fuzz(func(t *testing.T, data []byte) {
		o := newOracle(t, func() int {
			if len(data) == 0 {
				return 0
			}
			b := data[0]
			data = data[1:]
			return int(b)
		})
		for len(data) > 0 {
			for range o.program() % 32 {
				o.act()
			}
			o.run(o.sim.Now() + o.delay())
		}
		o.run(engine.Forever)
	})
}
