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
	n.shared.Close(b.sim.Now())
	b.conns.lose(n.index)
	reset := 0
	for _, c := range b.calls {
		if c.node == n {
			b.stop(c.tag, traffic.Reset)
			reset++
		}
	}
	b.network.lose(n.index)
	b.tell(timeline.FaultStart, "node %s stops; requests reset: %d; clients come for up to %s more", zone, reset, dnsTTL)
	for slot := range n.checks {
		b.hangUp(pair{n.index, int32(slot)})
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
	n.ref = n.shared.Open()
	for slot := range b.targets {
		t := b.targets[slot].Target
		if b.targets[slot].stage == registered && b.reaches(n, t.Zone) {
			t.Healthy = false
			b.checker.begin(pair{n.index, int32(slot)}, t)
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
		t := b.targets[slot]
		usable, ill := t.usable, t.ill
		b.judge(int32(slot), "")
		if (t.usable != usable || t.ill != ill) && b.checker.onHealth != nil {
			b.checker.onHealth(t.ID, int(n.index), t.usable)
		}
	}
}

// tell writes a line about the balancer itself to the timeline.
func (b *Balancer) tell(k timeline.Kind, format string, args ...any) {
	b.log.Add(timeline.Event{At: b.sim.Now(), Kind: k, Subject: b.name, Text: fmt.Sprintf(format, args...)})
}

// unreachable is the address of a node that is lost: SYNs come to it and are sent
// again for a while [A4].
type unreachable struct {
	of    *Balancer
	node  *node
	again *engine.Routine[int32] // a SYN is sent again, or given up
	syns  traffic.Slots[syn]
}

// A syn is an attempt to connect.
type syn struct {
	attempt *traffic.Attempt
	redials int
	notice  engine.Notice
}

// addressOf is where attempts go whose node is lost.
func (b *Balancer) addressOf(n *node) *unreachable {
	if n.address == nil {
		n.address = &unreachable{of: b, node: n}
		n.address.again = engine.NewRoutine(b.sim, "balancer/"+b.name+"/SYN sent again", engine.Seize, n.address.onAgain)
	}
	return n.address
}

// Receive implements traffic.Receiver.
func (u *unreachable) Receive(a *traffic.Attempt) {
	a.Note(traffic.Connecting)
	slot := u.syns.Take(syn{attempt: a})
	a.Hold(slot)
	u.redial(slot)
}

func (u *unreachable) redial(slot int32) {
	s := u.syns.At(slot)
	s.notice = u.again.After(traffic.SYNDelays[s.redials], slot)
	s.redials++
}

func (u *unreachable) onAgain(slot int32) {
	s := u.syns.At(slot)
	a := s.attempt
	switch {
	case s.redials == len(traffic.SYNDelays), a.Orphan():
		u.syns.Free(slot)
		a.Reply(traffic.Timeout)
	case u.node.lost > 0:
		u.redial(slot)
	default:
		u.syns.Free(slot)
		a.Note(traffic.Service)
		u.of.connectTo(u.node, a)
		a.Forward(u.of)
	}
}

// Withdraw implements traffic.Receiver.
func (u *unreachable) Withdraw(_ *traffic.Attempt, slot int32) {
	u.of.sim.Cancel(u.syns.Free(slot).notice)
}
