package balancer

import (
	"math/bits"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

// resolver is what DNS tells clients: which node they go to.
type resolver struct {
	of   *Balancer
	in   []int32 // the nodes that it returns; empty: all
	luck random.Stream
	exit *engine.Routine[*node] // a node's address leaves it
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
		return b, b.dns.resolve(a).zone
	case b.network != nil:
		return b, b.nodes[b.network.nodeOf(a.Link.Conn)].zone
	case b.conns != nil:
		return b, b.nodes[b.conns.list[c.Index].node].zone
	}
	return b, b.nodes[c.Index].zone
}

// resolve is which of several nodes DNS gives. A session stays with its node
// while that is in DNS.
func (d *resolver) resolve(a *traffic.Attempt) *node {
	b := d.of
	luck := d.luck.Uint64(a.Session, uint64(a.Salt))
	if !b.policy.inDNS {
		luck = b.draw(&b.nodes[0]) // workers take connections by chance
	}
	home, rest := bits.Mul64(luck, uint64(len(b.nodes)))
	if n := &b.nodes[home]; n.inDNS || len(d.in) == 0 {
		return n
	}
	again, _ := bits.Mul64(rest, uint64(len(d.in)))
	return &b.nodes[d.in[again]]
}

// assess keeps the node in DNS while it has enough healthy targets: without
// them it leaves after the records' time to live, with them it returns. While no
// node has them, DNS returns all [ALB-TGHEALTH].
func (d *resolver) assess(n *node, sound bool) {
	switch {
	case sound:
		d.of.sim.Cancel(n.exit)
		if !n.inDNS {
			d.set(n, true)
			d.tell("%s is in it again", n.name)
		}
	case n.inDNS && !d.of.sim.Pending(n.exit):
		n.exit = d.exit.After(dnsTTL, n)
	}
}

func (d *resolver) onExit(n *node) {
	d.set(n, false)
	if len(d.in) == 0 {
		d.tell("%s leaves it; none is left, and it names them all", n.name)
	} else {
		d.tell("%s leaves it: no client comes there by it any more", n.name)
	}
}

// tell tells the timeline what DNS has of several nodes, once the run has
// begun.
func (d *resolver) tell(format string, args ...any) {
	if len(d.of.nodes) > 1 && d.of.sim.Now() > 0 {
		d.of.tell(timeline.DNS, format, args...)
	}
}

func (d *resolver) set(n *node, in bool) {
	n.inDNS = in
	d.in = d.in[:0]
	for i := range d.of.nodes {
		if d.of.nodes[i].inDNS {
			d.in = append(d.in, int32(i))
		}
	}
}
