package autoscaling

import (
	"fmt"
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
)

// answers are those of the log, as "policy reason by from..to" in minutes and
// seconds.
func (p *plant) answers() []string {
	var list []string
	for _, a := range p.log.Answers {
		list = append(list, fmt.Sprintf("%s %s %s %s..%s", a.Policy, a.Reason, a.By, text(a.From), text(a.To)))
	}
	return list
}

// TestAnswersAreRecorded: what a simple policy met with in each minute of its
// alarm's stay in ALARM, without a gap [cool] (spec 2.2).
func TestAnswersAreRecorded(t *testing.T) {
	s := groupSpec(1, 3, 1)
	s.Policies["out"] = simplePolicy(quick(cpuAlarm(">=", 80)), "+1")
	s.Policies["out"].Cooldown = pointer(duration("150s"))
	p := newPlant(t, s)
	p.cpu = flat(minuteByMinute(4, 90, 90, 90, 90, 90, 90, 90, 90, 90, 10))
	p.until("20m")
	require.Equal(t, []string{
		"out applied  6m..7m", "out cooldown  7m..9m", "out applied  9m..10m", "out cooldown  10m..12m", "out at its bound max 3 12m..15m",
	}, p.answers())
	for _, a := range p.log.Answers {
		require.Equal(t, "out", a.Alarm)
		require.Equal(t, a.Reason == timeline.InCooldown || a.Reason == timeline.AtBound, a.Reason.Blocks())
	}
}

// TestWarmUpIsNamed: a scale-in that is blocked names the instance that warms up
// [step] (spec 2.3).
func TestWarmUpIsNamed(t *testing.T) {
	s := groupSpec(1, 3, 1)
	s.Schedules["more"] = &ScheduleSpec{At: pointer(duration("5m")), Desired: pointer(2)}
	s.InstanceWarmup = pointer(duration("200s"))
	s.Policies["in"] = stepPolicy(quick(cpuAlarm("<=", 30)), "..0 -1")
	p := newPlant(t, s)
	p.cpu = flat(minuteByMinute(4, 10, 10, 10, 10, 10, 10, 10))
	p.until("12m")
	require.Equal(t, []string{"in warm-up web-2 6m..9m", "in applied  9m..10m", "in no change needed  10m..13m"}, p.answers(), "what drains still counts")
}

// TestScalingIsRecorded: every instant on the way from the breach to a usable
// instance (spec 4.1).
func TestScalingIsRecorded(t *testing.T) {
	s := groupSpec(1, 3, 1)
	s.Policies["out"] = simplePolicy(quick(cpuAlarm(">=", 80)), "+1")
	s.Policies["out"].Alarm.EvaluationPeriods = 3
	s.Policies["out"].Alarm.Phase = duration("10s")
	s.InstanceWarmup = pointer(duration("90s"))
	p := newPlant(t, s)
	p.ready = 75 * engine.Second
	p.cpu = flat(after("4m", 0.5, 1))
	p.until("15m")
	require.NotEmpty(t, p.log.Scalings)
	first := p.log.Scalings[0]
	require.Equal(t, "web out out web-2", fmt.Sprint(first.Fleet, " ", first.Alarm, " ", first.Policy, " ", first.Instance))
	var at []string
	for _, t := range first.At {
		at = append(at, text(max(t, 0)))
	}
	require.Equal(t, []string{"4m", "7m", "8m", "8m10s", "8m10s", "8m16s", "8m21s", "0s", "9m36s", "8m21s", "9m36s", "9m51s"}, at,
		"the scripted data plane tells nothing of the boot")
	require.Equal(t, "5m36s", text(first.Lag()))
	require.Len(t, p.log.Scalings, 1, "re-invocations add none")
}

// TestGraceIsTold: a grace period that keeps an unhealthy instance alive is in
// the timeline, once, until the instance is well or the period ends [grace]
// (spec 1.3).
func TestGraceIsTold(t *testing.T) {
	s := groupSpec(1, 1, 1)
	s.HealthCheckType, s.HealthCheckGracePeriod = "ELB", duration("10m")
	p := newPlant(t, s)
	p.tell("2m", func(g *Group) { g.Verdict(g.Instances[0], false) })
	p.tell("4m", func(g *Group) { g.Verdict(g.Instances[0], true) })
	p.tell("6m", func(g *Group) { g.Verdict(g.Instances[0], false) })
	p.until("12m")
	require.Equal(t, []string{"health check grace period web-1 2m..4m", "health check grace period web-1 6m..10m"}, p.answers())
	require.Equal(t, []string{
		"2m health check: the load balancer finds it unhealthy: not replaced, in its grace period until 00:10:00",
		"6m health check: the load balancer finds it unhealthy: not replaced, in its grace period until 00:10:00",
	}, p.texts(timeline.Prevented))
	require.Equal(t, []string{"10m"}, p.times(timeline.Replace, ""))
}
