package theory_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/experiments/theory"
)

// The moments of the laws that the simulator draws from, integrated over
// their quantile functions.
func TestMomentsAgainstTheDistributions(t *testing.T) {
	for _, c := range []struct {
		name string
		got  theory.Moments
		law  func() (random.Distribution, error)
	}{
		{"constant", theory.ConstantMoments(3), func() (random.Distribution, error) { return random.Constant(3) }},
		{"uniform", theory.UniformMoments(1, 4), func() (random.Distribution, error) { return random.Uniform(1, 4) }},
		{"exponential", theory.GammaMoments(2, 1), func() (random.Distribution, error) { return random.Exponential(2) }},
		{"gamma", theory.GammaMoments(2, 0.3), func() (random.Distribution, error) { return random.Gamma(2, 0.3) }},
		{"hyperexponential", theory.HyperexponentialMoments(2, 4), func() (random.Distribution, error) { return random.Hyperexponential(2, 4) }},
		{"no longer hyperexponential", theory.HyperexponentialMoments(2, 1), func() (random.Distribution, error) { return random.Exponential(2) }},
		{"lognormal", theory.LognormalMoments(2, 0.5), func() (random.Distribution, error) { return random.Lognormal(2, 0.5) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			law, err := c.law()
			require.NoError(t, err)
			require.InEpsilon(t, law.Mean(), c.got.First, 1e-12)
			require.InDelta(t, law.Variance(), c.got.Variance(), 1e-9)
			require.InEpsilon(t, thirdMoment(law), c.got.Third, 2e-3)
		})
	}
}

// thirdMoment integrates over u = 1 - e^-y, which gives the tail its due.
func thirdMoment(law random.Distribution) float64 {
	return simpson(1e-9, 34, func(y float64) float64 {
		x := law.Quantile(-math.Expm1(-y))
		return x * x * x * math.Exp(-y)
	})
}

// M/H2/1 as a chain over the number in the station and the kind of the job in
// service. The number of those left behind by a departure are the arrivals
// during its response, so that E[N(N-1)] = rate^2 E[response^2] (Little's law
// for the distribution, J. Keilson and L.D. Servi 1988).
func TestMG1AgainstTheChain(t *testing.T) {
	const arrival, meanService, scv = 0.6, 1.0, 3.0
	short := (1 + math.Sqrt((scv-1)/(scv+1))) / 2 // share of the kind with the greater rate
	share := [2]float64{short, 1 - short}
	rate := [2]float64{2 * short / meanService, 2 * (1 - short) / meanService}
	type state struct{ n, kind int }
	c := newChain[state]()
	for n := range 300 {
		for kind := range 2 {
			if n == 0 {
				c.add(state{0, 0}, state{1, kind}, arrival*share[kind])
				c.add(state{1, kind}, state{0, 0}, rate[kind])
				continue
			}
			c.add(state{n, kind}, state{n + 1, kind}, arrival)
			for next := range 2 {
				c.add(state{n + 1, kind}, state{n, next}, rate[kind]*share[next])
			}
		}
	}
	law := c.solve(t)
	q := theory.MG1{Arrival: arrival, Service: theory.HyperexponentialMoments(meanService, scv)}
	inStation := mean(law, func(s state) float64 { return float64(s.n) })
	pairs := mean(law, func(s state) float64 { return float64(s.n * (s.n - 1)) })
	require.InEpsilon(t, inStation, q.MeanNumber(), 1e-8)
	require.InEpsilon(t, math.Sqrt(pairs/arrival/arrival-q.MeanResponse()*q.MeanResponse()), q.ResponseSD(), 1e-8)
	require.InEpsilon(t, 1-law[state{0, 0}], q.Utilization(), 1e-8)
}

// With exponential service M/G/1 is M/M/1; with constant service half of the
// wait is gone.
func TestMG1AtItsEnds(t *testing.T) {
	exponential := theory.MG1{Arrival: 0.8, Service: theory.GammaMoments(1, 1)}
	single := theory.MMC{Arrival: 0.8, Service: 1, Servers: 1}
	require.InEpsilon(t, single.MeanWait(), exponential.MeanWait(), 1e-12)
	require.InEpsilon(t, single.WaitSD(), exponential.WaitSD(), 1e-12)
	require.InEpsilon(t, single.ResponseSD(), exponential.ResponseSD(), 1e-12)
	constant := theory.MG1{Arrival: 0.8, Service: theory.ConstantMoments(1)}
	require.InEpsilon(t, single.MeanWait()/2, constant.MeanWait(), 1e-12)
	full := theory.MG1{Arrival: 1, Service: theory.ConstantMoments(1)}
	require.True(t, math.IsInf(full.MeanWait(), 1) && math.IsInf(full.WaitSD(), 1))
}

// Erlang's own formula of 1909 for M/D/1, whose terms alternate: good for
// waits of a few service times.
func erlangWaitMD1(rho, x float64) float64 {
	var sum float64
	term := func(y float64, k int) float64 { // (-y)^k / k! e^y
		factor := math.Exp(y)
		for i := 1; i <= k; i++ {
			factor *= -y / float64(i)
		}
		return factor
	}
	for k := 0; k <= int(x); k++ {
		sum += term(rho*(x-float64(k)), k)
	}
	return (1 - rho) * sum
}

func TestMD1QuantileAgainstErlang(t *testing.T) {
	for _, rho := range []float64{0.1, 0.5, 0.8, 0.95} {
		q := theory.MD1{Arrival: rho / 2, Service: 2}
		for _, p := range []float64{1 - rho*0.9, 0.9, 0.95, 0.99, 0.999} {
			wait := q.WaitQuantile(p)
			if wait > 0 && wait < 2*15 {
				require.InDelta(t, p, erlangWaitMD1(rho, wait/2), 1e-8, "load %g, p %g", rho, p)
			}
			require.Equal(t, wait+2, q.ResponseQuantile(p))
		}
		require.Zero(t, q.WaitQuantile((1-rho)*0.99))
	}
	require.True(t, math.IsInf(theory.MD1{Arrival: 1, Service: 1}.WaitQuantile(0.9), 1))
}

// The quantiles add up to the mean and the deviation of M/G/1, far into the
// tail where Erlang's formula fails.
func TestMD1QuantilesAddUp(t *testing.T) {
	q := theory.MD1{Arrival: 0.9, Service: 1}
	integral := func(power int) float64 {
		const steps = 4000
		var sum float64
		for i := range steps { // over p = 1 - e^-y, midpoints
			y := (float64(i) + 0.5) * 30 / steps
			sum += math.Pow(q.WaitQuantile(-math.Expm1(-y)), float64(power)) * math.Exp(-y) * 30 / steps
		}
		return sum
	}
	exact := theory.MG1{Arrival: 0.9, Service: theory.ConstantMoments(1)}
	first := integral(1)
	require.InEpsilon(t, exact.MeanWait(), first, 1e-4)
	require.InEpsilon(t, exact.WaitSD(), math.Sqrt(integral(2)-first*first), 1e-3)
}

// Processor sharing between jobs of two kinds, as a chain over how many there
// are of each: the law of the total is that of M/M/c, and each kind's mean
// response is in proportion to its need.
func TestProcessorSharingAgainstTheChain(t *testing.T) {
	const arrival, most = 0.9, 28
	share, rate := [2]float64{0.8, 0.2}, [2]float64{2, 0.5}
	meanService := share[0]/rate[0] + share[1]/rate[1]
	for _, cores := range []int{1, 2, 4} {
		t.Run(fmt.Sprint(cores), func(t *testing.T) {
			q := theory.MGCPS{Arrival: arrival * float64(cores) * 0.55, Service: 1 / meanService, Cores: cores}
			type state [2]int
			c := newChain[state]()
			for a := range most {
				for b := range most - a {
					served := float64(min(a+b+1, cores)) / float64(a+b+1)
					here, moreA, moreB := state{a, b}, state{a + 1, b}, state{a, b + 1}
					c.add(here, moreA, q.Arrival*share[0])
					c.add(here, moreB, q.Arrival*share[1])
					c.add(moreA, here, float64(a+1)*served*rate[0])
					c.add(moreB, here, float64(b+1)*served*rate[1])
				}
			}
			law := c.solve(t)
			for n := range 6 {
				got := mean(law, func(s state) float64 {
					if s[0]+s[1] == n {
						return 1
					}
					return 0
				})
				require.InEpsilon(t, q.Number(n), got, 1e-4)
			}
			require.InEpsilon(t, q.MeanNumber(), mean(law, func(s state) float64 { return float64(s[0] + s[1]) }), 1e-4)
			for kind := range 2 {
				response := mean(law, func(s state) float64 { return float64(s[kind]) }) / (q.Arrival * share[kind])
				require.InEpsilon(t, q.MeanResponseOf(1/rate[kind]), response, 1e-4)
			}
			require.InEpsilon(t, q.MeanNumber()/q.Arrival, q.MeanResponse(), 1e-12)
		})
	}
	single := theory.MGCPS{Arrival: 0.5, Service: 1, Cores: 1}
	require.InEpsilon(t, 3/(1-0.5), single.MeanResponseOf(3), 1e-12)
	require.Equal(t, 0.5, single.Utilization())
}

// One server of the round as a chain over the number in it and how many of the
// stream's arrivals went elsewhere since its last one.
func TestRoundRobinAgainstTheChain(t *testing.T) {
	for _, q := range []theory.RoundRobin{
		{Arrival: 0.7, Service: 1, Servers: 1},
		{Arrival: 1.6, Service: 1, Servers: 2},
		{Arrival: 30, Service: 10, Servers: 5},
	} {
		t.Run(fmt.Sprint(q), func(t *testing.T) {
			type state struct{ n, passed int }
			const most = 120
			c := newChain[state]()
			for n := range most {
				for passed := range q.Servers {
					if passed < q.Servers-1 {
						c.add(state{n, passed}, state{n, passed + 1}, q.Arrival)
					} else if n < most-1 {
						c.add(state{n, passed}, state{n + 1, 0}, q.Arrival)
					}
					if n > 0 {
						c.add(state{n, passed}, state{n - 1, passed}, q.Service)
					}
				}
			}
			law := c.solve(t)
			own := q.Arrival / float64(q.Servers)
			require.InEpsilon(t, mean(law, func(s state) float64 { return float64(s.n) })/own, q.MeanResponse(), 1e-8)
			require.InEpsilon(t, mean(law, func(s state) float64 { return float64(max(0, s.n-1)) })/own, q.MeanWait(), 1e-8)
			found := mean(law, func(s state) float64 {
				if s.n > 0 && s.passed == q.Servers-1 {
					return q.Arrival / own
				}
				return 0
			})
			require.InEpsilon(t, found, q.Delayed(), 1e-8)
			require.InEpsilon(t, -math.Log(0.01)*q.MeanResponse(), q.ResponseQuantile(0.99), 1e-12)
		})
	}
}

// One server in the round is M/M/1; more of them wait less than a random
// split, and more the more regular their arrivals are; beyond saturation the
// wait has no end.
func TestRoundRobinAtItsEnds(t *testing.T) {
	single := theory.MMC{Arrival: 0.8, Service: 1, Servers: 1}
	last := single.MeanWait() * (1 + 1e-12)
	for servers := 1; servers <= 64; servers *= 2 {
		q := theory.RoundRobin{Arrival: 0.8 * float64(servers), Service: 1, Servers: servers}
		require.Less(t, q.MeanWait(), last)
		last = q.MeanWait()
	}
	full := theory.RoundRobin{Arrival: 2, Service: 1, Servers: 2}
	require.Equal(t, 1.0, full.Delayed())
	require.True(t, math.IsInf(full.MeanWait(), 1))
}
