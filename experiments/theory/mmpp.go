package theory

import "math"

// MMPP is the MMPP/M/c queue: arrivals are a Poisson stream whose rate switches
// between a calm and a burst one after exponential stays in each (W. Fischer, K.
// Meier-Hellstern, "The Markov-modulated Poisson process (MMPP) cookbook",
// Performance Evaluation 18 (1993)), service is exponential, and servers share one
// queue. It is solved as the chain over the number in the station and the phase of
// the arrivals, up to a number that is never reached. Where that is too large for the
// chain to be solved, all means are NaN.
type MMPP struct {
	Rate    [2]float64 // of arrivals: calm, and in a burst
	Stay    [2]float64 // mean time in each phase
	Service float64    // rate of one server
	Servers int
}

// Arrival is the mean rate of arrivals.
func (q MMPP) Arrival() float64 {
	return (float64(q.Rate[0]*q.Stay[0]) + float64(q.Rate[1]*q.Stay[1])) / (q.Stay[0] + q.Stay[1])
}

// Utilization is the load on each server; not below 1 where there is no steady
// state.
func (q MMPP) Utilization() float64 { return q.Arrival() / (float64(q.Servers) * q.Service) }

// Modulated is the steady state of an MMPP.
type Modulated struct {
	MMPP
	MeanNumber float64 // in the station
	Delayed    float64 // share of arrivals that find all servers busy
}

// MeanResponse is the mean time from arrival to departure.
func (q Modulated) MeanResponse() float64 { return q.MeanNumber / q.Arrival() }

// MeanWait is the mean time in the queue.
func (q Modulated) MeanWait() float64 { return q.MeanResponse() - 1/q.Service }

// Solve finds the steady state. Without one the number is +Inf and everybody waits.
func (q MMPP) Solve() Modulated {
	if q.Utilization() >= 1 {
		return Modulated{q, math.Inf(1), 1}
	}
	const negligible = 1e-14
	for last := 2 * q.Servers; ; last *= 2 {
		states, c, ok := explored(phased{}, func(from phased, to func(phased, float64)) { q.step(from, last, to) })
		if !ok {
			return Modulated{q, math.NaN(), math.NaN()}
		}
		var top, number, delayed float64
		for i, p := range c.stationary() {
			s := states[i]
			number += float64(p * float64(s.n))
			if s.n >= q.Servers {
				delayed += float64(p * q.Rate[s.phase])
			}
			if s.n == last {
				top += p
			}
		}
		if top < negligible {
			return Modulated{q, number, delayed / q.Arrival()}
		}
	}
}

// phased is the number in the station with the phase of the arrivals.
type phased struct{ n, phase int }

// step gives the steps from a state, up to a number.
func (q MMPP) step(from phased, last int, to func(phased, float64)) {
	if from.n < last {
		to(phased{from.n + 1, from.phase}, q.Rate[from.phase])
	}
	if from.n > 0 {
		to(phased{from.n - 1, from.phase}, float64(min(from.n, q.Servers))*q.Service)
	}
	to(phased{from.n, 1 - from.phase}, 1/q.Stay[from.phase])
}
