package balancer

import (
	"math/bits"

	"github.com/headroom-sim/headroom/models/traffic"
)

// A chooser picks one of several targets that a node of the balancer may use.
type chooser func(b *Balancer, n *node, r *rota, a *traffic.Attempt) int32

// newChooser is the way of the Spec's algorithm, and whether it is to take turns;
// nginx has its own ones, and so have the connections of a network balancer.
func newChooser(s *Spec) (way chooser, turns bool) {
	if s.Product == "nginx" {
		return (*Balancer).byNginx, false
	}
	switch algorithms[s.Algorithm] {
	case leastOutstanding:
		return (*Balancer).leastLoaded, false
	case randomChoice, weightedRandom:
		return (*Balancer).drawn, false
	case powerOfTwo:
		return (*Balancer).lesserOfTwo, false
	case sourceHash:
		return (*Balancer).bySource, false
	}
	return (*Balancer).inTurn, true
}

// pick chooses a target of the rota; none if it has none.
func (b *Balancer) pick(n *node, r *rota, a *traffic.Attempt) int32 {
	switch len(r.use) {
	case 0:
		return none
	case 1:
		return r.use[0]
	}
	return b.chooser(b, n, r, a)
}

func (b *Balancer) draw(n *node) uint64 {
	n.draws++
	return b.choice.Uint64(uint64(n.index), n.draws)
}

// drawn takes each target with the same chance.
func (b *Balancer) drawn(n *node, r *rota, _ *traffic.Attempt) int32 {
	i, _ := bits.Mul64(b.draw(n), uint64(len(r.use)))
	return r.use[i]
}

// bySource hashes the user's address: the target stays while the targets do.
func (b *Balancer) bySource(_ *node, r *rota, a *traffic.Attempt) int32 {
	i, _ := bits.Mul64(b.addresses.Uint64(a.User, 0), uint64(len(r.use)))
	return r.use[i]
}

func (b *Balancer) byNginx(n *node, r *rota, a *traffic.Attempt) int32 {
	return b.nginx.pick(n, r.use, a, nil)
}

// inTurn takes turns, shorter ones for targets in slow start.
func (b *Balancer) inTurn(n *node, r *rota, _ *traffic.Attempt) int32 {
	if r.ramping {
		return b.rampUp(n, r)
	}
	return r.next()
}

func (r *rota) next() int32 {
	slot := r.use[r.cursor]
	r.advance(r.cursor)
	return slot
}

func (r *rota) advance(past int) {
	if r.cursor = past + 1; r.cursor == len(r.use) {
		r.cursor = 0
	}
}

// leastLoaded picks the target with the fewest outstanding requests; of several
// the first from the one chosen last, so that none is preferred.
func (b *Balancer) leastLoaded(n *node, r *rota, _ *traffic.Attempt) int32 {
	use, load := r.use, n.load
	best := r.cursor
	least := load[use[best]]
	for k, left := best, len(use)-1; left > 0 && least > 0; left-- {
		if k++; k == len(use) {
			k = 0
		}
		if l := load[use[k]]; l < least {
			best, least = k, l
		}
	}
	r.advance(best)
	return use[best]
}

// lesserOfTwo draws two different targets and picks the one with fewer
// outstanding requests, or the first.
func (b *Balancer) lesserOfTwo(n *node, r *rota, _ *traffic.Attempt) int32 {
	return r.lesserOfTwo(n.load, b.draw(n))
}

func (r *rota) lesserOfTwo(load []int32, random uint64) int32 {
	count := uint64(len(r.use))
	i, j := (random>>32*count)>>32, (random&(1<<32-1)*(count-1))>>32
	if j >= i {
		j++
	}
	first, second := r.use[i], r.use[j]
	if load[second] < load[first] {
		return second
	}
	return first
}
