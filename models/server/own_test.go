package server

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A deed is done to a station after a pause.
type deed struct {
	pause engine.Time
	kind  int // below 3: an impairment; 3, 4: the software stops and starts; 5: a request is withdrawn; else one is sent
	which int
}

var deeds = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) deed {
	return deed{engine.Time(rapid.IntRange(1, int(15*ms)).Draw(t, "pause")), rapid.IntRange(0, 30).Draw(t, "kind"), rapid.IntRange(0, 100).Draw(t, "which")}
}), 1, 100)

// outcome is what becomes of the requests to a station of three servers. With
// sharing, requests share the vCPUs from the beginning.
func outcome(t *testing.T, deeds []deed, sharing bool) ([]visit, Tally) {
	b := newBench(t)
	spec := Spec{Software: "station", Queueing: Queueing{Servers: pointer(3), Patience: exponential(100 * ms)}}
	s := NewImage(b.sim, &spec, wiring("web", exponentialRoute(20*ms))).Launch(Machine{VCPUs: 3}, 0)
	if sharing {
		s.cpu.ample, s.cpu.own = false, false
	}
	s.SetState(Up)
	c := b.clients(len(deeds))
	sent := make([]*traffic.Attempt, len(deeds))
	for i, d := range deeds {
		b.run(b.sim.Now() + d.pause)
		which := d.which % len(deeds)
		switch {
		case d.kind < 3:
			s.Impair(traffic.Impairment{Load: float64(d.kind), Slowdown: float64(1 + d.which%2)})
		case d.kind < 5:
			s.SetState([]State{Down, Up}[d.kind-3])
		case d.kind > 5:
			sent[i] = c.send(i, s)
		case sent[which] != nil && !c.visits[which].answered:
			sent[which].Withdraw(0)
			sent[which] = nil
		}
		require.NoError(t, s.Audit())
	}
	s.Impair(traffic.Impairment{})
	b.run(b.sim.Now() + engine.Hour)
	require.NoError(t, s.Audit())
	require.Equal(t, !sharing, s.cpu.own)
	return c.visits, s.Cut()
}

// TestOwnVCPUs: who has a vCPU of its own is served as one who shares the vCPUs
// with no more others than there are.
func TestOwnVCPUs(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		done := deeds.Draw(rt, "deeds")
		visits, cut := outcome(t, done, false)
		shared, sharedCut := outcome(t, done, true)
		require.Equal(rt, shared, visits)
		require.Equal(rt, sharedCut, cut)
	})
}
