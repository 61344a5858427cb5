package autoscaling

import (
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
)

// minuteByMinute is the CPU in percent of each minute from one on; 50 before and
// after.
func minuteByMinute(first engine.Time, percent ...float64) func(engine.Time) float64 {
	return func(minute engine.Time) float64 {
		k := int(minute/engine.Minute - first)
		if k < 0 || k >= len(percent) {
			return 0.5
		}
		return percent[k] / 100
	}
}

// desiredAt are the group's desired capacities at the ends of minutes.
func (p *plant) desiredAt(minutes ...engine.Time) []int {
	var all []int
	for _, m := range minutes {
		require.NoError(p.t, p.sim.Run(m*engine.Minute))
		all = append(all, p.group.Desired)
	}
	return all
}

// TestClamp has the examples of the bounds [dyn]: max 3, current 2, "+3" gives 3;
// min 2, current 3, "-2" gives 2 (spec 1.1).
func TestClamp(t *testing.T) {
	s := groupSpec(1, 3, 2)
	s.Policies["out"] = simplePolicy(quick(cpuAlarm(">=", 80)), "+3")
	p := newPlant(t, s)
	p.cpu = flat(minuteByMinute(5, 90))
	require.Equal(t, []int{2, 3}, p.desiredAt(6, 7))

	s = groupSpec(2, 5, 3)
	s.Policies["in"] = simplePolicy(quick(cpuAlarm("<=", 20)), "-2")
	p = newPlant(t, s)
	p.cpu = flat(minuteByMinute(5, 10))
	require.Equal(t, []int{3, 2}, p.desiredAt(6, 7))
}

// TestLargestCapacityWins: 8 instances, "-3" against "-25 %" gives 6 [dyn] (spec 2.1).
func TestLargestCapacityWins(t *testing.T) {
	s := groupSpec(1, 10, 8)
	s.Policies["three"] = stepPolicy(quick(cpuAlarm("<=", 20)), "..0 -3")
	s.Policies["quarter"] = stepPolicy(quick(cpuAlarm("<=", 20)), "..0 -25%")
	p := newPlant(t, s)
	p.cpu = flat(minuteByMinute(5, 10))
	require.Equal(t, []int{8, 6}, p.desiredAt(6, 7))
	require.Equal(t, []string{
		"7m quarter: applied, asks for 6: step ..0 -25% for 10.0, 10.0 below 20: -25% of 8 = -2 with current capacity 8 gives 6",
		"7m three: outbid by quarter, which asks for 6: step ..0 -3 for 10.0, 10.0 below 20: -3 with current capacity 8 gives 5",
	}, p.texts(timeline.Policy))
}

// TestOutWins: a scale-out and a scale-in at one instant; out wins, also where
// it has nothing to add [kb-trouble] (spec 2.1).
func TestOutWins(t *testing.T) {
	for _, top := range []int{5, 4} {
		s := groupSpec(1, top, 4)
		s.Policies["out"] = stepPolicy(quick(cpuAlarm(">=", 40)), "0.. +1")
		s.Policies["in"] = stepPolicy(quick(cpuAlarm("<=", 60)), "..0 -1")
		p := newPlant(t, s)
		require.Equal(t, top, p.until("30m").group.Desired)
	}
}

// TestScaleInWaitsForWarmup: every policy's scale-in waits [step, tt] (spec 2.3).
func TestScaleInWaitsForWarmup(t *testing.T) {
	s := groupSpec(1, 9, 4)
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">=", 80)), "0.. +1")
	s.Policies["in"] = stepPolicy(quick(cpuAlarm("<=", 20)), "..0 -1")
	p := newPlant(t, s)
	p.cpu = flat(minuteByMinute(5, 90, 10, 10, 10, 10, 10, 10, 10))
	// Launched at 7:06, InService at 7:11, warm at 12:11 (the default cooldown).
	require.Equal(t, []int{5, 5, 4}, p.desiredAt(7, 12, 13))
	require.Contains(t, p.texts(timeline.Policy), "8m in: ignored: no scale-in while web-5 warms up until 00:12:11")
}

// TestScaleInWaitsForLaunch: what desired asks for and is yet to be launched
// blocks a scale-in like what warms up [step, tt] (spec 2.3).
func TestScaleInWaitsForLaunch(t *testing.T) {
	s := groupSpec(1, 9, 4)
	s.ReconcileDelay = duration("5m")
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">=", 80)), "0.. +1")
	s.Policies["in"] = stepPolicy(quick(cpuAlarm("<=", 20)), "..0 -1")
	p := newPlant(t, s)
	p.cpu = flat(minuteByMinute(5, 90, 10, 10, 10))
	require.Equal(t, []int{5, 5}, p.desiredAt(7, 9))
	require.Contains(t, p.texts(timeline.Policy), "8m in: ignored: no scale-in while desired is 5, capacity 4")
}

// TestEstimatedWarmup: the policy's own, else the group's, else the default
// cooldown [warmtab]; simple policies and schedules use the group's or none (spec 2.7).
func TestEstimatedWarmup(t *testing.T) {
	for _, c := range []struct {
		policy, group string
		simple        bool
		want          string
	}{
		{"", "", false, "5m"},
		{"", "120s", false, "2m"},
		{"60s", "120s", false, "1m"},
		{"", "120s", true, "2m"},
		{"", "", true, "0s"},
	} {
		s := groupSpec(1, 2, 1)
		s.Policies["out"] = stepPolicy(quick(cpuAlarm(">=", 80)), "0.. +1")
		if c.simple {
			s.Policies["out"] = simplePolicy(quick(cpuAlarm(">=", 80)), "+1")
		}
		if c.policy != "" {
			s.Policies["out"].EstimatedInstanceWarmup = pointer(duration(c.policy))
		}
		if c.group != "" {
			s.InstanceWarmup = pointer(duration(c.group))
		}
		p := newPlant(t, s)
		p.cpu = flat(after("4m", 0.5, 1))
		p.until("7m")
		require.Len(t, p.group.Instances, 2)
		i := p.group.Instances[1]
		require.Equal(t, c.want, text(i.warmsUntil-i.Since), "%+v", c)
	}
}

// TestMetricExclusion: instances that warm up or terminate are not in the
// group's metric [warm, hook] (spec 2.7).
func TestMetricExclusion(t *testing.T) {
	s := groupSpec(1, 3, 2)
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">=", 80)), "0.. +1")
	s.Policies["out"].EstimatedInstanceWarmup = pointer(duration("2m"))
	p := newPlant(t, s)
	p.cpu = func(_ *plant, i *Instance, minute engine.Time) float64 {
		if i.Ordinal == 3 {
			return 0
		}
		return after("4m", 0.5, 0.9)(minute)
	}
	// InService at 6:11, warm at 8:11: the minute to 9:00 is the first that
	// counts it, and is published at 10:00.
	average := func() float64 { return p.group.Alarms[0].Points[0].Float64() }
	p.until("9m")
	require.Equal(t, 90.0, average())
	p.until("10m")
	require.Equal(t, 60.0, average())
}

// TestBasicMonitoring: one sample from each instance in five minutes, seen five
// minutes later [mon, cw] (spec 2.4 and 3.3).
func TestBasicMonitoring(t *testing.T) {
	s := groupSpec(1, 3, 2)
	s.Monitoring = "basic"
	s.Policies["out"] = stepPolicy(cpuAlarm(">=", 80), "0.. +1")
	p := newPlant(t, s)
	p.cpu = flat(after("10m", 0.5, 1))
	p.until("25m")
	require.Equal(t, []string{"20m"}, p.times(timeline.Desired, "out"))
	require.Equal(t, []string{"10m"}, p.times(timeline.Breach, "out"))
}

// TestSecondEpisode: each transition into ALARM that leads to a launch gives one
// sample of the launch lag, and the timeline tells of each anew.
func TestSecondEpisode(t *testing.T) {
	s := groupSpec(1, 9, 1)
	s.InstanceWarmup = pointer(duration("60s"))
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">=", 80)), "0.. +1")
	p := newPlant(t, s)
	p.cpu = flat(func(minute engine.Time) float64 {
		if k := minute / engine.Minute; k == 5 || k == 10 || k == 11 {
			return 0.9
		}
		return 0.5
	})
	tally := p.until("20m").group.Cut(p.sim.Now())
	require.Equal(t, []string{"7m", "12m"}, p.times(timeline.Desired, "out"))
	require.Equal(t, Lag{2, 2 * 126 * engine.Second}, tally.LaunchLag, "a minute of data, one of publication, 6 s to reconcile")
	require.Equal(t, Lag{2, 2 * (131 + 40) * engine.Second}, tally.Lag)
	require.Equal(t, []string{"5m", "10m"}, p.times(timeline.Breach, "out"))
	require.Equal(t, []string{"7m", "12m", "13m"}, p.times(timeline.Policy, "out"))
}

// TestAtTheBound: a policy that could only act beyond the bounds says so [dyn]
// (spec 1.1).
func TestAtTheBound(t *testing.T) {
	s := groupSpec(1, 2, 2)
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">=", 80)), "0.. +1")
	p := newPlant(t, s)
	p.cpu = flat(after("4m", 0.5, 0.9))
	p.until("20m")
	require.Equal(t, []string{
		"6m out: no change, desired 2 is at its bound (min 1, max 2): step 0.. +1 for 90.0, 10.0 above 80: +1 with current capacity 2 gives 3",
	}, p.texts(timeline.Policy))
}

// TestGroupWarmupHoldsForAllLaunches: with the group's setting also scheduled and
// replacement launches warm up [warm-news]; without it they do not (spec 2.7).
func TestGroupWarmupHoldsForAllLaunches(t *testing.T) {
	for _, c := range []struct{ group, want string }{{"120s", "2m"}, {"", "0s"}} {
		s := groupSpec(1, 9, 2).at("more", "5m", 3)
		if c.group != "" {
			s.InstanceWarmup = pointer(duration(c.group))
		}
		p := newPlant(t, s)
		p.until("6m")
		p.group.Stopped(p.group.Instances[0])
		p.until("8m")
		require.Equal(t, 3, p.inService())
		for _, i := range p.group.Instances {
			if i.Ordinal > 2 {
				require.Equal(t, c.want, text(i.warmsUntil-i.Since), i.ID)
			}
		}
		require.Equal(t, 4, p.group.launched)
	}
}

// TestSuspendedAlarms: with AlarmNotification suspended no policy hears of its
// alarm; on resumption one whose alarm is still in ALARM acts at its next message
// [susp] (spec 1.7).
func TestSuspendedAlarms(t *testing.T) {
	s := groupSpec(1, 9, 1)
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">=", 80)), "0.. +1")
	p := newPlant(t, s)
	p.cpu = flat(after("4m", 0.5, 1))
	p.group.suspensions[AlarmNotification].on = true
	require.Equal(t, 1, p.until("9m30s").group.Desired)
	require.Equal(t, []string{"6m out: ignored: AlarmNotification is suspended"}, p.texts(timeline.Policy))
	p.group.suspensions[AlarmNotification].on = false
	require.Equal(t, []int{2}, p.desiredAt(10))
}

// TestEachTimerIsNamed: when what blocks a policy is followed by something else,
// the timeline names that, and until when; it says nothing twice.
func TestEachTimerIsNamed(t *testing.T) {
	s := groupSpec(1, 9, 4).at("more", "8m30s", 6)
	s.InstanceWarmup = pointer(duration("150s"))
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">=", 80)), "0.. +1")
	s.Policies["in"] = stepPolicy(quick(cpuAlarm("<=", 20)), "..0 -1")
	p := newPlant(t, s)
	p.cpu = flat(minuteByMinute(5, 90, 10, 10, 10, 10, 10, 10))
	p.until("12m")
	require.Equal(t, []string{
		"7m out: applied, asks for 5: step 0.. +1 for 90.0, 10.0 above 80: +1 with current capacity 4 gives 5",
		"8m in: ignored: no scale-in while web-5 warms up until 00:09:41",
		"9m in: ignored: no scale-in while web-6 warms up until 00:11:11",
		"12m in: applied, asks for 5: step ..0 -1 for 10.0, 10.0 below 20: -1 with current capacity 6 gives 5",
	}, p.texts(timeline.Policy))
}

// TestMetricWithoutWarmup: with the warm-up off an instance counts in the group's
// metric from InService on, and one that terminates no longer does (spec 2.7
// [warm, hook]).
func TestMetricWithoutWarmup(t *testing.T) {
	s := groupSpec(1, 3, 1).at("more", "4m30s", 2).at("less", "8m30s", 1)
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">=", 100)), "0.. =1")
	p := newPlant(t, s)
	p.cpu = func(_ *plant, i *Instance, _ engine.Time) float64 { return 0.2 * float64(i.Ordinal) }
	average := func(at string) float64 { return p.until(at).group.Alarms[0].Points[0].Float64() }
	require.Equal(t, 20.0, average("5m"), "the minute to 4:00")
	require.Equal(t, 30.0, average("6m"), "in service since 4:41, it counts in the minute to 5:00")
	require.Equal(t, 30.0, average("9m"))
	require.Equal(t, 40.0, average("10m"), "the first terminates at 8:36")
}

// TestLowFactor: the threshold of the low alarm as a part of the target is a
// setting: 0.7 in Auto Scaling groups, 0.9 in ECS (spec 2.4, OBSERVED obs-ecs).
func TestLowFactor(t *testing.T) {
	for target, low := range map[float64]float64{30: 27, 50: 45, 75: 67.5} {
		s := groupSpec(1, 3, 1)
		s.Policies["cpu"] = trackingPolicy(target)
		s.Policies["cpu"].LowFactor = 0.9
		require.Equal(t, low, newPlant(t, s).group.Alarms[1].Rule.Threshold.Float64())
	}
}
