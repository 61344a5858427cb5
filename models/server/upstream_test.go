package server

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// failing answers every attempt with the same cause.
type failing traffic.Cause

func (f failing) Receive(a *traffic.Attempt)       { a.Reply(traffic.Cause(f)) }
func (f failing) Withdraw(*traffic.Attempt, int32) {}

func TestUpstreamFailures(t *testing.T) {
	for _, at := range []struct{ upstream, nginx, pool traffic.Cause }{
		{traffic.OK, traffic.OK, traffic.OK},
		{traffic.Refused, traffic.Status502, traffic.Status500},
		{traffic.Reset, traffic.Status502, traffic.Status500},
		{traffic.Closed, traffic.Status502, traffic.Status500},
		{traffic.Blocked, traffic.Status502, traffic.Status500},
		{traffic.Timeout, traffic.Status504, traffic.Status500},
		{traffic.Status500, traffic.Status500, traffic.Status500},
		{traffic.Status503, traffic.Status503, traffic.Status500},
		{traffic.Status429, traffic.Status429, traffic.Status500},
	} {
		t.Run(at.upstream.String(), func(t *testing.T) {
			b := newBench(t)
			w := wiring("web", takes(ms, 0), Call{To: failing(at.upstream), Routes: []bool{true}})
			c := b.clients(2)
			c.send(0, b.serve(nginxSpec(), w))
			c.send(1, b.serve(poolSpec(), w))
			b.run(engine.Second)
			c.answer(0, at.nginx, ms)
			c.answer(1, at.pool, ms)
			require.Equal(t, 2, c.open(), "the connection survives an answer from the upstream")
		})
	}
}

// A silent upstream costs a client the read timeout; the upstream works on.
func TestUpstreamTimeout(t *testing.T) {
	b := newBench(t)
	slow := NewStation(b.sim, &StationSpec{}, wiring("web", takes(100*engine.Second, 0)))
	s := b.serve(nginxSpec(), wiring("web", takes(ms, 0), Call{To: slow, Routes: []bool{true}}))
	c := b.clients(1)
	c.send(0, s)
	b.run(62 * engine.Second)
	c.answer(0, traffic.Status504, 60*engine.Second+ms)
	require.Equal(t, int64(1), s.connections.Value(), "the upstream's slot is free, the client's connection stays")
	b.run(101 * engine.Second)
	require.Equal(t, uint64(1), slow.Cut().Completed)
	b.run(engine.Hour)
	b.gone(s)
}

// An answer that came while nginx hung wins over the timeout that ran out too.
func TestTimeoutWhileHung(t *testing.T) {
	b := newBench(t)
	demand := engine.Second
	slow := NewStation(b.sim, &StationSpec{}, wiring("web", takes(demand, 0)))
	never := NewStation(b.sim, &StationSpec{}, wiring("web", takes(engine.Hour, 0)))
	c := b.clients(2)
	var hung []*Server
	for i, to := range []traffic.Receiver{slow, never} {
		s := b.serve(nginxSpec(), wiring("web", takes(ms, 0), Call{To: to, Routes: []bool{true}}))
		c.send(i, s)
		hung = append(hung, s)
	}
	b.run(500 * ms)
	for _, s := range hung {
		s.SetState(Hung)
	}
	b.run(70 * engine.Second)
	for _, s := range hung {
		s.SetState(Up)
	}
	c.answer(0, traffic.OK, 70*engine.Second)
	c.answer(1, traffic.Status504, 70*engine.Second)
}

func TestUpstreamKeepAlive(t *testing.T) {
	b := newBench(t)
	app := b.serve(poolSpec(), wiring("web", takes(10*ms, 0)))
	spec := nginxSpec()
	spec.WorkerProcesses, spec.UpstreamKeepalive = 1, 2
	s := b.serve(spec, wiring("web", takes(ms, 0), Call{To: app, Routes: []bool{true}}))
	c := b.clients(3)
	c.allAtOnce(s)
	b.run(5 * ms)
	require.Equal(t, int64(6), s.connections.Value(), "two slots for each request")
	b.run(engine.Second)
	require.Equal(t, int64(3+2), s.connections.Value(), "two idle connections are kept")
	require.Len(t, app.workers[0].reusableList(), 2, "the third has been closed")
	c.allAtOnce(s)
	b.run(2 * engine.Second)
	require.Equal(t, uint64(4), app.accepted, "two were used again")
	b.run(30 * engine.Second) // the pool closes idle connections after 20 s
	c.send(0, s)
	b.run(31 * engine.Second)
	c.answer(0, traffic.OK, 30*engine.Second+11*ms)
	require.NoError(t, s.Audit())
	require.NoError(t, app.Audit())
}

func (w *worker) reusableList() (list []*conn) {
	for c := w.reusable.first; c != nil; c = c.next {
		list = append(list, c)
	}
	return list
}

// A proxy that is short of slots because its requests wait for the upstream is
// bound by the upstream.
func TestUpstreamLimit(t *testing.T) {
	b := newBench(t)
	slow := NewStation(b.sim, &StationSpec{}, wiring("web", takes(engine.Second, 0)))
	spec := nginxSpec()
	spec.WorkerProcesses, spec.WorkerConnections = 1, 6 // four slots
	s := b.serve(spec, wiring("web", takes(0, 0), Call{To: slow, Routes: []bool{true}}))
	c := b.clients(3)
	c.allAtOnce(s)
	b.run(5 * engine.Second)
	require.Equal(t, [traffic.Causes]int{traffic.OK: 2, traffic.Reset: 1}, c.counts())
	require.Equal(t, engine.Second, s.Cut().Saturated[Upstream])
}

// missing is a cache that never has what is asked for.
type missing struct{}

func (missing) Receive(a *traffic.Attempt)       { a.Missed = true; a.Reply(traffic.OK) }
func (missing) Withdraw(*traffic.Attempt, int32) {}

// The seam between a cache and what it guards: a hit spares the guarded call, a
// miss or a failure does not, and neither fails the request.
func TestGuardedCalls(t *testing.T) {
	for _, at := range []struct {
		name  string
		cache traffic.Receiver
		calls uint64 // of the guarded place
	}{
		{"hit", failing(traffic.OK), 0}, {"miss", missing{}, 1}, {"refused", failing(traffic.Refused), 1}, {"status 503", failing(traffic.Status503), 1},
	} {
		for _, software := range []Spec{nginxSpec(), poolSpec()} {
			t.Run(at.name+" of "+software.Software, func(t *testing.T) {
				b := newBench(t)
				all := []bool{true}
				guarded := NewStation(b.sim, &StationSpec{}, wiring("web", takes(ms, 0)))
				other := NewStation(b.sim, &StationSpec{}, wiring("web", takes(ms, 0)))
				s := b.serve(software, wiring("web", takes(ms, 0),
					Call{To: other, Routes: all}, Call{To: at.cache, Routes: all, Tolerant: true, Spares: 1 << 3}, Call{To: other, Routes: all}, Call{To: guarded, Routes: all}))
				c := b.clients(1)
				for range 2 { // the second finds nothing of the first
					c.send(0, s)
					b.run(b.sim.Now() + engine.Second)
					require.Equal(t, traffic.OK, c.visits[0].cause)
				}
				require.Equal(t, 2*at.calls, guarded.Cut().Completed)
				require.EqualValues(t, 4, other.Cut().Completed, "other calls are made")
				require.NoError(t, s.Audit())
			})
		}
	}
}

// What a lookup has missed is written once the guarded call is answered well, and
// not where it fails; at once where the route makes no such call.
func TestWritesAfterAMiss(t *testing.T) {
	for _, at := range []struct {
		name    string
		guarded bool
		answer  traffic.Cause
		writes  int
	}{{"answered", true, traffic.OK, 1}, {"failed", true, traffic.Status503, 0}, {"not called", false, traffic.Status503, 1}} {
		t.Run(at.name, func(t *testing.T) {
			b := newBench(t)
			all, writes := []bool{true}, 0
			write := func(*traffic.Attempt) { writes++ }
			slow := NewStation(b.sim, &StationSpec{}, wiring("web", takes(ms, 0)))
			s := b.serve(poolSpec(), wiring("web", takes(ms, 0),
				Call{To: missing{}, Routes: all, Tolerant: true, Spares: 1 << 2, Write: write},
				Call{To: slow, Routes: all},
				Call{To: failing(at.answer), Routes: []bool{at.guarded}},
				Call{To: slow, Routes: all}))
			c := b.clients(1)
			c.send(0, s)
			b.run(1500 * engine.Microsecond)
			require.Equal(t, map[bool]int{false: 1}[at.guarded], writes, "before the guarded call")
			b.run(engine.Second)
			require.Equal(t, at.writes, writes)
			c.send(0, s)
			b.run(2 * engine.Second)
			require.Equal(t, 2*at.writes, writes, "the next request begins anew")
		})
	}
}

// Where a second cache has what the first has missed, the first is written too.
func TestTheSecondCacheFillsTheFirst(t *testing.T) {
	b := newBench(t)
	all, writes := []bool{true}, 0
	s := b.serve(poolSpec(), wiring("web", takes(ms, 0),
		Call{To: missing{}, Routes: all, Tolerant: true, Spares: 1 << 2, Write: func(*traffic.Attempt) { writes++ }},
		Call{To: failing(traffic.OK), Routes: all, Tolerant: true, Spares: 1 << 2},
		Call{To: failing(traffic.Status503), Routes: all}))
	c := b.clients(1)
	c.send(0, s)
	b.run(engine.Second)
	require.Equal(t, traffic.OK, c.visits[0].cause)
	require.Equal(t, 1, writes)
}

// A tolerant call that takes too long is none.
func TestTolerantTimeout(t *testing.T) {
	b := newBench(t)
	slow := NewStation(b.sim, &StationSpec{}, wiring("web", takes(100*engine.Second, 0)))
	s := b.serve(nginxSpec(), wiring("web", takes(ms, 0), Call{To: slow, Routes: []bool{true}, Tolerant: true}))
	c := b.clients(1)
	c.send(0, s)
	b.run(61 * engine.Second)
	c.answer(0, traffic.OK, 60*engine.Second+ms)
}
