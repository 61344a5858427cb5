package engine_test

import (
	"fmt"
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
)

// exponential draws exponential variates by inversion, a hundred ahead: so the
// latency of the logarithm does not stand between an event and the next.
type exponential struct {
	state uint64
	mean  float64 // ns
	ahead [100]engine.Time
	drawn int
}

func newExponential(seed uint64, mean float64) *exponential {
	e := &exponential{state: seed, mean: mean}
	e.draw()
	return e
}

func (e *exponential) next() engine.Time {
	if e.drawn == len(e.ahead) {
		e.draw()
	}
	e.drawn++
	return e.ahead[e.drawn-1]
}

// draw uses splitmix64 (Steele, Lea and Flood, 2014).
func (e *exponential) draw() {
	e.drawn = 0
	var u [len(e.ahead)]float64
	for i := range u {
		e.state += 0x9e3779b97f4a7c15
		z := (e.state ^ e.state>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		u[i] = float64(int64((z^z>>31)>>11|1)) * 0x1p-53
	}
	random.Exponentials(u[:])
	for i, x := range u {
		e.ahead[i] = engine.Time(x * e.mean)
	}
}

// mmc is a queue with Poisson arrivals, exponential service and c servers,
// first come first served.
type mmc struct {
	arrivals, services *exponential
	arrive             *engine.Routine[int32]
	depart             *engine.Routine[int32] // from a server
	idle               []int32
	since              []engine.Time // arrival of the customer at each server
	waiting            ring
	coming             int         // customers
	total              engine.Time // in the system
}

const service = 1e9 // mean, ns

func runMMC(b *testing.B, servers int) {
	m := &mmc{
		arrivals: newExponential(1, service/(0.9*float64(servers))),
		services: newExponential(2, service),
		since:    make([]engine.Time, servers),
		waiting:  ring{times: make([]engine.Time, 1024)},
		coming:   b.N,
	}
	for i := range servers {
		m.idle = append(m.idle, int32(servers-1-i))
	}
	sim := engine.New(engine.Limits{})
	m.arrive = engine.NewRoutine(sim, "arrive", engine.Seize, func(int32) {
		if m.coming--; m.coming > 0 {
			m.arrive.After(m.arrivals.next(), 0)
		}
		if n := len(m.idle); n > 0 {
			m.serve(m.idle[n-1], sim.Now())
			m.idle = m.idle[:n-1]
		} else {
			m.waiting.push(sim.Now())
		}
	})
	m.depart = engine.NewRoutine(sim, "depart", engine.Release, func(server int32) {
		m.total += sim.Now() - m.since[server]
		if m.waiting.empty() {
			m.idle = append(m.idle, server)
		} else {
			m.serve(server, m.waiting.pop())
		}
	})
	m.arrive.After(m.arrivals.next(), 0)
	if err := sim.Run(engine.Forever); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(m.total)/float64(b.N)/service, "W")
}

func (m *mmc) serve(server int32, arrival engine.Time) {
	m.since[server] = arrival
	m.depart.After(m.services.next(), server)
}

// ring is a queue of instants; their number is a power of two.
type ring struct {
	times      []engine.Time
	head, tail int
}

func (r *ring) empty() bool { return r.head == r.tail }

func (r *ring) push(t engine.Time) {
	if n := len(r.times); r.tail-r.head == n {
		cut := r.head & (n - 1)
		r.times = append(append(make([]engine.Time, 0, 2*n), r.times[cut:]...), r.times[:cut]...)[:2*n]
		r.head, r.tail = 0, n
	}
	r.times[r.tail&(len(r.times)-1)] = t
	r.tail++
}

func (r *ring) pop() engine.Time {
	r.head++
	return r.times[(r.head-1)&(len(r.times)-1)]
}

// One operation is one customer: two events.
func BenchmarkMM1(b *testing.B)  { runMMC(b, 1) }
func BenchmarkMM16(b *testing.B) { runMMC(b, 16) }

// BenchmarkHold keeps n events pending: each that fires schedules the next, an
// exponential delay later. One operation is one event. The variates come from
// a table, so that the event list is what is measured.
func BenchmarkHold(b *testing.B) {
	for _, n := range []int{10, 1e3, 1e5, 1e6} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) { hold(b, n) })
	}
}

func hold(b *testing.B, n int) {
	delay := newExponential(7, 1e9)
	delays := make([]engine.Time, 1<<12)
	for i := range delays {
		delays[i] = delay.next()
	}
	sim := engine.New(engine.Limits{})
	left, drawn := 2*n, 0
	var next *engine.Routine[int32]
	next = engine.NewRoutine(sim, "next", engine.Release, func(id int32) {
		if left--; left == 0 {
			sim.Stop()
		}
		drawn++
		next.After(delays[drawn&(len(delays)-1)], id)
	})
	for id := range n {
		next.After(delay.next(), int32(id))
	}
	run := func() {
		if err := sim.Run(engine.Forever); err != nil {
			b.Fatal(err)
		}
	}
	run() // to the steady state
	left = b.N
	b.ResetTimer()
	run()
}

// BenchmarkTimeout has 10 000 requests on their way, each with a timeout that
// its answer cancels. One operation is one request: one event fired, one
// cancelled.
func BenchmarkTimeout(b *testing.B) {
	const limit = 30 * engine.Second
	fire := func(int32) { panic("no timeout is ever due") }
	b.Run("routine", func(b *testing.B) {
		timeouts(b, func(sim *engine.Sim) func(int32) engine.Notice {
			expire := engine.NewRoutine(sim, "expire", engine.Expire, fire)
			return func(id int32) engine.Notice { return expire.After(limit, id) }
		})
	})
	b.Run("lane", func(b *testing.B) {
		timeouts(b, func(sim *engine.Sim) func(int32) engine.Notice {
			return engine.NewLane(sim, "expire", engine.Expire, limit, fire).Start
		})
	})
}

func timeouts(b *testing.B, bind func(*engine.Sim) func(int32) engine.Notice) {
	const requests = 10_000
	sim := engine.New(engine.Limits{})
	start := bind(sim)
	delay := newExponential(1, 1e9)
	var pending [requests]engine.Notice
	left := b.N + requests
	var answer *engine.Routine[int32]
	answer = engine.NewRoutine(sim, "answer", engine.Release, func(id int32) {
		sim.Cancel(pending[id])
		if left--; left == 0 {
			sim.Stop()
		}
		pending[id] = start(id)
		answer.After(delay.next(), id)
	})
	for id := range int32(requests) {
		pending[id] = start(id)
		answer.After(delay.next(), id)
	}
	if err := sim.Run(engine.Forever); err != nil {
		b.Fatal(err)
	}
}
