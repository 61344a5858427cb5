package balancer

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A node is the balancer's machine in one zone.
type node struct {
	index  int32
	zone   string
	name   string  // "node a", "worker 1"
	rotas  []rota  // by target group
	draws  uint64  // random choices made
	load   []int32 // outstanding requests by slot
	idle   []idle  // by slot
	kept   int     // connections in them
	checks []*check
	ways   []traffic.Receiver // to the targets, by slot; nil: they are right here

	shared traffic.Conn    // stands for all connections of clients to this node, unless each is recorded
	ref    traffic.ConnRef // their reference to it

	inDNS bool
	exit  engine.Notice // pending: the address is about to leave DNS

	lost    int          // zone losses that have taken it away
	address *unreachable // where its address leads meanwhile; nil: it never was lost

	surge []ticket // classic: requests that wait for an instance to accept their connection, and some that did
}

// A rota is whom a node sends the requests of a target group to.
type rota struct {
	use       []int32 // slots of targets, ascending
	cursor    int     // whose turn it is: an index of use
	failsOpen bool    // unhealthy targets are in use
	told      bool    // the timeline knows that they are, and that there are some
	ramping   bool    // some target in use may be in slow start
	simple    bool    // there are some, and they take turns of equal length
}

// pair is a node and a target.
type pair struct{ node, slot int32 }

// none is no slot: the node has nobody to send a request to.
const none = int32(-1)

// choose picks the target of a request that has come to the node.
func (b *Balancer) choose(n *node, a *traffic.Attempt) int32 {
	r := &n.rotas[0]
	if b.guided {
		var slot int32
		if r, slot = b.guide(n, a); r == nil {
			return slot
		}
	}
	if r.simple {
		return r.next()
	}
	return b.pick(n, r, a)
}

// wayTo is who takes the node's requests to a target.
func (n *node) wayTo(t *target) traffic.Receiver {
	if n.ways != nil {
		return n.ways[t.slot]
	}
	return t.Receiver
}

// nodeFor is the node that the attempt arrives at: the one its connection leads
// to, else one by DNS, over a new connection.
func (b *Balancer) nodeFor(a *traffic.Attempt) *node {
	if c := a.Link.Conn.Conn(); c != nil && c.Home == traffic.Receiver(b) {
		node := c.Index
		if b.conns != nil {
			node = b.conns.resume(node)
		}
		return &b.nodes[node]
	}
	b.tally.ClientConnections++
	n := &b.nodes[0]
	if len(b.nodes) > 1 {
		n = b.dns.resolve(a)
	}
	switch {
	case b.conns == nil && a.Link.Keep:
		b.left++
	case b.conns != nil && n.lost == 0:
		b.conns.admit(a, n)
	}
	return n
}

// reaches tells whether the node is there and may use targets in the zone; a
// target in no zone is everywhere.
func (b *Balancer) reaches(n *node, zone string) bool {
	if n.lost > 0 {
		return false
	}
	return b.policy.crossZone || zone == "" || zone == n.zone
}

// refresh works out whom the node sends requests to, and whether it should be in
// DNS: each target group that has targets must have enough healthy ones
// [R53-ALIASV, ALB-TGHEALTH].
func (b *Balancer) refresh(n *node) {
	if !b.policy.failsTogether {
		b.survey(n)
		return
	}
	b.desperate = !b.hasUsable()
	for i := range b.nodes {
		b.survey(&b.nodes[i])
	}
}

// hasUsable tells whether requests may go to a target that some node regards as
// healthy.
func (b *Balancer) hasUsable() bool {
	for slot := range b.targets {
		if usable, _ := b.verdicts(int32(slot)); usable && b.targets[slot].routed {
			return true
		}
	}
	return false
}

func (b *Balancer) survey(n *node) {
	sound, occupied := true, false
	for g := range n.rotas {
		healthy, all := b.enroll(n, int32(g))
		if all > 0 {
			occupied = true
			sound = sound && !b.policy.dnsFailover.breached(healthy, all)
		}
	}
	if b.policy.inDNS {
		b.dns.assess(n, occupied && sound)
	}
}

// enroll works out whom the node sends the requests of a target group to. It
// returns how many of the group's targets in reach are healthy, and all of them.
// An application balancer with too few healthy ones uses all (fail-open)
// [ALB-HC, ALB-TGHEALTH], a network one without any in any node's reach [NLB-HC]; a classic one and HAProxy the healthy ones, be there any
// or not [CLB-ERR, A7]. nginx has rules of its own for each request.
func (b *Balancer) enroll(n *node, group int32) (healthyOnes, all int) {
	r := &n.rotas[group]
	next := none
	if len(r.use) > 0 {
		next = r.use[r.cursor]
	}
	for slot := range n.checks {
		if h, in := b.standing(n, int32(slot), group); in {
			all++
			healthyOnes += int(toInt(h == healthy))
		}
	}
	r.failsOpen = b.desperate || b.policy.failOpen && b.policy.routingFailover.breached(healthyOnes, all)
	r.use, r.ramping = r.use[:0], false
	for slot, c := range n.checks {
		if h, in := b.standing(n, int32(slot), group); in && (h == healthy || r.failsOpen || b.policy.usesIll && h != initial) {
			r.use = append(r.use, int32(slot))
			r.ramping = r.ramping || b.ramping(c)
		}
	}
	r.simple = b.turns && !r.ramping && len(r.use) > 0
	b.tellOpen(n, group, healthyOnes, all)
	r.cursor = 0
	for i, slot := range r.use {
		if slot >= next {
			r.cursor = i
			break
		}
	}
	return healthyOnes, all
}

// standing is what the node says of a target of the group that requests may go
// to; false if it is none.
func (b *Balancer) standing(n *node, slot, group int32) (health, bool) {
	c := n.checks[slot]
	if c == nil || !b.targets[slot].routed || b.targetGroupOf(slot) != group {
		return initial, false
	}
	return c.health, true
}
