package balancer_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/traffic"
)

// ring is a server with a fixed number of requests in progress: it answers one
// when the next comes.
type ring struct {
	held  []*traffic.Attempt
	conns [64]traffic.Conn
	next  int
	used  int

	broken bool
}

func (s *ring) Receive(a *traffic.Attempt) {
	if a.Probe {
		a.Reply(traffic.OK)
		return
	}
	if s.broken {
		a.Reply(traffic.Refused)
		return
	}
	switch {
	case !a.Link.Keep:
		a.Link.Queued = true
	case a.Link.Conn.Conn() == nil:
		a.Link.Conn = s.conns[s.used].Open()
		s.used++
	}
	before := s.held[s.next]
	s.held[s.next] = a
	if s.next++; s.next == len(s.held) {
		s.next = 0
	}
	if before != nil {
		before.Reply(traffic.OK)
	}
}

func (s *ring) Withdraw(*traffic.Attempt, int32) {}

// sink is a client that forgets answers.
type sink struct{}

func (sink) Moved(*traffic.Attempt, int32) {}

func (sink) Answered(a *traffic.Attempt, _ int32, _ traffic.Cause) { a.Release() }

// load is a balancer of three nodes with 20 targets, each of which has the same
// number of requests in progress; of proxies one refuses all.
type load struct {
	sim     *engine.Sim
	lb      *balancer.Balancer
	pool    traffic.Pool
	session uint64
}

func newLoad(kind, algorithm string, inProgress int) *load {
	l := &load{sim: engine.New(engine.Limits{})}
	s := spec(kind)
	s.Algorithm, s.Redispatch = algorithm, true
	l.lb = balancer.New(l.sim, s, balancer.Config{
		Name: "lb", Zones: []string{"a", "b", "c"},
		Stream: func(name string) random.Stream { return random.NewStream(1, 0, name) },
	})
	for id := range 20 {
		l.lb.AddTarget(balancer.Target{ID: id, Zone: []string{"a", "b", "c"}[id%3], Receiver: &ring{held: make([]*traffic.Attempt, inProgress), broken: id == 7 && !s.Elastic()}, Healthy: true})
	}
	for range 2000 {
		l.request()
	}
	return l
}

func (l *load) request() {
	a := l.pool.Get()
	a.Session = l.session
	l.session++
	a.Call(l.lb, sink{}, 0)
}

func TestRequestsAllocateNothing(t *testing.T) {
	algorithms := []string{"round_robin", "least_outstanding_requests", "random", "power_of_two"}
	for kind, algorithms := range map[string][]string{
		"application": algorithms, "network": {"flow_hash"}, // each request on a connection of its own
		"nginx": append(algorithms, "ip_hash"), "haproxy": append(algorithms, "source"), // one server refuses
	} {
		for _, algorithm := range algorithms {
			l := newLoad(kind, algorithm, 3)
			require.Zero(t, testing.AllocsPerRun(10000, l.request), "%s %s", kind, algorithm)
		}
	}
}

// Checks, idle connections and time going by allocate nothing either.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	l := newLoad("application", "least_outstanding_requests", 3)
	second := func() {
		for range 10 {
			l.request()
		}
		_ = l.sim.Run(l.sim.Now() + engine.Second)
	}
	for range 120 {
		second()
	}
	require.Zero(t, testing.AllocsPerRun(300, second))
}

// BenchmarkHop is an application balancer's whole cost of a request, to the
// target and back; with one request in progress at each target (a busy day of
// worldcup98) and with twelve. BenchmarkDirect is to be subtracted.
func BenchmarkHop(b *testing.B) {
	for _, algorithm := range []string{"round_robin", "least_outstanding_requests", "random", "power_of_two"} {
		for _, inProgress := range []int{1, 12} {
			benchmark(b, "application", algorithm, inProgress)
		}
	}
}

// BenchmarkHopOf is the same for the other balancers, by their usual algorithms.
func BenchmarkHopOf(b *testing.B) {
	benchmark(b, "classic", "least_outstanding_requests", 1)
	benchmark(b, "network", "flow_hash", 1)
	benchmark(b, "nginx", "round_robin", 1)
	benchmark(b, "haproxy", "round_robin", 1)
}

func benchmark(b *testing.B, kind, algorithm string, inProgress int) {
	b.Run(fmt.Sprintf("%s/%s/%d", kind, algorithm, inProgress), func(b *testing.B) {
		l := newLoad(kind, algorithm, inProgress)
		b.ReportAllocs()
		for b.Loop() {
			l.request()
		}
	})
}

// BenchmarkDirect is BenchmarkHop without a balancer.
func BenchmarkDirect(b *testing.B) {
	var pool traffic.Pool
	servers := make([]ring, 20)
	var conn traffic.Conn
	for i := range servers {
		servers[i].held = make([]*traffic.Attempt, 1)
	}
	n := 0
	for b.Loop() {
		a := pool.Get()
		a.Session = uint64(n)
		a.Link.Conn = conn.Open()
		n++
		a.Call(&servers[n%20], sink{}, 0)
	}
}
