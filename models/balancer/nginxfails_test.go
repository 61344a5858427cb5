package balancer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

func (r *rig) reachedBy(s *server, requests int) int {
	before := s.requests
	for range requests {
		r.request(0)
	}
	return s.requests - before
}

func TestNginxFailuresCountWithoutRetries(t *testing.T) {
	r, servers := proxyRig("nginx", 2, func(s *balancer.Spec) { s.NextUpstream = []string{"off"} })
	servers[0].cause = traffic.Refused
	require.Equal(t, "502", r.cause(r.request(0)))
	for range 10 {
		require.Equal(t, "ok", r.cause(r.request(0)))
	}
}

func TestNginxFailTimeoutHasSeconds(t *testing.T) {
	r, servers := proxyRig("nginx", 2, asIs)
	broken := servers[0]
	broken.cause = traffic.Refused
	r.run(t, 3*engine.Second+900*engine.Millisecond)
	require.Equal(t, 1, r.reachedBy(broken, 4), "it fails in second 3")
	r.run(t, 14*engine.Second-1)
	require.Equal(t, 0, r.reachedBy(broken, 4), "13 - 3 <= 10")
	r.run(t, 14*engine.Second)
	require.Equal(t, 1, r.reachedBy(broken, 4), "14 - 3 > 10; it fails again in second 14")
	r.run(t, 25*engine.Second)
	broken.busy = true
	require.Equal(t, 1, r.reachedBy(broken, 4), "one request is let through")
	require.False(t, r.Usable(0))
	r.run(t, 26*engine.Second)
	broken.release(traffic.OK)
	require.True(t, r.Usable(0))
	broken.busy, broken.cause = false, traffic.OK
	require.Equal(t, 2, r.reachedBy(broken, 4), "as good as new")
	require.Equal(t, "3.9s web-0 1 of 1 requests failed: refused; passed over for 10s, then tried with one request", r.texts(timeline.Unhealthy))
	require.Equal(t, "26s web-0 a request that was let through to try it did not fail", r.texts(timeline.Healthy))
	require.Len(t, r.verdicts, 2, "failures in a row change nothing")
}

func TestNginxMaxFails(t *testing.T) {
	three := func(s *balancer.Spec) { s.MaxFails = 3 }
	meet := func(r *rig, s *server, cause traffic.Cause, times int) {
		s.cause = cause
		for before := s.requests; s.requests < before+times; {
			r.request(0)
		}
		s.cause = traffic.OK
	}
	r, servers := proxyRig("nginx", 2, three)
	meet(r, servers[0], traffic.Refused, 2)
	meet(r, servers[0], traffic.OK, 1)
	require.True(t, r.Usable(0))
	meet(r, servers[0], traffic.Refused, 1)
	require.False(t, r.Usable(0), "the third within 10 s")

	r, servers = proxyRig("nginx", 2, three)
	meet(r, servers[0], traffic.Refused, 2)
	r.run(t, 11*engine.Second)
	meet(r, servers[0], traffic.OK, 1)
	meet(r, servers[0], traffic.Refused, 2)
	require.True(t, r.Usable(0), "the first two are forgiven")
}

func TestNginxHangingPeer(t *testing.T) {
	for name, deaf := range map[string]bool{"read": false, "connect": true} {
		r, servers := proxyRig("nginx", 2, asIs)
		servers[0].busy, servers[0].deaf = true, deaf
		r.run(t, engine.Second)
		slow := r.request(0)
		r.run(t, 61*engine.Second-1)
		require.Equal(t, "none", r.cause(slow), name)
		r.run(t, 61*engine.Second)
		require.Equal(t, "ok", r.cause(slow), name)
		require.False(t, r.Usable(0), name)
		for range 10 {
			require.Equal(t, "ok", r.cause(r.request(0)), name)
		}
		require.Equal(t, toInt(deaf), servers[0].withdrawn, "what is connected is worked on")
		for len(servers[0].held) > 0 {
			servers[0].release(traffic.OK)
		}
		require.Zero(t, r.pool.Out(), name)
		require.Len(t, r.answers, 11, name)
	}
}

func toInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestNginxWorkersLearnForThemselves(t *testing.T) {
	for zone, want := range map[bool]int{false: 4, true: 1} {
		r, servers := proxyRig("nginx", 3, func(s *balancer.Spec) { s.WorkerProcesses, s.SharedZone = 4, zone })
		servers[0].cause = traffic.Refused
		for session := range uint64(400) {
			require.Equal(t, "ok", r.cause(r.request(session)))
		}
		require.Equal(t, want, servers[0].requests, "zone %v", zone)
		require.Len(t, r.verdicts, want)
		require.False(t, r.Usable(0))
	}
}
