package server

import (
	"runtime/debug"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/traffic"
)

// Tomcat's order [A6]: the accept queue, max_connections, the threads' line,
// which has no bound. Nobody is refused: who does not fit waits.
func TestPoolLimits(t *testing.T) {
	b := newBench(t)
	spec := poolSpec()
	spec.Threads, spec.MaxConnections, spec.AcceptCount = 2, 5, 2
	s := b.serve(spec, wiring("web", takes(0, engine.Second)))
	c := b.clients(10)
	c.allAtOnce(s)
	require.Equal(t, 3, s.gate.line.n, "five connections, two threads")
	require.Equal(t, 3, s.backlog.n, "accept_count and one more")
	require.EqualValues(t, 2, s.Cut().Overflowed)
	require.True(t, s.saturated[Connections].on)
	require.True(t, s.saturated[Backlog].on)
	require.True(t, s.saturated[Upstream].on, "all threads are held without CPU")
	b.run(4 * engine.Second)
	// An idle connection holds its slot: the queue moves on when it is closed.
	require.Equal(t, 5, c.counts()[traffic.OK])
	require.Equal(t, 3, s.backlog.n)
	require.False(t, s.saturated[Upstream].on)
	c.visits[0].link.Conn.Hangup()
	c.answer(4, traffic.OK, 3*engine.Second)
	b.run(6 * engine.Second)
	c.answer(5, traffic.OK, 5*engine.Second)
	b.run(engine.Hour)
	require.Zero(t, s.Cut().Overflowed, "they tried again")
	require.Equal(t, 10, c.counts()[traffic.OK], "idle ones are closed after 20 s, lost SYNs are sent again")
	require.Equal(t, 35*engine.Second+engine.Second, c.visits[9].at, "at 19 s the queue was full, at 35 s it was not")
	b.gone(s)
}

// A thread is held while its request is on the CPU, waits, and calls; calls are
// made in their order, where the route has them.
func TestThreadMakesItsCalls(t *testing.T) {
	b := newBench(t)
	cache := NewStation(b.sim, &StationSpec{}, wiring("web", takes(5*ms, 0)))
	db := NewStation(b.sim, &StationSpec{}, wiring("web", takes(20*ms, 0)))
	spec := poolSpec()
	spec.Threads = 1
	s := b.serve(spec, wiring("web", takes(10*ms, 30*ms),
		Call{To: cache, Routes: []bool{true}}, Call{To: failing(traffic.Status500), Routes: []bool{false}}, Call{To: db, Routes: []bool{true}}))
	c := b.clients(2)
	c.allAtOnce(s)
	b.run(50 * ms)
	require.Equal(t, int64(1), db.number.Value())
	b.run(engine.Second)
	c.answer(0, traffic.OK, 65*ms)
	c.answer(1, traffic.OK, 130*ms)
	cut := s.Cut()
	require.Equal(t, 130*ms, engine.Time(cut.Busy.Mean()*float64(engine.Second)+0.5))
	require.Equal(t, 110*ms, cut.Saturated[Upstream])
	require.Equal(t, uint64(1), cut.Delayed)
	require.Equal(t, int64(65*ms), cut.Waits.Max())
	require.NoError(t, s.Audit())
}

func TestPatienceOfEachRequest(t *testing.T) {
	b := newBench(t)
	q := Queueing{Patience: constant(50 * ms)}
	s := NewStation(b.sim, &StationSpec{q}, wiring("web", takes(80*ms, 0)))
	c := b.clients(3)
	c.send(0, s)
	c.send(1, s)
	b.run(40 * ms)
	c.send(2, s)
	b.run(engine.Second)
	c.answer(0, traffic.OK, 80*ms)
	c.answer(1, traffic.Abandoned, 50*ms)
	c.answer(2, traffic.OK, 160*ms)
	cut := s.Cut()
	require.Equal(t, uint64(2), cut.Delayed)
	require.Equal(t, uint64(3), cut.Waits.Count())
	b.gone(s)
}

// A long line of requests without work is gone in an instant, first come first
// served, and without a stack as deep as the line is long.
func TestLineWithoutWork(t *testing.T) {
	b := newBench(t)
	route := takes(engine.Second, 0)
	stream := func(n string) random.Stream { return random.NewStream(1, 0, n) }
	w := wiring("web", route)
	w.Demands = traffic.NewDemands("web", []traffic.RouteSpec{route, {}}, stream)
	s := NewStation(b.sim, &StationSpec{}, w)
	const many = 100_000
	c := b.clients(many)
	c.send(0, s)
	for i := 1; i < many; i++ {
		a := c.attempts.Get()
		a.Route = 1
		a.Call(s, c, int32(i))
	}
	var order []int
	c.then = func(i int) { order = append(order, i) }
	deepest := debug.SetMaxStack(1 << 20)
	defer debug.SetMaxStack(deepest)
	b.run(2 * engine.Second)
	require.Len(t, order, many)
	require.True(t, slices.IsSorted(order[:many-1]), "the first makes room before it is answered")
	cut := s.Cut()
	require.Equal(t, uint64(many-1), cut.Delayed)
	b.gone(s)
}

// Health checks wait like requests, but are none: they are in no waiting time.
func TestChecksAreNotWaitingTimes(t *testing.T) {
	b := newBench(t)
	s := NewStation(b.sim, &StationSpec{}, wiring("web", takes(engine.Second, 0)))
	c := b.clients(4)
	for i := range 4 {
		a := c.attempts.Get()
		a.Probe = i%2 == 1
		a.ProbeDemand = ms
		a.Call(s, c, int32(i))
	}
	b.run(engine.Minute)
	cut := s.Cut()
	require.Equal(t, uint64(2), cut.Waits.Count())
	require.Equal(t, uint64(1), cut.Delayed)
	require.Equal(t, uint64(4), cut.Completed)
	b.gone(s)
}
