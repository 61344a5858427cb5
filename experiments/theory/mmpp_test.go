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
		same := theory.MMPP{Rate: [2]float64{0.7 * s, 0.7 * s}, Stay: [2]float64{3, 5}, Service: 1, Servers: servers}
		require.InEpsilon(t, steady.MeanResponse(), same.MeanResponse(), 1e-10)
		require.InEpsilon(t, steady.Delayed(), same.Delayed(), 1e-10)
		require.InEpsilon(t, steady.MeanWait(), same.MeanWait(), 1e-10)
		fast := theory.MMPP{Rate: [2]float64{0.4 * s, 1 * s}, Stay: [2]float64{1e-7, 1e-7}, Service: 1, Servers: servers}
		require.InEpsilon(t, steady.MeanResponse(), fast.MeanResponse(), 1e-5)
		slow := theory.MMPP{Rate: [2]float64{0.2 * s, 0.6 * s}, Stay: [2]float64{3e6, 1e6}, Service: 1, Servers: servers}
		calm, burst := theory.MMC{Arrival: 0.2 * s, Service: 1, Servers: servers}, theory.MMC{Arrival: 0.6 * s, Service: 1, Servers: servers}
		require.InEpsilon(t, 0.75*calm.MeanNumber()+0.25*burst.MeanNumber(), slow.MeanNumber(), 1e-5)
	}
	require.True(t, math.IsInf(theory.MMPP{Rate: [2]float64{0.5, 1.5}, Stay: [2]float64{1, 1}, Service: 1, Servers: 1}.MeanNumber(), 1))
}

func TestMMPPAgainstTheChain(t *testing.T) {
	q := theory.MMPP{Rate: [2]float64{0.3, 2}, Stay: [2]float64{10, 2}, Service: 1, Servers: 2}
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
	require.InEpsilon(t, mean(law, func(s state) float64 { return float64(s.n) }), q.MeanNumber(), 1e-9)
	came := mean(law, func(s state) float64 { return q.Rate[s.phase] })
	require.InEpsilon(t, came, q.Arrival(), 1e-9)
	require.InEpsilon(t, mean(law, func(s state) float64 { return q.Rate[s.phase] * atLeast(2)(s.n) })/came, q.Delayed(), 1e-9)
	require.InEpsilon(t, mean(law, func(s state) float64 { return math.Min(float64(s.n), 2) })/2, q.Utilization(), 1e-9)
}
