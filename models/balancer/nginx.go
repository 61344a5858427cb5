package balancer

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// nginx chooses among servers and watches them by the requests that they fail
// (passive checks), each worker for itself [A5: ngx_http_upstream_round_robin.c].
// A worker is a node of the balancer. Other balancers have none, nil.
type nginx struct {
	of          *Balancer
	algorithm   algorithm
	weights     []int64 // by group of targets; nil: all the same
	maxFails    int
	failTimeout int64         // seconds
	next        [endings]bool // ways to end after which another server is asked
	fails       [endings]bool // those that count as failures
	mayRepeat   bool          // what is not idempotent too, once it has been sent
	routes      []traffic.RouteSpec
	mostTries   int         // 0: as many as there are servers
	within      engine.Time // 0: unbounded
	peers       [][]peer    // by worker and slot
	candidates  []int32     // scratch
}

// peer is what a worker knows of a server.
type peer struct {
	weight, effective, current int64
	fails                      int
	failed, checked            int64 // seconds: the last failure; that, or the last request that was let through to try
}

// newNginx adds to what counts as a failure by itself (a connection refused or
// lost, an answer that does not come) the statuses that are named.
func newNginx(b *Balancer, s *Spec, c Config) *nginx {
	x := &nginx{
		of: b, algorithm: algorithms[s.Algorithm],
		maxFails: s.MaxFails, failTimeout: int64(s.FailTimeout.Time() / engine.Second),
		mostTries: s.NextUpstreamTries, within: s.NextUpstreamTimeout.Time(),
		routes: c.Routes, peers: make([][]peer, len(b.nodes)),
	}
	if s.Weights != nil {
		for _, name := range s.Places() {
			x.weights = append(x.weights, int64(s.Weights[name]))
		}
	}
	for _, how := range nextUpstream["error"] {
		x.fails[how] = true
	}
	for _, how := range nextUpstream["timeout"] {
		x.fails[how] = true
	}
	for _, word := range s.NextUpstream {
		x.mayRepeat = x.mayRepeat || word == "non_idempotent"
		for _, how := range nextUpstream[word] {
			x.next[how], x.fails[how] = true, true
		}
	}
	return x
}

// nextUpstream are the words of proxy_next_upstream.
var nextUpstream = map[string][]traffic.Cause{
	"error":          {traffic.Refused, traffic.Reset, traffic.Closed},
	"timeout":        {traffic.Timeout, unconnected},
	"http_429":       {traffic.Status429},
	"http_500":       {traffic.Status500},
	"http_502":       {traffic.Status502},
	"http_503":       {traffic.Status503},
	"http_504":       {traffic.Status504},
	"non_idempotent": nil,
	"off":            nil,
}

// enlist makes a server known to all workers, if there are any.
func (x *nginx) enlist(slot int32) {
	if x == nil {
		return
	}
	weight := int64(1)
	if x.weights != nil {
		weight = x.weights[x.of.targets[slot].Group]
	}
	for i := range x.peers {
		for int(slot) >= len(x.peers[i]) {
			x.peers[i] = append(x.peers[i], peer{})
		}
		x.peers[i][slot] = peer{weight: weight, effective: weight}
	}
}

// now is the clock of nginx: whole seconds.
func (x *nginx) now() int64 { return int64(x.of.sim.Now() / engine.Second) }

// shuns tells whether a worker passes over a server that has failed too often.
func (x *nginx) shuns(p *peer) bool {
	return x.maxFails > 0 && p.fails >= x.maxFails && x.now()-p.checked <= x.failTimeout
}

// after implements retryRule. Statuses that are not named, and those of the last
// try, are answers like others. A client that leaves tells nothing bad of the
// server.
func (x *nginx) after(c *call, t *tries, how traffic.Cause) step {
	n := c.node
	use := n.rotas[0].use
	p := &x.peers[n.index][c.target.slot]
	again := x.goesOn(c, t, len(use), how)
	if !x.fails[how] || how >= traffic.Status429 && how < traffic.Causes && !again || c.attempt.Gone {
		x.acquit(c, p)
		return tell(how)
	}
	x.blame(c, p, len(use), how)
	if !again {
		return tell(how)
	}
	slot := x.pick(n, use, c.attempt, t.slots)
	if slot == none {
		return tell(unserved) // "no live upstreams"
	}
	return step{slot: slot}
}

// goesOn tells whether another server may be asked after a try that has ended
// so. A request that is not idempotent is not sent again once it was sent.
func (x *nginx) goesOn(c *call, t *tries, servers int, how traffic.Cause) bool {
	most := servers
	if x.mostTries > 0 {
		most = min(most, x.mostTries)
	}
	sent := how != traffic.Refused && how != unconnected
	switch {
	case !x.next[how], len(t.slots) >= most:
		return false
	case sent && !x.mayRepeat && x.routes != nil && !x.routes[c.attempt.Route].Idempotent:
		return false
	}
	return x.within == 0 || x.of.sim.Now()-t.first < x.within
}

// blame counts a failure of a server that is not the only one.
func (x *nginx) blame(c *call, p *peer, servers int, how traffic.Cause) {
	if servers == 1 {
		return
	}
	p.fails++
	p.failed, p.checked = x.now(), x.now()
	if x.maxFails == 0 {
		return
	}
	p.effective = max(p.effective-p.weight/int64(x.maxFails), 0)
	if k := x.of.checkOf(c.pair()); p.fails >= x.maxFails && k != nil && k.health == healthy {
		x.of.checker.pronounce(k, unhealthy, fmt.Sprintf("%d of %d requests failed: %s; passed over for %s, then tried with one request", p.fails, x.maxFails, nameOf(how), engine.Time(x.failTimeout)*engine.Second))
	}
}

// acquit takes in a request that did not fail: if it was let through to try the
// server, the server is as good as new.
func (x *nginx) acquit(c *call, p *peer) {
	if p.failed >= p.checked {
		return
	}
	p.fails = 0
	if k := x.of.checkOf(c.pair()); k != nil && k.health == unhealthy {
		x.of.checker.pronounce(k, healthy, "a request that was let through to try it did not fail")
	}
}
