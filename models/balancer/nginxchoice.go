package balancer

import (
	"math/bits"
	"slices"

	"github.com/headroom-sim/headroom/models/traffic"
)

// pick chooses the server of a try; none where all have been tried or are
// shunned. A server that is the only one is never shunned.
func (x *nginx) pick(n *node, use []int32, a *traffic.Attempt, tried []int32) int32 {
	switch len(use) {
	case 0:
		return none
	case 1:
		return use[0]
	}
	peers := x.peers[n.index]
	x.candidates = x.candidates[:0]
	for _, slot := range use {
		if !slices.Contains(tried, slot) && !x.shuns(&peers[slot]) {
			x.candidates = append(x.candidates, slot)
		}
	}
	slot := x.among(n, peers, use, a)
	if slot != none && x.now()-peers[slot].checked > x.failTimeout {
		peers[slot].checked = x.now() // others wait for what becomes of this one
	}
	return slot
}

// among chooses one of the candidates by the algorithm. Those that draw by
// chance or hash draw from all servers, and go over to turns when that has not
// hit a candidate in 20 draws.
func (x *nginx) among(n *node, peers []peer, use []int32, a *traffic.Attempt) int32 {
	slot := none
	switch x.algorithm {
	case leastOutstanding:
		x.leastConnected(n, peers)
	case ipHash:
		slot = x.byAddress(peers, use, a.User)
	case randomChoice:
		slot = x.drawn(n, peers, use, none)
	case powerOfTwo:
		slot = x.lesserOfTwo(n, peers, use)
	}
	if slot == none {
		slot = turn(peers, x.candidates)
	}
	return slot
}

// turn is smooth weighted round robin: everybody gains its weight, the one with
// the most goes first, and pays what all have gained. A server that has failed
// starts from less.
func turn(peers []peer, candidates []int32) int32 {
	best, total := none, int64(0)
	for _, slot := range candidates {
		p := &peers[slot]
		p.current += p.effective
		total += p.effective
		if p.effective < p.weight {
			p.effective++
		}
		if best == none || p.current > peers[best].current {
			best = slot
		}
	}
	if best != none {
		peers[best].current -= total
	}
	return best
}

// leastConnected leaves those candidates that have the fewest connections for
// their weight: if there are several, they take turns.
func (x *nginx) leastConnected(n *node, peers []peer) {
	if len(x.candidates) == 0 {
		return
	}
	best := x.candidates[0]
	for _, slot := range x.candidates[1:] {
		if over(n, peers, slot, best) < 0 {
			best = slot
		}
	}
	x.candidates = slices.DeleteFunc(x.candidates, func(slot int32) bool { return over(n, peers, slot, best) > 0 })
}

// over is above 0 where a server has more connections for its weight than
// another one.
func over(n *node, peers []peer, slot, other int32) int64 {
	return int64(n.load[slot])*peers[other].weight - int64(n.load[other])*peers[slot].weight
}

// mostDraws is after how many draws without a candidate nginx takes turns.
const mostDraws = 20

// byAddress hashes the first three octets of the user's address, and the hash
// again until it leads to a candidate [A5: ngx_http_upstream_ip_hash_module.c].
func (x *nginx) byAddress(peers []peer, use []int32, user uint64) int32 {
	address := x.of.addresses.Uint64(user, 0)
	hash := uint64(89)
	for range mostDraws + 1 {
		for octet := range 3 {
			hash = (hash*113 + address>>(56-8*octet)&0xff) % 6271
		}
		slot := at(peers, use, int64(hash%uint64(total(peers, use))))
		if slices.Contains(x.candidates, slot) {
			return slot
		}
	}
	return none
}

// drawn draws a candidate other than the given one; none if none was drawn.
func (x *nginx) drawn(n *node, peers []peer, use []int32, but int32) int32 {
	all := uint64(total(peers, use))
	for range mostDraws + 1 {
		point, _ := bits.Mul64(x.of.draw(n), all)
		if slot := at(peers, use, int64(point)); slot != but && slices.Contains(x.candidates, slot) {
			return slot
		}
	}
	return none
}

// total is the weight of all servers.
func total(peers []peer, use []int32) (sum int64) {
	for _, slot := range use {
		sum += peers[slot].weight
	}
	return sum
}

// at is the server at a point of the total weight.
func at(peers []peer, use []int32, point int64) int32 {
	for _, slot := range use {
		if point -= peers[slot].weight; point < 0 {
			return slot
		}
	}
	panic("balancer: a point beyond the total weight")
}

// lesserOfTwo draws two candidates and takes the one with fewer connections for
// its weight, or the second; none unless it has drawn two.
func (x *nginx) lesserOfTwo(n *node, peers []peer, use []int32) int32 {
	first := x.drawn(n, peers, use, none)
	if first == none {
		return none
	}
	second := x.drawn(n, peers, use, first)
	if second != none && over(n, peers, second, first) > 0 {
		return first
	}
	return second
}
