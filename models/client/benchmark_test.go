package client

import (
	"testing"
	"time"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/trace"
	"github.com/headroom-sim/headroom/models/traffic"
	"github.com/stretchr/testify/require"
)

// worldCup is a population like that of the scenario worldcup98: a trace of
// single requests with a timeout.
func worldCup(r *rig, minutes int, target traffic.Receiver) *Client {
	spec := newSpec()
	spec.Arrivals, spec.Timeout = "trace", seconds(10)
	env := r.env(target)
	env.Trace = &trace.Trace{Intervals: make([]trace.Interval, minutes)}
	for i := range env.Trace.Intervals {
		from := engine.Time(i) * engine.Minute
		env.Trace.Intervals[i] = trace.Interval{From: time.Duration(from), To: time.Duration(from + engine.Minute), Count: 50000}
	}
	c := New("fans", spec, env)
	c.Start()
	return c
}

// A lag answers after a constant time, at the least cost: the yardstick from
// which the population's own cost is told.
type lag struct {
	lane *engine.Lane[*traffic.Attempt]
}

func newLag(sim *engine.Sim, d engine.Time) lag {
	return lag{engine.NewLane(sim, "lag", engine.Release, d, func(a *traffic.Attempt) { a.Reply(traffic.OK) })}
}

func (l lag) Receive(a *traffic.Attempt)         { l.lane.Start(a) }
func (lag) Withdraw(_ *traffic.Attempt, _ int32) { panic("not cancelled") }

func BenchmarkTracedRequest(b *testing.B) {
	for name, target := range map[string]func(*engine.Sim) traffic.Receiver{
		"answered at once": func(*engine.Sim) traffic.Receiver { return replier{} },
		"answered later":   func(s *engine.Sim) traffic.Receiver { return newLag(s, 5*engine.Millisecond) },
	} {
		b.Run(name, func(b *testing.B) {
			r := newRig(1, 1)
			worldCup(r, b.N/50000+1, target(r.Sim))
			b.ReportAllocs()
			require.NoError(b, r.Run(engine.Time(b.N)*engine.Minute/50000))
		})
	}
}

func BenchmarkArrivals(b *testing.B) {
	spec := newSpec()
	spec.Rate = rates(0, 800, 3600, 1600)
	luck := random.NewStream(1, 0, "x")
	flat := trace.Interval{To: 1e15, Count: 1 << 40}
	for name, process := range map[string]arrivals{
		"poisson": &poisson{rate: integral{curve: newCurve(spec, time.Time{})}, luck: luck},
		"even":    &even{integral{curve: newCurve(spec, time.Time{})}},
		"traced":  newTraced(&trace.Trace{Intervals: []trace.Interval{flat}}, spec, time.Time{}, luck),
	} {
		b.Run(name, func(b *testing.B) {
			a := ahead{of: process}
			for b.Loop() {
				a.next()
			}
		})
	}
}
