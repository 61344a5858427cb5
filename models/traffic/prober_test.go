package traffic

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
)

// endpoint answers checks after a time, or never, and hears of them itself.
type endpoint struct {
	sim     *engine.Sim
	answer  *engine.Routine[*Attempt]
	takes   engine.Time // to answer; 0: at once, below 0: never
	absent  bool
	from    engine.Time // when it is there, if it is not absent
	asked   []engine.Time
	results []Cause
	demand  engine.Time
}

func (e *endpoint) Endpoint(int32) Receiver {
	if e.absent || e.sim.Now() < e.from {
		return nil
	}
	return e
}

func (e *endpoint) Result(_ int32, cause Cause) { e.results = append(e.results, cause) }

func (e *endpoint) Receive(a *Attempt) {
	e.asked, e.demand = append(e.asked, e.sim.Now()), a.ProbeDemand
	switch {
	case e.takes == 0:
		a.Reply(OK)
	case e.takes > 0:
		e.answer.After(e.takes, a)
	}
}

func (e *endpoint) Withdraw(*Attempt, int32) {}

// TestProber: checks are sent on the grid of the interval, or an interval after the
// end of the one before; one that is not answered in time has failed; none is left
// under way.
func TestProber(t *testing.T) {
	const s = engine.Second
	for _, c := range []struct {
		name    string
		plan    Probing
		takes   engine.Time
		absent  bool
		asked   []engine.Time
		results []Cause
	}{
		{"at once", Probing{Interval: 10 * s, Timeout: 5 * s}, 0, false, []engine.Time{3 * s, 13 * s, 23 * s}, []Cause{OK, OK, OK}},
		{"slow, on the grid", Probing{Interval: 10 * s, Timeout: 5 * s}, 2 * s, false, []engine.Time{3 * s, 13 * s, 23 * s}, []Cause{OK, OK, OK}},
		{"slow, from the end", Probing{Interval: 10 * s, Timeout: 5 * s, FromEnd: true}, 2 * s, false, []engine.Time{3 * s, 15 * s, 27 * s}, []Cause{OK, OK, OK}},
		{"late", Probing{Interval: 10 * s, Timeout: 5 * s}, -1, false, []engine.Time{3 * s, 13 * s, 23 * s}, []Cause{Timeout, Timeout, Timeout}},
		{"late, from the end", Probing{Interval: 9 * s, Timeout: 3 * s, FromEnd: true}, -1, false, []engine.Time{3 * s, 15 * s, 27 * s}, []Cause{Timeout, Timeout, Timeout}},
		{"nobody to ask", Probing{Interval: 10 * s, Timeout: 5 * s}, 0, true, nil, nil},
	} {
		e := &endpoint{sim: engine.New(engine.Limits{}), takes: c.takes, absent: c.absent}
		e.answer = engine.NewRoutine(e.sim, "answer", engine.Release, func(a *Attempt) { a.Reply(OK) })
		c.plan.Demand = 7
		p := NewProber(e.sim, c.plan, e)
		p.Begin(2, 3*s)
		require.NoError(t, e.sim.Run(32*s))
		require.Equal(t, c.asked, e.asked, c.name)
		require.Equal(t, c.results, e.results, c.name)
		require.Zero(t, p.pool.Out(), c.name)
		if c.asked != nil {
			require.EqualValues(t, 7, e.demand, c.name)
		}
	}
}

// Where there is nobody to ask, a series tries again an interval later, also where
// intervals begin with the end of a check.
func TestProberGoesOnWithoutAnEndpoint(t *testing.T) {
	for _, fromEnd := range []bool{false, true} {
		e := &endpoint{sim: engine.New(engine.Limits{}), from: 20 * engine.Second}
		p := NewProber(e.sim, Probing{Interval: 10 * engine.Second, Timeout: 5 * engine.Second, FromEnd: fromEnd}, e)
		p.Begin(0, 3*engine.Second)
		require.NoError(t, e.sim.Run(34*engine.Second))
		require.Equal(t, []engine.Time{23 * engine.Second, 33 * engine.Second}, e.asked, "from the end: %v", fromEnd)
		p.Stop(0)
		require.NoError(t, e.sim.Run(engine.Minute))
		require.Len(t, e.asked, 2)
	}
}

// A series that is stopped asks no more, and hears nothing of the check under way.
func TestProberStops(t *testing.T) {
	e := &endpoint{sim: engine.New(engine.Limits{}), takes: -1}
	p := NewProber(e.sim, Probing{Interval: 10 * engine.Second, Timeout: 5 * engine.Second}, e)
	p.Stop(0)
	p.Begin(0, 0)
	require.NoError(t, e.sim.Run(engine.Second))
	require.Equal(t, 1, p.pool.Out())
	p.Stop(0)
	require.NoError(t, e.sim.Run(engine.Minute))
	require.Len(t, e.asked, 1)
	require.Empty(t, e.results)
	require.Zero(t, p.pool.Out())
}
