package balancer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

func TestNetworkTargetClosesAnIdleConnection(t *testing.T) {
	r, servers := networkRig(asIs, "a", "a")
	conn := r.connect(0)
	for _, s := range servers {
		for _, c := range s.open {
			c.Close(0)
		}
	}
	r.run(t, engine.Hour)
	tag := r.on(conn)
	require.Equal(t, "ok", r.cause(tag))
	require.NotEqual(t, conn, r.conns[tag])
	require.Equal(t, 2, servers[0].opened+servers[1].opened)
}

func TestNetworkIdleTimeout(t *testing.T) {
	r, servers := networkRig(asIs, "a")
	conn := r.connect(0)
	for at := 349 * engine.Second; at < engine.Hour; at += 349 * engine.Second {
		r.run(t, at)
		require.Equal(t, "ok", r.cause(r.on(conn)))
	}
	r.run(t, r.sim.Now()+350*engine.Second)
	tag := r.on(conn)
	require.Equal(t, "reset", r.cause(tag))
	require.Nil(t, conn.Conn())
	require.Len(t, servers[0].hungUp, 1, "the target is told too")
}

func TestNetworkSilentRequest(t *testing.T) {
	r, servers := networkRig(asIs, "a")
	servers[0].busy = true
	tag := r.request(0)
	r.run(t, 350*engine.Second-1)
	require.Equal(t, "none", r.cause(tag))
	r.run(t, 350*engine.Second)
	require.Equal(t, "reset", r.cause(tag))
	require.Zero(t, r.InFlight())
	servers[0].release(traffic.OK)
	require.Zero(t, r.pool.Out())
}

func TestNetworkDeregistration(t *testing.T) {
	for _, cuts := range []bool{false, true} {
		r, servers := networkRig(func(s *balancer.Spec) { s.CutsDrained = cuts }, "a")
		conn := r.connect(0)
		other := r.add(1, "a")
		servers[0].busy = true
		tag := r.on(conn)
		done := engine.Time(0)
		r.Deregister(0, func() { done = r.sim.Now() })
		for session := range uint64(20) {
			require.Equal(t, "ok", r.cause(r.request(session)), "new connections go elsewhere")
		}
		require.Equal(t, 20, other.requests)
		r.run(t, 300*engine.Second)
		require.Equal(t, 300*engine.Second, done)
		require.Equal(t, cuts, r.cause(tag) == "reset")
		if cuts {
			require.Contains(t, r.texts(timeline.Draining), "connections: 1; they may go on for 300s")
			require.Contains(t, r.texts(timeline.Deregistered), "requests cut: 1")
			continue
		}
		require.Contains(t, r.texts(timeline.Draining), "connections: 1; they go on for as long as both ends like")
		servers[0].release(traffic.OK)
		require.Equal(t, "ok", r.cause(tag))
		servers[0].busy = false
		for range 3 {
			require.Equal(t, "ok", r.cause(r.on(conn)), "the connection goes on")
		}
		require.Equal(t, 5, servers[0].requests)
	}
}

func TestNetworkTargetIsGone(t *testing.T) {
	r, servers := networkRig(asIs, "a", "a")
	conns := []traffic.ConnRef{}
	for session := range uint64(50) {
		conns = append(conns, r.connect(session))
	}
	for _, c := range servers[0].open {
		c.Close(0)
	}
	r.Remove(0)
	for _, conn := range conns {
		require.Equal(t, "ok", r.cause(r.on(conn)))
	}
	require.Equal(t, 100, servers[0].opened+servers[1].requests)
	fresh := r.add(0, "a") // its slot is free again
	for session := range uint64(50) {
		r.connect(session)
	}
	require.NotZero(t, fresh.requests)
}

func TestNetworkClientGone(t *testing.T) {
	r, servers := networkRig(asIs, "a")
	servers[0].busy = true
	abandoned, cancelled := r.request(0), r.request(1)
	r.sent[cancelled].Withdraw(0)
	r.sent[cancelled].Release()
	require.Equal(t, 1, servers[0].withdrawn)
	r.sent[abandoned].Cut(0, traffic.Link{})
	servers[0].release(traffic.OK)
	cut := r.Cut(engine.Second)
	require.EqualValues(t, 2, cut.Gone)
	require.Zero(t, r.InFlight())
	require.Zero(t, r.pool.Out())
	r.run(t, engine.Minute)
	require.Zero(t, r.Cut(engine.Minute).ClientTime, "no connection is left")
}

func TestNetworkForgetsClosedConnections(t *testing.T) {
	r, servers := networkRig(asIs, "a")
	for k := range 50 {
		for session := range uint64(100) {
			r.connect(session)
		}
		for _, c := range servers[0].open {
			c.Close(r.sim.Now())
		}
		servers[0].open = nil
		r.run(t, engine.Time(k+1)*engine.Second)
	}
	highest := int32(0)
	for _, a := range r.answers {
		highest = max(highest, a.node) // the index of the flow
	}
	require.Less(t, highest, int32(200))
}
