package backend

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
)

const ms = engine.Millisecond

// A rig is a simulation with clients of its own, who note what becomes of their
// requests.
type rig struct {
	t       testing.TB
	sim     *engine.Sim
	pool    traffic.Pool
	visits  []visit
	visitor *traffic.Visitor // of the requests that are sent
	keep    bool             // clients keep their connections
	then    func(i int)      // after an answer; may be nil
}

// A visit is a client's record of one request.
type visit struct {
	attempt  *traffic.Attempt
	answered bool
	cause    traffic.Cause
	at       engine.Time
	link     traffic.Link
}

func newRig(t testing.TB) *rig { return &rig{t: t, sim: engine.New(engine.Limits{})} }

// send sends the next request, on a connection unless it is none.
func (r *rig) send(to traffic.Receiver, conn traffic.ConnRef) int {
	a := r.pool.Get()
	i := len(r.visits)
	a.Session, a.User = uint64(i), uint64(i)
	a.Visitor = r.visitor
	a.Link = traffic.Link{Conn: conn, Keep: r.keep}
	r.visits = append(r.visits, visit{attempt: a})
	a.Call(to, r, int32(i))
	return i
}

// sendMany sends so many requests.
func (r *rig) sendMany(n int, to traffic.Receiver) {
	for range n {
		r.send(to, traffic.ConnRef{})
	}
}

func (r *rig) Answered(a *traffic.Attempt, tag int32, cause traffic.Cause) {
	r.visits[tag] = visit{answered: true, cause: cause, at: r.sim.Now(), link: a.Link}
	a.Release()
	if r.then != nil {
		r.then(int(tag))
	}
}

func (r *rig) Moved(a *traffic.Attempt, tag int32) { r.visits[tag].attempt = a }

// leave gives a request up; withdrawn or not.
func (r *rig) leave(i int, withdraw bool) {
	a := r.visits[i].attempt
	if withdraw {
		a.Withdraw(0)
		a.Release()
	} else {
		a.Cut(0, traffic.Link{})
	}
	r.visits[i].attempt = nil
}

func (r *rig) run(until engine.Time) { require.NoError(r.t, r.sim.Run(until)) }

// counts are the answers so far.
func (r *rig) counts() (n [traffic.Causes]int) {
	for _, v := range r.visits {
		if v.answered {
			n[v.cause]++
		}
	}
	return n
}

// requireNoAllocations sends a request every 10 ms, and demands that a steady
// state is reached.
func (r *rig) requireNoAllocations(to traffic.Receiver, cut func()) {
	var next *engine.Routine[uint64]
	pool := &traffic.Pool{}
	next = engine.NewRoutine(r.sim, "arrive", engine.Seize, func(n uint64) {
		next.After(10*ms, n+1)
		a := pool.Get()
		a.Session = n
		a.Call(to, pool, 0)
	})
	next.After(0, 0)
	r.run(engine.Minute)
	cut()
	cut()
	require.Zero(r.t, testing.AllocsPerRun(10, func() {
		r.run(r.sim.Now() + 10*engine.Second)
		cut()
	}))
}

func stream(name string) random.Stream { return random.NewStream(1, 0, name) }

func constant(d engine.Time) quantity.Span {
	law, err := random.Constant(float64(d))
	if err != nil {
		panic(err)
	}
	return quantity.Span{Distribution: law}
}

func parse(t testing.TB, text string) quantity.Span {
	s, err := quantity.ParseSpan(text, nil)
	require.NoError(t, err)
	return s
}

func span(d engine.Time) quantity.Duration { return quantity.Duration(d) }

// wiring of a place whose only route has the given demand.
func wiring(demand quantity.Span, stream func(name string) random.Stream) Wiring {
	route := traffic.RouteSpec{Demand: map[string]quantity.Span{"f": demand}}
	return Wiring{Name: "f", Stream: stream, Demands: traffic.NewDemands("f", []traffic.RouteSpec{route}, stream)}
}

// A server is a place with connections that answers after a while.
type server struct {
	rig      *rig
	takes    engine.Time // less than zero: it never answers
	cause    traffic.Cause
	health   traffic.Cause // of the answers to probes
	got      int
	probes   int
	opened   int
	hungUp   int
	later    *engine.Routine[*traffic.Attempt]
	due      map[*traffic.Attempt]engine.Notice
	withdraw int
}

func (r *rig) server(takes engine.Time) *server {
	s := &server{rig: r, takes: takes, due: make(map[*traffic.Attempt]engine.Notice)}
	s.later = engine.NewRoutine(r.sim, "server", engine.Release, func(a *traffic.Attempt) { a.Reply(s.cause) })
	return s
}

func (s *server) Receive(a *traffic.Attempt) {
	if a.Probe {
		s.probes++
		a.Reply(s.health)
		return
	}
	s.got++
	if a.Link.Conn.Conn() == nil {
		s.opened++
		conn := &traffic.Conn{Home: s}
		conn.Hangup = func(c *traffic.Conn) { s.hungUp++; c.Close(s.rig.sim.Now()) }
		a.Link.Conn = conn.Open()
	}
	if s.takes >= 0 {
		s.due[a] = s.later.After(s.takes, a)
	}
}

func (s *server) Withdraw(a *traffic.Attempt, _ int32) {
	s.withdraw++
	s.rig.sim.Cancel(s.due[a])
}
