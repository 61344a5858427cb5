package client

import (
	"hash/fnv"
	"math"
	"time"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/trace"
	"github.com/headroom-sim/headroom/models/traffic"
)

// Env is what a population needs of the site that it is part of.
type Env struct {
	Sim    *engine.Sim
	Pool   *traffic.Pool // of the whole site
	Ledger *Ledger       // of the whole site
	Stream func(name string) random.Stream
	Target traffic.Receiver
	Routes []string     // names of all routes, in the order of their indices
	End    engine.Time  // of the run: nothing need arrive after it
	Start  time.Time    // wall-clock instant of time zero, in the scenario's timezone; zero: none
	Trace  *trace.Trace // what Spec.ReadTrace gave, for traced arrivals
	// Visitors: the site gives users cookies, or signs them in, and they are to
	// come back with what they got.
	Visitors bool
	SignIn   []bool   // by route: whether its requests sign in
	Sizes    []uint64 // by route: bytes of its good answers
	// Leave, unless nil, is told of each visitor whose session has ended.
	Leave func(*traffic.Visitor)
	// Grown, unless nil, is told that there is one more visit at once than ever
	// before, or one more user.
	Grown func()
}

// A Client is a population at work.
type Client struct {
	behaviour
	sim       *engine.Sim
	pool      *traffic.Pool
	ledger    *Ledger
	target    traffic.Receiver
	index     int32
	salt      uint32
	person    uint64 // the part of a session's ordinal that tells whose it is
	users     int    // of a closed population
	cancel    bool
	keepAlive bool
	visitors  bool
	leave     func(*traffic.Visitor)
	grown     func()
	signIn    int32 // route by which a user signs in again; -1: none
	sizes     []uint64

	// Bytes is the size of all good answers so far that came from the site, and not
	// from a content delivery network.
	Bytes uint64

	visits   Visits // since the ledger asked
	arrivals *ahead // of an open population
	arrived  uint64 // sessions so far
	records  []*session
	free     *session // the first of those that are free

	arrive *engine.Routine[struct{}]
	resume *engine.Routine[*session] // the pause for thought is over
	again  *engine.Routine[*session] // the pause before a retry is over
	expire *engine.Watch             // by the records' indices; nil: waits for ever
}

// New makes the population of the given name, and gives it the next index in
// the ledger. The Spec must have passed its Check.
func New(name string, spec *Spec, env Env) *Client {
	c := &Client{
		behaviour: newBehaviour(name, spec, env),
		sim:       env.Sim, pool: env.Pool, ledger: env.Ledger, target: env.Target,
		salt: saltOf(name), users: spec.Users, cancel: spec.Cancel, keepAlive: spec.KeepAlive,
		visitors: env.Visitors, leave: env.Leave, grown: env.Grown, sizes: env.Sizes,
	}
	c.signIn = c.routes.first(env.SignIn)
	if process := newArrivals(name, spec, env); process != nil {
		c.arrivals = &ahead{of: process}
	}
	if c.person = math.MaxUint64; c.arrivals == nil {
		c.person = round - 1
	}
	c.index = c.ledger.enter(c)
	c.arrive = engine.NewRoutine(c.sim, "arrive/"+name, engine.Seize, c.onArrive)
	c.resume = engine.NewRoutine(c.sim, "think/"+name, engine.Seize, c.offer)
	c.again = engine.NewRoutine(c.sim, "retry/"+name, engine.Seize, c.send)
	if spec.Timeout != nil {
		c.expire = engine.NewWatch(c.sim, "timeout/"+name, engine.Expire, spec.Timeout.Time(), waiting{c})
	}
	return c
}

// Start schedules the first arrival, or sets the closed users thinking. It is
// called once, at time zero.
func (c *Client) Start() {
	if c.arrivals != nil {
		c.awaitArrival()
		return
	}
	for user := range c.users {
		s := c.take()
		s.Session = uint64(user)
		c.begin(s)
	}
}

func (c *Client) awaitArrival() {
	if at := c.arrivals.next(); at < engine.Forever {
		c.arrive.At(at, struct{}{})
	}
}

// newArrivals is the point process of an open population; nil for a closed one.
func newArrivals(name string, spec *Spec, env Env) arrivals {
	luck := env.Stream("arrivals/" + name)
	switch spec.Kind() {
	case "closed":
		return nil
	case "trace":
		return newTraced(env.Trace, spec, env.Start, luck)
	case "even":
		return &even{integral{curve: newCurve(spec, env.Start)}}
	case "bursty":
		m := newModulated(spec, newCurve(spec, env.Start), env.Stream("bursts/"+name), env.End)
		return &poisson{rate: integral{curve: m}, luck: luck}
	}
	return &poisson{rate: integral{curve: newCurve(spec, env.Start)}, luck: luck}
}

// saltOf keeps the luck of populations apart by their names, so that one more
// population changes nobody else's.
func saltOf(name string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(name))
	return h.Sum32()
}
