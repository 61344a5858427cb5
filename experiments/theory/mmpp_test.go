package theory_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/theory"
)

// Rates that do not differ, or switch faster than anything happens, make a Poisson
// stream; such as hardly ever switch make two queues, each for its share of the
// arrivals.
func TestMMPPInItsLimits(t *testing.T) {
	for _, servers := range []int{1, 3} {
		s := float64(servers)
		steady := theory.MMC{Arrival: 0.7 * s, Service: 1, Servers: servers}
		same := theory.MMPP{Rate: [2]float64{0.7 * s, 0.7 * s}, Stay: [2]float64{3, 5}, Service: 1, Servers: servers}.Solve()
		require.InEpsilon(t, steady.MeanResponse(), same.MeanResponse(), 1e-10)
		require.InEpsilon(t, steady.Delayed(), same.Delayed, 1e-10)
		require.InEpsilon(t, steady.MeanWait(), same.MeanWait(), 1e-10)
		fast := theory.MMPP{Rate: [2]float64{0.4 * s, 1 * s}, Stay: [2]float64{1e-7, 1e-7}, Service: 1, Servers: servers}.Solve()
		require.InEpsilon(t, steady.MeanResponse(), fast.MeanResponse(), 1e-5)
		slow := theory.MMPP{Rate: [2]float64{0.2 * s, 0.6 * s}, Stay: [2]float64{3e6, 1e6}, Service: 1, Servers: servers}.Solve()
		calm, burst := theory.MMC{Arrival: 0.2 * s, Service: 1, Servers: servers}, theory.MMC{Arrival: 0.6 * s, Service: 1, Servers: servers}
		require.InEpsilon(t, 0.75*calm.MeanNumber()+0.25*burst.MeanNumber(), slow.MeanNumber, 1e-5)
	}
	require.True(t, math.IsInf(theory.MMPP{Rate: [2]float64{0.5, 1.5}, Stay: [2]float64{1, 1}, Service: 1, Servers: 1}.Solve().MeanNumber, 1))
}

func TestMMPPAgainstTheChain(t *testing.T) {
	q := theory.MMPP{Rate: [2]float64{0.3, 2}, Stay: [2]float64{10, 2}, Service: 1, Servers: 2}.Solve()
	type state struct{ n, phase int }
	c := newChain[state]()
	for n := range 250 {
		for phase := range 2 {
			c.add(state{n, phase}, state{n + 1, phase}, q.Rate[phase])
			c.add(state{n + 1, phase}, state{n, phase}, math.Min(float64(n+1), 2))
			c.add(state{n, phase}, state{n, 1 - phase}, 1/q.Stay[phase])
		}
	}
	law := c.solve(t)
	require.InEpsilon(t, mean(law, func(s state) float64 { return float64(s.n) }), q.MeanNumber, 1e-9)
	came := mean(law, func(s state) float64 { return q.Rate[s.phase] })
	require.InEpsilon(t, came, q.Arrival(), 1e-9)
	require.InEpsilon(t, mean(law, func(s state) float64 { return q.Rate[s.phase] * atLeast(2)(s.n) })/came, q.Delayed, 1e-9)
	require.InEpsilon(t, mean(law, func(s state) float64 { return math.Min(float64(s.n), 2) })/2, q.Utilization(), 1e-9)
}

// With one server the generating functions have a closed form, but for a root of a
// cubic equation between 0 and 1: there the one numerator must be 0 (U. Yechiali, P.
// Naor, "Queuing problems with heterogeneous arrivals and service", Operations
// Research 19 (1971)).
func TestMMPPAgainstGeneratingFunctions(t *testing.T) {
	for _, q := range []theory.MMPP{
		{Rate: [2]float64{0.3, 2}, Stay: [2]float64{10, 2}, Service: 1, Servers: 1},
		{Rate: [2]float64{0.5, 0.9}, Stay: [2]float64{100, 30}, Service: 1, Servers: 1},
		{Rate: [2]float64{40, 160}, Stay: [2]float64{1.5, 0.5}, Service: 100, Servers: 1},
	} {
		require.InEpsilon(t, generated(q), q.Solve().MeanNumber, 1e-9, "%+v", q)
	}
}

// generated is the mean number in a queue with one server.
func generated(q theory.MMPP) float64 {
	leave := [2]float64{1 / q.Stay[0], 1 / q.Stay[1]}
	both := leave[0] + leave[1]
	b := func(k int, z float64) float64 { return q.Rate[k] - q.Service/z }
	e := func(z float64) float64 {
		return leave[0]*b(1, z) + leave[1]*b(0, z) + (1-z)*b(0, z)*b(1, z)
	}
	lo, hi := 0.0, 1.0
	for range 200 {
		if mid := (lo + hi) / 2; e(mid) > 0 {
			lo = mid
		} else {
			hi = mid
		}
	}
	// empty are the probabilities of nobody in either phase.
	ratio := -(leave[1] + (1-lo)*b(1, lo)) / leave[1] // of the second to the first
	idle := 1 - q.Arrival()/q.Service
	empty := [2]float64{idle / (1 + ratio), idle * ratio / (1 + ratio)}
	slope := -(empty[0]*b(1, 1) + empty[1]*b(0, 1))
	return -1 + slope/(both*idle) - (both*q.Service-b(0, 1)*b(1, 1))/e(1)
}
