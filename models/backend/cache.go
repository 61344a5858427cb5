package backend

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A Cache passes calls on to its nodes, which work on the commands, and tells of
// each lookup whether it found what it looked for (see [traffic.Attempt.Missed]).
// A call takes the latency, then its time on a node. It holds one of the node's
// connections for as long as it takes: beyond the limit calls are refused at once
// (Blocked), as Memcached and Redis do [A8]. A node that refuses or resets the
// call has the same said to the caller.
//
// A look-aside cache does not fetch what it does not have: whoever asked gets it
// elsewhere and writes it then ([Cache.Aside], [Cache.Write]). Until the first of
// them does, everybody misses.
//
// Which key a request looks up, and whether a fixed hit ratio has it, is a
// function of the request alone, so that a retry looks up the same.
type Cache struct {
	sim                        *engine.Sim
	latency                    quantity.Span
	nodes                      []cacheNode
	limit                      int // of a node's connections
	ratio                      float64
	keys                       random.Distribution // of ranks
	store                      *store              // nil: there are no keys
	keyLuck, hitLuck, nodeLuck random.Stream
	lookups, aside, sessions   port

	calls  traffic.Slots[cacheCall]
	arrive *engine.Routine[int32]
	number tally.Level
	CacheTally
	past books
}

// CacheConfig is what a cache needs to know of the rest of the site.
type CacheConfig struct {
	Name        string
	Nodes       []traffic.Receiver // that work on commands
	Connections int                // of each node
	Items       int                // keys that a node can hold; only where there are keys
	Rate        float64            // lookups per second around time zero; infinite: not known
	Stream      func(name string) random.Stream
}

type cacheNode struct {
	commands traffic.Receiver
	open     int // connections
	impaired traffic.Impairment
}

// A cacheCall is a call that has not been answered.
type cacheCall struct {
	attempt *traffic.Attempt
	notice  engine.Notice
	node    int32
	key     int32
	looks   bool // for a key
	writes  bool // what it misses, at once
	there   bool // at the node
}

// A port is one of the sides from which a cache is called.
type port struct {
	*Cache
	luck          random.Stream              // of the latency
	looks, writes bool                       // as of a cacheCall
	node          func(*traffic.Attempt) int // of a session; nil: of no session
}

// NewCache makes a cache of a checked Spec.
func NewCache(sim *engine.Sim, spec *CacheSpec, config CacheConfig) *Cache {
	stream := func(purpose string) random.Stream { return config.Stream(purpose + "/" + config.Name) }
	c := &Cache{
		sim: sim, latency: spec.Latency, limit: config.Connections, ratio: 1,
		keyLuck: stream("keys"), hitLuck: stream("hits"), nodeLuck: stream("nodes"),
	}
	c.lookups = port{Cache: c, luck: stream("latency"), looks: true, writes: true}
	c.aside = port{Cache: c, luck: stream("latency"), looks: true}
	c.sessions = port{Cache: c, luck: stream("session latency")}
	for _, node := range config.Nodes {
		c.nodes = append(c.nodes, cacheNode{commands: node})
	}
	if spec.HitRatio != nil {
		c.ratio = float64(*spec.HitRatio)
	}
	if spec.Keys != nil {
		c.stock(spec, config, stream)
	}
	c.arrive = engine.NewRoutine(sim, config.Name+": at the node", engine.Seize, c.onArrive)
	return c
}

// stock gives the cache a store.
func (c *Cache) stock(spec *CacheSpec, config CacheConfig, stream func(string) random.Stream) {
	keys, err := random.Zipf(*spec.Keys, spec.Skew)
	if err != nil {
		panic("backend: unchecked keys: " + err.Error())
	}
	var ttl engine.Time
	if spec.TTL != nil {
		ttl = spec.TTL.Time()
	}
	c.keys, c.store = keys, newStore(extent{*spec.Keys, len(c.nodes), config.Items}, ttl, stream("shards"))
	if spec.Start == "warm" {
		c.store.warm(newPast(keys, config.Rate, stream("ages")))
	}
}

// Sessions takes the calls about signed-in state. They look for no key that the
// hit ratio knows, and go to the node that keeps the state of their session.
func (c *Cache) Sessions(node func(*traffic.Attempt) int) traffic.Receiver {
	c.sessions.node = node
	return &c.sessions
}

// Aside takes the lookups of those who [Cache.Write] what they miss once they have
// it.
func (c *Cache) Aside() traffic.Receiver { return &c.aside }

// Receive implements traffic.Receiver: a lookup. What it misses is stored at once:
// whoever asks calls nobody for it.
func (c *Cache) Receive(a *traffic.Attempt) { c.lookups.Receive(a) }

// Receive implements traffic.Receiver.
func (p *port) Receive(a *traffic.Attempt) {
	c := p.Cache
	call := cacheCall{attempt: a, looks: p.looks && !a.Probe, writes: p.writes}
	p.address(&call)
	c.came(a)
	node := &c.nodes[call.node]
	if node.open >= c.limit {
		c.fail(&call, traffic.Blocked)
		return
	}
	slot := c.take(call)
	a.Hold(slot)
	if on := node.impaired.Stretch(c.latency.Draw(p.luck.Uniform(a.Luck()))); on > 0 {
		c.calls.At(slot).notice = c.arrive.After(on, slot)
		return
	}
	c.onArrive(slot)
}

// address finds the node of a call, and the key of a lookup.
func (p *port) address(call *cacheCall) {
	c, a := p.Cache, call.attempt
	switch {
	case p.node != nil:
		call.node = int32(p.node(a))
	case !call.looks: // a health check: any will do
	case c.store != nil:
		call.key, call.node = c.keyOf(a)
	case len(c.nodes) > 1:
		call.node = int32(c.nodeLuck.Uniform(a.Luck()) * float64(len(c.nodes)))
	}
}

// keyOf is the key that a request looks up, and its node.
func (c *Cache) keyOf(a *traffic.Attempt) (key, node int32) {
	key = int32(c.keys.Quantile(c.keyLuck.Uniform(a.Luck()))) - 1
	return key, int32(c.store.node(int(key)))
}

// Write stores the key of a request that has been a miss. It takes no time, and
// needs no connection; a node that is lost does not hear of it.
func (c *Cache) Write(a *traffic.Attempt) {
	if c.store == nil {
		return
	}
	if key, node := c.keyOf(a); !c.nodes[node].impaired.Crashed {
		c.store.keep(int(key), int(node), c.sim.Now())
	}
}

// take makes a record of a call, which holds a connection from now on.
func (c *Cache) take(call cacheCall) int32 {
	c.number.Up(c.sim.Now())
	c.nodes[call.node].open++
	return c.calls.Take(call)
}

// release forgets a call, and returns what it was.
func (c *Cache) release(slot int32) cacheCall {
	call := c.calls.Free(slot)
	c.number.Down(c.sim.Now())
	c.nodes[call.node].open--
	return call
}

// onArrive is the event at which a call comes to its node.
func (c *Cache) onArrive(slot int32) {
	call := c.calls.At(slot)
	call.there = true
	call.attempt.Call(c.nodes[call.node].commands, c, slot)
}

// Answered implements traffic.Caller: the node has worked on the command.
func (c *Cache) Answered(a *traffic.Attempt, slot int32, cause traffic.Cause) {
	call := c.release(slot)
	if cause != traffic.OK {
		call.attempt = a
		c.fail(&call, cause)
		return
	}
	c.answered(cause)
	if call.looks {
		c.look(a, &call)
	}
	a.Reply(traffic.OK)
}

// fail answers a call without what it came for. To whoever looked something up
// that is a miss.
func (c *Cache) fail(call *cacheCall, cause traffic.Cause) {
	c.answered(cause)
	if call.looks {
		c.Misses++
	}
	call.attempt.Reply(cause)
}

// look looks for a key.
func (c *Cache) look(a *traffic.Attempt, call *cacheCall) {
	if c.store != nil {
		a.Missed = !c.store.lookup(int(call.key), int(call.node), c.sim.Now())
		if a.Missed && call.writes {
			c.store.keep(int(call.key), int(call.node), c.sim.Now())
		}
	} else {
		a.Missed = c.hitLuck.Uniform(a.Luck()) >= c.ratio
	}
	if a.Missed {
		c.Misses++
	} else {
		c.Hits++
	}
}

// Moved implements traffic.Caller.
func (c *Cache) Moved(a *traffic.Attempt, slot int32) { c.calls.At(slot).attempt = a }

// Withdraw implements traffic.Receiver.
func (c *Cache) Withdraw(_ *traffic.Attempt, slot int32) {
	call := c.release(slot)
	if !call.there {
		c.sim.Cancel(call.notice)
	}
	if call.looks {
		c.Misses++
	}
	c.Withdrawn++
}

// Impair does to a node what faults do, but for what its commands take. When it
// crashes its share of the keys is gone, and it keeps nothing until it is back,
// empty. Consistent hashing, by which other nodes would take the share over, is
// not modelled.
func (c *Cache) Impair(node int, i traffic.Impairment) {
	n := &c.nodes[node]
	if i.Crashed && !n.impaired.Crashed && c.store != nil {
		c.store.lose(node)
	}
	n.impaired = i
}

// A CacheTally is what a cache did in some time.
type CacheTally struct {
	Calls                   // misses are completed
	Hits   uint64           // lookups that found what they looked for
	Misses uint64           // all other lookups, those that failed included
	Number tally.LevelTally // calls in progress
}

// Cut returns what the cache did since the last cut.
func (c *Cache) Cut() CacheTally {
	t := c.CacheTally
	t.Number = c.number.Cut(c.sim.Now())
	c.past.enter(&t.Calls)
	c.CacheTally = CacheTally{}
	return t
}

// Audit checks the books: calls that came have been answered or taken back, or
// are in progress, each with a connection; and the store holds what it lists.
func (c *Cache) Audit() error {
	held, open := c.calls.Held(), 0
	for i := range c.nodes {
		open += c.nodes[i].open
	}
	if err := c.past.check(&c.Calls, held); err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	if open != held || int64(held) != c.number.Value() {
		return fmt.Errorf("cache: %d calls are in progress on %d connections, and the level says %d", held, open, c.number.Value())
	}
	if c.store != nil {
		return c.store.audit()
	}
	return nil
}
