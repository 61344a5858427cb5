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

// phased is the number in the station with the phase of the arrivals.
type phased struct{ n, phase int }

// MeanNumber is the mean number in the station.
func (q MMPP) MeanNumber() float64 {
	return q.mean(func(s phased) float64 { return float64(s.n) })
}

// MeanResponse is the mean time from arrival to departure.
func (q MMPP) MeanResponse() float64 { return q.MeanNumber() / q.Arrival() }

// MeanWait is the mean time in the queue.
func (q MMPP) MeanWait() float64 { return q.MeanResponse() - 1/q.Service }

// Delayed is the share of arrivals that find all servers busy.
func (q MMPP) Delayed() float64 {
	return q.mean(func(s phased) float64 {
		if s.n < q.Servers {
			return 0
		}
		return q.Rate[s.phase]
	}) / q.Arrival()
}

// mean of a value over the states.
func (q MMPP) mean(value func(phased) float64) float64 {
	if q.Utilization() >= 1 {
		return math.Inf(1)
	}
	const negligible = 1e-14
	for last := 2 * q.Servers; ; last *= 2 {
		states, c, ok := explored(phased{}, func(from phased, to func(phased, float64)) { q.step(from, last, to) })
		if !ok {
			return math.NaN()
		}
		p := c.stationary()
		var top, sum float64
		for i, s := range states {
			if s.n == last {
				top += p[i]
			}
			sum += float64(p[i] * value(s))
		}
		if top < negligible {
			return sum
		}
	}
}

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
