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
	of      arrivals
	drawn   [batch]engine.Time
	pending int // of drawn, the last ones
}

func (a *ahead) next() engine.Time {
	if a.pending == 0 {
		a.of.fill(a.drawn[:])
		a.pending = len(a.drawn)
	}
	at := a.drawn[len(a.drawn)-a.pending]
	a.pending--
	return at
}

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
	random.Logs(u)
	for k, l := range u {
		at[k] = p.rate.advance(-l)
	}
}

// An even process has no luck: the k-th arrival is at the instant T_k at which
// the integrated rate reaches a whole number,
//
//	Lambda(T_k) = k,   k = 1, 2, ...
//
// so that a constant rate gives equal spacing, the first arrival after one gap.
type even struct{ rate integral }

func (e *even) fill(at []engine.Time) {
	for k := range at {
		at[k] = e.rate.advance(1)
	}
}
