package balancer

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

// Target is what a balancer needs to know of an instance or a service.
type Target struct {
	ID       int    // the caller's mark: unique among the balancer's targets; gives the phases of its checks
	Name     string // "web-3"
	Fleet    string // or ""
	Zone     string // "" is everywhere
	Receiver traffic.Receiver
	Group    int  // of the caller's; see Watch
	Healthy  bool // registered and healthy already, as everything is at time zero
	// Connectionless targets (stations) take requests as they are sent: there is
	// no connection that they could be slow to accept.
	Connectionless bool
	// Function targets have a dimension of capacity units of their own for bytes,
	// and an application balancer does not check them.
	Function bool
}

// target is a slot of the balancer's.
type target struct {
	Target
	slot        int32
	targetGroup *targetGroup
	stage       stage
	founder     bool // one of the first of its target group, registered together
	routed      bool // nodes that regard it as healthy send it requests
	usable      bool // some node regards it as healthy
	ill         bool // every node in reach regards it as unhealthy
	requests    uint64
	share       *share
	watch       *watch        // or nil
	since       engine.Time   // draining
	lag, end    engine.Notice // of the nodes' knowing, and of draining
	done        func()
}

type stage uint8

const (
	vacant stage = iota
	registered
	draining
	gone // but not all of its requests are answered
)

// AddTarget registers a target. Unless it is healthy already, it is checked
// from the end of the registration delay on, and used when its checks say so.
// It panics if a target with the same ID is registered or draining.
func (b *Balancer) AddTarget(t Target) {
	if b.find(t.ID) != none {
		panic(fmt.Sprintf("balancer: %s has a target %d already", b.name, t.ID))
	}
	slot := b.vacancy()
	b.slots[t.ID] = slot
	g := &b.split.groups[b.groupIndex(t.Group)]
	*b.targets[slot] = target{
		Target: t, slot: slot, targetGroup: g, stage: registered, routed: true, founder: g.join(b.sim.Now()),
		share: &share{slot: slot, fresh: !t.Healthy}, watch: b.watched(t.Group),
	}
	if t.Healthy {
		b.note(timeline.Registered, slot, "registered and healthy from the start")
	} else {
		b.note(timeline.Registered, slot, "%s", b.checker.arrival())
	}
	b.nginx.enlist(slot)
	for i := range b.nodes {
		if b.way != nil {
			b.nodes[i].ways[slot] = b.way(b.nodes[i].zone, t)
		}
		if b.reaches(&b.nodes[i], t.Zone) {
			b.checker.begin(pair{int32(i), slot}, t)
			b.refresh(&b.nodes[i])
		}
	}
	b.judge(slot, "")
}

// vacancy returns a free slot.
func (b *Balancer) vacancy() int32 {
	for slot := range b.targets {
		if b.targets[slot].stage == vacant {
			return int32(slot)
		}
	}
	b.targets = append(b.targets, &target{})
	for i := range b.nodes {
		n := &b.nodes[i]
		n.load, n.idle, n.checks = append(n.load, 0), append(n.idle, idle{}), append(n.checks, nil)
		if b.way != nil {
			n.ways = append(n.ways, nil)
		}
	}
	return int32(len(b.targets) - 1)
}

// find returns the slot of a registered or draining target, or none.
func (b *Balancer) find(id int) int32 {
	if slot, ok := b.slots[id]; ok {
		return slot
	}
	return none
}

// Deregister sends the target no more requests and lets those in flight go on
// for the deregistration delay; then it calls done, if that is not nil. An
// unknown target is done with at once.
func (b *Balancer) Deregister(id int, done func()) {
	slot := b.find(id)
	if slot == none || b.targets[slot].stage == draining {
		if done != nil {
			done()
		}
		return
	}
	t := b.targets[slot]
	t.stage, t.done, t.since = draining, done, b.sim.Now()
	t.targetGroup.members--
	t.end = b.drained.After(b.policy.deregistrationDelay, slot)
	b.note(timeline.Draining, slot, "%s", b.stillThere(slot))
	b.checker.end(slot)
	b.judge(slot, "")
	if b.policy.deregistrationLag > 0 {
		t.lag = b.lagged.After(b.policy.deregistrationLag, slot)
	} else {
		b.unroute(slot)
	}
}

// stillThere says what a draining target goes on with.
func (b *Balancer) stillThere(slot int32) string {
	if b.network != nil {
		return b.network.stillThere(slot)
	}
	return fmt.Sprintf("requests in flight: %d; they may go on for %s", b.inFlight(slot), b.policy.deregistrationDelay)
}

// unroute makes the nodes stop sending requests to the target.
func (b *Balancer) unroute(slot int32) {
	t := b.targets[slot]
	if !t.routed {
		return
	}
	t.routed = false
	for i := range b.nodes {
		b.refresh(&b.nodes[i])
		b.hangUp(pair{int32(i), slot})
	}
	b.settle(slot)
}

// settle lets go of a target that is no longer used and has nothing in flight.
func (b *Balancer) settle(slot int32) {
	t := b.targets[slot]
	if t.routed || b.engaged(slot) {
		return
	}
	switch t.stage {
	case draining:
		if !b.policy.waitsOut && b.sim.Cancel(t.end) {
			t.end = b.drained.After(0, slot)
		}
	case gone:
		b.vacate(slot)
	}
}

// onDrained ends a target's draining, with its requests if there are any left:
// 502 [ALB-TS]; a classic balancer cuts the connections [CLB-DRAIN].
func (b *Balancer) onDrained(slot int32) {
	t := b.targets[slot]
	if b.sim.Now()-t.since >= b.policy.deregistrationLag {
		b.unroute(slot)
	}
	left := b.inFlight(slot)
	if b.policy.cutsDrained {
		b.cut(func(p pair) bool { return p.slot == slot })
	} else {
		left = 0
	}
	b.note(timeline.Deregistered, slot, "after %s of draining; requests cut: %d", b.sim.Now()-t.since, left)
	done := t.done
	delete(b.slots, t.ID)
	t.stage = gone
	b.settle(slot)
	if done != nil {
		done()
	}
}

// cut ends the calls whose pairs are concerned, and the flows.
func (b *Balancer) cut(concerned func(pair) bool) {
	for tag := 0; tag < len(b.calls); tag++ {
		if c := b.calls[tag]; c.node != nil && concerned(c.pair()) {
			b.stop(int32(tag), b.policy.cut)
		}
	}
	b.network.reset(concerned)
}

// Remove forgets a target that has ceased to exist. Its requests in flight are
// its own to answer; those that it leaves unanswered run into the idle timeout.
// The done of a deregistration under way is not called.
func (b *Balancer) Remove(id int) {
	slot := b.find(id)
	if slot == none {
		return
	}
	t := b.targets[slot]
	b.sim.Cancel(t.end)
	b.checker.end(slot)
	if t.stage == registered {
		t.targetGroup.members--
	}
	t.stage = gone
	delete(b.slots, id)
	b.judge(slot, "")
	b.note(timeline.Deregistered, slot, "gone; requests in flight: %d", b.inFlight(slot))
	b.unroute(slot)
	if t.stage == gone {
		b.settle(slot)
	}
}

// vacate frees the slot of a target without requests in flight.
func (b *Balancer) vacate(slot int32) {
	b.balance()
	t := b.targets[slot]
	b.sim.Cancel(t.lag)
	b.departed = append(b.departed, b.cutTarget(t))
	t.share.fresh = false
	for i := range b.nodes {
		b.hangUp(pair{int32(i), slot})
		b.nodes[i].checks[slot] = nil
	}
	*t = target{}
}

// engaged tells whether a target has requests in flight, or flows.
func (b *Balancer) engaged(slot int32) bool {
	return b.inFlight(slot) > 0 || b.network.flowsTo(slot) > 0
}

func (b *Balancer) inFlight(slot int32) int {
	sum := 0
	for i := range b.nodes {
		sum += int(b.nodes[i].load[slot])
	}
	return sum
}

// note writes a line about the target to the timeline.
func (b *Balancer) note(k timeline.Kind, slot int32, format string, args ...any) {
	t := b.targets[slot]
	b.log.Add(timeline.Event{
		At: b.sim.Now(), Kind: k, Fleet: t.Fleet, Subject: b.name, Instance: t.Name, Text: fmt.Sprintf(format, args...),
	})
}
