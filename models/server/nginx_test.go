package server

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

const ms = engine.Millisecond

func TestKeepAlive(t *testing.T) {
	b := newBench(t)
	spec := nginxSpec()
	spec.WorkerProcesses, spec.KeepaliveRequests = 1, 3
	s := b.serve(spec, wiring("web", takes(ms, 0)))
	c := b.clients(3)
	open := func(i int) bool { return c.visits[i].link.Conn.Conn() != nil }

	c.send(0, s)
	b.run(10 * engine.Second)
	c.send(1, s)
	b.run(75*engine.Second + ms)
	require.False(t, open(0), "75 s after its answer")
	require.True(t, open(1))
	b.run(84 * engine.Second)
	c.send(1, s)
	b.run(120 * engine.Second)
	require.True(t, open(1), "a request begins the time anew")
	require.Equal(t, uint64(2), s.accepted)
	c.send(1, s)
	b.run(121 * engine.Second)
	require.False(t, open(1), "closed after its third request")

	c.visits[2].link.Conn, _ = s.Open()
	b.run(181 * engine.Second)
	require.False(t, open(2), "no request within 60 s")
	c.visits[2].link.Conn, _ = s.Open()
	c.visits[2].link.Conn.Hangup()
	require.False(t, open(2))
	b.gone(s)

	spec.KeepaliveTimeout = 0
	s = b.serve(spec, wiring("web", takes(ms, 0)))
	c.send(0, s)
	b.run(182 * engine.Second)
	require.False(t, open(0))
	b.gone(s)
}

// Connections go to workers by chance, not in turn: some worker closes the
// connections of active clients while another has room [A2].
func TestConnectionsAreDealtAtRandom(t *testing.T) {
	b := newBench(t)
	spec := nginxSpec()
	spec.WorkerProcesses = 2
	im := NewImage(b.sim, &spec, wiring("web", takes(0, engine.Second)))
	least, most := 2000, 0
	for ordinal := range uint64(20) {
		s := im.Launch(Machine{VCPUs: 2}, ordinal)
		s.SetState(Up)
		c := b.clients(2000)
		c.allAtOnce(s)
		b.run(b.sim.Now() + 2*engine.Second)
		n := c.counts()
		require.Equal(t, 2000, n[traffic.OK]+n[traffic.Reset])
		least, most = min(least, n[traffic.OK]), max(most, n[traffic.OK])

		c = b.clients(1044 + 3000)
		s.SetState(Down)
		s.SetState(Up)
		c.allAtOnce(s)
		b.run(b.sim.Now() + 2*engine.Second)
		require.Equal(t, 2044, c.counts()[traffic.OK], "active clients on 2 x 1024 connections")
	}
	require.Less(t, least, 1990)
	require.Greater(t, least, 1915, "measured: 1915 to 2000")
	require.Equal(t, 2000, most)
}

// An event loop serves its requests one by one, first in, first out, and accepts
// when it has turned; a second loop runs beside it.
func TestWorkersServeOneByOne(t *testing.T) {
	b := newBench(t)
	spec := nginxSpec()
	spec.WorkerProcesses, spec.CPUSharing, spec.Backlog = 2, "per_worker", 2
	s := b.serve(spec, wiring("web", takes(100*ms, 0)))
	c := b.clients(6)
	c.allAtOnce(s)
	require.Equal(t, 3, s.backlog.n, "a queue of limit 2 holds 3")
	require.True(t, s.saturated[Backlog].on)
	b.run(10 * engine.Second)
	for i, at := range []engine.Time{100, 100, 200, 200, 300} {
		c.answer(i, traffic.OK, at*ms)
	}
	c.answer(5, traffic.OK, 1100*ms) // its SYN was lost
	require.Equal(t, 100*ms, s.Cut().Saturated[Backlog])
	require.NoError(t, s.Audit())
}

// A health check takes the way of a request on a fresh connection, costs its own
// demand, and goes no further.
func TestProbe(t *testing.T) {
	b := newBench(t)
	w := wiring("web", takes(engine.Second, engine.Second), Call{To: failing(traffic.Status500), Routes: []bool{true}})
	s := b.serve(nginxSpec(), w)
	c := b.clients(1)
	probe := func() {
		a := c.attempts.Get()
		a.Probe, a.ProbeDemand = true, 3*ms
		c.visits[0].answered = false
		a.Call(s, c, 0)
	}
	probe()
	b.run(engine.Second)
	c.answer(0, traffic.OK, 3*ms)
	b.gone(s)
	s.SetState(Hung)
	probe()
	b.run(2 * engine.Second)
	require.False(t, c.visits[0].answered, "it waits in the accept queue")
	s.SetState(Down)
	c.answer(0, traffic.Reset, 2*engine.Second)
}

// Time at each limit, to the nanosecond.
func TestTimeAtLimits(t *testing.T) {
	b := newBench(t)
	spec := nginxSpec()
	spec.WorkerProcesses, spec.WorkerConnections = 1, 4 // two slots, one vCPU at a time
	s := b.serve(spec, wiring("web", takes(100*ms, 0)))
	s.Impair(traffic.Impairment{Load: 1})
	c := b.clients(2)
	c.send(0, s)
	b.run(50 * ms)
	c.send(1, s) // two share what one worker can use, until 150 ms
	b.run(engine.Second)
	c.answer(0, traffic.OK, 150*ms)
	c.answer(1, traffic.OK, 200*ms)
	cut := s.Cut()
	require.Equal(t, 100*ms, cut.Saturated[CPU])
	require.Equal(t, 950*ms, cut.Saturated[Connections], "both slots are taken, by idle connections in the end")
	require.Zero(t, cut.Saturated[Upstream]+cut.Saturated[Backlog])
	require.Equal(t, int64(2), cut.Connections.Max)
	require.Equal(t, engine.Second+200*ms, cut.CPU)
	require.Equal(t, 2*engine.Second, cut.Capacity)

	both := b.image.Saturated()
	require.Equal(t, 100*ms, both[CPU])
	other := b.image.Launch(Machine{VCPUs: 1}, 1)
	other.SetState(Up)
	b.clients(2).allAtOnce(other)
	b.run(1050 * ms)
	s.Impair(traffic.Impairment{Load: 2})
	c.send(0, s)
	b.run(2 * engine.Second)
	require.Equal(t, 200*ms, b.image.Saturated()[CPU], "at 1 to 1.2 s the one or the other or both")
}
