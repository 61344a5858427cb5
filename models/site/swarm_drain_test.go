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
	var closed swarm.Share
	for seed := range uint64(n) {
		drain(t, seed, &closed)
	}
	closed.Most(t)
}

func drain(t *testing.T, seed uint64, closed *swarm.Share) {
	text := swarm.Draining(seed)
	spec, problems := swarm.Spec(text)
	require.NoError(t, problems.Err(), "seed %d\n%s", seed, text)
	s := Build(spec, whole(spec))
	var left int // the least number of attempts in the last ten minutes
	_, err := s.Run(func(now engine.Time) bool {
		if here := s.pool.Out(); now < 30*engine.Minute || here < left {
			left = here
		}
		return true
	})
	require.NoError(t, err, "seed %d\n%s", seed, text)
	require.Zero(t, s.ledger.InFlight(), "seed %d: requests are left\n%s", seed, text)
	require.Zero(t, left, "seed %d: attempts are left\n%s", seed, text)
	through := checkedThrough(spec)
	for _, f := range s.fleets {
		if !closed.Count(!through[f.name]) {
			continue
		}
		for _, h := range f.hosts {
			_, idle := h.server.CutIdle()
			require.True(t, idle || h.cut.Connections.Min == 0, "seed %d: %s has connections\n%s", seed, h.instance.ID, text)
		}
	}
}

// checkedThrough are the places to which health checks come through load balancers,
// which keep connections to their targets open with them.
func checkedThrough(spec *scenario.Spec) map[string]bool {
	through := make(map[string]bool)
	var follow func(checked string)
	follow = func(checked string) {
		if b := spec.Balancers[checked]; b != nil {
			for _, target := range b.Places() {
				through[target] = true
				follow(target)
			}
		}
		if c := spec.CDNs[checked]; c != nil {
			through[c.Origin] = true
			follow(c.Origin)
		}
	}
	for _, b := range spec.Balancers {
		for _, target := range b.Places() {
			follow(target)
		}
	}
	for _, name := range spec.DNS {
		for _, record := range name.Targets() {
			follow(record)
		}
	}
	return through
}
