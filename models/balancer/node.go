package balancer

import (
	"fmt"
	"math/bits"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A node is the balancer's machine in one zone.
type node struct {
	zone string
	// use lists the slots of the targets that requests go to, ascending.
	use    []int32
	open   bool    // fail-open: they are all unhealthy, or not known to be healthy
	cursor int     // whose turn it is: an index of use
	draws  uint64  // random choices made
	load   []int32 // outstanding requests by slot
	idle   []idle  // by slot
	checks []*check

	door  traffic.Conn    // stands for all connections of clients to this node
	front traffic.ConnRef // their reference to it

	inDNS bool
	exit  engine.Notice // pending: the address is about to leave DNS

	surge []ticket // classic: requests that wait for an instance to accept their connection, and some that did
}

// pair is a node and a target.
type pair struct{ node, slot int32 }

// none is no slot: the node has nobody to send a request to.
const none = int32(-1)

// choose picks the target of the next request.
func (b *Balancer) choose(n *node) int32 {
	switch {
	case len(n.use) == 0:
		return none
	case len(n.use) == 1:
		return n.use[0]
	}
	switch b.policy.algorithm {
	case leastOutstanding:
		return n.leastLoaded()
	case randomChoice:
		i, _ := bits.Mul64(b.draw(n), uint64(len(n.use)))
		return n.use[i]
	case powerOfTwo:
		return n.lesserOfTwo(b.draw(n))
	default:
		return n.next()
	}
}

func (b *Balancer) draw(n *node) uint64 {
	n.draws++
	return b.choice.Uint64(uint64(n.door.Index), n.draws)
}

// next takes turns.
func (n *node) next() int32 {
	slot := n.use[n.cursor]
	n.advance(n.cursor)
	return slot
}

func (n *node) advance(past int) {
	if n.cursor = past + 1; n.cursor == len(n.use) {
		n.cursor = 0
	}
}

// leastLoaded picks the target with the fewest outstanding requests; of several
// the first from the one chosen last, so that none is preferred.
func (n *node) leastLoaded() int32 {
	use, load := n.use, n.load
	best := n.cursor
	least := load[use[best]]
	for k, left := best, len(use)-1; left > 0 && least > 0; left-- {
		if k++; k == len(use) {
			k = 0
		}
		if l := load[use[k]]; l < least {
			best, least = k, l
		}
	}
	n.advance(best)
	return use[best]
}

// lesserOfTwo draws two different targets and picks the one with fewer
// outstanding requests, or the first.
func (n *node) lesserOfTwo(random uint64) int32 {
	count := uint64(len(n.use))
	i, j := (random>>32*count)>>32, (random&(1<<32-1)*(count-1))>>32
	if j >= i {
		j++
	}
	first, second := n.use[i], n.use[j]
	if n.load[second] < n.load[first] {
		return second
	}
	return first
}

// nodeFor is the node that the attempt arrives at: the one its connection leads
// to, else one by DNS. A session stays with its node while that is in DNS.
func (b *Balancer) nodeFor(a *traffic.Attempt) *node {
	if c := a.Link.Conn.Conn(); c != nil && c.Home == traffic.Receiver(b) {
		return &b.nodes[c.Index]
	}
	b.tally.ClientConnections++
	if len(b.nodes) == 1 {
		return &b.nodes[0]
	}
	luck := b.dnsLuck.Uint64(a.Session, uint64(a.Salt))
	home, rest := bits.Mul64(luck, uint64(len(b.nodes)))
	if n := &b.nodes[home]; n.inDNS || len(b.dns) == 0 {
		return n
	}
	again, _ := bits.Mul64(rest, uint64(len(b.dns)))
	return &b.nodes[b.dns[again]]
}

// reaches tells whether the node may use targets in the zone; a target in no
// zone is everywhere.
func (b *Balancer) reaches(n *node, zone string) bool {
	return b.policy.crossZone || zone == "" || zone == n.zone
}

// refresh works out whom the node sends requests to. An application balancer
// without a healthy target in reach uses all of them (fail-open) [ALB-HC]; a
// classic one uses none [CLB-ERR].
func (b *Balancer) refresh(n *node) {
	next := none
	if len(n.use) > 0 {
		next = n.use[n.cursor]
	}
	n.use = b.routable(n, n.use[:0], healthy)
	b.resolve(n, len(n.use) > 0)
	well := len(n.use)
	if well == 0 && b.policy.kind == application {
		n.use = b.routable(n, n.use, initial, unhealthy)
	}
	b.tellOpen(n, well)
	n.cursor = 0
	for i, slot := range n.use {
		if slot >= next {
			n.cursor = i
			break
		}
	}
}

// tellOpen tells the timeline when the node begins to send requests to targets
// although none is healthy, and when that is over.
func (b *Balancer) tellOpen(n *node, healthy int) {
	open := healthy == 0 && len(n.use) > 0
	if open == n.open {
		return
	}
	n.open = open
	text := "is over: "
	switch {
	case open:
		text = fmt.Sprintf("no target is healthy: requests go to all, %d", len(n.use))
	case healthy == 0:
		text += "no target is left"
	default:
		text += fmt.Sprintf("healthy targets: %d", healthy)
	}
	if len(b.nodes) > 1 {
		text = "node " + n.zone + ": " + text
	}
	e := timeline.Event{At: b.sim.Now(), Kind: timeline.FailOpen, Subject: b.name, Text: text}
	if len(n.use) > 0 {
		e.Fleet = b.targets[n.use[0]].Fleet
	}
	b.log.Add(e)
}

// routable appends the targets in reach that the node regards as being in one
// of the states of health.
func (b *Balancer) routable(n *node, use []int32, states ...health) []int32 {
	for slot, c := range n.checks {
		if c == nil || !b.targets[slot].routed {
			continue
		}
		for _, h := range states {
			if c.health == h {
				use = append(use, int32(slot))
			}
		}
	}
	return use
}

// resolve keeps the node in DNS while it has a healthy target: without one it
// leaves after the records' time to live, with one it returns. While no node
// has any, DNS returns all [ALB-TGHEALTH].
func (b *Balancer) resolve(n *node, usable bool) {
	switch {
	case usable:
		b.sim.Cancel(n.exit)
		if !n.inDNS {
			b.setDNS(n, true)
		}
	case n.inDNS && !b.sim.Pending(n.exit):
		n.exit = b.exit.After(dnsTTL, n)
	}
}

func (b *Balancer) onExit(n *node) { b.setDNS(n, false) }

func (b *Balancer) setDNS(n *node, in bool) {
	n.inDNS = in
	b.dns = b.dns[:0]
	for i := range b.nodes {
		if b.nodes[i].inDNS {
			b.dns = append(b.dns, int32(i))
		}
	}
}
