package autoscaling

import (
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/stretchr/testify/require"
)

// samplesAt gives the number of samples of the group's CPU datapoint of the
// minute that ends at an instant: how many instances count. Detailed datapoints
// appear a minute later.
func samplesAt(p *plant, end string) int {
	p.t.Helper()
	p.until(text(duration(end).Time() + engine.Minute))
	points := p.group.Alarms[0].Points
	if len(points) == 0 {
		return 0
	}
	return int(points[0].Float64())
}

// counting is a group with an alarm that counts the samples of a metric, and
// never acts.
func counting(s *Spec, metric string) *Spec {
	a := quick(cpuAlarm(">", 1e6))
	a.Metric, a.Statistic = metric, "SampleCount"
	s.Policies["count"] = simplePolicy(a, "+1")
	return s
}

// The next tests are the bullets of "Metric exclusion", spec 2.7 [hook, warm,
// warm2]. Instances launched at 5m06s are in service from 5m11s.

// TestNotCountedBeforeService: as in a launch hook, an instance that is not in
// service gives no sample [hook].
func TestNotCountedBeforeService(t *testing.T) {
	s := counting(groupSpec(1, 9, 1).at("out", "5m", 3), CPUUtilization)
	s.Provision = span("170s")
	p := newPlant(t, s)
	require.Equal(t, 1, samplesAt(p, "7m"))
	require.Equal(t, 3, samplesAt(p, "8m"), "in service from 7m56s")
}

// TestCountedFromInServiceWithoutWarmup: the default warm-up is off, or 0 [warm].
func TestCountedFromInServiceWithoutWarmup(t *testing.T) {
	s := counting(groupSpec(1, 9, 1).at("out", "5m", 3), CPUUtilization)
	p := newPlant(t, s)
	require.Equal(t, 1, samplesAt(p, "5m"))
	require.Equal(t, 3, samplesAt(p, "6m"))
	s = counting(groupSpec(1, 9, 1).at("out", "5m", 3), CPUUtilization)
	s.InstanceWarmup = pointer(duration("0s"))
	require.Equal(t, 3, samplesAt(newPlant(t, s), "6m"))
}

// TestCountedAfterWarmup: a warm-up above 0 keeps an instance out [warm].
func TestCountedAfterWarmup(t *testing.T) {
	s := counting(groupSpec(1, 9, 1).at("out", "5m", 3), CPUUtilization)
	s.InstanceWarmup = pointer(duration("120s"))
	p := newPlant(t, s)
	require.Equal(t, 1, samplesAt(p, "7m"))
	require.Equal(t, 3, samplesAt(p, "8m"), "warm from 7m11s")
}

// TestNotCountedWhileTerminating: an instance drops out when its termination
// begins, while it still drains [warm].
func TestNotCountedWhileTerminating(t *testing.T) {
	p := newPlant(t, counting(groupSpec(1, 9, 3).at("in", "5m", 1), CPUUtilization))
	require.Equal(t, 3, samplesAt(p, "5m"))
	require.Equal(t, 1, samplesAt(p, "6m"))
	require.Equal(t, 2, p.group.Count(Terminating))
}

// TestSampleOfAGroupMetric: one sample, of the state at the minute's end
// [asg-met]; the metric is enabled by the alarm that names it.
func TestSampleOfAGroupMetric(t *testing.T) {
	s := counting(groupSpec(1, 9, 3).at("in", "5m", 1), GroupTerminatingInstances)
	s.Policies["count"].Alarm.Statistic = "Sum"
	p := newPlant(t, s)
	require.Equal(t, 0, samplesAt(p, "5m"))
	require.Equal(t, 2, samplesAt(p, "6m"))
	require.True(t, p.group.Enabled(GroupTerminatingInstances))
	require.False(t, p.group.Enabled(GroupTotalInstances))
}

// TestMetricPeriods: 5 min basic, 1 min detailed; credits always 5 min, group
// metrics 1 min [ec2-met, T-MON, asg-met].
func TestMetricPeriods(t *testing.T) {
	for monitoring, native := range map[string]engine.Time{"basic": 5 * engine.Minute, "detailed": engine.Minute} {
		s := groupSpec(1, 1, 1)
		s.Monitoring = monitoring
		g := newPlant(t, s).group
		for name, want := range map[string]engine.Time{
			CPUUtilization: native, NetworkIn: native, NetworkOut: native,
			CPUCreditBalance: 5 * engine.Minute, CPUSurplusCreditBalance: 5 * engine.Minute, CPUCreditUsage: 5 * engine.Minute,
			GroupDesiredCapacity: engine.Minute,
		} {
			m := g.Metric(name)
			require.Equal(t, want, m.Period, name)
			require.Equal(t, want, m.Delay, name)
			require.Same(t, m, g.Metric(name))
		}
	}
}

// TestResolution: the tick divides whatever policies ask for.
func TestResolution(t *testing.T) {
	g := newPlant(t, groupSpec(1, 1, 1)).group
	require.Equal(t, engine.Minute, g.Resolution())
	for _, step := range []struct{ need, tick engine.Time }{
		{30 * engine.Second, 30 * engine.Second}, {20 * engine.Second, 10 * engine.Second},
		{15 * engine.Second, 5 * engine.Second}, {engine.Minute, 5 * engine.Second},
	} {
		g.need(step.need)
		require.Equal(t, step.tick, g.Resolution())
	}
}

// TestKnownMetrics: each name stands once, and counterparts point at each other.
func TestKnownMetrics(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range Metrics() {
		require.False(t, seen[m.Name], m.Name)
		seen[m.Name] = true
		require.NotEmpty(t, m.Doc)
		if m.Instead != "" {
			other, known := FindMetric(m.Instead)
			require.True(t, known, m.Name)
			for _, kind := range other.Balancers {
				require.NotContains(t, m.Balancers, kind)
			}
		}
	}
	require.True(t, Taken("ASGAverageNetworkIn"))
	require.False(t, Taken("memory"))
}
