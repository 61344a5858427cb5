package server

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
)

// answer is what client i got, and when.
func (c *clients) answer(i int, cause traffic.Cause, at engine.Time) {
	c.t.Helper()
	require.True(c.t, c.visits[i].answered, "client %d waits", i)
	require.Equal(c.t, cause.String(), c.visits[i].cause.String())
	require.Equal(c.t, at, c.visits[i].at)
}

// gone tests that a server holds nothing, and that its books are right.
func (b *bench) gone(s *Server) {
	b.t.Helper()
	require.NoError(b.t, s.Audit())
	require.Zero(b.t, s.held, "jobs leak")
	require.Len(b.t, s.freeConns, len(s.conns), "connections leak")
	require.Zero(b.t, s.connections.Value())
	require.Zero(b.t, s.backlog.n+s.parked.n+s.gate.line.n+len(s.cpu.ready)+int(s.cpu.owners)+s.away)
	require.Zero(b.t, b.attempts.Out(), "attempts leak")
}

func TestNobodyAtTheAddress(t *testing.T) {
	b := newBench(t)
	s := b.serve(nginxSpec(), wiring("web", takes(engine.Millisecond, 0)))
	s.SetState(Off)
	c := b.clients(2)
	var sent []engine.Time
	b.sim.Trace = func(f engine.Firing) {
		if f.Routine == "web: SYN sent again" {
			sent = append(sent, f.Time/engine.Second)
		}
	}
	c.send(0, s)
	b.run(200 * engine.Second)
	require.Equal(t, []engine.Time{1, 2, 3, 4, 5, 7, 11, 19, 35, 67, 131}, sent, "Linux from 6.5 on; the last is where it gives up [A4]")
	c.answer(0, traffic.Timeout, 131*engine.Second)

	c.send(1, s)
	b.run(202500 * engine.Millisecond)
	s.SetState(Up)
	b.run(210 * engine.Second)
	c.answer(1, traffic.OK, 203*engine.Second+engine.Millisecond)
	s.Stop()
	b.gone(s)
}

func TestPortClosed(t *testing.T) {
	b := newBench(t)
	s := b.serve(nginxSpec(), wiring("web", takes(50*engine.Millisecond, 0)))
	c := b.clients(3)
	c.send(0, s)
	b.run(100 * engine.Millisecond)
	c.send(1, s)
	b.run(110 * engine.Millisecond)
	require.NotNil(t, c.visits[0].link.Conn.Conn())
	s.SetState(Down)
	c.answer(1, traffic.Reset, 110*engine.Millisecond)
	require.Nil(t, c.visits[0].link.Conn.Conn(), "idle connections are closed")
	c.send(2, s)
	c.answer(2, traffic.Refused, 110*engine.Millisecond)
	_, cause := s.Open()
	require.Equal(t, traffic.Refused, cause)
	s.SetState(Up)
	c.send(2, s)
	b.run(engine.Second)
	c.answer(2, traffic.OK, 160*engine.Millisecond)
}

// A stopped process: what runs stands still and goes on, what comes in on open
// connections waits in the sockets, new connections wait in the accept queue.
func TestHungServer(t *testing.T) {
	b := newBench(t)
	s := b.serve(nginxSpec(), wiring("web", takes(100*engine.Millisecond, 0)))
	c := b.clients(4)
	c.send(0, s)
	b.run(200 * engine.Millisecond)
	c.send(1, s)
	b.run(250 * engine.Millisecond)
	s.SetState(Hung)
	c.send(0, s) // over its open connection
	c.send(2, s)
	c.send(3, s).Withdraw(0)
	b.run(80 * engine.Second)
	require.False(t, c.visits[1].answered)
	require.Equal(t, 1, s.parked.n)
	require.Equal(t, 1, s.backlog.n, "who left is out of the accept queue")
	_, cause := s.Open()
	require.Equal(t, traffic.Timeout, cause)
	s.SetState(Up)
	b.run(81 * engine.Second)
	c.answer(1, traffic.OK, 80*engine.Second+75*engine.Millisecond) // shares two vCPUs with two others
	c.answer(0, traffic.OK, 80*engine.Second+125*engine.Millisecond)
	c.answer(2, traffic.OK, 80*engine.Second+125*engine.Millisecond)
	require.NoError(t, s.Audit())
}

// What has become overdue while a server hung is closed when it goes on, though
// requests that came meanwhile are answered first.
func TestOverdueAfterHang(t *testing.T) {
	b := newBench(t)
	spec := nginxSpec()
	spec.WorkerProcesses, spec.KeepaliveTimeout = 1, quantity.Duration(5*engine.Second)
	s := b.serve(spec, wiring("web", takes(0, 0)))
	c := b.clients(2)
	c.send(0, s)
	c.send(1, s)
	b.run(engine.Second)
	s.SetState(Hung)
	c.send(1, s)
	b.run(engine.Minute)
	s.SetState(Up)
	c.answer(1, traffic.OK, engine.Minute)
	b.run(engine.Minute + engine.Second)
	require.Nil(t, c.visits[0].link.Conn.Conn())
	require.NotNil(t, c.visits[1].link.Conn.Conn())
	require.NoError(t, s.Audit())
}

// Who waits in the accept queue while an event loop hangs is accepted when it goes
// on, be it by the worker that is through with another.
func TestBacklogAfterHang(t *testing.T) {
	b := newBench(t)
	spec := nginxSpec()
	spec.WorkerProcesses, spec.CPUSharing = 1, "per_worker"
	s := b.serve(spec, wiring("web", takes(0, 0)))
	s.SetState(Hung)
	c := b.clients(5)
	for i := range c.visits {
		c.send(i, s)
	}
	b.run(engine.Second)
	s.SetState(Up)
	for i := range c.visits {
		c.answer(i, traffic.OK, engine.Second)
	}
	require.NoError(t, s.Audit())
}

// An instance that ends while work is in every stage leaves nothing behind.
func TestStopEndsEverything(t *testing.T) {
	for _, spec := range []Spec{nginxSpec(), poolSpec()} {
		t.Run(spec.Software, func(t *testing.T) {
			b := newBench(t)
			spec.Threads, spec.MaxConnections = 3, 5
			slow := NewStation(b.sim, &StationSpec{}, wiring("web", takes(engine.Second, 0)))
			s := b.serve(spec, wiring("web", takes(100*engine.Millisecond, 0), Call{To: slow, Routes: []bool{true}}))
			c := b.clients(8)
			for i := range 7 {
				c.send(i, s)
				b.run(b.sim.Now() + 60*engine.Millisecond)
			}
			s.SetState(Hung)
			c.send(7, s)
			s.SetState(Up)
			s.Stop()
			for i := range c.visits {
				c.answer(i, traffic.Reset, b.sim.Now())
			}
			b.run(engine.Minute)
			b.gone(s)
			b.gone(slow)
			events := b.sim.Events()
			b.run(engine.Hour)
			require.Equal(t, events, b.sim.Events(), "something still happens")
		})
	}
}

func TestWithdrawFromEveryStage(t *testing.T) {
	build := func(b *bench) (Spec, Call) {
		slow := NewStation(b.sim, &StationSpec{}, wiring("web", takes(engine.Second, 0)))
		spec := poolSpec()
		spec.Threads, spec.MaxConnections = 2, 4
		return spec, Call{To: slow, Routes: []bool{true}}
	}
	for _, at := range []struct {
		name  string
		stage stage
		ahead int
		after engine.Time
	}{
		{"on the CPU", running, 0, 10 * engine.Millisecond},
		{"waiting", waiting, 0, 150 * engine.Millisecond},
		{"calling", calling, 0, 250 * engine.Millisecond},
		{"in line for a thread", inLine, 2, 10 * engine.Millisecond},
		{"in the accept queue", queued, 4, 10 * engine.Millisecond},
	} {
		t.Run(at.name, func(t *testing.T) {
			b := newBench(t)
			spec, call := build(b)
			s := b.serve(spec, wiring("web", takes(100*engine.Millisecond, 100*engine.Millisecond), call))
			c := b.clients(at.ahead + 2)
			for i := range at.ahead {
				c.send(i, s)
			}
			a := c.send(at.ahead, s)
			b.run(at.after)
			require.Equal(t, at.stage, s.jobs[at.ahead].stage)
			a.Withdraw(0)
			a.Release()
			require.NoError(t, s.Audit())
			c.send(at.ahead+1, s)
			b.run(engine.Minute)
			require.False(t, c.visits[at.ahead].answered)
			require.True(t, c.visits[at.ahead+1].answered)
			require.Equal(t, uint64(1), s.Cut().Withdrawn)
			b.gone(s)
		})
	}
}

// A client that leaves without a word has its work done, and no connection
// remains.
func TestWorkForNobody(t *testing.T) {
	b := newBench(t)
	s := b.serve(nginxSpec(), wiring("web", takes(100*engine.Millisecond, 0)))
	c := b.clients(1)
	a := c.send(0, s)
	b.run(10 * engine.Millisecond)
	require.Nil(t, a.Cut(0, traffic.Link{}))
	b.run(engine.Second)
	require.False(t, c.visits[0].answered)
	cut := s.Cut()
	require.Equal(t, uint64(1), cut.Completed)
	require.Equal(t, 100*engine.Millisecond, cut.CPU)
	b.gone(s)

	s.SetState(Off)
	a = c.send(0, s)
	a.Cut(0, traffic.Link{})
	b.run(2 * engine.Second)
	require.Equal(t, traffic.Timeout, onlyFailure(s), "its kernel stops calling")
	b.gone(s)
}

func onlyFailure(s *Server) traffic.Cause {
	cut := s.Cut()
	for cause, n := range cut.Failed {
		if n == 1 {
			return traffic.Cause(cause)
		}
	}
	return traffic.OK
}
