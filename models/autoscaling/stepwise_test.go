package autoscaling

import (
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
)

// TestStepWhileWarming has the documented example [step]: current and desired
// 10, +10 % from 60, +30 % from 70. 60 gives 11; 62 while it warms up gives
// nothing; 70 while it warms up gives 13. Once 11 are warm, 70 gives 14 (spec 2.3).
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
	require.Contains(t, p.texts(timeline.Desired), "13m out: desired 14, was 11: step 10.. +30% for 70.0, 10.0 above 60: +30% of 11 = 3.3 -> 3 with current capacity 11 gives 14")
}

// TestStepScaleIn: blocked while an instance warms up; then 14 at 40 % below
// gives 13, and the same breach does not remove twice, because what terminates
// still counts; 13 at -30 % gives 10 [step] (spec 2.3).
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

// TestNoStep: an alarm with < and steps that start at 0 never does anything, a
// common trap [issue-step] (spec 2.3).
func TestNoStep(t *testing.T) {
	s := groupSpec(1, 9, 4)
	s.Policies["in"] = stepPolicy(quick(cpuAlarm("<", 20)), "0.. -1")
	p := newPlant(t, s)
	p.cpu = flat(after("4m", 0.5, 0.1))
	p.until("20m")
	require.Equal(t, 4, p.group.Desired)
	require.Equal(t, []string{"6m in: ignored: no step adjustment found for 10.0, 10.0 below 20"}, p.texts(timeline.Policy))
}

// TestMetricAggregation chooses the step by the average, least or greatest of
// the datapoints that the alarm judged [api-policy] (spec 2.3).
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

// TestMagnitudeOfPercent: 4 instances, +25 % and a least magnitude of 2 give two
// more [step] (spec 2.3).
func TestMagnitudeOfPercent(t *testing.T) {
	s := groupSpec(1, 9, 4)
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">=", 80)), "0.. +25%")
	s.Policies["out"].MinAdjustmentMagnitude = 2
	p := newPlant(t, s)
	p.cpu = flat(minuteByMinute(5, 90))
	require.Equal(t, []int{4, 6}, p.desiredAt(6, 7))
}

// TestDecrementWithinWhatLeaves: with 30 desired and 32 instances "-1" takes no
// action: it is less than what is on its way out already [step] (spec 2.3).
func TestDecrementWithinWhatLeaves(t *testing.T) {
	s := groupSpec(1, 40, 32).at("less", "5m", 30)
	s.Policies["in"] = stepPolicy(quick(cpuAlarm("<=", 20)), "..0 -1")
	p := newPlant(t, s)
	p.cpu = flat(minuteByMinute(5, 10))
	require.Equal(t, []int{30, 30}, p.desiredAt(7, 8))
	require.Contains(t, p.texts(timeline.Policy), "7m in: no change, desired is 30: step ..0 -1 for 10.0, 10.0 below 20: -1 with current capacity 32 gives 31")
}

// TestStepsActDuringActivities: a step policy has no cooldown, and acts on every
// message of its alarm, also while the activities of the one before run [step] (spec 2.3).
func TestStepsActDuringActivities(t *testing.T) {
	s := groupSpec(1, 9, 1)
	s.Provision = span("10m")
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">=", 60)), "0..10 =2", "10..20 =3", "20.. =4")
	p := newPlant(t, s)
	p.cpu = flat(minuteByMinute(5, 60, 70, 80, 80))
	require.Equal(t, []int{1, 2, 3, 4, 4}, p.desiredAt(6, 7, 8, 9, 10))
}

// TestAggregationDatapoints: over how many of the newest datapoints the value is
// taken that chooses the step is a setting (UNSOURCED) (spec 2.3).
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

// TestStepQuotesItsValue: the value has so many decimals that the step which it
// chose is the one that readers find for it.
func TestStepQuotesItsValue(t *testing.T) {
	for _, c := range []struct {
		percent float64
		want    string
	}{
		{69, "step 0..20 +2 for 69.0, 19.0 above 50"},
		{69.98, "step 0..20 +2 for 69.98, 19.98 above 50"},
		{70, "step 20.. +4 for 70.0, 20.0 above 50"},
		{50.02, "step 0..20 +2 for 50.020, 0.020 above 50"},
	} {
		s := groupSpec(1, 9, 2)
		s.Policies["out"] = stepPolicy(quick(cpuAlarm(">", 50)), "0..20 +2", "20.. +4")
		p := newPlant(t, s)
		p.cpu = flat(after("4m", 0.4, c.percent/100))
		require.Contains(t, p.until("6m").texts(timeline.Desired)[0], c.want+": +")
	}
}
