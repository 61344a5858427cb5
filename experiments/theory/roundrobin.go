package theory

import (
	"math"

	"github.com/headroom-sim/headroom/engine/random"
)

// RoundRobin is a Poisson stream dealt in turn to equal servers with a queue
// each and exponential service. Every server is an E_N/M/1 queue, N the number
// of servers: its arrivals are an Erlang law of N phases apart ([Gross]
// section 5.3, G/M/1).
type RoundRobin struct {
	Arrival float64 // rate of the whole stream
	Service float64 // rate of one server
	Servers int
}

// Utilization is the load on each server; not below 1 where there is no steady
// state.
func (q RoundRobin) Utilization() float64 {
	return q.Arrival / (float64(q.Servers) * q.Service)
}

// Delayed is the share of arrivals that wait: the root s in (0, 1) of
// s = A(service (1-s)), with A the transform of the time between two arrivals
// at a server; found by halving an interval. It is 1 where there is no steady
// state.
func (q RoundRobin) Delayed() float64 {
	if q.Utilization() >= 1 {
		return 1
	}
	lo, hi := 0.0, 1.0
	for {
		s := lo + float64((hi-lo)/2)
		if s <= lo || s >= hi {
			return s
		}
		ratio := q.Service * (1 - s) / q.Arrival
		if random.Exp(-float64(q.Servers)*random.Log1p(ratio)) > s {
			lo = s
		} else {
			hi = s
		}
	}
}

// MeanWait is the mean time in the queue, over all arrivals.
func (q RoundRobin) MeanWait() float64 { return q.Delayed() * q.MeanResponse() }

// MeanResponse is the mean of the response, which is exponential.
func (q RoundRobin) MeanResponse() float64 {
	delayed := q.Delayed()
	if delayed == 1 {
		return math.Inf(1)
	}
	return 1 / (q.Service * (1 - delayed))
}

// ResponseQuantile is the response that a share p of all arrivals does not
// exceed, 0 <= p < 1.
func (q RoundRobin) ResponseQuantile(p float64) float64 {
	return -random.Log1p(-p) * q.MeanResponse()
}
