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
// min 2, current 3, "-2" gives 2.
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

// TestLargestCapacityWins: 8 instances, "-3" against "-25 %" gives 6 [dyn].
func TestLargestCapacityWins(t *testing.T) {
	s := groupSpec(1, 10, 8)
	s.Policies["three"] = stepPolicy(quick(cpuAlarm("<=", 20)), "..0 -3")
	s.Policies["quarter"] = stepPolicy(quick(cpuAlarm("<=", 20)), "..0 -25%")
	p := newPlant(t, s)
	p.cpu = flat(minuteByMinute(5, 10))
	require.Equal(t, []int{8, 6}, p.desiredAt(6, 7))
	require.Equal(t, []string{
		"7m quarter: applied, asks for 6: step ..0 -25%: -25% of 8 = -2 with current capacity 8 gives 6",
		"7m three: outbid by quarter, which asks for 6: step ..0 -3: -3 with current capacity 8 gives 5",
	}, p.texts(timeline.Policy))
}

// TestOutWins: a scale-out and a scale-in at one instant; out wins, also where
// it has nothing to add [kb-trouble].
func TestOutWins(t *testing.T) {
	for _, top := range []int{5, 4} {
		s := groupSpec(1, top, 4)
		s.Policies["out"] = stepPolicy(quick(cpuAlarm(">=", 40)), "0.. +1")
		s.Policies["in"] = stepPolicy(quick(cpuAlarm("<=", 60)), "..0 -1")
		p := newPlant(t, s)
		require.Equal(t, top, p.until("30m").group.Desired)
	}
}

// TestSimpleCooldown has the worked examples of simple scaling [cool], relative
// to the alarm: reconcile 6 s, InService after 10 s, so deaf until 310 s; the
// alarm's next message is at 360 s. With a launch that takes 90 s more, as a hook
// makes it, the cooldown ends at 400 s and the policy fires at 420 s.
func TestSimpleCooldown(t *testing.T) {
	for _, c := range []struct {
		provision string
		second    string
		deaf      string
	}{
		{"4s", "12m", "11m10s"},
		{"94s", "13m", "12m40s"},
	} {
		s := groupSpec(1, 9, 1)
		s.Provision = span(c.provision)
		s.Policies["out"] = simplePolicy(quick(cpuAlarm(">=", 80)), "+1")
		p := newPlant(t, s)
		p.cpu = flat(after("4m", 0.5, 1))
		p.until("15m")
		require.Equal(t, []string{"6m", c.second}, p.times(timeline.Desired, "out"), c.provision)
		policy := p.texts(timeline.Policy)
		require.Equal(t, "6m out: applied, asks for 2: +1 with current capacity 1 gives 2", policy[0])
		require.Contains(t, policy, map[string]string{
			"4s": "7m out: ignored: cooldown until 11m10s", "94s": "8m out: ignored: cooldown until 12m40s",
		}[c.provision])
	}
}

// TestSimpleOwnCooldown: the policy's cooldown goes before the group's.
func TestSimpleOwnCooldown(t *testing.T) {
	s := groupSpec(1, 9, 1)
	s.Policies["out"] = simplePolicy(quick(cpuAlarm(">=", 80)), "+1")
	s.Policies["out"].Cooldown = pointer(duration("60s"))
	p := newPlant(t, s)
	p.cpu = flat(after("4m", 0.5, 1))
	require.Equal(t, []string{"6m", "8m", "10m"}, p.until("11m").times(timeline.Desired, "out"))
}

// TestSimpleScaleInCooldown: the clock starts when draining is finished, 300 s
// by default [cool].
func TestSimpleScaleInCooldown(t *testing.T) {
	s := groupSpec(1, 9, 4)
	s.Policies["in"] = simplePolicy(quick(cpuAlarm("<=", 20)), "-1")
	p := newPlant(t, s)
	p.cpu = flat(after("4m", 0.5, 0.1))
	p.until("20m")
	// 6 min + 6 s + 300 s of draining + 300 s = 16 min 6 s.
	require.Equal(t, []string{"6m", "17m"}, p.times(timeline.Desired, "in"))
	require.Contains(t, p.texts(timeline.Policy), "7m in: ignored: a scaling activity is in progress: web-1 is being deregistered")
	require.Contains(t, p.texts(timeline.Policy), "12m in: ignored: cooldown until 16m6s")
}

// TestSimpleWaitsForWarmup: with a default instance warm-up the activity of a
// launch lasts until its end, longer than a short cooldown [api-act, obs-21].
func TestSimpleWaitsForWarmup(t *testing.T) {
	s := groupSpec(1, 9, 1)
	s.InstanceWarmup = pointer(duration("200s"))
	s.DefaultCooldown = duration("0s")
	s.Policies["out"] = simplePolicy(quick(cpuAlarm(">=", 80)), "+1")
	p := newPlant(t, s)
	p.cpu = flat(after("4m", 0.5, 1))
	require.Equal(t, []string{"6m", "10m"}, p.until("11m").times(timeline.Desired, "out"))
}

// TestStepWhileWarming has the documented example [step]: current and desired
// 10, +10 % from 60, +30 % from 70. 60 gives 11; 62 while it warms up gives
// nothing; 70 while it warms up gives 13. Once 11 are warm, 70 gives 14.
func TestStepWhileWarming(t *testing.T) {
	spec := func() *Spec {
		s := groupSpec(1, 20, 10)
		s.Policies["out"] = stepPolicy(quick(cpuAlarm(">=", 60)), "0..10 +10%", "10.. +30%")
		s.Policies["out"].EstimatedInstanceWarmup = pointer(duration("300s"))
		return s
	}
	p := newPlant(t, spec())
	p.cpu = flat(minuteByMinute(5, 60, 62, 70, 60))
	require.Equal(t, []int{10, 11, 11, 13}, p.desiredAt(6, 7, 8, 9))
	require.Equal(t, []int{13}, p.desiredAt(10), "a smaller step takes nothing back")

	p = newPlant(t, spec())
	p.cpu = flat(minuteByMinute(5, 60, 50, 50, 50, 50, 50, 70))
	require.Equal(t, []int{11, 11, 14}, p.desiredAt(7, 12, 13))
	require.Contains(t, p.texts(timeline.Desired), "13m out: desired 14, was 11: step 10.. +30%: +30% of 11 = 3.3 -> 3 with current capacity 11 gives 14")
}

// TestStepScaleIn: blocked while an instance warms up; then 14 at 40 % below
// gives 13, and the same breach does not remove twice, because what terminates
// still counts; 13 at -30 % gives 10 [step].
func TestStepScaleIn(t *testing.T) {
	s := groupSpec(1, 20, 14)
	s.Policies["in"] = stepPolicy(quick(cpuAlarm("<=", 40)), "-10..0 -10%", "..-10 -30%")
	p := newPlant(t, s)
	p.cpu = flat(minuteByMinute(5, 40, 40, 40))
	require.Equal(t, []int{14, 13, 13, 13}, p.desiredAt(6, 7, 8, 9))

	p = newPlant(t, s)
	p.drain = 30 * engine.Second
	p.cpu = flat(minuteByMinute(5, 40, 50, 30))
	require.Equal(t, []int{13, 13, 10}, p.desiredAt(7, 8, 9))
}

// TestScaleInWaitsForWarmup: every policy's scale-in waits [step, tt].
func TestScaleInWaitsForWarmup(t *testing.T) {
	s := groupSpec(1, 9, 4)
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">=", 80)), "0.. +1")
	s.Policies["in"] = stepPolicy(quick(cpuAlarm("<=", 20)), "..0 -1")
	p := newPlant(t, s)
	p.cpu = flat(minuteByMinute(5, 90, 10, 10, 10, 10, 10, 10, 10))
	// Launched at 7:06, InService at 7:11, warm at 12:11 (the default cooldown).
	require.Equal(t, []int{5, 5, 4}, p.desiredAt(7, 12, 13))
	require.Contains(t, p.texts(timeline.Policy), "8m in: ignored: no scale-in while web-5 warms up until 12m11s")
}

// TestScaleInWaitsForLaunch: what desired asks for and is yet to be launched
// blocks a scale-in like what warms up.
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
// cooldown [warmtab]; simple policies and schedules use the group's or none.
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

// TestNoStep: an alarm with < and steps that start at 0 never does anything, a
// common trap [issue-step].
func TestNoStep(t *testing.T) {
	s := groupSpec(1, 9, 4)
	s.Policies["in"] = stepPolicy(quick(cpuAlarm("<", 20)), "0.. -1")
	p := newPlant(t, s)
	p.cpu = flat(after("4m", 0.5, 0.1))
	p.until("20m")
	require.Equal(t, 4, p.group.Desired)
	require.Equal(t, []string{"6m in: ignored: no step adjustment found for 10.0, -10.0 from the threshold"}, p.texts(timeline.Policy))
}

// TestMetricAggregation chooses the step by the average, least or greatest of
// the datapoints that the alarm judged [api-policy].
func TestMetricAggregation(t *testing.T) {
	for aggregation, want := range map[string]int{"Minimum": 1, "Average": 2, "Maximum": 3} {
		s := groupSpec(1, 9, 1)
		a := quick(cpuAlarm(">=", 60))
		a.EvaluationPeriods = 3
		s.Policies["out"] = stepPolicy(a, "0..10 =1", "10..20 =2", "20.. =3")
		s.Policies["out"].MetricAggregation = aggregation
		p := newPlant(t, s)
		p.cpu = flat(minuteByMinute(5, 60, 65, 91))
		require.Equal(t, []int{want}, p.desiredAt(9), aggregation)
	}
}

// TestMissingTreatedAsBreaching: a step policy has no value to choose by; a
// simple one acts.
func TestMissingTreatedAsBreaching(t *testing.T) {
	alarm := quick(cpuAlarm(">=", 80))
	alarm.TreatMissingData = "breaching"
	s := groupSpec(0, 1, 0)
	s.Policies["out"] = stepPolicy(alarm, "0.. +1")
	p := newPlant(t, s).until("10m")
	require.Zero(t, p.group.Desired)
	require.Equal(t, []string{"2m out: ignored: there is no datapoint to compute with"}, p.texts(timeline.Policy))
	s.Policies["out"] = simplePolicy(alarm, "+1")
	require.Equal(t, 1, newPlant(t, s).until("10m").group.Desired)
}

// TestMetricExclusion: instances that warm up or terminate are not in the
// group's metric [warm, hook].
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
// minutes later.
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

// TestAtTheBound: a policy that could only act beyond the bounds says so.
func TestAtTheBound(t *testing.T) {
	s := groupSpec(1, 2, 2)
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">=", 80)), "0.. +1")
	p := newPlant(t, s)
	p.cpu = flat(after("4m", 0.5, 0.9))
	p.until("20m")
	require.Equal(t, []string{
		"6m out: no change, desired 2 is at its bound (min 1, max 2): step 0.. +1: +1 with current capacity 2 gives 3",
	}, p.texts(timeline.Policy))
}

// TestSimpleWaitsForTheReconciliation: between the change of desired and its
// launches an activity is in progress.
func TestSimpleWaitsForTheReconciliation(t *testing.T) {
	s := groupSpec(1, 9, 1)
	s.ReconcileDelay = duration("90s")
	s.Policies["out"] = simplePolicy(quick(cpuAlarm(">=", 80)), "+1")
	p := newPlant(t, s)
	p.cpu = flat(after("4m", 0.5, 1))
	p.until("8m")
	require.Equal(t, 2, p.group.Desired)
	require.Contains(t, p.texts(timeline.Policy), "7m out: ignored: a scaling activity is in progress: desired is 2, capacity 1")
}

// TestMagnitudeOfPercent: 4 instances, +25 % and a least magnitude of 2 give two
// more [step].
func TestMagnitudeOfPercent(t *testing.T) {
	s := groupSpec(1, 9, 4)
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">=", 80)), "0.. +25%")
	s.Policies["out"].MinAdjustmentMagnitude = 2
	p := newPlant(t, s)
	p.cpu = flat(minuteByMinute(5, 90))
	require.Equal(t, []int{4, 6}, p.desiredAt(6, 7))
}

// TestDecrementWithinWhatLeaves: with 30 desired and 32 instances "-1" takes no
// action: it is less than what is on its way out already [step].
func TestDecrementWithinWhatLeaves(t *testing.T) {
	s := groupSpec(1, 40, 32).at("less", "5m", 30)
	s.Policies["in"] = stepPolicy(quick(cpuAlarm("<=", 20)), "..0 -1")
	p := newPlant(t, s)
	p.cpu = flat(minuteByMinute(5, 10))
	require.Equal(t, []int{30, 30}, p.desiredAt(7, 8))
	require.Contains(t, p.texts(timeline.Policy), "7m in: no change, desired is 30: step ..0 -1: -1 with current capacity 32 gives 31")
}

// TestStepsActDuringActivities: a step policy has no cooldown, and acts on every
// message of its alarm, also while the activities of the one before run [step].
func TestStepsActDuringActivities(t *testing.T) {
	s := groupSpec(1, 9, 1)
	s.Provision = span("10m")
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">=", 60)), "0..10 =2", "10..20 =3", "20.. =4")
	p := newPlant(t, s)
	p.cpu = flat(minuteByMinute(5, 60, 70, 80, 80))
	require.Equal(t, []int{1, 2, 3, 4, 4}, p.desiredAt(6, 7, 8, 9, 10))
}

// TestAggregationDatapoints: over how many of the newest datapoints the value is
// taken that chooses the step is a setting (UNSOURCED).
func TestAggregationDatapoints(t *testing.T) {
	for n, want := range map[int]int{1: 4, 2: 3, 3: 2, 0: 2} {
		s := groupSpec(1, 9, 1)
		a := quick(cpuAlarm(">=", 60))
		a.EvaluationPeriods = 3
		s.Policies["out"] = stepPolicy(a, "0..10 =1", "10..20 =2", "20..30 =3", "30.. =4")
		if n > 0 {
			s.Policies["out"].AggregationDatapoints = pointer(n)
		}
		p := newPlant(t, s)
		p.cpu = flat(minuteByMinute(5, 60, 65, 91)) // means of the newest: 91, 78, 72
		if n == 2 {
			p.cpu = flat(minuteByMinute(5, 60, 75, 91)) // 83
		}
		require.Equal(t, []int{want}, p.desiredAt(9), "of the newest %d", n)
	}
}

// TestGroupWarmupHoldsForAllLaunches: with the group's setting also scheduled and
// replacement launches warm up [warm-news]; without it they do not.
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

// TestReplacementStartsACooldown: any launch or termination of the group starts
// one, also that of a health replacement, and a simple policy is deaf while the
// replacement is in progress [cool].
func TestReplacementStartsACooldown(t *testing.T) {
	s := groupSpec(1, 9, 2)
	s.Policies["out"] = simplePolicy(quick(cpuAlarm(">=", 80)), "+1")
	p := newPlant(t, s)
	p.drain = 90 * engine.Second
	p.cpu = flat(after("4m", 0.5, 1))
	p.until("5m10s")
	p.group.Stopped(p.group.Instances[0])
	p.until("15m")
	// Found at 5:30, drained at 7:00: deaf until 12:00, which is in time.
	require.Equal(t, []string{"12m"}, p.times(timeline.Desired, "out"))
	require.Contains(t, p.texts(timeline.Policy), "6m out: ignored: a scaling activity is in progress: web-1 is being deregistered")
	require.Contains(t, p.texts(timeline.Policy), "7m out: ignored: cooldown until 12m")
}

// TestSuspendedAlarms: with AlarmNotification suspended no policy hears of its
// alarm; on resumption one whose alarm is still in ALARM acts at its next message
// [susp].
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
		"7m out: applied, asks for 5: step 0.. +1: +1 with current capacity 4 gives 5",
		"8m in: ignored: no scale-in while web-5 warms up until 9m41s",
		"9m in: ignored: no scale-in while web-6 warms up until 11m11s",
		"12m in: applied, asks for 5: step ..0 -1: -1 with current capacity 6 gives 5",
	}, p.texts(timeline.Policy))
}

// TestCooldownStart is a setting: with the end of an activity, as AWS has it
// [cool], or with its beginning. A launch that takes 90 s more then has its
// cooldown over that much earlier; draining does not prolong it either.
func TestCooldownStart(t *testing.T) {
	for start, want := range map[string][]string{"activity_end": {"6m", "13m"}, "activity_start": {"6m", "12m"}} {
		s := groupSpec(1, 9, 1)
		s.CooldownStart, s.Provision = start, span("94s")
		s.Policies["out"] = simplePolicy(quick(cpuAlarm(">=", 80)), "+1")
		p := newPlant(t, s)
		p.cpu = flat(after("4m", 0.5, 1))
		require.Equal(t, want, p.until("15m").times(timeline.Desired, "out"), start)
	}
	for start, want := range map[string][]string{"activity_end": {"6m", "17m"}, "activity_start": {"6m", "12m"}} {
		s := groupSpec(1, 9, 4)
		s.CooldownStart = start
		s.Policies["in"] = simplePolicy(quick(cpuAlarm("<=", 20)), "-1")
		p := newPlant(t, s)
		p.cpu = flat(after("4m", 0.5, 0.1))
		require.Equal(t, want, p.until("17m30s").times(timeline.Desired, "in"), start)
	}
}
