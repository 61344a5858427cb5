package engine_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
)

// scheduler schedules an event with a payload by a routine or by a lane.
type scheduler struct {
	name  string
	start func(sim *engine.Sim) func(payload *[1 << 16]byte) engine.Notice
}

var schedulers = []scheduler{
	{"routine", func(sim *engine.Sim) func(*[1 << 16]byte) engine.Notice {
		r := engine.NewRoutine(sim, "r", engine.Seize, func(*[1 << 16]byte) {})
		return func(p *[1 << 16]byte) engine.Notice { return r.After(engine.Second, p) }
	}},
	{"lane", func(sim *engine.Sim) func(*[1 << 16]byte) engine.Notice {
		return engine.NewLane(sim, "l", engine.Seize, engine.Second, func(*[1 << 16]byte) {}).Start
	}},
}

func TestCancel(t *testing.T) {
	for _, c := range schedulers {
		t.Run(c.name, func(t *testing.T) {
			sim := engine.New(engine.Limits{})
			start := c.start(sim)
			require.False(t, sim.Cancel(engine.Notice{}), "no event")
			require.False(t, sim.Pending(engine.Notice{}))
			a := start(nil)
			require.True(t, sim.Pending(a))
			require.True(t, sim.Cancel(a))
			require.False(t, sim.Pending(a))
			require.False(t, sim.Cancel(a), "again")
			b := start(nil) // where a was
			require.False(t, sim.Cancel(a), "a notice does not stand for whoever comes after")
			require.NoError(t, sim.Run(engine.Minute))
			require.EqualValues(t, 1, sim.Events())
			require.False(t, sim.Pending(b), "fired")
			require.False(t, sim.Cancel(b))
		})
	}
}

// The payload of an event that has been cancelled or has fired is garbage at
// once, though the event list may keep the key for a while.
func TestPayloadIsFreed(t *testing.T) {
	for _, c := range schedulers {
		t.Run(c.name, func(t *testing.T) {
			sim := engine.New(engine.Limits{})
			start := c.start(sim)
			start(nil) // stays
			freed := make(chan string, 2)
			schedule := func(name string) engine.Notice {
				payload := new([1 << 16]byte)
				runtime.AddCleanup(payload, func(name string) { freed <- name }, name)
				return start(payload)
			}
			n := schedule("cancelled")
			schedule("fired")
			sim.Cancel(n)
			runtime.GC()
			require.Equal(t, "cancelled", <-freed)
			require.NoError(t, sim.Run(engine.Minute))
			runtime.GC()
			require.Equal(t, "fired", <-freed)
			runtime.KeepAlive(sim)
		})
	}
}

// Nearly all timeouts are cancelled. What they leave behind is bounded by what
// is pending, and scheduling, firing and cancelling allocate nothing.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	for _, c := range schedulers {
		t.Run(c.name, func(t *testing.T) {
			sim := engine.New(engine.Limits{})
			start := c.start(sim)
			payload := new([1 << 16]byte)
			var notices [1000]engine.Notice
			for i := range notices {
				notices[i] = start(payload)
			}
			step := 0
			churn := func() {
				for range 1000 {
					step++
					i := step * 7 % len(notices)
					sim.Cancel(notices[i])
					notices[i] = start(payload)
				}
				require.NoError(t, sim.Run(sim.Now()+engine.Second/100))
			}
			for range 200 {
				churn()
			}
			require.Zero(t, testing.AllocsPerRun(500, churn))
		})
	}
}

// A simulation in motion, in which a timeout races with each service, allocates
// nothing.
func TestEventsAllocateNothing(t *testing.T) {
	sim := engine.New(engine.Limits{})
	type job struct{ timeout engine.Notice }
	delay := newExponential(1, 1e6)
	var arrive *engine.Routine[*job]
	expire := engine.NewLane(sim, "expire", engine.Expire, 2*engine.Millisecond, func(j *job) { arrive.After(0, j) })
	depart := engine.NewRoutine(sim, "depart", engine.Release, func(j *job) {
		if sim.Cancel(j.timeout) {
			arrive.After(delay.next(), j)
		}
	})
	arrive = engine.NewRoutine(sim, "arrive", engine.Seize, func(j *job) {
		j.timeout = expire.Start(j)
		depart.After(delay.next(), j)
	})
	for range 100 {
		arrive.At(0, new(job))
	}
	run := func() { require.NoError(t, sim.Run(sim.Now()+100*engine.Millisecond)) }
	for range 20 {
		run()
	}
	before := sim.Events()
	require.Zero(t, testing.AllocsPerRun(20, run))
	require.Greater(t, sim.Events()-before, uint64(200_000))
}
