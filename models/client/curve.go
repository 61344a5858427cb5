package client

import (
	"math"
	"time"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
)

// A curve is a rate over time, cut into pieces on which it is linear.
type curve interface {
	// next is the piece that begins where the last one ended; the first begins
	// at time zero. The end of the curve is a piece that begins at Forever.
	next() piece
}

// A piece is a stretch of time on which the rate is linear.
type piece struct {
	from, to engine.Time
	first    float64 // rate at from, sessions per nanosecond
	last     float64 // rate just before to
}

func (p piece) length() float64 { return float64(p.to - p.from) }

// area is the expected number of sessions on the piece.
func (p piece) area() float64 { return float64((p.first + p.last) / 2 * p.length()) }

// rateAt is the rate at an instant of the piece.
func (p piece) rateAt(t engine.Time) float64 {
	switch t {
	case p.from:
		return p.first
	case p.to:
		return p.last
	}
	share := float64(t-p.from) / p.length()
	return p.first + float64((p.last-p.first)*share)
}

// between is the part of the piece from one instant to another.
func (p piece) between(from, to engine.Time) piece {
	return piece{from, to, p.rateAt(from), p.rateAt(to)}
}

// reach is the time after from at which the integral of the rate reaches area,
// 0 <= area <= p.area(), in nanoseconds.
//
// With the rate r + s t the integral is r t + s t^2 / 2. Its root is taken in
// the form 2 area / (r + sqrt(r^2 + 2 s area)), which subtracts nothing when the
// rate rises and stays accurate as s or r goes to zero. With s = 0 it is area / r,
// to the last bit.
func (p *piece) reach(area float64) float64 {
	switch {
	case area <= 0:
		return 0
	case p.first == p.last:
		return min(area/p.first, p.length())
	}
	slope := (p.last - p.first) / p.length()
	square := float64(p.first*p.first) + float64(2*slope*area)
	t := 2 * area / (p.first + math.Sqrt(max(square, 0)))
	return min(t, p.length())
}

// perNanosecond is the rate in the curves' unit.
func perNanosecond(r quantity.Rate) float64 { return float64(r) / float64(engine.Second) }

// newCurve is the rate that the Spec gives, by rate or by daily; start is the
// wall-clock instant of time zero.
func newCurve(spec *Spec, start time.Time) curve {
	step := spec.Shape == "step"
	if len(spec.Daily.Points) > 0 {
		return &daily{points: spec.Daily.Points, step: step, weekend: spec.Weekend, zero: start}
	}
	return &profile{points: spec.Rate.Points, step: step}
}

// An integral walks along the integrated rate of a curve. All processes whose
// rate varies over time are inverted through it: if a process of rate 1 has its
// points at A1 < A2 < ..., the process with the rate lambda(t) has them where
// the integral of lambda reaches A1, A2, ... No time step is involved.
type integral struct {
	curve curve
	piece piece
	total float64 // area of the piece
	done  float64 // area of the piece up to the latest point
	at    engine.Time
}

// advance stores the instants at which the integral has grown by the areas, one
// after the other, to the nearest nanosecond, or Forever if it never does. Instants
// never decrease.
func (g *integral) advance(areas []float64, at []engine.Time) {
	last := g.at
	for k, area := range areas {
		g.done += area
		if g.done > g.total && !g.turn() {
			at[k] = engine.Forever
			continue
		}
		last = max(last, g.piece.from+engine.Time(g.piece.reach(g.done)+0.5))
		at[k] = last
	}
	g.at = last
}

// turn goes on to the piece with the latest point; false if the curve ends before.
func (g *integral) turn() bool {
	for g.done > g.total {
		if g.piece.from >= engine.Forever {
			return false
		}
		g.done -= g.total
		g.piece = g.curve.next()
		g.total = g.piece.area()
	}
	return true
}

// A profile is a rate given by points in time, held beyond the ends.
type profile struct {
	points []quantity.RatePoint
	step   bool // the value of a point holds until the next one; else linear between
	index  int  // of the point at which the next piece ends
	at     engine.Time
}

func (p *profile) next() piece {
	from := p.at
	if p.index == len(p.points) {
		p.at = engine.Forever
		held := perNanosecond(p.points[p.index-1].Rate)
		return piece{from, engine.Forever, held, held}
	}
	point := p.points[p.index]
	last := perNanosecond(point.Rate)
	first := last
	if p.index > 0 {
		first = perNanosecond(p.points[p.index-1].Rate)
		if p.step {
			last = first
		}
	}
	p.index++
	p.at = min(point.At, engine.Forever)
	return piece{from, p.at, first, last}
}

// Course is the load that rate or daily asks for from time zero to the end:
// sessions per second on average over each step of time. It is nil where
// sessions begin otherwise.
func (s *Spec) Course(start time.Time, end, step engine.Time) []float64 {
	if kind := s.Kind(); kind != "poisson" && kind != "even" || end <= 0 {
		return nil
	}
	course := make([]float64, (end+step-1)/step)
	c := newCurve(s, start)
	for p := c.next(); p.from < end; p = c.next() {
		for from := p.from; from < min(p.to, end); {
			k := from / step
			to := min(p.to, (k+1)*step, end)
			course[k] += p.between(from, to).area() / min(step, end-k*step).Seconds()
			from = to
		}
	}
	return course
}

// RateAtZero is how many sessions begin per second at time zero: on average where
// there are bursts, and for closed users as if answers took no time. It is not
// known of traces, nor of closed users who do not pause.
func (s *Spec) RateAtZero(start time.Time) (perSecond float64, known bool) {
	switch s.Kind() {
	case "trace":
		return 0, false
	case "closed":
		pause := float64(s.Requests.Mean() * s.Think.Mean() / float64(engine.Second))
		return float64(s.Users) / pause, pause > 0
	}
	rate := float64(newCurve(s, start).next().first * float64(engine.Second))
	if s.Kind() == "bursty" {
		burst, calm := float64(s.BurstDuration), float64(s.CalmDuration)
		rate += float64((float64(s.BurstRate) - rate) * burst / (burst + calm))
	}
	return rate, true
}
