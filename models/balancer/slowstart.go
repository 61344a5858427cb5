package balancer

import "github.com/headroom-sim/headroom/engine"

// A ramp is a node's slow start of a target, and its place in the turns while
// some target of its group is in one.
type ramp struct {
	on     bool
	since  engine.Time
	credit int64 // in millionths of a turn
}

// beginRamp puts a target that has become healthy into slow start, unless it is
// one of the first of its group, or no other target is past its own [ALB-TG].
func (b *Balancer) beginRamp(n *node, c *check) bool {
	t := b.targets[c.slot]
	if b.policy.slowStart == 0 || c.fresh && t.founder || !b.settled(n, c) {
		return false
	}
	if r := &n.rotas[b.targetGroupOf(c.slot)]; !r.ramping {
		for _, slot := range r.use {
			n.checks[slot].ramp.credit = 0
		}
	}
	c.ramp = ramp{on: true, since: b.sim.Now()}
	return true
}

// settled tells whether the node uses another healthy target of the group at its
// full share.
func (b *Balancer) settled(n *node, c *check) bool {
	for _, slot := range n.rotas[b.targetGroupOf(c.slot)].use {
		other := n.checks[slot]
		if other != c && other.health == healthy && !b.ramping(other) {
			return true
		}
	}
	return false
}

// ramping tells whether the target is in slow start, and ends it when it is
// over.
func (b *Balancer) ramping(c *check) bool {
	c.ramp.on = c.ramp.on && b.sim.Now()-c.ramp.since < b.policy.slowStart
	return c.ramp.on
}

// due is the target's share of a turn, in millionths: it grows linearly from
// nothing [ALB-TG].
func (b *Balancer) due(c *check) int64 {
	if !b.ramping(c) {
		return whole
	}
	return int64(float64(b.sim.Now()-c.ramp.since) / float64(b.policy.slowStart) * whole)
}

// rampUp takes turns of different length: each target gets credit by its share,
// and the one with the most is next, at the price of a whole turn.
func (b *Balancer) rampUp(n *node, r *rota) int32 {
	var best *check
	var all int64
	r.ramping = false
	for _, slot := range r.use {
		c := n.checks[slot]
		share := b.due(c)
		all += share
		c.ramp.credit += share
		r.ramping = r.ramping || share < whole
		if best == nil || c.ramp.credit > best.ramp.credit {
			best = c
		}
	}
	best.ramp.credit -= all
	return best.slot
}
