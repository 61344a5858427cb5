package server

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A bench is a simulation with one image under test and clients of its own.
type bench struct {
	t        testing.TB
	sim      *engine.Sim
	attempts traffic.Pool
	session  uint64
	image    *Image
}

// a visit is a client's record of one attempt.
type visit struct {
	answered bool
	cause    traffic.Cause
	at       engine.Time
	link     traffic.Link
}

// clients send attempts and note what becomes of them.
type clients struct {
	*bench
	visits []visit
	then   func(i int) // after the answer
}

// nginxSpec has the defaults of the documentation.
func nginxSpec() Spec {
	return Spec{
		Software: "nginx", WorkerConnections: 1024, CPUSharing: "pooled", Backlog: 511,
		KeepaliveTimeout: quantity.Duration(75 * engine.Second), KeepaliveRequests: 1000,
		ProxyReadTimeout: quantity.Duration(60 * engine.Second),
	}
}

func poolSpec() Spec {
	return Spec{
		Software: "pool", Threads: 200, AcceptCount: 100, MaxConnections: 8192,
		KeepaliveTimeout: quantity.Duration(20 * engine.Second), KeepaliveRequests: 100,
	}
}

// wiring of a place whose single route has the given demand and wait.
func wiring(name string, route traffic.RouteSpec, calls ...Call) Wiring {
	stream := func(n string) random.Stream { return random.NewStream(1, 0, n) }
	return Wiring{
		Name: name, Calls: calls, Stream: stream,
		Demands: traffic.NewDemands(name, []traffic.RouteSpec{route}, stream),
	}
}

// takes is a route with a constant demand and wait at web.
func takes(work, wait engine.Time) traffic.RouteSpec {
	r := traffic.RouteSpec{}
	if work > 0 {
		r.Demand = map[string]quantity.Span{"web": constant(work)}
	}
	if wait > 0 {
		r.Wait = map[string]quantity.Span{"web": constant(wait)}
	}
	return r
}

func constant(d engine.Time) quantity.Span {
	law, err := random.Constant(float64(d))
	if err != nil {
		panic(err)
	}
	return quantity.Span{Distribution: law}
}

func newBench(t testing.TB) *bench { return &bench{t: t, sim: engine.New(engine.Limits{})} }

// serve launches an instance with the Spec that is Up.
func (b *bench) serve(spec Spec, w Wiring) *Server {
	b.image = NewImage(b.sim, &spec, w)
	s := b.image.Launch(Machine{VCPUs: 2}, 0)
	s.SetState(Up)
	return s
}

func (b *bench) clients(n int) *clients { return &clients{bench: b, visits: make([]visit, n)} }

func (b *bench) run(until engine.Time) { require.NoError(b.t, b.sim.Run(until)) }

// send makes client i send a request, on its connection where it is open.
func (c *clients) send(i int, to traffic.Receiver) *traffic.Attempt {
	a := c.attempts.Get()
	a.Session = c.session
	c.session++
	a.Link = c.visits[i].link
	a.Link.Keep = true
	c.visits[i].answered = false
	a.Call(to, c, int32(i))
	return a
}

// Moved implements traffic.Caller.
func (c *clients) Moved(*traffic.Attempt, int32) {}

// Answered implements traffic.Caller.
func (c *clients) Answered(a *traffic.Attempt, tag int32, cause traffic.Cause) {
	v := &c.visits[tag]
	require.False(c.t, v.answered, "answered twice")
	*v = visit{true, cause, c.sim.Now(), a.Link}
	a.Release()
	if c.then != nil {
		c.then(int(tag))
	}
}

// counts are the answers by cause.
func (c *clients) counts() (n [traffic.Causes]int) {
	for _, v := range c.visits {
		if v.answered {
			n[v.cause]++
		}
	}
	return n
}

// open is how many clients still have a connection.
func (c *clients) open() (n int) {
	for _, v := range c.visits {
		if v.link.Conn.Conn() != nil {
			n++
		}
	}
	return n
}

// NewStation makes a station that stands for itself, and is Up: its servers
// are its vCPUs.
func NewStation(sim *engine.Sim, spec *StationSpec, w Wiring) *Server {
	servers := 1
	if spec.Servers != nil {
		servers = *spec.Servers
	}
	im := NewImage(sim, &Spec{Software: "station", Queueing: spec.Queueing}, w)
	s := im.Launch(Machine{VCPUs: servers}, 0)
	s.SetState(Up)
	return s
}
