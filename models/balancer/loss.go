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
	n.door.Close(b.sim.Now())
	b.fronts.lose(n.door.Index)
	reset := 0
	for tag := range b.calls {
		if c := &b.calls[tag]; c.open && c.pair.node == n.door.Index {
			b.stop(int32(tag), traffic.Reset)
			reset++
		}
	}
	b.network.lose(n.door.Index)
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
	b.tell(timeline.FaultEnd, "node %s is back; it returns to DNS with its first healthy target", zone)
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
		usable, ill := t.usable, t.ill
		b.judge(int32(slot), "")
		if (t.usable != usable || t.ill != ill) && b.checker.onHealth != nil {
			b.checker.onHealth(t.ID, int(n.door.Index), t.usable)
		}
	}
}

// tell writes a line about the balancer itself to the timeline.
func (b *Balancer) tell(k timeline.Kind, format string, args ...any) {
	b.log.Add(timeline.Event{At: b.sim.Now(), Kind: k, Subject: b.name, Text: fmt.Sprintf(format, args...)})
}

// A void is the address of a node that is lost: SYNs come to it and are sent
// again for a while [A4].
type void struct {
	balancer *Balancer
	node     *node
	again    *engine.Routine[*knock]
	knocks   []*knock // by slot
	free     []*knock
}

// A knock is an attempt to connect.
type knock struct {
	slot    int32
	attempt *traffic.Attempt
	redials int
	notice  engine.Notice
}

// void is the node's address while the node is lost.
func (b *Balancer) void(n *node) *void {
	if n.void == nil {
		n.void = &void{balancer: b, node: n}
		n.void.again = engine.NewRoutine(b.sim, "balancer/"+b.name+"/SYN sent again", engine.Seize, n.void.onAgain)
	}
	return n.void
}

// Receive implements traffic.Receiver.
func (v *void) Receive(a *traffic.Attempt) {
	var k *knock
	if last := len(v.free) - 1; last >= 0 {
		k, v.free = v.free[last], v.free[:last]
	} else {
		k = &knock{slot: int32(len(v.knocks))}
		v.knocks = append(v.knocks, k)
	}
	k.attempt, k.redials = a, 0
	a.Hold(k.slot)
	v.redial(k)
}

func (v *void) redial(k *knock) {
	k.notice = v.again.After(traffic.SYNDelays[k.redials], k)
	k.redials++
}

// onAgain: the SYN is sent again, or its sender gives up.
func (v *void) onAgain(k *knock) {
	a := k.attempt
	switch {
	case k.redials == len(traffic.SYNDelays), a.Orphan():
		v.release(k)
		a.Reply(traffic.Timeout)
	case v.node.lost > 0:
		v.redial(k)
	default:
		v.release(k)
		v.balancer.connectTo(v.node, a)
		a.Forward(v.balancer)
	}
}

func (v *void) release(k *knock) {
	k.attempt = nil
	v.free = append(v.free, k)
}

// Withdraw implements traffic.Receiver.
func (v *void) Withdraw(_ *traffic.Attempt, slot int32) {
	k := v.knocks[slot]
	v.balancer.sim.Cancel(k.notice)
	v.release(k)
}
