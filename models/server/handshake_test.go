package server

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A check that only asks for a connection is answered by the kernel [A4]: it
// passes while the worker is blocked, until the accept queue is full.
func TestHandshake(t *testing.T) {
	b := newBench(t)
	spec := nginxSpec()
	spec.Backlog = 2
	s := b.serve(spec, wiring("web", takes(engine.Millisecond, 0)))
	c := b.clients(5)
	shake := func() string {
		v := b.clients(1)
		a := b.attempts.Get()
		a.Probe, a.Handshake = true, true
		a.Call(s, v, 0)
		if !v.visits[0].answered {
			a.Withdraw(0)
			a.Release()
			return "waits"
		}
		return v.visits[0].cause.String()
	}
	require.Equal(t, "ok", shake())
	require.Zero(t, s.connections.Value(), "its connection is closed at once")
	s.SetState(Hung)
	for i := range 3 {
		require.Equal(t, "ok", shake())
		require.True(t, c.send(i, s).Link.Queued, "the kernel has the connection")
	}
	require.Equal(t, "waits", shake(), "the queue of 2 holds 3")
	require.False(t, c.send(3, s).Link.Queued)
	s.SetState(Down)
	require.Equal(t, "refused", shake())
	s.SetState(Off)
	require.Equal(t, "waits", shake())
	b.run(200 * engine.Second)
	require.Equal(t, 3, c.counts()[traffic.Reset])
	s.Stop()
	b.gone(s)
}
