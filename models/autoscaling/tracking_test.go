package autoscaling

import (
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
)

// TestTrackingOut has the sequence that AWS described [repost-tt]: 4 instances
// and five minutes of warm-up; +1 gives 5; the next minute +1 of the same 4 gives
// nothing; the metric rises, and +2 of 4 gives 6 (spec 2.4).
func TestTrackingOut(t *testing.T) {
	s := groupSpec(1, 9, 4)
	s.Policies["cpu"] = trackingPolicy(50)
	p := newPlant(t, s)
	p.cpu = flat(minuteByMinute(5, 60, 60, 60, 60, 70))
	require.Equal(t, []int{4, 5, 5, 6, 6}, p.desiredAt(8, 9, 10, 11, 12))
	require.Contains(t, p.texts(timeline.Desired), "11m cpu: desired 6, was 5: ceil(4 x 70.0 / 50) = 6")
}

// TestTrackingAddsUp: the timeline's sums can be done again as they are written,
// and a bound that cuts the result is named.
func TestTrackingAddsUp(t *testing.T) {
	for _, c := range []struct {
		max     int
		percent float64
		want    string
	}{
		{9, 50.02, "desired 5, was 4: ceil(4 x 50.02 / 50) = 5"},
		{9, 50.0004, "desired 5, was 4: ceil(4 x 50.0004 / 50) = 5"},
		{9, 62.53, "desired 6, was 4: ceil(4 x 62.53 / 50) = 6"},
		{9, 62.4, "desired 5, was 4: ceil(4 x 62.4 / 50) = 5"},
		{5, 90, "desired 5, was 4: ceil(4 x 90.0 / 50) = 8, limited to max 5"},
	} {
		s := groupSpec(1, c.max, 4)
		s.Policies["cpu"] = trackingPolicy(50)
		p := newPlant(t, s)
		p.cpu = flat(after("4m", 0.4, c.percent/100))
		p.until("9m")
		require.Equal(t, []string{"8m cpu: " + c.want}, p.texts(timeline.Desired))
	}
}

func TestBriefAlarm(t *testing.T) {
	for name, want := range map[string]string{
		"TargetTracking-web-AlarmHigh-cpu": "cpu (high)", "TargetTracking-a-b-AlarmLow-cpu-50": "cpu-50 (low)",
		"cpu-high": "cpu-high", "TargetTracking-mine": "TargetTracking-mine",
	} {
		require.Equal(t, want, BriefAlarm(name))
	}
}

// TestTrackingIn: a low alarm in ALARM does not shrink a group of two before the
// metric is at half the target [tt, aas-tt] (spec 2.4).
func TestTrackingIn(t *testing.T) {
	for percent, want := range map[float64]int{34: 2, 25.1: 2, 25: 1} {
		s := groupSpec(1, 9, 2)
		s.Policies["cpu"] = trackingPolicy(50)
		p := newPlant(t, s)
		p.cpu = flat(func(engine.Time) float64 { return percent / 100 })
		require.Equal(t, want, p.until("20m").group.Desired, "%v %%", percent)
		require.Equal(t, cloudwatch.InAlarm, p.group.tracking[0].low.State)
	}
}

// TestTrackingScaleInDisabled: no low alarm, no scale-in [api-tt] (spec 2.4).
func TestTrackingScaleInDisabled(t *testing.T) {
	s := groupSpec(1, 9, 4)
	s.Policies["cpu"] = trackingPolicy(50)
	s.Policies["cpu"].DisableScaleIn = true
	p := newPlant(t, s)
	p.cpu = flat(func(engine.Time) float64 { return 0 })
	require.Equal(t, 4, p.until("1h").group.Desired)
	require.Len(t, p.group.Alarms, 1)
}

// TestTrackingAlarms: what AWS makes for a target of 20 [obs-event], with its
// names; the low threshold as 0.7 of the target in all samples (spec 2.4).
func TestTrackingAlarms(t *testing.T) {
	for target, low := range map[float64]float64{20: 14, 30: 21, 40: 28, 50: 35, 60: 42, 70: 49} {
		s := groupSpec(1, 3, 1)
		s.Policies["cpu"] = trackingPolicy(target)
		g := newPlant(t, s).group
		require.Equal(t, []string{"TargetTracking-web-AlarmHigh-cpu", "TargetTracking-web-AlarmLow-cpu"}, []string{g.Alarms[0].Name, g.Alarms[1].Name})
		require.Equal(t, cloudwatch.Rule{
			Period: engine.Minute, EvaluationPeriods: 3, DatapointsToAlarm: 3,
			Comparison: cloudwatch.GreaterThan, Threshold: cloudwatch.NewValue(target),
		}, g.Alarms[0].Rule)
		require.Equal(t, cloudwatch.Rule{
			Period: engine.Minute, EvaluationPeriods: 15, DatapointsToAlarm: 15,
			Comparison: cloudwatch.LessThan, Threshold: cloudwatch.NewValue(low),
		}, g.Alarms[1].Rule)
	}
}

// TestSeveralTargets: out if any is ready; in only if all with scale-in enabled
// are [tt] (spec 2.1).
func TestSeveralTargets(t *testing.T) {
	spec := func(disable bool) *Spec {
		s := groupSpec(1, 9, 4)
		s.Policies["cpu"] = trackingPolicy(50)
		requests := trackingPolicy(1000)
		requests.Metric, requests.DisableScaleIn = "ALBRequestCountPerTarget", disable
		s.Policies["requests"] = requests
		return s
	}
	run := func(disable bool, cpu, requests float64, until string) *plant {
		m := cloudwatch.NewMetric(RequestCountPerTarget, engine.Minute, engine.Minute)
		p := newPlantWith(t, spec(disable), m)
		p.cpu = flat(func(engine.Time) float64 { return cpu / 100 })
		p.others = func(end engine.Time) {
			var s cloudwatch.StatisticSet
			s.Add(cloudwatch.NewValue(requests))
			m.Put(end, s)
		}
		return p.until(until)
	}
	require.Equal(t, 5, run(false, 50, 1200, "6m").group.Desired, "requests alone want 4.8")
	require.Equal(t, 2, run(false, 10, 500, "16m").group.Desired, "both are ready: 1 and 2, the larger")
	blocked := run(false, 10, 900, "16m")
	require.Equal(t, 4, blocked.group.Desired)
	require.Contains(t, blocked.texts(timeline.Policy), "16m cpu: ignored: no scale-in until requests is ready for it too")
	require.Equal(t, 1, run(true, 10, 900, "16m").group.Desired, "one whose scale-in is disabled is not asked")
}

// TestTrackingStaleData: on the way in a datapoint stands for the instances that
// it averages, not for those that are left since; what drains does not count,
// unless the setting says so (spec 2.4).
func TestTrackingStaleData(t *testing.T) {
	for count, want := range map[bool]int{false: 3, true: 4} {
		s := groupSpec(1, 9, 6)
		s.Policies["cpu"] = trackingPolicy(50)
		s.Policies["cpu"].CountTerminating = count
		p := newPlant(t, s)
		p.drain = engine.Hour
		p.cpu = flat(func(minute engine.Time) float64 {
			if minute < 2*engine.Minute {
				return 0.30
			}
			return 0.25
		})
		// At 16 min ceil(6 x 30 / 50) = 4. When the 30 % have left the alarm's 15
		// minutes, those of six instances still ask for ceil(6 x 25 / 50) = 3, and
		// with the two that drain for ceil(8 x 25 / 50) = 4: not for the
		// ceil(4 x 25 / 50) = 2 of the instances that are left.
		p.until("16m")
		require.Equal(t, 4, p.group.Desired)
		p.until("18m")
		require.Equal(t, want, p.group.Desired, "count terminating: %v", count)
	}
}

// TestTrackingWithoutData: missing data keep a tracking policy still in both
// directions [tt] (spec 2.4).
func TestTrackingWithoutData(t *testing.T) {
	s := groupSpec(0, 9, 0)
	s.Policies["cpu"] = trackingPolicy(50)
	p := newPlant(t, s).until("1h")
	require.Zero(t, p.group.Desired)
	require.Equal(t, cloudwatch.InsufficientData, p.group.Alarms[0].State)
	require.Empty(t, p.log.Events)
}

// TestTrackingNeverBothWays: a policy cannot scale out while its metric is below
// the target, nor in while it is above, whatever the group is short of [tt] (spec 2.4).
func TestTrackingNeverBothWays(t *testing.T) {
	for percent, want := range map[float64]int{50: 4, 49: 4, 36: 4, 20: 2} {
		s := groupSpec(1, 9, 4)
		s.Policies["cpu"] = trackingPolicy(50)
		p := newPlant(t, s)
		p.cpu = flat(func(engine.Time) float64 { return percent / 100 })
		require.Equal(t, want, p.until("17m").group.Desired, "%v %%", percent)
	}
}

// TestTrackingProportions has the worked examples of the formula (spec 2.4,
// DERIVED from [tt, aas-tt]): 3 at 75 % of a target of 50 % give ceil(4.5) = 5;
// 10 at 30 % give 6; 2 at 34 % stay, although the low alarm is in ALARM.
func TestTrackingProportions(t *testing.T) {
	for _, c := range []struct {
		from    int
		percent float64
		want    int
		until   string
	}{{3, 75, 5, "5m"}, {10, 30, 6, "17m"}, {2, 34, 2, "30m"}} {
		s := groupSpec(1, 20, c.from)
		s.Policies["cpu"] = trackingPolicy(50)
		p := newPlant(t, s)
		p.cpu = flat(func(engine.Time) float64 { return c.percent / 100 })
		require.Equal(t, c.want, p.until(c.until).group.Desired, "%d at %v %%", c.from, c.percent)
	}
}

// TestTrackingMinuteByMinute is the whole sequence of [repost-tt] (spec 2.4):
// with five minutes of warm-up every +1 on the same 4 instances is one launch in
// all, a rise to +2 one more, and scale-in waits until the last of them is warm.
func TestTrackingMinuteByMinute(t *testing.T) {
	s := groupSpec(1, 9, 4)
	s.InstanceWarmup = pointer(duration("300s"))
	s.Policies["cpu"] = trackingPolicy(50)
	s.Policies["in"] = stepPolicy(quick(cpuAlarm("<=", 20)), "..0 -1")
	p := newPlant(t, s)
	p.cpu = flat(minuteByMinute(5, 55, 60, 62, 62, 70, 70, 10, 10, 10, 10, 10, 10, 10))
	require.Equal(t, []int{4, 5, 5, 6, 6}, p.desiredAt(8, 9, 10, 11, 12))
	require.Equal(t, []string{"9m6s", "11m6s"}, p.times(timeline.Launch, ""))
	// The second is in service at 11:11 and warm at 16:11.
	require.Equal(t, []int{6, 6, 5}, p.desiredAt(13, 16, 17))
	require.Contains(t, p.texts(timeline.Policy), "13m in: ignored: no scale-in while web-6 warms up until 00:16:11")
}

// TestWarmupFallsBackToTheCooldown: with the default instance warm-up off and
// none of the policy's own, scale-in is blocked for the default cooldown after a
// launch [tt, warm] (spec 2.4).
func TestWarmupFallsBackToTheCooldown(t *testing.T) {
	s := groupSpec(1, 9, 1)
	s.DefaultCooldown = duration("120s")
	s.Policies["cpu"] = trackingPolicy(50)
	s.Policies["in"] = stepPolicy(quick(cpuAlarm("<=", 20)), "..0 -1")
	p := newPlant(t, s)
	p.cpu = flat(minuteByMinute(5, 60, 60, 60, 10, 10, 10, 10))
	// Launched at 9:06, in service at 9:11, warm at 11:11.
	require.Equal(t, []int{2, 2, 1}, p.desiredAt(9, 11, 12))
}

// TestStepScaleInIsNotBlockedByTracking: a step policy shrinks the group although
// target tracking is not ready for it, and the latter takes it back as soon as
// its alarm has its three datapoints: the documented flap [dyn] (spec 2.1).
func TestStepScaleInIsNotBlockedByTracking(t *testing.T) {
	s := groupSpec(1, 9, 4)
	s.Policies["cpu"] = trackingPolicy(50)
	s.Policies["in"] = stepPolicy(quick(cpuAlarm("<=", 45)), "..0 -1")
	p := newPlant(t, s)
	p.cpu = share(func(minute engine.Time) float64 {
		if minute < 5*engine.Minute {
			return 1.9 // 47.5 % of four
		}
		return 1.75 // 43.75 % of four, 58.3 % of three
	})
	p.until("12m")
	require.Equal(t, []string{"7m"}, p.times(timeline.Desired, "in"))
	require.Equal(t, []string{"11m"}, p.times(timeline.Desired, "cpu"))
	require.Equal(t, 4, p.group.Desired)
	require.Equal(t, int64(1), p.group.Cut(p.sim.Now()).Flaps)
}

// TestZerosAreData: RequestCountPerTarget goes on without requests, as zeros,
// which lead to min, and to 0 where that is min [tt] (spec 2.4).
func TestZerosAreData(t *testing.T) {
	for _, least := range []int{0, 2} {
		s := groupSpec(least, 9, 4)
		s.Policies["requests"] = trackingPolicy(1000)
		s.Policies["requests"].Metric = "ALBRequestCountPerTarget"
		m := cloudwatch.NewMetric(RequestCountPerTarget, engine.Minute, engine.Minute)
		p := newPlantWith(t, s, m)
		p.others = func(end engine.Time) {
			var zero cloudwatch.StatisticSet
			zero.Add(0)
			m.Put(end, zero)
		}
		require.Equal(t, least, p.until("20m").group.Desired)
	}
}

// TestTrackingDatapoint: which of the datapoints that the alarm judged goes into
// the formula is a setting (UNSOURCED) (spec 2.4).
func TestTrackingDatapoint(t *testing.T) {
	for which, want := range map[string]int{"latest": 12, "average": 16, "minimum": 12, "maximum": 20} {
		s := groupSpec(1, 30, 10)
		s.Policies["cpu"] = trackingPolicy(50)
		s.Policies["cpu"].ScaleOutDatapoint = which
		p := newPlant(t, s)
		p.cpu = flat(minuteByMinute(5, 100, 80, 60))
		require.Equal(t, want, p.until("9m").group.Desired, "out by the %s", which)
	}
	for which, want := range map[string]int{"latest": 3, "average": 4, "minimum": 2, "maximum": 6} {
		s := groupSpec(1, 30, 10)
		s.Policies["cpu"] = trackingPolicy(50)
		s.Policies["cpu"].LowEvaluationPeriods, s.Policies["cpu"].ScaleInDatapoint = 3, which
		p := newPlant(t, s)
		p.cpu = flat(minuteByMinute(5, 10, 30, 15))
		require.Equal(t, want, p.until("9m").group.Desired, "in by the %s", which)
	}
}

// TestTrackingQuotesTheLargest: of datapoints that ask for the same capacity the
// largest is quoted, which is what the rule says that it goes by.
func TestTrackingQuotesTheLargest(t *testing.T) {
	s := groupSpec(1, 30, 10)
	s.Policies["cpu"] = trackingPolicy(50)
	s.Policies["cpu"].LowEvaluationPeriods, s.Policies["cpu"].ScaleInDatapoint = 3, "maximum"
	p := newPlant(t, s)
	p.cpu = flat(minuteByMinute(5, 26, 29, 27))
	require.Equal(t, []string{"9m cpu: desired 6, was 10: ceil(10 x 29.0 / 50) = 6"}, p.until("9m").texts(timeline.Desired))
}

// Whatever a target tracking policy computes: out of a group that is larger by now it
// does not lower desired [repost-tt], and while an instance warms up it does not scale
// in [tt].
func TestTrackingWishes(t *testing.T) {
	s := groupSpec(1, 20, 4)
	s.Policies["cpu"] = trackingPolicy(50)
	l := newPlant(t, s).group.tracking[0]
	reading := func(percent float64) []cloudwatch.Reading {
		var set cloudwatch.StatisticSet
		set.Add(cloudwatch.NewValue(percent))
		return []cloudwatch.Reading{set.Read(cloudwatch.Average)}
	}
	l.high.Points, l.low.Points, l.low.State = reading(60), reading(10), cloudwatch.InAlarm
	out := l.out(situation{desired: 9, warm: 4})
	require.Equal(t, []int{5, 9}, []int{out.target, out.capacity})
	out = l.out(situation{desired: 4, warm: 4})
	require.Equal(t, []int{5, 5}, []int{out.target, out.capacity})
	require.Equal(t, warmingUp, l.in(situation{desired: 4, warm: 4, warming: &Instance{}}).verdict)
	require.Equal(t, warmingUp, l.in(situation{desired: 4, warm: 4, short: true}).verdict)
	require.Equal(t, asks, l.in(situation{desired: 4, warm: 4}).verdict)
}
