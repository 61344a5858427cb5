package client

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
)

// arrivals is a point process: the instants at which sessions begin.
type arrivals interface {
	// fill stores the instants of the next sessions, in nanoseconds since the
	// start of the run, none before the last one's; Forever after the last.
	fill(at []engine.Time)
}

// batch is how many arrivals are drawn in a row.
const batch = 64

// ahead draws the arrivals of a process in batches. They depend on nothing that
// happens in the run, and one after another the processor overlaps their
// logarithms: half the time of drawing each on its own.
type ahead struct {
	of    arrivals
	drawn [batch]engine.Time
	taken uint64 // so far, of all batches
}

func (a *ahead) next() engine.Time {
	k := a.taken % batch
	if k == 0 {
		a.draw()
	}
	a.taken++
	return a.drawn[k]
}

// draw draws a batch. Inlined it would make next too large to be inlined.
//
//go:noinline
func (a *ahead) draw() { a.of.fill(a.drawn[:]) }

// A poisson process has independent arrivals at the rate lambda(t): the number
// in any window is Poisson with mean Lambda(b) - Lambda(a), where Lambda is the
// integral of lambda. The k-th arrival is at the instant T_k with
//
//	Lambda(T_k) = E_1 + E_2 + ... + E_k,   E_i exponential with mean 1,
//
// by inversion of Lambda (E. Cinlar, Introduction to Stochastic Processes,
// 1975, section 4.7), which for a linear piece is the root of a quadratic.
type poisson struct {
	rate    integral
	luck    random.Stream
	ordinal uint64
}

func (p *poisson) fill(at []engine.Time) {
	var luck [batch]float64
	u := luck[:len(at)]
	p.luck.Uniforms(u, p.ordinal, 0)
	p.ordinal += uint64(len(at))
	random.Exponentials(u)
	p.rate.advance(u, at)
}

// An even process has no luck: the k-th arrival is at the instant T_k at which
// the integrated rate reaches a whole number,
//
//	Lambda(T_k) = k,   k = 1, 2, ...
//
// so that a constant rate gives equal spacing, the first arrival after one gap.
type even struct{ rate integral }

func (e *even) fill(at []engine.Time) {
	var steps [batch]float64
	for k := range steps {
		steps[k] = 1
	}
	e.rate.advance(steps[:len(at)], at)
}
