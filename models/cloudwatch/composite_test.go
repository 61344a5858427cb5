package cloudwatch

import (
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
)

// board is a run with alarms of one minute on metrics that a script feeds, and
// composite ones on them.
type board struct {
	t          *testing.T
	sim        *engine.Sim
	log        timeline.Log
	names      map[string]*Status
	composites *Composites
}

func newBoard(t *testing.T) *board {
	b := &board{t: t, sim: engine.New(engine.Limits{}), names: map[string]*Status{}}
	b.composites = NewComposites(b.sim, &b.log)
	return b
}

// metric adds an alarm that is in ALARM from the evaluation at one instant to
// that at another, and OK before and after.
func (b *board) metric(name string, from, to engine.Time) {
	m := NewMetric(name, engine.Minute, 0)
	var ends *engine.Routine[struct{}]
	ends = engine.NewRoutine(b.sim, "period", engine.Measure, func(struct{}) {
		high := 0.0
		if from <= b.sim.Now() && b.sim.Now() < to {
			high = 90
		}
		m.Put(b.sim.Now(), setOf(high))
		ends.After(engine.Minute, struct{}{})
	})
	ends.At(engine.Minute, struct{}{})
	b.names[name] = &NewAlarm(b.sim, m, Definition{Name: name, Rule: above80(engine.Minute, 1)}).Status
}

func (b *board) composite(name, rule string) *Composite {
	e, err := ParseExpression(rule)
	require.NoError(b.t, err)
	c := b.composites.Add(name, e, func(name string) *Status {
		require.Contains(b.t, b.names, name)
		return b.names[name]
	})
	b.names[name] = &c.Status
	return c
}

func (b *board) run(minutes int) []timeline.Event {
	require.NoError(b.t, b.sim.Run(engine.Time(minutes)*engine.Minute))
	return b.log.Events
}

func changed(minute engine.Time, name, text string) timeline.Event {
	return timeline.Event{At: minute * engine.Minute, Kind: timeline.Alarm, Subject: name, Text: text}
}

// TestCompositeAlarm follows its children at the same instant, spec 3.2 [cw].
func TestCompositeAlarm(t *testing.T) {
	b := newBoard(t)
	b.metric("cpu", 5*engine.Minute, 9*engine.Minute)
	b.metric("deploying", 5*engine.Minute, 7*engine.Minute)
	b.composite("page", "ALARM(cpu) AND\n NOT ALARM(deploying)")
	require.Equal(t, []timeline.Event{
		changed(1, "page", "INSUFFICIENT_DATA -> OK: ALARM(cpu) AND NOT ALARM(deploying): cpu is OK, deploying is OK"),
		changed(7, "page", "OK -> ALARM: ALARM(cpu) AND NOT ALARM(deploying): cpu is ALARM, deploying is OK"),
		changed(9, "page", "ALARM -> OK: ALARM(cpu) AND NOT ALARM(deploying): cpu is OK, deploying is OK"),
	}, b.run(12))
}

// TestCompositeSeesAllChildrenOfAnInstant: two children that change at the same
// instant never show it one of them changed and the other not, whichever comes
// first, and also where a composite alarm lies between.
func TestCompositeSeesAllChildrenOfAnInstant(t *testing.T) {
	for _, first := range []string{"x", "y"} {
		b := newBoard(t)
		second := map[string]string{"x": "y", "y": "x"}[first]
		b.metric(first, 5*engine.Minute, 8*engine.Minute)
		b.metric(second, 5*engine.Minute, 8*engine.Minute)
		b.composite("x-too", "ALARM(x)")
		b.composite("x-too-too", "ALARM(x-too)")
		b.composite("differ", "ALARM(x-too-too) AND NOT ALARM(y) OR ALARM(y) AND NOT ALARM(x-too-too)")
		b.composite("differ-first", "ALARM(y) AND NOT ALARM(x-too) OR ALARM(x-too) AND NOT ALARM(y)")
		var about []timeline.Event
		for _, e := range b.run(12) {
			if e.Subject == "differ" || e.Subject == "differ-first" {
				about = append(about, e)
			}
		}
		require.Len(t, about, 2, "each leaves INSUFFICIENT_DATA, and never ALARM")
		require.Equal(t, OK, b.names["differ"].State)
	}
}

// TestCompositeBegins: only before its first evaluation is a composite alarm in
// INSUFFICIENT_DATA [api-comp].
func TestCompositeBegins(t *testing.T) {
	b := newBoard(t)
	always := b.composite("always", "TRUE")
	never := b.composite("never", "NOT ALARM(always)")
	require.Empty(t, b.run(0))
	require.Equal(t, InsufficientData, always.State)
	require.Equal(t, []timeline.Event{
		changed(1, "always", "INSUFFICIENT_DATA -> ALARM: TRUE"),
		changed(1, "never", "INSUFFICIENT_DATA -> OK: NOT ALARM(always): always is ALARM"),
	}, b.run(5))
	require.Equal(t, OK, never.State)
}

// TestCompositeOfSilence: a child without data is seen as such.
func TestCompositeOfSilence(t *testing.T) {
	b := newBoard(t)
	b.names["silent"] = &NewAlarm(b.sim, detailed(), Definition{Name: "silent", Rule: above80(engine.Minute, 1)}).Status
	c := b.composite("blind", "INSUFFICIENT_DATA(silent)")
	b.run(5)
	require.Equal(t, InAlarm, c.State)
}

// TestCompositeOfMany names the first children [api-comp] (spec 3.2).
func TestCompositeOfMany(t *testing.T) {
	b := newBoard(t)
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i"} {
		b.metric(name, 0, 0)
	}
	b.composite("any", "ALARM(a) OR ALARM(b) OR ALARM(c) OR ALARM(d) OR ALARM(e) OR ALARM(f) OR ALARM(g) OR ALARM(h) OR ALARM(i)")
	require.Contains(t, b.run(2)[0].Text, ": a is OK, b is OK, c is OK, d is OK, e is OK, f is OK, g is OK, h is OK, ...")
}

// TestFollow: whoever follows an alarm hears of its transitions alone [cw].
func TestFollow(t *testing.T) {
	b := newBoard(t)
	b.metric("cpu", 5*engine.Minute, 9*engine.Minute)
	var heard []State
	b.names["cpu"].Follow(func() { heard = append(heard, b.names["cpu"].State) })
	b.run(20)
	require.Equal(t, []State{OK, InAlarm, OK}, heard)
}
