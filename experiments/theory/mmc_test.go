package theory_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/theory"
)

// Examples printed in textbooks.
func TestMMCAgainstTextbooks(t *testing.T) {
	// Gross and others, section 2.3: an eye clinic, 6 an hour to 3 doctors,
	// 20 minutes each: p0 = 1/9, 8/9 waiting, 26/9 in the clinic, a wait of
	// 8/54 h.
	clinic := theory.MMC{Arrival: 6, Service: 3, Servers: 3}
	require.InDelta(t, 1.0/9, clinic.Number(0), 1e-14)
	require.InDelta(t, 8.0/9, clinic.MeanQueue(), 1e-14)
	require.InDelta(t, 26.0/9, clinic.MeanNumber(), 1e-14)
	require.InDelta(t, 8.0/54, clinic.MeanWait(), 1e-14)

	// R. Bronson, "Theory and Problems of Operations Research" (1982), 24.6:
	// 300 a year to 3 servers, two days each.
	bronson := theory.MMC{Arrival: 300, Service: 182.5, Servers: 3}
	require.InDelta(t, 0.17754, bronson.Number(0), 5e-6)
	require.InDelta(t, 0.352, bronson.MeanQueue(), 5e-4)
	require.InDelta(t, 1.996, bronson.MeanNumber(), 5e-4)
	require.InDelta(t, 0.006654, bronson.MeanResponse(), 5e-7)

	// The same, 23.3: M/M/1 with 24 and 30 an hour.
	single := theory.MMC{Arrival: 24, Service: 30, Servers: 1}
	require.InDelta(t, 4, single.MeanNumber(), 1e-13)
	require.InDelta(t, 1.0/6, single.MeanResponse(), 1e-14)
	require.InDelta(t, 0.2, single.Number(0), 1e-14)
}

var stations = []theory.MMC{
	{Arrival: 0.3, Service: 1, Servers: 1},
	{Arrival: 80, Service: 100, Servers: 1},
	{Arrival: 1.5, Service: 1, Servers: 2},   // servers - 1 - load negative
	{Arrival: 2, Service: 1, Servers: 3},     // and zero
	{Arrival: 0.4, Service: 0.1, Servers: 8}, // and positive
	{Arrival: 12, Service: 1, Servers: 16},
}

func TestMMCAgainstTheChain(t *testing.T) {
	for _, q := range stations {
		t.Run(fmt.Sprint(q), func(t *testing.T) {
			law := birthDeath(t, 250, func(int) float64 { return q.Arrival },
				func(n int) float64 { return float64(min(n, q.Servers)) * q.Service })
			require.InEpsilon(t, mean(law, atLeast(q.Servers)), q.Delayed(), 1e-8)
			require.InEpsilon(t, mean(law, number), q.MeanNumber(), 1e-8)
			require.InEpsilon(t, mean(law, above(q.Servers)), q.MeanQueue(), 1e-8)
			for _, n := range []int{0, 1, q.Servers, q.Servers + 5} {
				require.InEpsilon(t, law[n], q.Number(n), 1e-8)
			}
		})
	}
}

// A response is a wait, which is zero or exponential, and a service: the tail
// and its moments are integrated from that, step by small step.
func TestMMCResponseAgainstConvolution(t *testing.T) {
	for _, q := range stations {
		t.Run(fmt.Sprint(q), func(t *testing.T) {
			spare := float64(q.Servers)*q.Service - q.Arrival
			for _, at := range []float64{0, 0.01, 0.5, 2, 7} {
				x := at / q.Service
				waited := simpson(0, x, func(w float64) float64 {
					return spare * math.Exp(-spare*w) * math.Exp(-q.Service*(x-w))
				}) + math.Exp(-spare*x)
				want := (1-q.Delayed())*math.Exp(-q.Service*x) + q.Delayed()*waited
				require.InDelta(t, want, q.ResponseTail(x), 1e-9)
			}
			horizon := 60 * math.Max(1/q.Service, 1/spare)
			first := simpson(0, horizon, q.ResponseTail)
			second := simpson(0, horizon, func(x float64) float64 { return 2 * x * q.ResponseTail(x) })
			require.InEpsilon(t, first, q.MeanResponse(), 1e-6)
			require.InEpsilon(t, math.Sqrt(second-first*first), q.ResponseSD(), 1e-6)
		})
	}
}

func TestMMCWait(t *testing.T) {
	for _, q := range stations {
		t.Run(fmt.Sprint(q), func(t *testing.T) {
			spare := float64(q.Servers)*q.Service - q.Arrival
			tail := func(x float64) float64 { return q.Delayed() * math.Exp(-spare*x) }
			first := simpson(0, 60/spare, tail)
			second := simpson(0, 60/spare, func(x float64) float64 { return 2 * x * tail(x) })
			require.InEpsilon(t, first, q.MeanWait(), 1e-6)
			require.InEpsilon(t, math.Sqrt(second-first*first), q.WaitSD(), 1e-6)
			require.Zero(t, q.WaitQuantile((1-q.Delayed())*0.999))
			for _, p := range []float64{1 - q.Delayed()/2, 0.999} {
				if wait := q.WaitQuantile(p); wait > 0 {
					require.InEpsilon(t, 1-p, tail(wait), 1e-10)
				}
			}
		})
	}
}

// M/M/1: the response is exponential with the spare rate.
func TestMM1Quantiles(t *testing.T) {
	q := theory.MMC{Arrival: 0.7, Service: 1, Servers: 1}
	for _, p := range []float64{0, 0.1, 0.5, 0.99, 0.9999} {
		require.InDelta(t, -math.Log(1-p)/0.3, q.ResponseQuantile(p), 1e-9)
	}
}

func TestMMCWithoutSteadyState(t *testing.T) {
	for _, q := range []theory.MMC{{Arrival: 2, Service: 1, Servers: 2}, {Arrival: 3, Service: 1, Servers: 2}} {
		require.Equal(t, 1.0, q.Delayed())
		for _, v := range []float64{
			q.MeanWait(), q.WaitSD(), q.WaitQuantile(0.5), q.MeanResponse(),
			q.ResponseSD(), q.ResponseQuantile(0.5), q.MeanNumber(), q.MeanQueue(),
		} {
			require.True(t, math.IsInf(v, 1))
		}
		require.Zero(t, q.Number(3))
	}
}

// simpson integrates f from a to b.
func simpson(a, b float64, f func(x float64) float64) float64 {
	const steps = 20_000
	h := (b - a) / steps
	sum := f(a) + f(b)
	for i := 1; i < steps; i++ {
		sum += f(a+float64(i)*h) * float64(2+2*(i%2))
	}
	return sum * h / 3
}
