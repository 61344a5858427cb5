package balancer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

func TestNetworkUnhealthyTarget(t *testing.T) {
	for _, cuts := range []bool{true, false} {
		r, servers := networkRig(func(s *balancer.Spec) { s.CutsIll = cuts }, "a", "a")
		idle := map[traffic.ConnRef]bool{} // by connection: at the broken one
		for session := range uint64(20) {
			before := servers[0].requests
			conn := r.connect(session)
			idle[conn] = servers[0].requests > before
		}
		servers[0].busy = true
		var busy []int32
		for session := range uint64(20) {
			if tag := r.request(session); r.cause(tag) == "none" {
				busy = append(busy, tag)
			}
		}
		servers[0].health = traffic.Refused
		r.run(t, 2*engine.Minute)
		require.False(t, r.Usable(0))
		require.Equal(t, cuts, strings.Contains(r.texts(timeline.Unhealthy), fmt.Sprintf("connections reset: %d", servers[0].opened)))
		for _, tag := range busy {
			require.Equal(t, cuts, r.cause(tag) == "reset")
		}
		for len(servers[0].held) > 0 {
			servers[0].release(traffic.OK)
		}
		for _, tag := range busy {
			require.Equal(t, map[bool]string{true: "reset", false: "ok"}[cuts], r.cause(tag))
		}
		servers[0].busy = false
		for conn, ill := range idle {
			require.Equal(t, ill && cuts, r.cause(r.on(conn)) == "reset")
		}
		before := servers[0].requests
		for session := range uint64(20) {
			require.Equal(t, "ok", r.cause(r.request(session)))
		}
		require.Equal(t, before, servers[0].requests)
		require.Zero(t, r.InFlight())
		require.Zero(t, r.pool.Out())
	}
}

func TestNetworkFailsOpen(t *testing.T) {
	r, servers := networkRig(func(s *balancer.Spec) { s.HealthCheck.Protocol = "HTTP" }, "a", "b")
	var conns []traffic.ConnRef
	for session := range uint64(20) {
		conns = append(conns, r.connect(session))
	}
	servers[0].health = traffic.Status500
	r.run(t, 2*engine.Minute)
	servers[1].health = traffic.Status500
	r.run(t, 4*engine.Minute)
	require.False(t, r.Usable(0) || r.Usable(1))
	failed := 0
	for _, conn := range conns {
		failed += toInt(r.cause(r.on(conn)) == "reset")
	}
	require.Equal(t, servers[0].opened, failed, "those of the one that became unhealthy first")
	a, b := servers[0].requests, servers[1].requests
	for session := range uint64(50) {
		require.Equal(t, "ok", r.cause(r.request(session)))
	}
	require.Greater(t, servers[0].requests, a)
	require.Greater(t, servers[1].requests, b)

	servers[1].health = traffic.OK
	r.run(t, 20*engine.Minute)
	a = servers[0].requests
	for session := range uint64(50) {
		require.Equal(t, "ok", r.cause(r.request(session)), "node a has left DNS")
	}
	require.Equal(t, a, servers[0].requests)
}

func TestNetworkHealthChecks(t *testing.T) {
	for protocol, want := range map[string]bool{"TCP": true, "HTTP": false} {
		r, servers := networkRig(func(s *balancer.Spec) { s.HealthCheck.Protocol = protocol }, "a", "a", "a")
		servers[0].hang, servers[1].health = true, traffic.Status500
		r.run(t, 3*engine.Minute)
		require.Equal(t, want, r.Usable(0), protocol)
		require.Equal(t, want, r.Usable(1), protocol)
		require.True(t, r.Usable(2))
	}
	r := newRig(spec("network"), "a")
	fresh := r.addNew(7, "a")
	r.run(t, 10*engine.Minute)
	first := fresh.probes[0]
	require.Greater(t, first, 2*engine.Minute)
	require.LessOrEqual(t, first, 2*engine.Minute+30*engine.Second)
	require.Equal(t, []verdict{{first + 4*30*engine.Second, 7, 0, true}}, r.verdicts)
	require.True(t, fresh.probed.Handshake)
}

func TestNetworkCheckTimeouts(t *testing.T) {
	for protocol, want := range map[string]engine.Time{"TCP": 10 * engine.Second, "HTTP": 6 * engine.Second} {
		s := spec("network")
		s.HealthCheck.Protocol = protocol
		require.Equal(t, want, s.Within())
	}
}
