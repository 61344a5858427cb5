package balancer

import (
	"math/bits"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
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
	return b.pick(n, r, a)
}

// wayTo is who takes the node's requests to a target.
func (b *Balancer) wayTo(n *node, slot int32) traffic.Receiver {
	if n.ways != nil {
		return n.ways[slot]
	}
	return b.targets[slot].Receiver
}

// Locate implements network.Located: the node of the attempt's connection, else
// one by DNS. Proxies that are not in DNS stand in no zone. Nothing is drawn: that
// is done on arrival.
func (b *Balancer) Locate(a *traffic.Attempt) (to traffic.Receiver, zone string) {
	c := a.Link.Conn.Conn()
	switch {
	case !b.policy.inDNS:
		return b, ""
	case c == nil || c.Home != traffic.Receiver(b):
		return b, b.resolved(a).zone
	case b.network != nil:
		return b, b.nodes[b.network.nodeOf(a.Link.Conn)].zone
	case b.conns != nil:
		return b, b.nodes[b.conns.list[c.Index].node].zone
	}
	return b, b.nodes[c.Index].zone
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
		n = b.resolved(a)
	}
	switch {
	case b.conns == nil && a.Link.Keep:
		b.left++
	case b.conns != nil && n.lost == 0:
		b.conns.admit(a, n)
	}
	return n
}

// resolved is which of several nodes DNS gives. A session stays with its node
// while that is in DNS.
func (b *Balancer) resolved(a *traffic.Attempt) *node {
	luck := b.dnsLuck.Uint64(a.Session, uint64(a.Salt))
	if !b.policy.inDNS {
		luck = b.draw(&b.nodes[0]) // workers take connections by chance
	}
	home, rest := bits.Mul64(luck, uint64(len(b.nodes)))
	if n := &b.nodes[home]; n.inDNS || len(b.dns) == 0 {
		return n
	}
	again, _ := bits.Mul64(rest, uint64(len(b.dns)))
	return &b.nodes[b.dns[again]]
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
		b.resolve(n, occupied && sound)
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

// resolve keeps the node in DNS while it has enough healthy targets: without
// them it leaves after the records' time to live, with them it returns. While no
// node has them, DNS returns all [ALB-TGHEALTH].
func (b *Balancer) resolve(n *node, sound bool) {
	switch {
	case sound:
		b.sim.Cancel(n.exit)
		if !n.inDNS {
			b.setDNS(n, true)
			b.tellDNS("%s is in it again", n.name)
		}
	case n.inDNS && !b.sim.Pending(n.exit):
		n.exit = b.exit.After(dnsTTL, n)
	}
}

func (b *Balancer) onExit(n *node) {
	b.setDNS(n, false)
	if len(b.dns) == 0 {
		b.tellDNS("%s leaves it; none is left, and it names them all", n.name)
	} else {
		b.tellDNS("%s leaves it: no client comes there by it any more", n.name)
	}
}

// tellDNS tells the timeline what DNS has of several nodes, once the run has
// begun.
func (b *Balancer) tellDNS(format string, args ...any) {
	if len(b.nodes) > 1 && b.sim.Now() > 0 {
		b.tell(timeline.DNS, format, args...)
	}
}

func (b *Balancer) setDNS(n *node, in bool) {
	n.inDNS = in
	b.dns = b.dns[:0]
	for i := range b.nodes {
		if b.nodes[i].inDNS {
			b.dns = append(b.dns, int32(i))
		}
	}
}
