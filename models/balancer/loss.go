package balancer

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

// LoseZone takes away the node in a zone, if there is one, until as many calls of
// ReturnZone have followed. Its requests are reset, those that the targets work
// on included; who connects gets no answer. Its address leaves DNS after the
// records' time to live.
func (b *Balancer) LoseZone(zone string) {
	n := b.nodeIn(zone)
	if n == nil {
		return
	}
	if n.lost++; n.lost > 1 {
		return
	}
	n.door.Close()
	reset := 0
	for tag := range b.calls {
		if c := &b.calls[tag]; c.open && c.pair.node == n.door.Index {
			b.abandon(int32(tag), traffic.Reset)
			reset++
		}
	}
	b.tell(timeline.FaultStart, "node %s stops; requests reset: %d; clients come for up to %s more", zone, reset, dnsTTL)
	for slot := range n.checks {
		b.hangUp(pair{n.door.Index, int32(slot)})
		if c := n.checks[slot]; c != nil {
			b.checker.stop(c)
			n.checks[slot] = nil
		}
	}
	b.refresh(n)
	b.rejudge(n)
}

// ReturnZone brings the node in a zone back. It checks all targets like new ones,
// and returns to DNS with the first that is healthy.
func (b *Balancer) ReturnZone(zone string) {
	n := b.nodeIn(zone)
	if n == nil {
		return
	}
	if n.lost--; n.lost > 0 {
		return
	}
	n.front = n.door.Open()
	for slot := range b.targets {
		t := b.targets[slot].Target
		if b.targets[slot].stage == registered && b.reaches(n, t.Zone) {
			t.Healthy = false
			b.checker.begin(pair{n.door.Index, int32(slot)}, t)
		}
	}
	b.tell(timeline.FaultEnd, "node %s is back, in DNS again with its first healthy target", zone)
	b.refresh(n)
	b.rejudge(n)
}

func (b *Balancer) nodeIn(zone string) *node {
	for i := range b.nodes {
		if b.nodes[i].zone == zone {
			return &b.nodes[i]
		}
	}
	return nil
}

// rejudge brings all targets in line with the verdicts of the nodes that are
// left.
func (b *Balancer) rejudge(n *node) {
	for slot := range b.targets {
		t := &b.targets[slot]
		was := t.ill
		b.judge(int32(slot), "")
		if t.ill != was && b.checker.onHealth != nil {
			b.checker.onHealth(t.ID, int(n.door.Index), !t.ill)
		}
	}
}

// tell writes a line about the balancer itself to the timeline.
func (b *Balancer) tell(k timeline.Kind, format string, args ...any) {
	b.log.Add(timeline.Event{At: b.sim.Now(), Kind: k, Subject: b.name, Text: fmt.Sprintf(format, args...)})
}

// A void holds the attempts to connect to nodes that are lost: their SYNs are
// sent again for a while [A4].
type void struct {
	balancer *Balancer
	again    *engine.Routine[*knock]
	knocks   []*knock // by slot
	free     []*knock
}

// A knock is such an attempt.
type knock struct {
	slot    int32
	node    *node
	attempt *traffic.Attempt
	redials int
	notice  engine.Notice
}

// Receive implements traffic.Receiver; attempts come by way of hold.
func (v *void) Receive(*traffic.Attempt) { panic("balancer: an attempt was sent to nowhere") }

// hold takes an attempt whose SYN was lost.
func (v *void) hold(a *traffic.Attempt, n *node) {
	var k *knock
	if last := len(v.free) - 1; last >= 0 {
		k, v.free = v.free[last], v.free[:last]
	} else {
		k = &knock{slot: int32(len(v.knocks))}
		v.knocks = append(v.knocks, k)
	}
	k.attempt, k.node, k.redials = a, n, 0
	a.Hold(k.slot)
	v.redial(k)
}
