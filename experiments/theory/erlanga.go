package theory

import "math"

// ErlangA is the M/M/c+M queue: as M/M/c, but everybody who waits leaves
// unserved after an exponential patience (C. Palm 1946; O. Garnett, A.
// Mandelbaum, M. Reiman, "Designing a call center with impatient customers",
// M&SOM 4 (2002)). It has a steady state at any load.
type ErlangA struct {
	Arrival  float64 // rate of arrivals
	Service  float64 // rate of one server
	Patience float64 // rate at which a waiting customer leaves: 1 / mean patience
	Servers  int
}

// Impatient is the steady state of an ErlangA.
type Impatient struct {
	ErlangA
	law law
}

// Solve finds the steady state, but for the states beyond the last that matters. All of it
// is NaN where those that matter are too many.
func (q ErlangA) Solve() Impatient {
	last := q.last()
	if last > q.Servers+mostWaiting {
		return Impatient{q, law{math.NaN()}}
	}
	return Impatient{q, stationary(last,
		func(int) float64 { return q.Arrival },
		func(n int) float64 {
			return float64(float64(min(n, q.Servers))*q.Service) + float64(float64(max(0, n-q.Servers))*q.Patience)
		})}
}

// Abandoned is the share of arrivals that leave unserved.
func (q Impatient) Abandoned() float64 {
	return q.law.meanQueue(q.Servers) * q.Patience / q.Arrival
}

// Delayed is the share of arrivals that find all servers busy.
func (q Impatient) Delayed() float64 {
	return q.law.mean(func(n int) float64 {
		if n >= q.Servers {
			return 1
		}
		return 0
	})
}

// MeanWait is the mean time in the queue over all arrivals, served or not.
func (q Impatient) MeanWait() float64 { return q.law.meanQueue(q.Servers) / q.Arrival }

// MeanNumber is the mean number in the station.
func (q Impatient) MeanNumber() float64 { return q.law.meanNumber() }

// Utilization is the mean share of servers that are busy.
func (q Impatient) Utilization() float64 {
	return q.Arrival * (1 - q.Abandoned()) / (float64(q.Servers) * q.Service)
}

// mostWaiting bounds the states of an ErlangA beyond those of its servers.
const mostWaiting = 1_000_000

// last is a state beyond which the probabilities add up to nothing that a
// float64 shows: from the state in which departures outdo arrivals on, each is
// less than the one before, and in the end by ever more than half.
func (q ErlangA) last() int {
	const negligible = 1e-20
	n, weight := q.Servers, 1.0
	for weight > negligible && n <= q.Servers+mostWaiting {
		n++
		ratio := q.Arrival / (float64(float64(q.Servers)*q.Service) + float64(float64(n-q.Servers)*q.Patience))
		weight *= min(ratio, 1)
	}
	return n
}
