package theory

import "github.com/headroom-sim/headroom/engine/random"

// Varying is the M_t/M/inf queue: Poisson arrivals whose rate is linear between
// points in time, exponential service, and a server for everybody. It is empty at
// time zero. The number in it is Poisson at any time, and its mean follows the rate
// late and smoothed (S.G. Eick, W.A. Massey, W. Whitt, "The physics of the M_t/G/inf
// queue", Operations Research 41 (1993)):
//
//	m'(t) = rate(t) - m(t) service
type Varying struct {
	Course  []RateAt // in the order of time; held before the first and after the last
	Service float64  // rate of one server
}

// RateAt is a rate of arrivals at a time.
type RateAt struct{ At, Rate float64 }

// MeanNumber is the mean number at a time t >= 0.
func (q Varying) MeanNumber(t float64) float64 {
	var m float64
	q.pieces(0, t, func(from, to RateAt) {
		// The root of the equation is a line, and what is off it dies away.
		slope := (to.Rate - from.Rate) / (to.At - from.At)
		line := func(p RateAt) float64 { return (p.Rate - slope/q.Service) / q.Service }
		m = line(to) + float64((m-line(from))*random.Exp(-q.Service*(to.At-from.At)))
	})
	return m
}

// Arrivals is the mean number of arrivals between two times.
func (q Varying) Arrivals(from, to float64) float64 {
	var sum float64
	q.pieces(from, to, func(a, b RateAt) { sum += float64((a.Rate + b.Rate) / 2 * (b.At - a.At)) })
	return sum
}

// MeanNumberOver is the mean number on average from one time to another: what
// came, less what there is more at the end, has been served.
func (q Varying) MeanNumberOver(from, to float64) float64 {
	served := q.Arrivals(from, to) - (q.MeanNumber(to) - q.MeanNumber(from))
	return served / (q.Service * (to - from))
}

// Greatest is the greatest rate of arrivals.
func (q Varying) Greatest() float64 {
	greatest := 0.0
	for _, p := range q.Course {
		greatest = max(greatest, p.Rate)
	}
	return greatest
}

// pieces are the stretches between two times on which the rate is linear.
func (q Varying) pieces(from, to float64, each func(from, to RateAt)) {
	passed := q.points(func(p RateAt) bool { return p.At <= from })
	end := q.points(func(p RateAt) bool { return p.At < to })
	at := RateAt{from, q.between(passed, from)}
	for _, p := range q.Course[min(passed, end):end] {
		if p.At > at.At {
			each(at, p)
		}
		at = p
	}
	if to > at.At {
		each(at, RateAt{to, q.between(end, to)})
	}
}

// points is how many come first for which something holds.
func (q Varying) points(passed func(RateAt) bool) int {
	for i, p := range q.Course {
		if !passed(p) {
			return i
		}
	}
	return len(q.Course)
}

// between is the rate at a time that so many points come before. Where the rate jumps
// there are two at one time: it has the rate before the jump if neither has been passed,
// and the rate after it if both have.
func (q Varying) between(points int, t float64) float64 {
	switch points {
	case 0:
		return q.Course[0].Rate
	case len(q.Course):
		return q.Course[points-1].Rate
	}
	a, b := q.Course[points-1], q.Course[points]
	return a.Rate + float64((b.Rate-a.Rate)*((t-a.At)/(b.At-a.At)))
}
