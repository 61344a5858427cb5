package client

import (
	"math"
	"time"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/trace"
)

// A traced process reproduces the count of every interval of a trace exactly;
// within the interval its n arrivals are independent and uniform, as those of a
// Poisson process are, given their number.
//
// They come in order, one at a time, without being stored: of m points that are
// uniform on what is left of the interval, the first leaves the share V^(1/m)
// of it, V uniform on (0, 1). So with rest = 1 at the beginning
//
//	rest <- rest * exp(log(V) / m),   m = n, n-1, ..., 1,   instant = from + length (1 - rest)
//
// (J.L. Bentley and J.B. Saxe, Generating sorted lists of random numbers, ACM
// TOMS 6, 1980). Instants are rounded down, so none leaves its interval.
//
// Counts that are not whole after scaling are rounded on their running sum:
// the arrivals up to the end of any interval differ from scale times the
// trace's by at most one half.
type traced struct {
	rows    []trace.Interval
	offset  engine.Time // instant of the run at which the trace's zero lies
	scale   float64
	speed   float64
	luck    random.Stream
	ordinal uint64 // arrivals so far, those before time zero included

	row    int     // of rows, the next
	sum    float64 // of the trace's counts so far
	issued uint64  // arrivals up to the end of the present interval
	from   engine.Time
	length engine.Time
	rest   float64 // share of the interval that is left
}

func newTraced(load *trace.Trace, spec *Spec, start time.Time, luck random.Stream) *traced {
	t := &traced{rows: load.Intervals, scale: spec.Scale, speed: spec.Speed, luck: luck}
	if load.Absolute() && !start.IsZero() {
		lead := t.played(load.Zero.Sub(start))
		t.offset = min(max(lead, -engine.Forever), engine.Forever)
	}
	return t
}

// Played is the stretch of a run over which the Spec plays a trace: from the
// beginning of its first interval to the end of its last. It may lie before
// time zero, or after the end of the run, where start (the wall-clock instant of
// time zero, if not zero) is not of the trace's time: then nothing arrives.
func (s *Spec) Played(load *trace.Trace, start time.Time) (from, to engine.Time) {
	t := newTraced(load, s, start, random.Stream{})
	first, last := load.Intervals[0], load.Intervals[len(load.Intervals)-1]
	return t.offset + t.played(first.From), t.offset + t.played(last.To)
}

// Within is how many requests of a trace, scaled, a run of some length plays on the
// average, and how many there are in all.
func (s *Spec) Within(load *trace.Trace, start time.Time, length engine.Time) (played, all float64) {
	t := newTraced(load, s, start, random.Stream{})
	for _, r := range load.Intervals {
		from := t.offset + t.played(r.From)
		to := max(t.offset+t.played(r.To), from+1)
		count := float64(r.Count * s.Scale)
		all += count
		if inside := min(to, length) - max(from, 0); inside > 0 {
			played += float64(count * float64(inside) / float64(to-from))
		}
	}
	return played, all
}

func (t *traced) fill(at []engine.Time) {
	for k := range at {
		at[k] = t.next()
	}
}

func (t *traced) next() engine.Time {
	for {
		for t.ordinal == t.issued {
			if t.row == len(t.rows) {
				return engine.Forever
			}
			t.enter(t.rows[t.row])
			t.row++
		}
		if at := t.draw(); at >= 0 {
			return at
		}
	}
}

// enter begins an interval.
func (t *traced) enter(r trace.Interval) {
	t.from = t.offset + t.played(r.From)
	t.length = t.offset + t.played(r.To) - t.from
	t.sum += r.Count
	t.issued = uint64(float64(t.sum*t.scale) + 0.5)
	t.rest = 1
	if t.from+t.length <= 0 {
		t.ordinal = t.issued // before time zero
	}
}

// played is how long after the trace's zero an instant of it is played.
func (t *traced) played(at time.Duration) engine.Time {
	if t.speed == 1 {
		return engine.Time(at)
	}
	horizon := float64(engine.Forever)
	return engine.Time(min(max(math.Floor(float64(at)/t.speed), -horizon), horizon))
}

func (t *traced) draw() engine.Time {
	u := t.luck.Uniform(t.ordinal, 0)
	t.rest = float64(t.rest * shrink(random.Log(u)/float64(t.issued-t.ordinal)))
	t.ordinal++
	past := engine.Time(float64(t.length) * (1 - t.rest))
	return t.from + max(min(past, t.length-1), 0)
}

// shrink is exp(x) for x <= 0; with many points to come x is mostly tiny, and
// the Taylor polynomial as exact as random.Exp, at a third of its time.
func shrink(x float64) float64 {
	if x < -0x1p-8 {
		return random.Exp(x)
	}
	x2 := float64(x * x)
	return 1 + (x + float64(x2*(0.5+float64(x*(1.0/6)))) + float64(float64(x2*x2)*(1.0/24+float64(x*(1.0/120)))))
}
