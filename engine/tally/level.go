package tally

import (
	"math"

	"github.com/headroom-sim/headroom/engine"
)

// A Level is a whole number that changes over time, such as a queue's length,
// with its integral over time. The zero value is at level 0 since instant 0.
//
// With the changes d_i at the instants t_i, the integral from the cut to t is
//
//	(level at t) t - (level at the cut) cut - sum d_i t_i
//
// (summation by parts), so that a change by one costs one addition.
type Level struct {
	value    int64
	min, max int64
	cut      engine.Time // from where the integral goes
	area     Int128      // the integral up to now, less value times now
}

// Value returns the present level.
func (l *Level) Value() int64 { return l.value }

// Set changes the level at the given instant. Instants must not decrease from
// call to call, of any method.
func (l *Level) Set(now engine.Time, value int64) { l.Add(now, value-l.value) }

// Add changes the level by a difference.
func (l *Level) Add(now engine.Time, difference int64) {
	l.area = l.area.Plus(product(-difference, int64(now)))
	l.value += difference
	l.min = min(l.min, l.value)
	l.max = max(l.max, l.value)
}

// Up is Add of 1.
func (l *Level) Up(now engine.Time) {
	l.area = l.area.less(uint64(now))
	l.value++
	if l.value > l.max {
		l.max = l.value
	}
}

// Down is Add of -1.
func (l *Level) Down(now engine.Time) {
	l.area = l.area.Plus(Int128{Low: uint64(now)})
	l.value--
	if l.value < l.min {
		l.min = l.value
	}
}

// Integral returns the integral of the level since the last cut.
func (l *Level) Integral(now engine.Time) Int128 { return l.area.Plus(product(l.value, int64(now))) }

// Cut returns the tally of the time since the last cut (at first: since
// instant 0) and begins a new one at the present level.
func (l *Level) Cut(now engine.Time) LevelTally {
	if now < l.cut {
		panic("tally: level cut before its last cut")
	}
	t := LevelTally{Span: now - l.cut, Integral: l.Integral(now), Min: l.min, Max: l.max}
	*l = Level{value: l.value, min: l.value, max: l.value, cut: now, area: product(-l.value, int64(now))}
	return t
}

// A LevelTally sums up a Level over some time. The zero value is the tally of
// no time at all.
type LevelTally struct {
	Span     engine.Time // time covered
	Integral Int128      // of the level over that time, in units times nanoseconds
	Min, Max int64       // over all levels taken, even for no time
}

// Merge adds another tally: one of the time before or after, or one of another
// replication. The order of merging does not matter.
func (t *LevelTally) Merge(other LevelTally) {
	switch {
	case other == LevelTally{}:
	case *t == LevelTally{}:
		*t = other
	default:
		t.Span += other.Span
		t.Integral = t.Integral.Plus(other.Integral)
		t.Min = min(t.Min, other.Min)
		t.Max = max(t.Max, other.Max)
	}
}

// Mean returns the time average of the level; NaN over no time.
func (t LevelTally) Mean() float64 {
	if t.Span == 0 {
		return math.NaN()
	}
	return t.Integral.Float64() / float64(t.Span)
}
