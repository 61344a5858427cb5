package engine_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
)

// noter returns a Sim and a routine that notes when its events fire and with
// what.
func noter(l engine.Limits) (*engine.Sim, *engine.Routine[string], *[]string) {
	sim := engine.New(l)
	var notes []string
	note := engine.NewRoutine(sim, "note", engine.Seize, func(text string) {
		notes = append(notes, sim.Now().String()+" "+text)
	})
	return sim, note, &notes
}

func TestPhases(t *testing.T) {
	sim := engine.New(engine.Limits{})
	var fired []engine.Phase
	for p := engine.Observe; ; p-- {
		r := engine.NewRoutine(sim, "", p, func(p engine.Phase) { fired = append(fired, p) })
		r.At(5, p)
		r.At(5, p)
		if p == 0 {
			break
		}
	}
	require.NoError(t, sim.Run(5))
	require.Equal(t, []engine.Phase{
		engine.Measure, engine.Measure, engine.Release, engine.Release,
		engine.Change, engine.Change, engine.Seize, engine.Seize, engine.Expire, engine.Expire,
		engine.Control, engine.Control, engine.Observe, engine.Observe,
	}, fired)
}

// An event may schedule another for the same instant, of an earlier phase too:
// that comes next.
func TestSameInstant(t *testing.T) {
	sim, note, notes := noter(engine.Limits{})
	last := engine.NewRoutine(sim, "last", engine.Observe, func(string) { note.After(0, "after all") })
	note.At(1, "a")
	last.At(1, "")
	note.At(1, "b")
	require.NoError(t, sim.Run(1))
	require.Equal(t, []string{"0.000000001s a", "0.000000001s b", "0.000000001s after all"}, *notes)
}

func TestRun(t *testing.T) {
	sim, note, notes := noter(engine.Limits{})
	note.At(engine.Second, "one")
	note.At(2*engine.Second, "two")
	note.At(2*engine.Second+1, "three")
	require.NoError(t, sim.Run(2*engine.Second))
	require.Equal(t, []string{"1s one", "2s two"}, *notes, "until is included")
	require.Equal(t, 2*engine.Second, sim.Now())
	require.NoError(t, sim.Run(2*engine.Second), "the same instant again")
	require.NoError(t, sim.Run(engine.Hour))
	require.Equal(t, "2.000000001s three", (*notes)[2])
	require.Equal(t, engine.Hour, sim.Now(), "the clock goes on to the end")
	require.EqualValues(t, 3, sim.Events())
}

func TestStop(t *testing.T) {
	sim, note, notes := noter(engine.Limits{Events: 3})
	stop := engine.NewRoutine(sim, "stop", engine.Seize, func(int) { sim.Stop() })
	note.At(1, "a")
	stop.At(1, 0)
	note.At(1, "b")
	require.NoError(t, sim.Run(engine.Hour))
	require.Equal(t, []string{"0.000000001s a"}, *notes)
	require.EqualValues(t, 1, sim.Now(), "the clock stays at the event that stopped")
	require.NoError(t, sim.Run(engine.Hour))
	require.Len(t, *notes, 2, "the run goes on")
}

func TestForever(t *testing.T) {
	sim, note, notes := noter(engine.Limits{})
	lane := engine.NewLane(sim, "lane", engine.Expire, math.MaxInt64, func(int) { t.Fatal("fired") })
	require.NoError(t, sim.Run(1))
	pending := []engine.Notice{
		note.At(engine.Forever, "a"), note.At(math.MaxInt64, "b"), note.After(math.MaxInt64, "c"), lane.Start(1),
	}
	note.At(engine.Forever-1, "last")
	require.NoError(t, sim.Run(math.MaxInt64))
	require.Equal(t, engine.Forever, sim.Now())
	require.Equal(t, []string{(engine.Forever - 1).String() + " last"}, *notes)
	for _, n := range pending {
		require.True(t, sim.Pending(n))
		require.True(t, sim.Cancel(n))
	}
}

func TestEventLimit(t *testing.T) {
	sim := engine.New(engine.Limits{Events: 1000})
	var busy [2]*engine.Routine[int]
	for i := range busy {
		busy[i] = engine.NewRoutine(sim, "busy", engine.Seize, func(int) { busy[i].After(engine.Second, 0) })
		busy[i].At(0, 0)
	}
	idle := engine.NewLane(sim, "idle", engine.Expire, engine.Second, func(int) {})
	for range 200 {
		idle.Start(0)
	}
	var limit *engine.EventLimitError
	require.ErrorAs(t, sim.Run(engine.Hour), &limit)
	require.EqualValues(t, 1000, sim.Events())
	require.Equal(t, engine.EventLimitError{Limit: 1000, Time: sim.Now(), Routine: "busy", Events: 800}, *limit)
	require.EqualError(t, limit,
		"event limit of 1000 reached at simulated time 399s; busiest routine: busy (800 events)")
	require.Error(t, sim.Run(engine.Hour), "the limit is for the whole run")
	require.NoError(t, engine.New(engine.Limits{Events: 1}).Run(engine.Hour), "nothing to do")
}

func TestEventLimitReachedAtTheEnd(t *testing.T) {
	sim, note, _ := noter(engine.Limits{Events: 2})
	note.At(1, "a")
	note.At(2, "b")
	require.NoError(t, sim.Run(engine.Hour))
	require.Equal(t, engine.Hour, sim.Now())
}

func TestMistakesPanic(t *testing.T) {
	sim, note, _ := noter(engine.Limits{})
	again := engine.NewRoutine(sim, "again", engine.Seize, func(int) { _ = sim.Run(engine.Hour) })
	again.At(engine.Minute, 0)
	require.NoError(t, sim.Run(engine.Second))
	for _, c := range []struct {
		message string
		mistake func()
	}{
		{"engine: note is scheduled at 0.999999999s, but it is already 1s", func() { note.At(engine.Second-1, "") }},
		{"engine: note is scheduled at 0s, but it is already 1s", func() { note.After(-engine.Second, "") }},
		{"engine: Run until 0.5s, but it is already 1s", func() { _ = sim.Run(engine.Second / 2) }},
		{"engine: Run called by an event", func() { _ = sim.Run(engine.Hour) }},
		{"engine: r is bound to phase 7, which does not exist", func() {
			engine.NewRoutine(sim, "r", engine.Observe+1, func(int) {})
		}},
		{"engine: l has the negative delay -1s", func() {
			engine.NewLane(sim, "l", engine.Seize, -engine.Second, func(int) {})
		}},
	} {
		require.PanicsWithValue(t, c.message, c.mistake)
	}
}

func TestTrace(t *testing.T) {
	sim, note, _ := noter(engine.Limits{})
	var firings []engine.Firing
	sim.Trace = func(f engine.Firing) {
		require.Equal(t, f.Time, sim.Now())
		firings = append(firings, f)
	}
	lane := engine.NewLane(sim, "lane", engine.Expire, 2, func(int) {})
	lane.Start(0)
	sim.Cancel(note.At(1, "cancelled"))
	note.At(1, "")
	require.NoError(t, sim.Run(9))
	require.Equal(t, []engine.Firing{
		{Time: 1, Phase: engine.Seize, Routine: "note", Sequence: 3},
		{Time: 2, Phase: engine.Expire, Routine: "lane", Sequence: 1},
	}, firings)
}

// Runs that differ in one time, routine or sequence have different digests, and
// runs that do not have the same, whatever the payloads.
func TestDigest(t *testing.T) {
	type plan struct {
		at      [3]engine.Time
		routine [3]int
		skip    int // sequences left out before the first event
		payload string
	}
	digest := func(p plan) uint64 {
		sim, a, _ := noter(engine.Limits{})
		b := engine.NewRoutine(sim, "note", engine.Seize, func(string) {})
		for range p.skip {
			sim.Cancel(a.At(0, ""))
		}
		for i, at := range p.at {
			[]*engine.Routine[string]{a, b}[p.routine[i]].At(at, p.payload)
		}
		require.NoError(t, sim.Run(10))
		return sim.Digest()
	}
	seen := map[uint64]plan{}
	base := plan{at: [3]engine.Time{1, 2, 3}}
	for _, p := range []plan{
		base,
		{at: [3]engine.Time{1, 2, 4}},
		{at: [3]engine.Time{2, 2, 3}},
		{at: [3]engine.Time{2, 1, 3}},
		{at: base.at, routine: [3]int{0, 0, 1}},
		{at: base.at, routine: [3]int{1, 0, 0}},
		{at: base.at, skip: 1},
	} {
		d := digest(p)
		require.NotContains(t, seen, d, "%v has the digest of %v", p, seen[d])
		seen[d] = p
	}
	base.payload = "another"
	require.Contains(t, seen, digest(base))
}

func TestTimeString(t *testing.T) {
	for text, at := range map[string]engine.Time{
		"0s": 0, "1s": engine.Second, "12.5s": 12500 * engine.Millisecond, "-0.000000001s": -1, "5400s": 90 * engine.Minute,
		"forever": engine.Forever, "-9223372036.854775808s": math.MinInt64,
	} {
		require.Equal(t, text, at.String())
	}
	require.Equal(t, 0.25, (250 * engine.Millisecond).Seconds())
}
