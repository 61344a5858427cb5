package server

import (
	"runtime"
	"testing"
	"weak"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

func TestMergedTallies(t *testing.T) {
	b := newBench(t)
	s := b.serve(poolSpec(), wiring("web", exponentialRoute(2*ms)))
	newFlow(b.sim, s, 2*ms, true)
	var sum Tally
	for range 10 {
		b.run(b.sim.Now() + engine.Second)
		cut := s.Cut()
		sum.Merge(&cut)
	}
	require.Equal(t, s.cpu.used, sum.CPU)
	require.Equal(t, 20*engine.Second, sum.Capacity)
	require.Equal(t, sum.Completed, sum.Waits.Count()-uint64(len(s.cpu.ready)))
	require.InDelta(t, sum.Busy.Mean(), float64(sum.Number.Mean()), 1e-9, "who is in the pool has a thread")
	require.NoError(t, s.Audit())
}

// TestCutIdle: what is told of idle servers by their time alone is what a whole
// cut says, and later cuts are none the worse for it.
func TestCutIdle(t *testing.T) {
	for _, spec := range []Spec{nginxSpec(), poolSpec()} {
		var sums [2]Tally
		idle := 0
		for k := range sums {
			b := newBench(t)
			s := b.serve(spec, wiring("web", takes(70*engine.Second, 0)))
			c := b.clients(1)
			for minute := engine.Time(1); minute <= 30; minute++ {
				b.run(minute*engine.Minute - engine.Second)
				switch minute {
				case 10:
					c.send(0, s)
				case 20:
					s.Impair(traffic.Impairment{Load: 0.5})
				case 25:
					s.Impair(traffic.Impairment{})
				}
				b.run(minute * engine.Minute)
				cut := Tally{}
				if span, ok := cutIdle(s, k == 1); ok {
					cut = Idle(span, 2*span)
					idle++
				} else {
					cut = s.Cut()
				}
				sums[k].Merge(&cut)
			}
			require.NoError(t, s.Audit())
		}
		require.Equal(t, sums[0], sums[1])
		require.Equal(t, 70*engine.Second+5*engine.Minute/2, sums[1].CPU)
		require.Greater(t, idle, 10)
		require.Less(t, idle, 25)
	}
}

func cutIdle(s *Server, try bool) (engine.Time, bool) {
	if !try {
		return 0, false
	}
	return s.CutIdle()
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	for _, spec := range []Spec{nginxSpec(), poolSpec()} {
		t.Run(spec.Software, func(t *testing.T) {
			b := newBench(t)
			app := NewStation(b.sim, &StationSpec{Queueing{Servers: pointer(4)}}, wiring("web", exponentialRoute(2*ms)))
			spec.UpstreamKeepalive = 8
			s := b.serve(spec, wiring("web", exponentialRoute(2*ms), Call{To: app, Routes: []bool{true}}))
			newFlow(b.sim, s, 2*ms, true)
			b.run(2 * engine.Minute)
			s.Cut()
			app.Cut()
			b.run(4 * engine.Minute)
			require.Zero(t, testing.AllocsPerRun(20, func() {
				b.run(b.sim.Now() + 10*engine.Second)
				s.Cut()
				app.Cut()
			}))
		})
	}
}

// Instances that have ended are gone for the memory too.
func TestStoppedServersAreReclaimed(t *testing.T) {
	b := newBench(t)
	app := b.serve(poolSpec(), wiring("web", takes(ms, 0)))
	spec := nginxSpec()
	spec.UpstreamKeepalive = 4
	im := NewImage(b.sim, &spec, wiring("web", takes(ms, 0), Call{To: app, Routes: []bool{true}}))
	var servers []weak.Pointer[Server]
	for ordinal := range uint64(20) {
		s := im.Launch(t2micro, ordinal)
		s.SetState(Up)
		c := b.clients(10)
		c.allAtOnce(s)
		b.run(b.sim.Now() + 15*ms)
		s.Stop()
		servers = append(servers, weak.Make(s))
	}
	b.attempts = traffic.Pool{} // its free attempts remember the links of their last trip
	runtime.GC()
	for i, s := range servers {
		require.Nil(t, s.Value(), "instance %d", i)
	}
	runtime.KeepAlive(im)
}
