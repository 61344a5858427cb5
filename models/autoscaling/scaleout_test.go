package autoscaling

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// scaleOuts are those of the log: who asked for what when, and how many of the
// launched were usable from when to when.
func (p *plant) scaleOuts() []string {
	var list []string
	for _, o := range p.log.ScaleOuts {
		list = append(list, fmt.Sprintf("%s %s %d to %d: %d of %d usable, %s..%s, %d gone",
			text(o.At), o.By, o.From, o.To, o.Usable, o.Launched, text(o.FirstUsable), text(o.LastUsable), o.Gone))
	}
	return list
}

// TestEveryScaleOutIsRecorded: a raise of desired tells when what it launched
// could be used, whoever asked for it; only an alarm's is a sample.
func TestEveryScaleOutIsRecorded(t *testing.T) {
	s := groupSpec(1, 9, 1)
	s.Schedules["more"] = &ScheduleSpec{At: pointer(duration("5m")), Desired: pointer(4)}
	s.Schedules["less"] = &ScheduleSpec{At: pointer(duration("7m")), Desired: pointer(2)}
	s.Schedules["again"] = &ScheduleSpec{At: pointer(duration("8m")), Desired: pointer(3)}
	s.Schedules["never"] = &ScheduleSpec{At: pointer(duration("8m20s")), Desired: pointer(2)}
	s.TerminationPolicies = []string{"NewestInstance"}
	p := newPlant(t, s)
	p.ready = 40 * engine.Second
	p.until("20m")
	require.Equal(t, []string{
		"5m more 1 to 4: 3 of 3 usable, 5m51s..5m51s, 0 gone",
		"8m again 2 to 3: 0 of 1 usable, 0s..0s, 1 gone",
	}, p.scaleOuts())
	first := p.log.ScaleOuts[0]
	require.Equal(t, "web more web-2", fmt.Sprint(first.First.Fleet, " ", first.First.Policy, " ", first.First.Instance))
	require.Equal(t, duration("51s").Time(), first.First.Lag())
	took := first.First.Took()
	require.Equal(t, timeline.NotReached, took[timeline.MetricPeriods], "there was no alarm")
	require.Equal(t, duration("6s").Time(), took[timeline.Reconciling])
	require.Equal(t, timeline.NotReached, p.log.ScaleOuts[1].Complete())
	require.Empty(t, p.log.Scalings)
	require.Zero(t, p.group.Cut(p.sim.Now()).LaunchLag.Count)
}

// TestFurtherScaleOutsOfAnAlarmAreRecorded: of an alarm that goes on breaching
// the first change is the sample, and each has its record.
func TestFurtherScaleOutsOfAnAlarmAreRecorded(t *testing.T) {
	s := groupSpec(1, 3, 1)
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">=", 80)), "0.. +1")
	s.InstanceWarmup = pointer(duration("60s"))
	p := newPlant(t, s)
	p.cpu = flat(after("4m", 0.5, 1))
	p.until("20m")
	require.Len(t, p.log.ScaleOuts, 2)
	require.Len(t, p.log.Scalings, 1)
	require.Same(t, p.log.Scalings[0], p.log.ScaleOuts[0].First)
	require.Equal(t, "out", p.log.ScaleOuts[1].Alarm)
	require.False(t, p.log.ScaleOuts[1].First.Reached(timeline.AtBreach))
}

// TestFlickeringAlarmIsOneSample: where datapoints come every five minutes and
// the alarm looks at single minutes, it falls back to INSUFFICIENT_DATA after
// each. While all of them breach, that is one breach, with one sample; a breach
// after a datapoint that does not is another.
func TestFlickeringAlarmIsOneSample(t *testing.T) {
	s := groupSpec(1, 9, 1)
	s.Monitoring = "basic"
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">=", 80)), "0.. +1")
	s.Policies["out"].Alarm.EvaluationPeriods = 3
	p := newPlant(t, s)
	p.cpu = flat(func(m engine.Time) float64 {
		if at := m / engine.Minute; at < 5 || 25 <= at && at < 35 {
			return 0.1
		}
		return 1
	})
	p.until("60m")
	require.Greater(t, len(p.times(timeline.Alarm, "out")), 8, "it flickers")
	require.Greater(t, len(p.log.ScaleOuts), 3)
	var breaches []string
	for _, v := range p.log.Scalings {
		breaches = append(breaches, text(v.At[timeline.AtBreach]))
	}
	require.Equal(t, []string{"5m", "35m"}, breaches)
	require.Equal(t, int64(2), p.group.Cut(p.sim.Now()).Lag.Count)
}

// TestScaleOutPassesToTheReplacement: the first instance of a scheduled raise,
// abandoned by a hook, is followed in the one that takes its place.
func TestScaleOutPassesToTheReplacement(t *testing.T) {
	h := launchHook("30s")
	h.Result = "ABANDON"
	s := groupSpec(1, 2, 1).hooked(map[string]*HookSpec{"h": h})
	s.Schedules["more"] = &ScheduleSpec{At: pointer(duration("2m")), Desired: pointer(2)}
	p := newPlant(t, s)
	p.tell("3m", func(g *Group) { g.hooks[0].Result = "CONTINUE" })
	p.until("10m")
	require.Len(t, p.log.ScaleOuts, 1)
	o := p.log.ScaleOuts[0]
	require.Equal(t, "web-3", o.First.Instance)
	require.Equal(t, []int{2, 1, 1}, []int{o.Launched, o.Usable, o.Gone})
	require.Equal(t, o.LastUsable, o.Complete(), "what was wanted is there")
	require.Equal(t, duration("100s").Time(), o.First.Took()[timeline.Launching])
}
