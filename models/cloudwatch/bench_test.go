package cloudwatch

import (
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/stretchr/testify/require"
)

// steady is an alarm in a run in which nothing changes, a minute at a time.
func steady(r Rule, m *Metric) (minute func()) {
	sim := engine.New(engine.Limits{})
	NewAlarm(sim, m, Definition{Rule: r, Action: func(*Alarm) {}})
	var now engine.Time
	minute = func() {
		for range engine.Minute / m.Period {
			now += m.Period
			if err := sim.Run(now - 1); err != nil {
				panic(err)
			}
			s := m.NewSet()
			s.AddN(90*Unit, 3)
			m.Put(now, s)
		}
		if err := sim.Run(now); err != nil {
			panic(err)
		}
	}
	for range 3000 {
		minute()
	}
	return minute
}

// steadyRules are alarms of every sort, in ALARM all the time.
func steadyRules() map[string]Rule {
	p99 := above80(engine.Minute, 3)
	p99.Statistic = percentile(99)
	clock := above80(day, 1)
	clock.Window = WallClock
	return map[string]Rule{
		"3 of 3 minutes":   above80(engine.Minute, 3),
		"15 of 15 minutes": above80(engine.Minute, 15),
		"5 minutes":        above80(5*engine.Minute, 1),
		"p99 of 3 minutes": p99,
		"an hour":          above80(engine.Hour, 1),
		"a day":            clock,
	}
}

// TestSteadyAlarmAllocatesNothing: memory does not grow with simulated time.
func TestSteadyAlarmAllocatesNothing(t *testing.T) {
	for name, r := range steadyRules() {
		require.Zero(t, testing.AllocsPerRun(200, steady(r, NewMetric("m", engine.Minute, engine.Minute))), name)
	}
	require.Zero(t, testing.AllocsPerRun(200, steady(above80(10*engine.Second, 3), NewMetric("m", 10*engine.Second, 5*engine.Second))), "10 s")
}

// BenchmarkAlarmMinute is a minute of a metric with an alarm.
func BenchmarkAlarmMinute(b *testing.B) {
	for name, r := range steadyRules() {
		b.Run(name, func(b *testing.B) {
			minute := steady(r, NewMetric("m", engine.Minute, engine.Minute))
			b.ReportAllocs()
			for b.Loop() {
				minute()
			}
		})
	}
}

// BenchmarkComposite evaluates a rule of a hundred alarms.
func BenchmarkComposite(b *testing.B) {
	e, err := ParseExpression(manyChildren(100))
	require.NoError(b, err)
	children := make([]*Status, 100)
	for i := range children {
		children[i] = &Status{State: InAlarm}
	}
	b.ReportAllocs()
	for b.Loop() {
		if e.root.holds(children) {
			b.Fatal("no child is OK")
		}
	}
}
