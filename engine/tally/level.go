package tally

import (
	"math"

	"github.com/headroom-sim/headroom/engine"
)

// A Level is a whole number that changes over time, such as a queue's length,
// with its integral over time. The zero value is at level 0 since instant 0.
type Level struct {
	value    int64
	changed  engine.Time // up to where the integral goes
	cut      engine.Time // from where it goes
	integral Int128
	min, max int64
}

// Value returns the present level.
func (l *Level) Value() int64 { return l.value }

// Set changes the level at the given instant, which must not be earlier than
// that of any call before.
func (l *Level) Set(now engine.Time, value int64) {
	l.advance(now)
	l.value = value
	l.min = min(l.min, value)
	l.max = max(l.max, value)
}

// Add changes the level by a difference at the given instant, which must not
// be earlier than that of any call before.
func (l *Level) Add(now engine.Time, difference int64) { l.Set(now, l.value+difference) }

// advance extends the integral to the given instant.
func (l *Level) advance(now engine.Time) {
	if now < l.changed {
		panic("tally: level changed before its last change")
	}
	l.integral = l.integral.Plus(product(l.value, int64(now-l.changed)))
	l.changed = now
}

// Cut returns the tally of the time since the last cut (at first: since
// instant 0) and begins a new one at the present level.
func (l *Level) Cut(now engine.Time) LevelTally {
	l.advance(now)
	t := LevelTally{Span: now - l.cut, Integral: l.integral, Min: l.min, Max: l.max}
	l.cut, l.integral, l.min, l.max = now, Int128{}, l.value, l.value
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
