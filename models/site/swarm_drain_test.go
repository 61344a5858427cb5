package site

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/internal/swarm"
	"github.com/headroom-sim/headroom/models/scenario"
)

// Nothing leaks: when the load is over and the faults have ended, whatever died
// meanwhile with work in flight, no request is left, no attempt is anywhere but
// for health checks that come and go, and each server has no connection at times.
func TestSwarmDrains(t *testing.T) {
	n := 40
	if testing.Short() {
		n = 10
	}
	for seed := range uint64(n) {
		drain(t, seed)
	}
}

func drain(t *testing.T, seed uint64) {
	text := swarm.Draining(seed)
	spec, problems := swarm.Spec(text)
	require.NoError(t, problems.Err(), "seed %d\n%s", seed, text)
	s := Build(spec, whole(spec))
	var before, out int // least numbers of attempts in two stretches of time
	_, err := s.Run(func(now engine.Time) bool {
		switch here := s.pool.Out(); {
		case now < 20*engine.Minute:
			before, out = here, here
		case now < 30*engine.Minute:
			before, out = min(before, here), here
		default:
			out = min(out, here)
		}
		return true
	})
	require.NoError(t, err, "seed %d\n%s", seed, text)
	if 0 < out && out < before {
		return // there was so much to do that it goes on
	}
	require.Zero(t, s.ledger.InFlight(), "seed %d: requests are left\n%s", seed, text)
	require.Zero(t, out, "seed %d: attempts are left\n%s", seed, text)
	if checkedThrough(spec) {
		return
	}
	for _, f := range s.fleets {
		for _, h := range f.hosts {
			_, idle := h.server.CutIdle()
			require.True(t, idle || h.cut.Connections.Min == 0, "seed %d: %s has connections\n%s", seed, h.instance.ID, text)
		}
	}
}

// checkedThrough tells whether health checks come through load balancers, which
// keep connections to their targets open with them.
func checkedThrough(spec *scenario.Spec) bool {
	for _, b := range spec.Balancers {
		for _, target := range b.Places() {
			if spec.Balancers[target] != nil {
				return true
			}
		}
	}
	return len(spec.DNS) > 0
}
