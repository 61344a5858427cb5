package engine_test

import (
	"fmt"
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
)

// exponential draws exponential variates by inversion, one ahead: so the
// logarithm does not stand between an event and the next.
type exponential struct {
	state uint64
	mean  float64 // ns
	ahead engine.Time
}

func newExponential(seed uint64, mean float64) *exponential {
	e := &exponential{state: seed, mean: mean}
	e.next()
	return e
}

// next uses splitmix64 (Steele, Lea and Flood, 2014).
func (e *exponential) next() engine.Time {
	variate := e.ahead
	e.state += 0x9e3779b97f4a7c15
	z := (e.state ^ e.state>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	u := float64(int64((z^z>>31)>>11|1)) * 0x1p-53
	e.ahead = engine.Time(-random.Log(u) * e.mean)
	return variate
}

// mmc is a queue with Poisson arrivals, exponential service and c servers,
// first come first served. Payloads are the ordinals of the servers.
type mmc struct {
	sim                *engine.Sim
	arrivals, services *exponential
	arrive             *engine.Routine[int32]
	depart             *engine.Routine[int32]
	idle               []int32
	since              []engine.Time // arrival of the customer at each server
	waiting            []engine.Time // ring: arrivals of those who wait
	head, tail         int
	born, customers    int
	total              engine.Time // in the system
}

const service = 1e9 // mean, ns

func newMMC(servers, customers int) *mmc {
	m := &mmc{
		arrivals:  newExponential(1, service/(0.9*float64(servers))),
		services:  newExponential(2, service),
		since:     make([]engine.Time, servers),
		waiting:   make([]engine.Time, 1024),
		customers: customers,
	}
	for i := range servers {
		m.idle = append(m.idle, int32(servers-1-i))
	}
	return m
}

func (m *mmc) run(b *testing.B) {
	sim := engine.New(engine.Limits{})
	m.sim = sim
	m.arrive = engine.NewRoutine(sim, "arrive", engine.Seize, m.onArrive)
	m.depart = engine.NewRoutine(sim, "depart", engine.Release, m.onDepart)
	m.arrive.After(m.arrivals.next(), 0)
	if err := sim.Run(engine.Forever); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(m.total)/float64(m.customers)/service, "W")
}

func (m *mmc) onArrive(int32) {
	now := m.sim.Now()
	if m.born++; m.born < m.customers {
		m.arrive.After(m.arrivals.next(), 0)
	}
	if n := len(m.idle); n > 0 {
		server := m.idle[n-1]
		m.idle = m.idle[:n-1]
		m.serve(server, now)
		return
	}
	m.wait(now)
}

func (m *mmc) onDepart(server int32) {
	now := m.sim.Now()
	m.total += now - m.since[server]
	if m.head == m.tail {
		m.idle = append(m.idle, server)
		return
	}
	arrival := m.waiting[m.head&(len(m.waiting)-1)]
	m.head++
	m.serve(server, arrival)
}

func (m *mmc) serve(server int32, arrival engine.Time) {
	m.since[server] = arrival
	m.depart.After(m.services.next(), server)
}

func (m *mmc) wait(now engine.Time) {
	if n := len(m.waiting); m.tail-m.head == n {
		ring := make([]engine.Time, 2*n)
		for i := range n {
			ring[i] = m.waiting[(m.head+i)&(n-1)]
		}
		m.waiting, m.head, m.tail = ring, 0, n
	}
	m.waiting[m.tail&(len(m.waiting)-1)] = now
	m.tail++
}

// One operation is one customer: two events.
func BenchmarkMM1(b *testing.B)  { newMMC(1, b.N).run(b) }
func BenchmarkMM16(b *testing.B) { newMMC(16, b.N).run(b) }

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
