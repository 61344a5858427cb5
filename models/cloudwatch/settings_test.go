package cloudwatch

import (
	"testing"
	"time"

	"github.com/headroom-sim/headroom/engine"
	"github.com/stretchr/testify/require"
)

const second = engine.Second

// custom is a metric of high resolution.
func custom(period engine.Time) *Metric { return NewMetric("queue", period, 5*second) }

// TestHighResolution: alarms with periods of 10, 20 and 30 s are evaluated every
// 10 s, spec 3.2 [cw]; their window slides by as much.
func TestHighResolution(t *testing.T) {
	for _, c := range []struct{ period, alarm engine.Time }{
		// From 2:00 on it is 100, before 0. The first ten seconds end at 2:10, are
		// seen at 2:15, evaluated at 2:20.
		{10 * second, 140 * second},
		// Half of 20 s is 50 %, all of it at 2:20.
		{20 * second, 150 * second},
		// Two thirds of 30 s are 66.7 %.
		{30 * second, 160 * second},
	} {
		b := feed(t, custom(10*second), above80(c.period, 1), 4, after(10*second, 2*engine.Minute, 0, 100))
		require.Equal(t, c.alarm, b.alarm.Onset.Alarmed, c.period.String())
		require.Equal(t, Onset{2 * engine.Minute, c.alarm - 10*second, c.alarm - 5*second, c.alarm}, b.alarm.Onset)
	}
}

// TestHighResolutionPhase: the phase counts within the ten seconds.
func TestHighResolutionPhase(t *testing.T) {
	r := above80(10*second, 1)
	r.Phase = 47 * second
	b := feed(t, custom(10*second), r, 4, after(10*second, 2*engine.Minute, 0, 100))
	require.Equal(t, 137*second, b.alarm.Onset.Alarmed)
}

// TestReinvocation: an Auto Scaling action comes at the transition and each
// minute after that, however often the alarm is evaluated, spec 0 and 3.2 [cw].
func TestReinvocation(t *testing.T) {
	b := feed(t, custom(10*second), above80(10*second, 1), 5, after(10*second, 2*engine.Minute, 0, 100))
	require.Equal(t, []engine.Time{140 * second, 200 * second, 260 * second}, b.actions)

	// A new transition acts at once.
	b = feed(t, custom(10*second), above80(10*second, 1), 4, func(end engine.Time) float64 {
		if end == 2*engine.Minute+20*second {
			return 0
		}
		return after(10*second, 2*engine.Minute, 0, 100)(end)
	})
	require.Equal(t, []engine.Time{140 * second, 160 * second, 220 * second}, b.actions)
}

// TestShortPeriodOnBasicMonitoring: an alarm of one minute on datapoints of five
// sees up to four of five periods empty and scales all the same, spec 3.3.
func TestShortPeriodOnBasicMonitoring(t *testing.T) {
	m := NewMetric("CPUUtilization", 5*engine.Minute, 5*engine.Minute)
	b := feed(t, m, above80(engine.Minute, 5), 40, after(5*engine.Minute, 10*engine.Minute, 4, 100))
	require.Equal(t, 20*engine.Minute, b.actions[0])
	require.Len(t, b.alarm.Points, 1)
}

// TestPercentileAlarm: a percentile is over all samples of its period, not over
// percentiles [api-alarm] (spec 3.2).
func TestPercentileAlarm(t *testing.T) {
	for _, c := range []struct {
		percentile float64
		want       State
	}{{90, OK}, {98, OK}, {99, InAlarm}, {99.9, InAlarm}, {100, InAlarm}} {
		sim := engine.New(engine.Limits{})
		m := NewMetric("TargetResponseTime", engine.Minute, 0)
		r := above80(2*engine.Minute, 1)
		r.Statistic = percentile(c.percentile)
		a := NewAlarm(sim, m, Definition{Rule: r})
		for minute := range engine.Time(2) {
			s := m.NewSet()
			s.AddN(NewValue(10), 985-5*int64(minute))
			s.AddN(NewValue(100), 15+5*int64(minute)) // 2 % in one, 1.5 % in the other: 1.75 %
			m.Put((minute+1)*engine.Minute, s)
		}
		require.NoError(t, sim.Run(2*engine.Minute))
		require.Equal(t, c.want, a.State, "p%v", c.percentile)
	}
}

// TestLowSampleCount: fewer than 10 / (1 - p) samples, below the median 10 / p,
// may leave the state as it is [cw]: "fewer than 1000 samples for p99".
func TestLowSampleCount(t *testing.T) {
	for _, c := range []struct {
		percentile float64
		enough     int64
	}{{99, 1000}, {99.9, 10_000}, {50, 20}, {90, 100}, {10, 100}, {0.1, 10_000}, {33, 31}, {49.9, 21}} {
		require.Equal(t, c.enough, percentile(c.percentile).fewest(), "p%v", c.percentile)
		for samples, want := range map[int64]State{c.enough - 1: InsufficientData, c.enough: InAlarm} {
			sim := engine.New(engine.Limits{})
			m := NewMetric("TargetResponseTime", engine.Minute, 0)
			r := above80(engine.Minute, 1)
			r.Statistic, r.IgnoreLowSamples = percentile(c.percentile), true
			a := NewAlarm(sim, m, Definition{Rule: r})
			s := m.NewSet()
			s.AddN(NewValue(90), samples)
			m.Put(engine.Minute, s)
			require.NoError(t, sim.Run(engine.Minute))
			require.Equal(t, want, a.State, "p%v of %d", c.percentile, samples)
		}
	}
	require.Zero(t, percentile(100).fewest(), "the greatest sample is what it is")
}

// TestAlarmWarmUp: after its creation an alarm stays in INSUFFICIENT_DATA for
// its warm-up, or until there are N datapoints; or for all of it [cw-warm].
func TestAlarmWarmUp(t *testing.T) {
	firstVerdict := func(r Rule, value func(engine.Time) float64) engine.Time {
		return feed(t, detailed(), r, 60, value).log.Events[0].At
	}
	silent := func(engine.Time) float64 { return -1 }
	busy := func(engine.Time) float64 { return 10 }
	r := above80(engine.Minute, 3)
	r.Missing = NotBreaching
	require.Equal(t, 2*engine.Minute, firstVerdict(r, silent), "without")
	r.WarmUp = 30 * engine.Minute
	require.Equal(t, 30*engine.Minute, firstVerdict(r, silent), "nothing fills the window")
	require.Equal(t, 4*engine.Minute, firstVerdict(r, busy), "three datapoints do")
	r.WholeWarmUp = true
	require.Equal(t, 30*engine.Minute, firstVerdict(r, busy), "all of it")

	// Once it has ended, missing data count.
	r.WholeWarmUp, r.Missing = false, Breaching
	b := feed(t, detailed(), r, 20, func(end engine.Time) float64 {
		if end > 6*engine.Minute {
			return -1
		}
		return 10
	})
	require.Equal(t, 12*engine.Minute, b.alarm.Onset.Alarmed, "the range of five has one datapoint left at 11:00, none at 12:00")
}

// wallClock is an alarm at 80 of one whole hour.
func wallClock() Rule {
	r := above80(engine.Hour, 1)
	r.Window = WallClock
	return r
}

// TestWallClockWindow judges whole hours of the clock, and each once [api-alarm].
func TestWallClockWindow(t *testing.T) {
	at := func(clock string) time.Time {
		start, err := time.Parse(time.RFC3339, clock)
		require.NoError(t, err)
		return start
	}
	high := after(engine.Minute, 10*engine.Minute, 0, 100)
	for _, c := range []struct {
		start   string
		alarmed engine.Time
	}{
		// 83 % of the first hour of the run is high.
		{"2026-03-02T08:00:00Z", 61 * engine.Minute},
		// The hour from 9:00 is the first whole one.
		{"2026-03-02T08:20:00Z", 101 * engine.Minute},
		// Half past is full in India.
		{"2026-03-02T08:00:00+05:30", 61 * engine.Minute},
	} {
		sim := engine.New(engine.Limits{})
		m := detailed()
		a := NewAlarm(sim, m, Definition{Rule: wallClock(), Start: at(c.start)})
		for end := engine.Minute; end <= 3*engine.Hour; end += engine.Minute {
			require.NoError(t, sim.Run(end-1))
			m.Put(end, setOf(high(end)))
		}
		require.Equal(t, c.alarmed, a.Onset.Alarmed, c.start)
	}

	// What straddles two hours is in neither of them, but in a sliding one.
	straddling := func(end engine.Time) float64 {
		if 95*engine.Minute < end && end <= 145*engine.Minute {
			return 100
		}
		return 0
	}
	require.Empty(t, feed(t, detailed(), wallClock(), 240, straddling).actions)
	require.NotEmpty(t, feed(t, detailed(), above80(engine.Hour, 1), 240, straddling).actions)
}

// TestCalendar: days and weeks of a time zone, with those of 23 and 25 hours.
func TestCalendar(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	start := time.Date(2026, time.March, 27, 9, 30, 0, 0, berlin) // a Friday
	at := func(day, hour int) engine.Time {
		return engine.Time(time.Date(2026, time.March, day, hour, 0, 0, 0, berlin).Sub(start))
	}
	days, weeks := newCalendar(day, start), newCalendar(week, start)
	require.Equal(t, at(29, 0), days.begin(at(29, 12)), "summer time begins")
	require.Equal(t, 23*engine.Hour, at(30, 0)-days.begin(at(30, 0)-1))
	require.Equal(t, at(30, 0), days.begin(at(30, 0)), "a day begins with its midnight")
	require.Equal(t, at(23, 0), weeks.begin(at(29, 23)))
	require.Equal(t, at(30, 0), weeks.begin(at(31, 5)))

	plain := newCalendar(week, time.Time{})
	require.Zero(t, plain.begin(6*day), "time zero begins a week")
	require.Equal(t, week, plain.begin(week))
}

// TestCalendarsOfManyZones: a period begins no later than what is in it, also where summer time begins or ends at midnight.
func TestCalendarsOfManyZones(t *testing.T) {
	for _, zone := range []string{"UTC", "America/Havana", "America/Sao_Paulo", "Asia/Beirut", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Cairo", "Atlantic/Azores"} {
		location, err := time.LoadLocation(zone)
		require.NoError(t, err)
		for _, period := range calendarPeriods {
			c := newCalendar(period, time.Date(2011, time.January, 1, 7, 13, 5, 7, location))
			for at := engine.Time(0); at < 400*day; at += engine.Hour {
				begin := c.begin(at)
				require.LessOrEqual(t, begin, at, "%s %s", zone, period)
				require.Less(t, at-begin, period+engine.Hour, "%s %s", zone, period)
				if period >= day { // clocks that go back by half an hour repeat part of an hour
					require.Equal(t, begin, c.begin(begin), "%s %s", zone, period)
				}
			}
		}
	}
}

// TestOnset: the instants that a lag is made of. The datapoint from 10:00 ends
// at 11:00 and is published a minute later; the alarm, of one breaching
// datapoint among three, is evaluated 20 s after that.
func TestOnset(t *testing.T) {
	r := above80(engine.Minute, 3)
	r.DatapointsToAlarm, r.Phase = 1, 20*second
	b := feed(t, detailed(), r, 20, after(engine.Minute, 10*engine.Minute, 4, 100))
	require.Equal(t, Onset{10 * engine.Minute, 11 * engine.Minute, 12 * engine.Minute, 12*engine.Minute + 20*second}, b.alarm.Onset)

	// A lone datapoint that waits for company until its age is M periods.
	b = feed(t, detailed(), above80(engine.Minute, 3), 20, func(end engine.Time) float64 {
		if end == 11*engine.Minute {
			return 100
		}
		return -1
	})
	require.Equal(t, Onset{10 * engine.Minute, 11 * engine.Minute, 12 * engine.Minute, 14 * engine.Minute}, b.alarm.Onset)

	// Missing data alone.
	r = above80(engine.Minute, 2)
	r.Missing = Breaching
	b = feed(t, detailed(), r, 20, func(end engine.Time) float64 {
		if end > 10*engine.Minute {
			return -1
		}
		return 4
	})
	require.Equal(t, Onset{12 * engine.Minute, 14 * engine.Minute, 15 * engine.Minute, 15 * engine.Minute}, b.alarm.Onset)
}
