package server

import (
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
)

// flow is a Poisson stream of requests over connections that are kept, the one
// used last first: what a balancer sends to a server.
type flow struct {
	sim      *engine.Sim
	to       traffic.Receiver
	attempts traffic.Pool
	next     *engine.Routine[int]
	gap      quantity.Span
	luck     random.Stream
	keep     bool
	idle     []traffic.ConnRef
	sent     uint64
	answers  [traffic.Causes]uint64
	total    engine.Time   // sojourn times of those served
	began    []engine.Time // by tag
	free     []int32       // tags
}

func newFlow(sim *engine.Sim, to traffic.Receiver, gap engine.Time, keep bool) *flow {
	f := &flow{sim: sim, to: to, gap: exponential(gap), luck: random.NewStream(1, 0, "arrivals"), keep: keep}
	f.next = engine.NewRoutine(sim, "arrival", engine.Seize, f.arrive)
	f.next.At(sim.Now(), 0)
	return f
}

func exponential(mean engine.Time) quantity.Span {
	law, err := random.Exponential(float64(mean))
	if err != nil {
		panic(err)
	}
	return quantity.Span{Distribution: law}
}

func (f *flow) arrive(int) {
	f.sent++
	f.next.After(f.gap.Draw(f.luck.Uniform(f.sent, 0)), 0)
	a := f.attempts.Get()
	a.Session = f.sent
	a.Link.Keep = f.keep
	if last := len(f.idle) - 1; last >= 0 {
		a.Link.Conn, f.idle = f.idle[last], f.idle[:last]
	}
	a.Call(f.to, f, f.tag())
}

// tag notes when a request began.
func (f *flow) tag() int32 {
	last := len(f.free) - 1
	if last < 0 {
		f.began = append(f.began, f.sim.Now())
		return int32(len(f.began) - 1)
	}
	tag := f.free[last]
	f.free = f.free[:last]
	f.began[tag] = f.sim.Now()
	return tag
}

// Moved implements traffic.Caller.
func (f *flow) Moved(*traffic.Attempt, int32) {}

// Answered implements traffic.Caller.
func (f *flow) Answered(a *traffic.Attempt, tag int32, cause traffic.Cause) {
	if cause == traffic.OK {
		f.total += f.sim.Now() - f.began[tag]
	}
	f.free = append(f.free, tag)
	f.answers[cause]++
	if a.Link.Conn.Conn() != nil {
		f.idle = append(f.idle, a.Link.Conn)
	}
	a.Release()
}

// none answers at once: what is left is the cost of the flow itself.
type none struct{ demands *traffic.Demands }

func (n none) Receive(a *traffic.Attempt)       { n.demands.Work(a); a.Reply(traffic.OK) }
func (n none) Withdraw(*traffic.Attempt, int32) {}

func benchmarkHop(b *testing.B, to func(*bench) traffic.Receiver, keep bool) {
	bn := newBench(b)
	newFlow(bn.sim, to(bn), 2*engine.Millisecond, keep)
	bn.run(engine.Minute)
	b.ReportAllocs()
	b.ResetTimer()
	bn.run(bn.sim.Now() + engine.Time(b.N)*2*engine.Millisecond)
}

func exponentialRoute(mean engine.Time) traffic.RouteSpec {
	return traffic.RouteSpec{Demand: map[string]quantity.Span{"web": exponential(mean)}}
}

func BenchmarkNoServer(b *testing.B) {
	benchmarkHop(b, func(*bench) traffic.Receiver {
		return none{wiring("web", exponentialRoute(2*engine.Millisecond)).Demands}
	}, true)
}

func BenchmarkNginxKeepAlive(b *testing.B) {
	benchmarkHop(b, func(bn *bench) traffic.Receiver {
		return bn.serve(nginxSpec(), wiring("web", exponentialRoute(2*engine.Millisecond)))
	}, true)
}

func BenchmarkNginxOneRequestAConnection(b *testing.B) {
	benchmarkHop(b, func(bn *bench) traffic.Receiver {
		return bn.serve(nginxSpec(), wiring("web", exponentialRoute(2*engine.Millisecond)))
	}, false)
}

func BenchmarkPool(b *testing.B) {
	benchmarkHop(b, func(bn *bench) traffic.Receiver {
		return bn.serve(poolSpec(), wiring("web", exponentialRoute(2*engine.Millisecond)))
	}, true)
}

func BenchmarkStation(b *testing.B) {
	benchmarkHop(b, func(bn *bench) traffic.Receiver {
		return NewStation(bn.sim, &StationSpec{Queueing{Servers: pointer(2)}}, wiring("web", exponentialRoute(2*engine.Millisecond)))
	}, true)
}
