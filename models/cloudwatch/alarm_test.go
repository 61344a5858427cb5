package cloudwatch

import (
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
)

// bench is a metric and an alarm on it, fed by a script.
type bench struct {
	sim     *engine.Sim
	metric  *Metric
	alarm   *Alarm
	log     timeline.Log
	actions []engine.Time
}

// feed runs an alarm over values of a native period each; a negative value is a
// missing datapoint.
func feed(t *testing.T, m *Metric, r Rule, minutes int, value func(end engine.Time) float64) *bench {
	b := &bench{sim: engine.New(engine.Limits{}), metric: m}
	var ends *engine.Routine[engine.Time]
	ends = engine.NewRoutine(b.sim, "period", engine.Measure, func(end engine.Time) {
		if v := value(end); v >= 0 {
			s := m.NewSet()
			s.Add(NewValue(v))
			m.Put(end, s)
		}
		ends.At(end+m.Period, end+m.Period)
	})
	ends.At(m.Period, m.Period)
	b.alarm = NewAlarm(b.sim, m, Definition{Name: "high", Fleet: "web", Rule: r, Log: &b.log, Action: func(*Alarm) {
		b.actions = append(b.actions, b.sim.Now())
	}})
	require.NoError(t, b.sim.Run(engine.Time(minutes)*engine.Minute))
	return b
}

// after is a metric that is low, and high in periods that start from an instant
// on.
func after(period, from engine.Time, low, high float64) func(engine.Time) float64 {
	return func(end engine.Time) float64 {
		if end-period >= from {
			return high
		}
		return low
	}
}

func detailed() *Metric { return NewMetric("CPUUtilization", engine.Minute, engine.Minute) }

// rule is an alarm at 80 or more, n of n periods.
func above80(period engine.Time, n int) Rule {
	return Rule{Period: period, EvaluationPeriods: n, DatapointsToAlarm: n, Comparison: GreaterThanOrEqual, Threshold: NewValue(80)}
}

// TestSlidingWindow: five minutes end at the newest published minute and slide
// by one [cw] (spec 3.2). From 10:00 on it is 100, before 4: the mean passes 80 when four of
// the five are high (80.8), at 14:00, to be seen at 15:00.
func TestSlidingWindow(t *testing.T) {
	b := feed(t, detailed(), above80(5*engine.Minute, 1), 20, after(engine.Minute, 10*engine.Minute, 4, 100))
	require.Equal(t, 15*engine.Minute, b.actions[0])
	require.Len(t, b.actions, 6, "the action comes again each minute in ALARM [cw]")
	require.Equal(t, 10*engine.Minute, b.alarm.Onset.Breach)
	require.Equal(t, 1, b.alarm.Episode)
}

// TestThreeOfThree: the alarm that target tracking makes [obs-event] (spec 2.4).
// Three minutes, one of publication.
func TestThreeOfThree(t *testing.T) {
	b := feed(t, detailed(), above80(engine.Minute, 3), 20, after(engine.Minute, 10*engine.Minute, 4, 100))
	require.Equal(t, 14*engine.Minute, b.actions[0])
}

// TestMOfN: two breaching datapoints of three suffice [api-alarm] (spec 3.2).
func TestMOfN(t *testing.T) {
	r := above80(engine.Minute, 3)
	r.DatapointsToAlarm = 2
	b := feed(t, detailed(), r, 20, func(end engine.Time) float64 {
		if end == 11*engine.Minute || end == 13*engine.Minute {
			return 90
		}
		return 10
	})
	require.Equal(t, []engine.Time{14 * engine.Minute}, b.actions)
	require.Equal(t, OK, b.alarm.State)
}

// TestPhaseAndDelay: the alarm evaluates at its phase in each minute, on what is
// published by then [obs-event] (spec 3.2).
func TestPhaseAndDelay(t *testing.T) {
	m := NewMetric("CPUUtilization", engine.Minute, 90*engine.Second)
	r := above80(engine.Minute, 1)
	r.Phase = 20 * engine.Second
	b := feed(t, m, r, 20, after(engine.Minute, 10*engine.Minute, 4, 100))
	// The minute ends at 11:00 and is published at 12:30.
	require.Equal(t, 13*engine.Minute+20*engine.Second, b.actions[0])
}

// TestBasicMonitoring: a one-minute alarm on five-minute datapoints sees one in
// five slots. It is in ALARM when the breaching one has the age of M slots or
// more while nothing speaks against it, which is when it appears [mon, cw]
// (spec 2.4 and 3.3).
func TestBasicMonitoring(t *testing.T) {
	m := NewMetric("CPUUtilization", 5*engine.Minute, 5*engine.Minute)
	b := feed(t, m, above80(engine.Minute, 3), 30, after(5*engine.Minute, 10*engine.Minute, 4, 100))
	// 10:00 to 15:00 is published at 20:00, when the range ends at 15:00 and its
	// slot, 10:00, is the oldest of five.
	require.Equal(t, []engine.Time{20 * engine.Minute, 25 * engine.Minute, 30 * engine.Minute}, b.actions)
	require.Equal(t, 10*engine.Minute, b.alarm.Onset.Breach)

	// Fifteen of fifteen, the way in, works as well.
	low := Rule{Period: engine.Minute, EvaluationPeriods: 15, DatapointsToAlarm: 15, Comparison: LessThan, Threshold: NewValue(35)}
	b = feed(t, NewMetric("CPUUtilization", 5*engine.Minute, 5*engine.Minute), low, 60, after(5*engine.Minute, 20*engine.Minute, 90, 10))
	require.NotEmpty(t, b.actions)
	require.GreaterOrEqual(t, b.actions[0], 40*engine.Minute)
}

// TestPeriodOnBasicMonitoring: a five-minute alarm always has its datapoint
// [ec2-mon, cw] (spec 3.2).
func TestPeriodOnBasicMonitoring(t *testing.T) {
	m := NewMetric("CPUUtilization", 5*engine.Minute, 5*engine.Minute)
	b := feed(t, m, above80(5*engine.Minute, 1), 40, after(5*engine.Minute, 10*engine.Minute, 4, 100))
	require.Equal(t, 20*engine.Minute, b.actions[0])
	require.Len(t, b.actions, 21)
}

// TestNoVerdictBeforeTheFirstPeriod: at time zero nothing is missing yet.
func TestNoVerdictBeforeTheFirstPeriod(t *testing.T) {
	r := above80(5*engine.Minute, 1)
	r.Missing = Breaching
	b := feed(t, detailed(), r, 5, func(engine.Time) float64 { return 4 })
	require.Equal(t, InsufficientData, b.alarm.State)
	b = feed(t, detailed(), r, 8, func(engine.Time) float64 { return 4 })
	require.Equal(t, OK, b.alarm.State)
	require.Empty(t, b.actions)
}

// TestSilentMetric: an alarm on a metric that never reports does what it says
// about missing data [cw] (spec 3.3).
func TestSilentMetric(t *testing.T) {
	for missing, want := range map[Missing]State{TreatMissing: InsufficientData, Ignore: InsufficientData, Breaching: InAlarm, NotBreaching: OK} {
		r := above80(engine.Minute, 3)
		r.Missing = missing
		b := feed(t, detailed(), r, 30, func(engine.Time) float64 { return -1 })
		require.Equal(t, want, b.alarm.State, missing.String())
	}
}

// TestSparseMetric: old datapoints inside the evaluation range are used where
// new ones are missing, so that an alarm of one minute on a metric that reports
// only when something happens goes back minutes late, spec 3.3 [so-delay,
// repost-delay].
func TestSparseMetric(t *testing.T) {
	once := func(end engine.Time) float64 {
		if end == 10*engine.Minute {
			return 100
		}
		return -1
	}
	for _, c := range []struct{ evaluationRange, backAt int }{{1, 12}, {0, 14}, {5, 16}, {9, 20}} {
		r := above80(engine.Minute, 1)
		r.EvaluationRange, r.Missing = c.evaluationRange, NotBreaching
		b := feed(t, detailed(), r, 30, once)
		last := b.log.Events[len(b.log.Events)-1]
		require.Equal(t, engine.Time(c.backAt)*engine.Minute, last.At, "range %d", c.evaluationRange)
		require.Contains(t, last.Text, "ALARM -> OK: no datapoint in the last ")
		require.Equal(t, 11*engine.Minute, b.actions[0])
		require.Len(t, b.actions, c.backAt-11, "it acts all the while")
	}
}

// TestBreachIsTheUnbrokenRun: a minute below the threshold breaks the run.
func TestBreachIsTheUnbrokenRun(t *testing.T) {
	b := feed(t, detailed(), above80(5*engine.Minute, 1), 30, func(end engine.Time) float64 {
		switch {
		case end <= 10*engine.Minute || end == 12*engine.Minute:
			return 10
		default:
			return 100
		}
	})
	// The minute from 10:00 breaches but stands alone; the run begins at 12:00.
	require.Equal(t, 12*engine.Minute, b.alarm.Onset.Breach)
}

// TestBreachOfASum: no single minute reaches the sum over five of them.
func TestBreachOfASum(t *testing.T) {
	r := above80(5*engine.Minute, 1)
	r.Statistic = Sum
	b := feed(t, detailed(), r, 30, after(engine.Minute, 10*engine.Minute, 0, 20))
	require.Equal(t, 15*engine.Minute, b.actions[0])
	require.Equal(t, 9*engine.Minute, b.alarm.Onset.Breach, "the five minutes to 14:00")
}

// TestTimeline: an alarm tells how it came about, in figures.
func TestTimeline(t *testing.T) {
	r := above80(5*engine.Minute, 1)
	b := feed(t, detailed(), r, 20, after(engine.Minute, 10*engine.Minute, 4, 100))
	want := []timeline.Event{
		{At: 6 * engine.Minute, Kind: timeline.Alarm, Text: "INSUFFICIENT_DATA -> OK: 0 of 1 datapoints >= 80 (4.0)"},
		{At: 10 * engine.Minute, Kind: timeline.Breach, Text: "CPUUtilization >= 80 from here on"},
		{At: 14 * engine.Minute, Kind: timeline.PeriodEnd, Text: "the period of 5m that completes the breach has ended"},
		{At: 15 * engine.Minute, Kind: timeline.Datapoint, Text: "published after 1m: 1 of 1 datapoints >= 80 (80.8)"},
		{At: 15 * engine.Minute, Kind: timeline.Alarm, Text: "OK -> ALARM: 1 of 1 datapoints >= 80 (80.8)"},
	}
	for i := range want {
		want[i].Fleet, want[i].Subject = "web", "high"
	}
	require.Equal(t, want, b.log.Events)
}

// TestEvidence: M out of N, and what is missing.
func TestEvidence(t *testing.T) {
	r := above80(engine.Minute, 3)
	r.DatapointsToAlarm = 2
	b := feed(t, detailed(), r, 10, func(end engine.Time) float64 { return float64(end/engine.Minute) * 20 })
	require.Equal(t, "3 of 3 datapoints >= 80 (140.0, 160.0, 180.0), 2 are enough", b.alarm.evidence())
	b = feed(t, detailed(), r, 4, func(end engine.Time) float64 {
		if end > 2*engine.Minute {
			return -1
		}
		return 90
	})
	require.Equal(t, "2 of 2 datapoints >= 80 (90.0, 90.0); 1 datapoint missing, treated as missing", b.alarm.evidence())
	b = feed(t, detailed(), r, 3, func(end engine.Time) float64 {
		if end > engine.Minute {
			return -1
		}
		return 90
	})
	require.Equal(t, "1 of 1 datapoints >= 80 (90.0), 2 are needed; 2 datapoints missing, treated as missing", b.alarm.evidence())
}

// TestMetricForgets: memory does not grow with time.
func TestMetricForgets(t *testing.T) {
	b := feed(t, detailed(), above80(5*engine.Minute, 1), 10_000, func(engine.Time) float64 { return 50 })
	require.LessOrEqual(t, cap(b.metric.points), 64)
}
