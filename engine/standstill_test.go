package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
)

// A run that goes round at one instant ends with an error; one whose time
// advances, however slowly, does not.
func TestStandstill(t *testing.T) {
	for _, c := range []struct {
		name   string
		step   func(n int) engine.Time // after the n-th event
		stands bool
	}{
		{"no time passes", func(int) engine.Time { return 0 }, true},
		{"time stops passing", func(n int) engine.Time { return engine.Time(max(0, 1-n/500)) }, true},
		{"a nanosecond in ninety events", func(n int) engine.Time { return engine.Time(max(0, n%90-88)) }, false},
		{"a nanosecond an event", func(int) engine.Time { return 1 }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			sim := engine.New(engine.Limits{Instant: 100})
			n := 0
			var tick *engine.Routine[int]
			tick = engine.NewRoutine(sim, "tick", engine.Seize, func(int) {
				if n++; n < 10_000 {
					tick.After(c.step(n), 0)
				}
			})
			tick.At(0, 0)
			err := sim.Run(engine.Second)
			if !c.stands {
				require.NoError(t, err)
				require.Equal(t, 10_000, n)
				return
			}
			var stuck *engine.StandstillError
			require.ErrorAs(t, err, &stuck)
			require.Equal(t, "tick", stuck.Routine)
			require.Equal(t, sim.Now(), stuck.Time)
			require.LessOrEqual(t, n, 800)
		})
	}
}

// Stop ends a run that has a limit, and the next one goes on.
func TestStopWithLimits(t *testing.T) {
	sim := engine.New(engine.Limits{Instant: 1})
	fired := 0
	stop := engine.NewRoutine(sim, "stop", engine.Seize, func(int) { fired++; sim.Stop() })
	stop.At(1, 0)
	stop.At(2, 0)
	require.NoError(t, sim.Run(10))
	require.Equal(t, 1, fired)
	require.EqualValues(t, 1, sim.Now())
	require.NoError(t, sim.Run(10))
	require.Equal(t, 2, fired)
}
