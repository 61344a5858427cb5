package client

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
)

// A modulated curve switches at random between a calm curve and a constant
// burst rate; a Poisson process that follows it is a Markov-modulated Poisson
// process of two states. The stays in both states are exponential, with rates
// c = 1/calm and b = 1/burst. It starts in equilibrium: in a burst with
// probability c/(b+c).
//
// For a constant calm rate x and a burst rate y the mean rate is
//
//	m = (b x + c y) / (b + c)
//
// and the index of dispersion of counts (variance over mean) in a window t
//
//	I(t) = 1 + 2 (x-y)^2 b c / ((b+c)^2 (b x + c y)) (1 - (1 - exp(-(b+c) t)) / ((b+c) t))
//
// (W. Fischer and K. Meier-Hellstern, The Markov-modulated Poisson process
// (MMPP) cookbook, Performance Evaluation 18, 1993, section 2).
type modulated struct {
	calm     curve
	piece    piece      // of the calm curve, around at
	rate     float64    // in a burst, sessions per nanosecond
	stays    [2]float64 // mean stay when calm and in a burst, nanoseconds
	luck     random.Stream
	ordinal  uint64
	bursting bool
	at       engine.Time
	until    engine.Time // end of the stay
	end      engine.Time // of the run: what begins after it is not drawn
}

// newModulated draws the state at time zero and its end.
func newModulated(spec *Spec, calm curve, luck random.Stream, end engine.Time) *modulated {
	m := &modulated{calm: calm, rate: perNanosecond(spec.BurstRate), luck: luck, end: end}
	m.stays = [2]float64{float64(spec.CalmDuration), float64(spec.BurstDuration)}
	m.bursting = luck.Uniform(0, 1) < m.stays[1]/(m.stays[0]+m.stays[1])
	m.stay()
	return m
}

// stay draws how long the present state lasts.
func (m *modulated) stay() {
	mean := m.stays[0]
	if m.bursting {
		mean = m.stays[1]
	}
	span := -float64(mean * random.Log(m.luck.Uniform(m.ordinal, 0)))
	m.ordinal++
	m.until = m.at + max(1, engine.Time(min(span, float64(engine.Forever-m.at))))
}

func (m *modulated) next() piece {
	from := m.at
	if from > m.end || from >= engine.Forever {
		return piece{from: engine.Forever, to: engine.Forever}
	}
	if from == m.until {
		m.bursting = !m.bursting
		m.stay()
	}
	if m.bursting {
		m.at = min(m.until, engine.Forever)
		return piece{from, m.at, m.rate, m.rate}
	}
	for m.piece.to <= from {
		m.piece = m.calm.next()
	}
	m.at = min(m.until, m.piece.to)
	return m.piece.between(from, m.at)
}
