package theory_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/theory"
)

// One server is M/M/1; and who chooses by chance alone splits the stream, which at
// a low load does not need long queues.
func TestShortestIsMM1(t *testing.T) {
	mm1 := theory.MMC{Arrival: 0.7, Service: 1, Servers: 1}
	require.InEpsilon(t, mm1.MeanResponse(), theory.Shortest{Arrival: 0.7, Service: 1, Servers: 1, Choices: 1}.MeanResponse(), 1e-10)
	mm1.Arrival = 0.2
	require.InEpsilon(t, mm1.MeanResponse(), theory.Shortest{Arrival: 0.6, Service: 1, Servers: 3, Choices: 1}.MeanResponse(), 1e-9)
	require.True(t, math.IsInf(theory.Shortest{Arrival: 3, Service: 1, Servers: 3, Choices: 2}.MeanResponse(), 1))
}

// queues are those of each server as they are, not in their order.
type queues [3]int

// mostQueued is one more than the longest of them.
const mostQueued = 10

// lengthsOf lists all states of so many queues.
func lengthsOf(servers int) []queues {
	list := []queues{{}}
	for k := range servers {
		for _, q := range list {
			for q[k] = 1; q[k] < mostQueued; q[k]++ {
				list = append(list, q)
			}
		}
	}
	return list
}

// joined are the shares of those who look at a group of servers that join each: the
// shortest ones, alike.
func joined(q queues, group []int) map[int]float64 {
	least := mostQueued
	for _, k := range group {
		least = min(least, q[k])
	}
	shortest := slices.DeleteFunc(slices.Clone(group), func(k int) bool { return q[k] > least })
	shares := map[int]float64{}
	for _, k := range shortest {
		shares[k] = 1 / float64(len(shortest))
	}
	return shares
}

// The chain over the queues as they are, not in their order: an arrival looks at
// each pair with the same probability, and at two that are equal with half of it
// each.
func TestShortestAgainstTheChain(t *testing.T) {
	for _, c := range []struct {
		servers, choices int
		arrival          float64
	}{{2, 2, 1}, {3, 3, 1.5}, {3, 2, 1.2}} {
		groups := [][]int{[]int{0, 1, 2}[:c.servers]}
		if c.choices < c.servers {
			groups = [][]int{{0, 1}, {0, 2}, {1, 2}}
		}
		chain := newChain[queues]()
		step := func(q queues, server, by int, rate float64) {
			next := q
			if next[server] += by; next[server] >= 0 && next[server] < mostQueued {
				chain.add(q, next, rate)
			}
		}
		for _, q := range lengthsOf(c.servers) {
			for _, group := range groups {
				for k, share := range joined(q, group) {
					step(q, k, 1, c.arrival*share/float64(len(groups)))
				}
			}
			for k := range c.servers {
				step(q, k, -1, 1)
			}
		}
		want := mean(chain.solve(t), func(q queues) float64 { return float64(q[0] + q[1] + q[2]) })
		got := theory.Shortest{Arrival: c.arrival, Service: 1, Servers: c.servers, Choices: c.choices}
		require.InEpsilon(t, want, got.MeanNumber(), 1e-4, "%+v", got)
	}
}

// More choices are better, and none is as good as one queue for all.
func TestShortestIsBetween(t *testing.T) {
	last := theory.MMC{Arrival: 0.8, Service: 1, Servers: 1}.MeanResponse()
	for choices := 2; choices <= 4; choices++ {
		response := theory.Shortest{Arrival: 3.2, Service: 1, Servers: 4, Choices: choices}.MeanResponse()
		require.Less(t, response, last)
		last = response
	}
	require.Greater(t, last, theory.MMC{Arrival: 3.2, Service: 1, Servers: 4}.MeanResponse())
}

// Of many servers the mean response is Σ λ^(2^i-2), i = 1, 2, ...: 1.266 at half load,
// 1.947 at 80 % (N.D. Vvedenskaya, R.L. Dobrushin, F.I. Karpelevich, Problems of
// Information Transmission 32 (1996); Mitzenmacher, theorem 1). It is reached from
// above, nearly as 1/N: the line through 3 and 4 servers ends below it, the parabola
// through 2, 3 and 4 above.
func TestPowerOfTwoOfManyServers(t *testing.T) {
	for _, load := range []float64{0.3, 0.5, 0.8} {
		var limit float64
		for power := 2.0; power < 1e4; power *= 2 {
			limit += math.Pow(load, power-2)
		}
		of := func(servers int) float64 {
			return theory.Shortest{Arrival: load * float64(servers), Service: 1, Servers: servers, Choices: 2}.MeanResponse()
		}
		two, three, four := of(2), of(3), of(4)
		require.Less(t, 4*four-3*three, limit)
		require.Greater(t, 2*two-9*three+8*four, limit)
		require.InEpsilon(t, 4*four-3*three, 2*two-9*three+8*four, 0.15)
	}
}
