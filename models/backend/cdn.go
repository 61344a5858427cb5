package backend

import (
	"fmt"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A CDN answers what it has in its cache, and passes the rest on to its origin.
// Whether a request is a hit is a pure function of the request: the same under
// any policy, and for each retry. Origin load is (1 - hit ratio) x requests
// [CF-COST]. Requests for an object that is on its way from the origin wait for it
// (request collapsing: CloudFront Developer Guide, "Simultaneous requests for the
// same object").
type CDN struct {
	sim     *engine.Sim
	origin  traffic.Receiver
	chance  []float64 // of a hit, by route; where there is a store: of an answer that it may keep
	store   *store    // nil: the hit ratio is given
	leads   []int32   // by object: the tag of the request that fetches it, or nobody
	objects random.Distribution
	sizes   []uint64 // of answers, by route
	latency quantity.Span
	luck    random.Stream // hits
	asked   random.Stream // objects
	pace    random.Stream // latency

	clients traffic.Conn    // stands for all connections of clients
	ref     traffic.ConnRef // theirs to it
	kept    *idlePool[traffic.ConnRef]
	fetches traffic.Slots[fetch]
	hit     *engine.Routine[int32]
	late    *engine.Watch
	CDNTally
	past books
}

// A fetch is a request that the network has not answered yet.
type fetch struct {
	attempt *traffic.Attempt
	link    traffic.Link // of the client
	depth   int32        // hops down to the network
	stay    engine.Stay  // with the origin
	stage   progress
	notice  engine.Notice // while answering
	cause   traffic.Cause // of the answer then
	object  int32         // of the store; unstored unless it is fetched

	next, previous int32 // of those for the same object, in a ring
}

// progress is how far a request has come.
type progress uint8

const (
	fetching  progress = iota // the origin has it
	waiting                   // another one fetches the same
	answering                 // the answer is there
)

const (
	unstored = -1 // no object of the store
	nobody   = -1 // fetches it
)

// Site is where a network stands.
type Site struct {
	Name   string
	Origin traffic.Receiver
	Routes []traffic.RouteSpec
	Rate   float64 // requests per second around time zero for what may be kept; infinite: not known
	Stream func(name string) random.Stream
}

// NewCDN makes a content delivery network from a checked Spec.
func NewCDN(sim *engine.Sim, spec *CDNSpec, at Site) *CDN {
	c := &CDN{
		sim: sim, origin: at.Origin, latency: spec.Latency,
		luck: at.Stream("hit/" + at.Name), pace: at.Stream("latency/" + at.Name), asked: at.Stream("object/" + at.Name),
	}
	ratio := 1.0
	if spec.HitRatio != nil {
		ratio = float64(*spec.HitRatio)
	} else {
		c.stock(spec, at)
	}
	for _, r := range at.Routes {
		c.chance = append(c.chance, float64(r.Cacheable)*ratio)
		c.sizes = append(c.sizes, uint64(r.Size))
	}
	c.clients = traffic.Conn{Home: c}
	c.ref = c.clients.Open()
	name := "cdn/" + at.Name
	c.kept = newIdlePool(sim, name+"/idle-connections", spec.KeepAlive.Time(), traffic.ConnRef.Hangup)
	c.hit = engine.NewRoutine(sim, name+"/hit", engine.Release, c.onHit)
	c.late = engine.NewWatch(sim, name+"/origin-timeout", engine.Expire, spec.OriginTimeout.Time(), atOrigin{c})
	return c
}

// stock makes the store of a network that has room for all objects.
func (c *CDN) stock(spec *CDNSpec, at Site) {
	objects, err := random.Zipf(*spec.Keys, spec.Skew)
	if err != nil {
		panic("backend: unchecked keys: " + err.Error())
	}
	c.objects = objects
	c.leads = slices.Repeat([]int32{nobody}, *spec.Keys)
	c.store = newStore(extent{keys: *spec.Keys, nodes: 1, room: *spec.Keys}, spec.TTL.Time(), at.Stream("shard/"+at.Name))
	if spec.Start == "warm" {
		c.store.warm(newPast(objects, at.Rate, at.Stream("age/"+at.Name)))
	}
}

// Receive implements traffic.Receiver.
func (c *CDN) Receive(a *traffic.Attempt) {
	c.came(a)
	a.Delivered = true
	tag := c.fetches.Take(fetch{attempt: a, link: a.Link, depth: a.Depth(), object: unstored})
	f := c.fetches.At(tag)
	f.link.Conn = traffic.ConnRef{}
	if f.link.Keep {
		f.link.Conn = c.ref
	}
	a.Hold(tag)
	switch {
	case c.has(f):
		c.answerAfter(c.latency.Draw(c.pace.Uniform(a.Luck())), tag, traffic.OK)
	case f.object != unstored && c.leads[f.object] != nobody:
		c.join(tag, c.leads[f.object])
	default:
		c.lead(tag)
		c.fetch(tag)
	}
}

// answerAfter has a request answered later, without the origin.
func (c *CDN) answerAfter(d engine.Time, tag int32, cause traffic.Cause) {
	f := c.fetches.At(tag)
	f.stage, f.cause = answering, cause
	f.notice = c.hit.After(d, tag)
}

// fetch sends a request on to the origin.
func (c *CDN) fetch(tag int32) {
	f := c.fetches.At(tag)
	a := f.attempt
	c.late.Enter(&f.stay)
	a.Link = traffic.Link{Keep: true}
	for conn, ok := c.kept.take(); ok; conn, ok = c.kept.take() {
		if conn.Conn() != nil {
			a.Link.Conn = conn
			break
		}
	}
	a.Call(c.origin, c, tag)
}

// has tells whether a request finds its answer, and if not notes what it is to
// fetch.
func (c *CDN) has(f *fetch) bool {
	a := f.attempt
	if a.Probe || c.luck.Uniform(a.Luck()) >= c.chance[a.Route] {
		return false
	}
	if c.store == nil {
		return true
	}
	object := int32(c.objects.Quantile(c.asked.Uniform(a.Luck()))) - 1
	if c.store.lookup(int(object), 0, c.sim.Now()) {
		return true
	}
	f.object = object
	return false
}

func (c *CDN) onHit(tag int32) {
	f := c.fetches.At(tag)
	if f.cause == traffic.OK {
		c.Hits++
	}
	c.answer(f.attempt, tag, f.cause)
}

// Answered takes the origin's answer.
func (c *CDN) Answered(a *traffic.Attempt, tag int32, cause traffic.Cause) {
	c.fetches.At(tag).stay.Leave()
	if a.Link.Conn.Conn() != nil {
		c.kept.put(a.Link.Conn)
	}
	cause = fromOrigin(cause)
	c.settle(tag, cause)
	c.answer(a, tag, cause)
}

// fromOrigin is what clients see of what the origin does: 502 where it gave no
// answer, 504 where it gave none in time (UNSOURCED: as gateways do, RFC 9110),
// else what it answered.
func fromOrigin(cause traffic.Cause) traffic.Cause {
	switch cause {
	case traffic.Refused, traffic.Reset, traffic.Closed:
		return traffic.Status502
	case traffic.Timeout:
		return traffic.Status504
	}
	return cause
}

func (c *CDN) answer(a *traffic.Attempt, tag int32, cause traffic.Cause) {
	a.Link = c.fetches.Free(tag).link
	c.answered(cause)
	if cause == traffic.OK && !a.Probe {
		c.Bytes += c.sizes[a.Route]
	}
	a.Reply(cause)
}

// atOrigin are the requests of a network that its origin has.
type atOrigin struct{ *CDN }

// Stay implements engine.Watched.
func (c atOrigin) Stay(tag int32) *engine.Stay {
	if int(tag) < len(c.fetches.All()) {
		return &c.fetches.At(tag).stay
	}
	return nil
}

// Over implements engine.Watched: the origin has not answered in time. It goes on
// with its work.
func (c atOrigin) Over(tag int32) {
	c.settle(tag, traffic.Status504)
	f := c.fetches.At(tag)
	c.answer(f.attempt.Cut(f.depth, f.link), tag, traffic.Status504)
}

// Moved implements traffic.Caller.
func (c *CDN) Moved(a *traffic.Attempt, tag int32) { c.fetches.At(tag).attempt = a }

// Withdraw implements traffic.Receiver.
func (c *CDN) Withdraw(a *traffic.Attempt, tag int32) {
	c.Withdrawn++
	switch f := c.fetches.At(tag); f.stage {
	case answering:
		c.sim.Cancel(f.notice)
	case waiting:
		c.unlink(tag)
	default:
		f.stay.Leave()
		c.resign(tag)
	}
	a.Link = c.fetches.Free(tag).link
}

// CDNTally is what a content delivery network did in some time.
type CDNTally struct {
	Calls
	Hits  uint64 // answered well without a request to the origin
	Bytes uint64 // of good answers, which is what is billed [CF-COST]
}

// Merge adds another tally, of another time.
func (t *CDNTally) Merge(o *CDNTally) {
	t.Calls.Merge(&o.Calls)
	t.Hits += o.Hits
	t.Bytes += o.Bytes
}

// HitRatio is the share of hits among the requests that ended; NaN without any.
// Those that came are others: answers take time.
func (t *CDNTally) HitRatio() float64 { return float64(t.Hits) / float64(t.ended()) }

// Cut returns what happened since the last cut.
func (c *CDN) Cut() CDNTally {
	t := c.CDNTally
	c.CDNTally = CDNTally{}
	c.past.enter(&t.Calls)
	return t
}

// Audit checks that each request was answered, taken back or is in flight.
func (c *CDN) Audit() error {
	if err := c.past.check(&c.Calls, c.fetches.Held()); err != nil {
		return fmt.Errorf("content delivery network: %w", err)
	}
	if c.store != nil {
		return c.store.audit()
	}
	return nil
}
