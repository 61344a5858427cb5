package theory

import (
	"math"

	"github.com/headroom-sim/headroom/engine/random"
)

// Shortest is a Poisson stream dealt to equal servers with a queue each and
// exponential service: of some servers, different and drawn at random, an arrival
// joins the one with the fewest in it. With Choices = Servers it joins the shortest
// queue of all, with 2 it is the power of two choices, with 1 chance alone.
//
// Which of equally short queues is joined does not matter: the chain is over the
// lengths in their order. It is exact but for what lies beyond the states that are
// looked at: by less than 1e-4 of the mean for 2 or more choices and loads up to
// HeaviestShortest.
//
// Sources: F.A. Haight, "Two queues in parallel", Biometrika 45 (1958), for the
// chain; M. Mitzenmacher, "The power of two choices in randomized load balancing",
// IEEE Transactions on Parallel and Distributed Systems 12 (2001).
type Shortest struct {
	Arrival float64 // rate of the whole stream
	Service float64 // rate of one server
	Servers int     // up to MostShortest
	Choices int     // from 1 to Servers
}

// HeaviestShortest is the load up to which a Shortest is as exact as it says.
const HeaviestShortest = 0.8

// MostShortest is how many servers a Shortest may have.
const MostShortest = 4

// lengths of the queues, those in service included, the shortest first.
type lengths [MostShortest]int

// Utilization is the load on each server; not below 1 where there is no steady
// state.
func (q Shortest) Utilization() float64 { return q.Arrival / (float64(q.Servers) * q.Service) }

// MeanNumber is the mean number at all servers together; NaN where the load is too
// near to 1 for the chain to be solved.
func (q Shortest) MeanNumber() float64 {
	if q.Utilization() >= 1 {
		return math.Inf(1)
	}
	states, c, ok := explored(lengths{}, q.step)
	if !ok {
		return math.NaN()
	}
	return c.stationary().mean(func(i int) float64 {
		return float64(q.number(states[i]))
	})
}

// MeanResponse is the mean time from arrival to departure.
func (q Shortest) MeanResponse() float64 { return q.MeanNumber() / q.Arrival }

func (q Shortest) number(l lengths) int {
	sum := 0
	for _, n := range l[:q.Servers] {
		sum += n
	}
	return sum
}

// apart is by how much the longest of so many queues may exceed the shortest, in
// the states that are looked at. An arrival seldom makes it more, the seldomer the
// more it chooses among.
var apart = [MostShortest + 1]int{2: 24, 3: 16, 4: 8}

// step gives the steps from a state: to one that waits more at any place in the
// order, or less.
func (q Shortest) step(from lengths, to func(lengths, float64)) {
	move := func(place, by int, rate float64) {
		next := from
		next[place] += by
		if next.sort(q.Servers); next[q.Servers-1]-next[0] <= apart[q.Servers] && rate > 0 {
			to(next, rate)
		}
	}
	full := q.number(from) >= q.last()
	for place := range q.Servers {
		if !full {
			move(place, 1, q.Arrival*q.joins(place))
		}
		if from[place] > 0 {
			move(place, -1, q.Service)
		}
	}
}

// sort puts the first n in order, of which one is out of place.
func (l *lengths) sort(n int) {
	for range n - 1 {
		for i := range n - 1 {
			l[i], l[i+1] = min(l[i], l[i+1]), max(l[i], l[i+1])
		}
	}
}

// joins is the probability that an arrival joins the queue at a place in their
// order, from 0: all others that it looks at lie behind.
func (q Shortest) joins(place int) float64 {
	return choose(q.Servers-1-place, q.Choices-1) / choose(q.Servers, q.Choices)
}

// choose is the number of ways to choose k of n.
func choose(n, k int) float64 {
	ways := 1.0
	for i := range k {
		ways *= float64(n-i) / float64(i+1)
	}
	return ways
}

// last is a number beyond which the probabilities add up to nothing: in heavy
// load they fall as those of one queue before all servers do.
func (q Shortest) last() int {
	const negligible = 1e-12
	return q.Servers*apart[q.Servers] + int(random.Log(negligible)/random.Log(q.Utilization()))
}
