package theory_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/theory"
)

var course = []theory.RateAt{{At: 0, Rate: 2}, {At: 10, Rate: 2}, {At: 14, Rate: 8}, {At: 14, Rate: 5}, {At: 20, Rate: 1}}

// rateOf is the course, read by hand.
func rateOf(t float64) float64 {
	switch {
	case t <= 10:
		return 2
	case t <= 14:
		return 2 + 1.5*(t-10)
	case t <= 20:
		return 5 - 4*(t-14)/6
	}
	return 1
}

// The equation of the mean, in small steps.
func TestVaryingAgainstSmallSteps(t *testing.T) {
	const service, step = 0.25, 1e-4
	q := theory.Varying{Course: course, Service: service}
	m, area, came := 0.0, 0.0, 0.0
	for i := range 300_000 {
		at := (float64(i) + 0.5) * step
		before := m
		m += step * (rateOf(at) - service*m) / (1 + step*service/2) // the midpoint rule
		if at > 8 && at < 25 {
			area += step * (before + m) / 2
			came += step * rateOf(at)
		}
		for _, look := range []float64{5, 13, 14, 17, 29.5} {
			if math.Abs(at+step/2-look) < step/4 {
				require.InEpsilon(t, m, q.MeanNumber(look), 1e-4, "at %g", look)
			}
		}
	}
	require.InEpsilon(t, area/17, q.MeanNumberOver(8, 25), 1e-4)
	require.InEpsilon(t, came, q.Arrivals(8, 25), 1e-4)
	require.EqualValues(t, 8, q.Greatest())
}

// A jump at the ends of a stretch: before its beginning and after its end it makes no
// difference.
func TestVaryingJumps(t *testing.T) {
	q := theory.Varying{Course: []theory.RateAt{{At: 0, Rate: 9}, {At: 0, Rate: 2}, {At: 10, Rate: 4}, {At: 10, Rate: 7}}, Service: 1}
	require.EqualValues(t, 30, q.Arrivals(0, 10))
	require.EqualValues(t, 70, q.Arrivals(10, 20))
	require.EqualValues(t, 3.9+7, q.Arrivals(9, 11))
	require.EqualValues(t, 3.9, q.Arrivals(9, 10))
	require.Zero(t, q.Arrivals(10, 10))
	require.InEpsilon(t, 7, q.MeanNumberOver(60, 70), 1e-12)
}

// From empty a queue with a constant rate fills as 1 - e^-t.
func TestVaryingFromEmpty(t *testing.T) {
	q := theory.Varying{Course: course[:1], Service: 0.5}
	require.InEpsilon(t, 4*(1-math.Exp(-1.5)), q.MeanNumber(3), 1e-12)
	require.Zero(t, q.MeanNumber(0))
}

// Six requests a second come for ten seconds where four can be worked off, then
// one: 20 wait at the end, and are gone after 20/3 s.
func TestFluid(t *testing.T) {
	q := theory.Fluid{Inflow: []theory.RateAt{{At: 0, Rate: 1}, {At: 5, Rate: 6}, {At: 15, Rate: 1}}, Capacity: []theory.RateAt{{At: 0, Rate: 4}}}
	require.Zero(t, q.Backlog(5))
	require.EqualValues(t, 10, q.Backlog(10))
	require.EqualValues(t, 20, q.Backlog(15))
	require.EqualValues(t, 17, q.Backlog(16))
	require.EqualValues(t, 20, q.Greatest(60))
	require.EqualValues(t, 10, q.Greatest(10))
	require.Zero(t, q.Backlog(22))
	require.InEpsilon(t, 20*10/2+20*20/3.0/2, q.Area(60), 1e-12)
	require.EqualValues(t, 5+60+45, q.Inflowed(60))
	q.Capacity = append(q.Capacity, theory.RateAt{At: 10, Rate: 8}) // more, but late
	require.EqualValues(t, 10, q.Backlog(10))
	require.Zero(t, q.Backlog(15))
	require.InEpsilon(t, 10*5/2+10*5/2, q.Area(60), 1e-12)
}

// A server that is never gone is Erlang's loss system, one that goes at once has its
// setup as a part of the service.
func TestSetup(t *testing.T) {
	q := theory.Setup{Arrival: 2, Service: 0.3, Setup: 0.5, Idle: 1e6}
	require.InEpsilon(t, theory.ErlangB(1, 0.6), q.Blocked(), 1e-12)
	require.Zero(t, q.Cold())
	require.InEpsilon(t, 1, q.Present(), 1e-12)
	q.Idle = 0
	require.InEpsilon(t, theory.ErlangB(1, 1.6), q.Blocked(), 1e-12)
	require.EqualValues(t, 0.8, q.MeanResponse())
	require.InEpsilon(t, q.Utilization(), q.Present(), 1e-12)
	// Idle for half a second: e^-1 of the times the server is gone, and it is there
	// for (1 - e^-1)/2 of the half second on average between requests.
	q.Idle = 0.5
	cycle := 0.5 + 0.3 + 0.5/math.E
	require.InEpsilon(t, 0.3+0.5/math.E, q.MeanResponse(), 1e-12)
	require.InEpsilon(t, 1-0.5/cycle, q.Blocked(), 1e-12)
	require.InEpsilon(t, 1-0.5/math.E/cycle, q.Present(), 1e-12)
}
