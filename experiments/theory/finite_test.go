package theory_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/theory"
)

// Gross and others, section 2.4: a vehicle inspection station with three
// stalls and room for four more, one car a minute, six minutes each:
// p0 = 1/1141, 3.09 waiting, 6.06 in the station for 12.3 minutes, 30.3 cars
// an hour turned away.
func TestMMCKAgainstTextbook(t *testing.T) {
	q := theory.MMCK{Arrival: 1, Service: 1.0 / 6, Servers: 3, Capacity: 7}.Solve()
	require.InDelta(t, 1.0/1141, q.Number(0), 1e-12)
	require.InDelta(t, 3.09, q.MeanWait()*q.Throughput(), 0.005)
	require.InDelta(t, 6.06, q.MeanNumber(), 0.01)
	require.InDelta(t, 12.3, q.MeanResponse(), 0.1) // from rounded figures
	require.InDelta(t, 30.3, 60*q.Blocked(), 0.05)
}

func TestMMCKAgainstTheChain(t *testing.T) {
	for _, q := range []theory.MMCK{
		{Arrival: 0.8, Service: 1, Servers: 1, Capacity: 1},
		{Arrival: 0.8, Service: 1, Servers: 1, Capacity: 5},
		{Arrival: 1, Service: 1, Servers: 1, Capacity: 10}, // load of exactly one
		{Arrival: 30, Service: 2, Servers: 4, Capacity: 20},
		{Arrival: 7, Service: 1, Servers: 8, Capacity: 8}, // Erlang B
		{Arrival: 200, Service: 0.1, Servers: 3, Capacity: 150},
	} {
		t.Run(fmt.Sprint(q), func(t *testing.T) {
			served := func(n int) float64 { return float64(min(n, q.Servers)) * q.Service }
			q := q.Solve()
			law := birthDeath(t, q.Capacity, func(int) float64 { return q.Arrival }, served)
			require.InEpsilon(t, law[q.Capacity], q.Blocked(), 1e-9)
			require.InEpsilon(t, mean(law, served), q.Throughput(), 1e-9)
			require.InEpsilon(t, mean(law, number), q.MeanNumber(), 1e-9)
			require.InEpsilon(t, mean(law, number)/mean(law, served), q.MeanResponse(), 1e-9)
			require.InDelta(t, mean(law, above(q.Servers))/mean(law, served), q.MeanWait(), 1e-9)
			require.InEpsilon(t, mean(law, served)/served(q.Servers), q.Utilization(), 1e-9)
			let, waiting := 0.0, 0.0
			for n := range q.Capacity {
				let += law[n]
				waiting += law[n] * atLeast(q.Servers)(n)
			}
			require.InDelta(t, waiting/let, q.Delayed(), 1e-9)
			require.Zero(t, q.Number(q.Capacity+1))
		})
	}
}

// With room without end M/M/c/K is M/M/c, with none to wait it is Erlang B.
func TestMMCKAtItsEnds(t *testing.T) {
	open := theory.MMC{Arrival: 3, Service: 1, Servers: 4}
	closed := theory.MMCK{Arrival: 3, Service: 1, Servers: 4, Capacity: 400}.Solve()
	require.InEpsilon(t, open.MeanWait(), closed.MeanWait(), 1e-12)
	require.InEpsilon(t, open.Delayed(), closed.Delayed(), 1e-12)
	lost := theory.MMCK{Arrival: 3, Service: 1, Servers: 4, Capacity: 4}.Solve()
	require.InEpsilon(t, theory.ErlangB(4, 3), lost.Blocked(), 1e-12)
	require.Zero(t, lost.Delayed())
}

// Gross and others, section 2.7: five robots that fail every 30 hours, two
// menders who need 3: probabilities .619, .310, .062, .009, .001 of that many
// broken, .465 on average.
func TestRepairAgainstTextbook(t *testing.T) {
	q := theory.Repair{Users: 5, Think: 1.0 / 30, Service: 1.0 / 3, Servers: 2}.Solve()
	for n, want := range []float64{0.619, 0.309, 0.062, 0.009, 0.001, 0} {
		require.InDelta(t, want, q.Number[n], 0.0006)
	}
	require.InDelta(t, 0.465, q.MeanNumber, 0.0005)
}

func TestRepairAgainstTheChain(t *testing.T) {
	for _, q := range []theory.Repair{
		{Users: 1, Think: 1, Service: 2, Servers: 1},
		{Users: 50, Think: 0.1, Service: 4, Servers: 1},
		{Users: 50, Think: 0.2, Service: 1, Servers: 4}, // overloaded
		{Users: 3, Think: 0.2, Service: 1, Servers: 4},  // never waits
	} {
		t.Run(fmt.Sprint(q), func(t *testing.T) {
			asking := func(n int) float64 { return float64(q.Users-n) * q.Think }
			served := func(n int) float64 { return float64(min(n, q.Servers)) * q.Service }
			r := q.Solve()
			law := birthDeath(t, q.Users, asking, served)
			require.InEpsilon(t, mean(law, asking), r.Throughput, 1e-9)
			require.InEpsilon(t, mean(law, number), r.MeanNumber, 1e-9)
			require.InEpsilon(t, mean(law, number)/mean(law, asking), r.MeanResponse, 1e-9)
			require.InDelta(t, mean(law, above(q.Servers))/mean(law, asking), r.MeanWait, 1e-9)
			require.InEpsilon(t, mean(law, served)/served(q.Servers), r.Utilization, 1e-9)
			// Share of the requests, not of the time, that find all servers busy.
			found := mean(law, func(n int) float64 { return asking(n) * atLeast(q.Servers)(n) })
			require.InDelta(t, found/mean(law, asking), r.Delayed, 1e-9)
			// Little's law over the whole cycle.
			require.InEpsilon(t, float64(q.Users), r.Throughput*(1/q.Think+r.MeanResponse), 1e-9)
		})
	}
}

// Garnett, Mandelbaum and Reiman (2002), table 1: 48 calls a minute, one
// minute each, 50 agents, patience of two minutes: 3.1 % leave and the mean
// wait is 3.7 s, where without leaving (Erlang C) it is 20.8 s.
func TestErlangAAgainstTheCallCenter(t *testing.T) {
	q := theory.ErlangA{Arrival: 48, Service: 1, Patience: 0.5, Servers: 50}.Solve()
	require.InDelta(t, 0.031, q.Abandoned(), 0.0005)
	require.InDelta(t, 3.7, 60*q.MeanWait(), 0.05)
	require.InDelta(t, 0.93, q.Utilization(), 0.005)
	require.InDelta(t, 20.8, 60*theory.MMC{Arrival: 48, Service: 1, Servers: 50}.MeanWait(), 0.05)
}

func TestErlangAAgainstTheChain(t *testing.T) {
	for _, q := range []theory.ErlangA{
		{Arrival: 0.5, Service: 1, Patience: 1, Servers: 1}, // as M/M/infinity
		{Arrival: 12, Service: 1, Patience: 0.2, Servers: 10},
		{Arrival: 300, Service: 10, Patience: 3, Servers: 8}, // far overloaded
		{Arrival: 3, Service: 1, Patience: 40, Servers: 4},
	} {
		t.Run(fmt.Sprint(q), func(t *testing.T) {
			leaving := func(n int) float64 { return above(q.Servers)(n) * q.Patience }
			served := func(n int) float64 { return float64(min(n, q.Servers)) * q.Service }
			q := q.Solve()
			law := birthDeath(t, 400, func(int) float64 { return q.Arrival },
				func(n int) float64 { return leaving(n) + served(n) })
			require.InEpsilon(t, mean(law, leaving)/q.Arrival, q.Abandoned(), 1e-8)
			require.InEpsilon(t, mean(law, atLeast(q.Servers)), q.Delayed(), 1e-8)
			require.InEpsilon(t, mean(law, number), q.MeanNumber(), 1e-8)
			require.InEpsilon(t, mean(law, above(q.Servers))/q.Arrival, q.MeanWait(), 1e-8)
			require.InEpsilon(t, mean(law, served)/served(q.Servers), q.Utilization(), 1e-8)
		})
	}
	poisson := theory.ErlangA{Arrival: 0.5, Service: 1, Patience: 1, Servers: 1}.Solve()
	require.InDelta(t, 1-math.Exp(-0.5), poisson.Delayed(), 1e-14)
}
