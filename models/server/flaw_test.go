package server

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// TestErrorsAtOnce: without work, on a connection that stays open; by chance where
// it is a share, inside its 99.9 % interval.
func TestErrorsAtOnce(t *testing.T) {
	b := newBench(t)
	s := b.serve(nginxSpec(), wiring("web", takes(5*engine.Millisecond, 0)))
	c := b.clients(1)
	s.Impair(traffic.Impairment{Errors: 1})
	c.send(0, s)
	c.answer(0, traffic.Status500, 0)
	require.NotNil(t, c.visits[0].link.Conn.Conn())
	s.Impair(traffic.Impairment{Errors: 0.3})
	const n = 4000
	errors := 0.0
	for range n {
		c.send(0, s)
		b.run(b.sim.Now() + 10*engine.Millisecond)
		if c.visits[0].cause == traffic.Status500 {
			errors++
		}
	}
	require.InDelta(t, 0.3, errors/n, 3.29*math.Sqrt(0.3*0.7/n))
	s.Impair(traffic.Impairment{})
	at := b.sim.Now()
	c.send(0, s)
	b.run(engine.Hour)
	c.answer(0, traffic.OK, at+5*engine.Millisecond)
	s.Stop()
	b.gone(s)
}

// TestLateRequests hold their connection, but no thread and no CPU, until the
// latency is over; wherever they are, they can be taken back, and a crash resets
// them.
func TestLateRequests(t *testing.T) {
	b := newBench(t)
	spec := poolSpec()
	spec.Threads = 1
	s := b.serve(spec, wiring("web", takes(10*engine.Millisecond, 0)))
	s.Impair(traffic.Impairment{Latency: 50 * engine.Millisecond})
	c := b.clients(4)
	c.send(0, s)
	c.send(1, s)
	gone := c.send(2, s)
	require.Equal(t, 1, s.gate.free)
	require.EqualValues(t, 3, s.connections.Value())
	gone.Withdraw(0)
	gone.Release()
	b.run(engine.Second)
	c.answer(0, traffic.OK, 60*engine.Millisecond)
	c.answer(1, traffic.OK, 70*engine.Millisecond)
	c.send(3, s)
	s.SetState(Hung)
	b.run(2 * engine.Second)
	require.Equal(t, 1, s.parked.n)
	s.SetState(Up)
	b.run(3 * engine.Second)
	c.answer(3, traffic.OK, 2*engine.Second+10*engine.Millisecond)
	c.send(3, s)
	s.Stop()
	c.answer(3, traffic.Reset, 3*engine.Second)
	b.gone(s)
}

// TestCrash: the machine is gone, with what was signed in there, and comes back
// without it.
func TestCrash(t *testing.T) {
	b := newBench(t)
	w := wiring("web", takes(10*engine.Millisecond, 0))
	k := &keeper{}
	w.Keeper = k
	s := b.serve(nginxSpec(), w)
	c := b.clients(2)
	c.send(0, s)
	b.run(20 * engine.Millisecond)
	require.Zero(t, k.drops)
	c.send(0, s)
	s.Crash()
	c.answer(0, traffic.Reset, 20*engine.Millisecond)
	require.Equal(t, 1, k.drops, "what was in its memory")
	c.send(1, s)
	b.run(10 * engine.Second)
	require.False(t, c.visits[1].answered, "SYNs are lost")
	s.SetState(Up)
	b.run(20 * engine.Second)
	c.answer(1, traffic.OK, 11*engine.Second+30*engine.Millisecond)
}

// keeper notes the memory of the latest completion, and how often it was lost.
type keeper struct {
	at    *traffic.Memory
	drops int
}

func (k *keeper) Serve(_ *traffic.Attempt, at *traffic.Memory) { k.at = at }

func (k *keeper) Drop(m *traffic.Memory) {
	if m == k.at {
		k.drops++
	}
}
