package balancer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// Contract: one target connection per request in progress; idle ones are
// reused, last used first, until the idle timeout.
func TestConnectionsAreReusedLastUsedFirst(t *testing.T) {
	r := newRig(spec("application"))
	server := r.add(0, "")
	server.busy = true
	for range 3 {
		r.request(0)
	}
	require.Equal(t, 3, server.opened)
	for range 3 { // 0, 1, 2 become idle in this order
		server.release(traffic.OK)
	}
	used := func() *traffic.Conn {
		r.request(0)
		return server.held[len(server.held)-1].Link.Conn.Conn()
	}
	require.Same(t, server.open[2], used())
	require.Same(t, server.open[1], used())
	require.Same(t, server.open[0], used())
	require.Equal(t, 3, server.opened)
	used()
	require.Equal(t, 4, server.opened)
	require.EqualValues(t, 4, r.Cut(engine.Second).TargetConnections)
}

func TestConnectionClosedByTheTargetIsSkipped(t *testing.T) {
	r := newRig(spec("application"))
	server := r.add(0, "")
	server.busy = true
	for range 3 {
		r.request(0)
	}
	for range 3 {
		server.release(traffic.OK)
	}
	server.open[2].Close(0)
	server.open[1].Close(0)
	r.run(t, engine.Second)
	tag := r.request(0)
	require.Same(t, server.open[0], server.held[0].Link.Conn.Conn())
	server.release(traffic.OK)
	require.Equal(t, "ok", r.cause(tag), "a connection closed while idle is no failure")
	server.open[0].Close(r.sim.Now())
	r.run(t, 2*engine.Second)
	r.request(0)
	require.Equal(t, 4, server.opened)
}

// An idle connection is closed exactly when it has been idle for the timeout,
// so that it does not hold a slot of a server that would keep it for longer
// (nginx: 75 s).
func TestIdleConnectionsAreHungUp(t *testing.T) {
	r := newRig(spec("application"))
	server := r.add(0, "")
	server.busy = true
	for range 3 {
		r.request(0)
	}
	for _, at := range []engine.Time{10, 20, 30} { // 0, 1, 2 become idle
		r.at(at*engine.Second, func() { server.release(traffic.OK) })
	}
	r.run(t, 40*engine.Second)
	server.busy = false
	r.request(0) // uses 2, at 40 s
	r.run(t, 5*engine.Minute)
	require.Equal(t, []engine.Time{70 * engine.Second, 80 * engine.Second, 100 * engine.Second}, server.hungUp)
	r.request(0)
	require.Equal(t, 4, server.opened)
	r.run(t, 10*engine.Minute)
	require.Equal(t, 6*engine.Minute, server.hungUp[3])
}

func TestNodesKeepTheirOwnConnections(t *testing.T) {
	r := newRig(spec("application"), "a", "c")
	server := r.add(0, "a")
	for session := range uint64(50) {
		r.request(session)
	}
	require.Equal(t, 2, server.opened)
}

// A connection over which a request failed is not used again.
func TestBrokenConnectionIsNotKept(t *testing.T) {
	r := newRig(spec("application"))
	server := r.add(0, "")
	server.cause = traffic.Reset
	r.request(0)
	r.request(0)
	require.Equal(t, 2, server.opened)
}
