package autoscaling

import (
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
)

// bootcamp is the group of the scenario of that name, on instances that serve a
// load of 0.1 vCPU, from 20 to 21 min on 1.28. A classic balancer's checks take
// as long as its healthy threshold asks for.
func bootcamp(t *testing.T, checks engine.Time) *plant {
	s := groupSpec(1, 3, 1)
	s.Zones = []string{"a", "c"}
	s.InstanceWarmup = pointer(duration("300s"))
	s.Policies["cpu-high"] = stepPolicy(cpuAlarm(">=", 80), "0.. +1")
	s.Policies["cpu-low"] = stepPolicy(cpuAlarm("<=", 30), "..0 -1")
	p := newPlant(t, s)
	p.ready = 40*engine.Second + checks
	p.cpu = share(func(minute engine.Time) float64 {
		switch {
		case minute < 20*engine.Minute || minute >= 61*engine.Minute:
			return 0.1
		case minute == 20*engine.Minute:
			return 0.55
		default:
			return 1.28
		}
	})
	return p
}

// TestBootcamp is the story of the scenario's comment: five minutes of data, one
// of publication and the evaluation, a server that serves ten checks after it has
// booted, and a third because the warm-up ends before the second shows.
func TestBootcamp(t *testing.T) {
	p := bootcamp(t, 285*engine.Second).until("45m")
	launches := p.times(timeline.Launch, "")
	require.Len(t, launches, 2)
	require.Equal(t, []string{"21m"}, p.times(timeline.Breach, "cpu-high"), "the first minute at 80 % or more")
	require.Equal(t, []string{"25m"}, p.times(timeline.PeriodEnd, "cpu-high"))
	require.Equal(t, []string{"26m"}, p.times(timeline.Datapoint, "cpu-high"))
	require.Equal(t, []string{"26m6s", "32m6s"}, launches)

	tally := p.group.Cut(p.sim.Now())
	require.Equal(t, int64(1), tally.LaunchLag.Count, "one sample a transition into ALARM: re-invocations add none")
	require.Equal(t, int64(1), tally.Lag.Count)
	require.InDelta(t, 6*60, tally.LaunchLag.Mean()/1e9, 60, "five to seven minutes")
	require.InDelta(t, 11.5*60, tally.Lag.Mean()/1e9, 2.5*60, "nine to fourteen minutes")
	require.Equal(t, int64(3), tally.InService.Max)
	require.Equal(t, int64(1), tally.InService.Min)

	// It shrinks again one by one when the burst is over.
	p.until("2h")
	require.Equal(t, 1, p.inService())
	require.Equal(t, 1, p.group.Desired)
}

// TestBootcampWithQuickChecks: with healthy_threshold = 2 the second server shows
// in time, and the third is not needed.
func TestBootcampWithQuickChecks(t *testing.T) {
	p := bootcamp(t, 45*engine.Second).until("60m")
	require.Equal(t, []string{"26m6s"}, p.times(timeline.Launch, ""))
	lag := p.group.Cut(p.sim.Now()).Lag
	require.InDelta(t, 7*60, lag.Mean()/1e9, 60, "six to eight minutes")
}

// TestTimelineOfALaunch: what happens to an instance, in order.
func TestTimelineOfALaunch(t *testing.T) {
	p := bootcamp(t, 285*engine.Second).until("32m")
	var kinds []timeline.Kind
	for _, e := range p.log.Events {
		if e.At >= 20*engine.Minute && (e.Instance == "web-2" || e.Subject == "cpu-high") {
			kinds = append(kinds, e.Kind)
		}
	}
	require.Equal(t, []timeline.Kind{
		timeline.Breach, timeline.PeriodEnd, timeline.Datapoint, timeline.Alarm, timeline.Policy, timeline.Desired,
		timeline.Launch, timeline.Running, timeline.Policy, timeline.WarmedUp, timeline.Policy, timeline.Desired,
	}, kinds)
	require.Equal(t, []string{
		"26m cpu-high: desired 2, was 1: step 0.. +1 for 91.0, 11.0 above 80: +1 with current capacity 1 gives 2",
		"32m cpu-high: desired 3, was 2: step 0.. +1 for 100.0, 20.0 above 80: +1 with current capacity 2 gives 3",
	}, p.texts(timeline.Desired))
	require.Equal(t, []string{"launch web-2", "run web-2", "register web-2"}, p.calls)
	require.Equal(t, "c", p.group.Instances[1].Zone, "the zone with the fewest")
}

// TestExactCapacity is the scenario of that name: above 70 % three servers, at
// 30 % or below one; the load is an endless loop in the first from 10 to 30 min.
func TestExactCapacity(t *testing.T) {
	s := groupSpec(1, 3, 1)
	s.Policies["high"] = simplePolicy(cpuAlarm(">", 70), "=3")
	s.Policies["low"] = simplePolicy(cpuAlarm("<=", 30), "=1")
	p := newPlant(t, s)
	p.cpu = hog(10, 30)
	p.until("20m")
	require.Equal(t, 3, p.inService())
	require.Equal(t, []string{"15m6s", "15m6s"}, p.times(timeline.Launch, ""))
	p.until("31m")
	require.Equal(t, 3, p.inService(), "a third of 100 % is above 30 %")
	p.until("70m")
	require.Equal(t, 1, p.inService())
	tally := p.group.Cut(p.sim.Now())
	require.Equal(t, int64(2), tally.Actions)
	require.Equal(t, int64(2), tally.Launched)
	require.Equal(t, int64(2), tally.Terminated)
	require.Zero(t, tally.Flaps, "32 min after 15 min")
	p.until("90m")
	require.Equal(t, int64(1), p.group.Cut(p.sim.Now()).InService.Max)
}

// hog keeps the first instance busy between two minutes; the rest idles at 0.2 %.
func hog(from, to engine.Time) func(*plant, *Instance, engine.Time) float64 {
	return func(_ *plant, i *Instance, minute engine.Time) float64 {
		if i.Ordinal == 1 && minute >= from*engine.Minute && minute < to*engine.Minute {
			return 1
		}
		return 0.002
	}
}

// TestTargetTracking is the scenario of that name: 80 %, a stress test of the
// first server from 5 to 30 min. The mean of two, 50 %, is below the low alarm's
// 56 %, yet ceil(2 x 50 / 80) = 2 forbids the shrink until the stress has left
// the alarm's 15 minutes.
func TestTargetTracking(t *testing.T) {
	s := groupSpec(1, 2, 1)
	s.Zones = []string{"a", "b"}
	s.Policies["cpu"] = trackingPolicy(80)
	p := newPlant(t, s)
	p.cpu = hog(5, 30)
	p.until("15m")
	require.Equal(t, []string{"9m6s"}, p.times(timeline.Launch, ""), "three minutes of data, one of publication")
	require.Equal(t, 2, p.inService())
	p.until("60m")
	require.Equal(t, []string{"29m"}, p.times(timeline.PeriodEnd, "TargetTracking-web-AlarmLow-cpu"), "15 minutes since the second counts")
	require.Equal(t, []string{"46m6s"}, p.times(timeline.Terminate, ""))
	require.Equal(t, 1, p.inService())
	require.Contains(t, p.texts(timeline.Policy), "30m cpu: no change, desired is 2: ceil(2 x 50.1 / 80) = 2")
	require.Contains(t, p.texts(timeline.Desired), "46m cpu: desired 1, was 2: ceil(2 x 0.200 / 80) = 1")
}
