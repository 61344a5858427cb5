package balancer

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A targetGroup is a group of targets with its share of the requests. Balancers
// without weights have one.
type targetGroup struct {
	name    string
	weight  uint64
	members int         // registered targets
	founded engine.Time // when the first member came into the empty group

	// Requests to usable targets, shared out equally among them; see balance.
	sharedOut uint64 // since the last division
	usable    uint64 // targets
	fair      uint64 // share of a target that has been usable all the time, in millionths
	leftover  uint64 // of the division into fair shares, so that it does not matter how often shares are brought up to date
}

// split shares the requests out among target groups.
type split struct {
	groups  []targetGroup
	sum     uint64 // of their weights
	luck    random.Stream
	probed  uint64                 // health checks for which a group was drawn
	weighed *engine.Routine[[]int] // the nodes learn of new weights
}

func newSplit(s *Spec, c Config) split {
	p := split{luck: c.Stream("target-group/" + c.Name)}
	if !s.Grouped() {
		p.groups = make([]targetGroup, 1)
		return p
	}
	for _, name := range s.Places() {
		g := targetGroup{name: name, weight: uint64(s.Weights[name])}
		p.groups = append(p.groups, g)
		p.sum += g.weight
	}
	return p
}

// join counts a member, and tells whether it is one of the first, registered
// together in the empty group.
func (g *targetGroup) join(now engine.Time) bool {
	if g.members == 0 {
		g.founded = now
	}
	g.members++
	return g.founded == now
}

// Alive tells whether each target group has a target that some node regards as
// healthy: a group without targets has none [R53-ALIASV].
func (b *Balancer) Alive() bool {
	return !slices.ContainsFunc(b.split.groups, func(g targetGroup) bool { return g.usable == 0 })
}

// targetGroupOf is the target group of a target: its group of the caller's where
// there are weights.
func (b *Balancer) targetGroupOf(slot int32) int32 { return b.groupIndex(b.targets[slot].Group) }

func (b *Balancer) groupIndex(group int) int32 {
	if len(b.split.groups) == 1 {
		return 0
	}
	return int32(group)
}

// guide decides where weights or cookies have a say: the request goes to some
// target of the rota, or, without a rota, to the one in the slot.
func (b *Balancer) guide(n *node, a *traffic.Attempt) (*rota, int32) {
	group := b.forward(a)
	if group == none {
		return nil, none
	}
	if b.cookies != nil && b.cookies.targets {
		if slot := b.returning(n, group, a); slot != none {
			return nil, slot
		}
	}
	return &n.rotas[group], none
}

// forward picks the target group of a request: that of the visitor's cookie,
// else one by the weights. It does not matter whether the group has targets
// [ALB-LISTEN].
func (b *Balancer) forward(a *traffic.Attempt) int32 {
	if len(b.split.groups) == 1 {
		return 0
	}
	if k := b.cookies; k != nil && a.Visitor != nil {
		c, held := a.Visitor.Cookie(k.groupMark, b.sim.Now())
		if held && (k.keepsZero || b.split.groups[c.Target].weight > 0) {
			return int32(c.Target)
		}
	}
	return b.split.draw(a)
}

// draw draws a target group by the weights; none if all are 0.
func (p *split) draw(a *traffic.Attempt) int32 {
	point, _ := bits.Mul64(p.luckOf(a), p.sum)
	for i := range p.groups {
		weight := p.groups[i].weight
		if point < weight {
			return int32(i)
		}
		point -= weight
	}
	return none
}

// luckOf is the luck of a try, whatever else comes: the same under any policy. That
// of health checks is a matter of their number.
func (p *split) luckOf(a *traffic.Attempt) uint64 {
	if a.Probe {
		p.probed++
		return p.luck.Uint64(p.probed, noRequest)
	}
	luck := p.luck.Uint64(a.Luck())
	if a.Try > 0 {
		luck = p.luck.Uint64(luck, uint64(a.Try))
	}
	return luck
}

// noRequest is no request of a session.
const noRequest = ^uint64(0)

// SetWeights changes the weights of the target groups, in the order of
// [Spec.Places]: each from 0 to 999. Nodes know them after the lag; a visitor
// with a cookie for a group stays with it. It panics unless there is a weight
// for each group.
func (b *Balancer) SetWeights(weights []int) {
	if len(weights) != len(b.split.groups) {
		panic(fmt.Sprintf("balancer: %s has %d target groups, not %d", b.name, len(b.split.groups), len(weights)))
	}
	lag := b.policy.weightLag
	text := b.weightsText(weights)
	if lag > 0 {
		text += fmt.Sprintf("; nodes know in %s", lag)
	}
	b.log.Add(timeline.Event{At: b.sim.Now(), Kind: timeline.Weights, Subject: b.name, Text: text})
	if lag == 0 {
		b.split.weigh(weights)
		return
	}
	b.split.weighed.After(lag, slices.Clone(weights))
}

func (b *Balancer) weightsText(weights []int) string {
	parts := make([]string, len(weights))
	for i, weight := range weights {
		parts[i] = fmt.Sprintf("%s %d", b.split.groups[i].name, weight)
	}
	return strings.Join(parts, ", ")
}

// weigh is the instant at which nodes know new weights.
func (p *split) weigh(weights []int) {
	p.sum = 0
	for i, weight := range weights {
		p.groups[i].weight = uint64(weight)
		p.sum += uint64(weight)
	}
}
