package autoscaling

import (
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
)

// TestSimpleCooldown has the worked examples of simple scaling [cool], relative
// to the alarm: reconcile 6 s, InService after 10 s, so deaf until 310 s; the
// alarm's next message is at 360 s. With a launch that takes 90 s more, as a hook
// makes it, the cooldown ends at 400 s and the policy fires at 420 s (spec 2.2).
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
			"4s": "7m out: ignored: cooldown until 00:11:10", "94s": "8m out: ignored: cooldown until 00:12:40",
		}[c.provision])
	}
}

// TestSimpleOwnCooldown: the policy's cooldown goes before the group's (spec 2.2).
func TestSimpleOwnCooldown(t *testing.T) {
	s := groupSpec(1, 9, 1)
	s.Policies["out"] = simplePolicy(quick(cpuAlarm(">=", 80)), "+1")
	s.Policies["out"].Cooldown = pointer(duration("60s"))
	p := newPlant(t, s)
	p.cpu = flat(after("4m", 0.5, 1))
	require.Equal(t, []string{"6m", "8m", "10m"}, p.until("11m").times(timeline.Desired, "out"))
}

// TestSimpleScaleInCooldown: the clock starts when draining is finished, 300 s
// by default [cool] (spec 2.2).
func TestSimpleScaleInCooldown(t *testing.T) {
	s := groupSpec(1, 9, 4)
	s.Policies["in"] = simplePolicy(quick(cpuAlarm("<=", 20)), "-1")
	p := newPlant(t, s)
	p.cpu = flat(after("4m", 0.5, 0.1))
	p.until("20m")
	// 6 min + 6 s + 300 s of draining + 300 s = 16 min 6 s.
	require.Equal(t, []string{"6m", "17m"}, p.times(timeline.Desired, "in"))
	require.Contains(t, p.texts(timeline.Policy), "7m in: ignored: a scaling activity is in progress: web-1 is being deregistered")
	require.Contains(t, p.texts(timeline.Policy), "12m in: ignored: cooldown until 00:16:06")
}

// TestSimpleWaitsForWarmup: with a default instance warm-up the activity of a
// launch lasts until its end, longer than a short cooldown [api-act, obs-21] (spec 2.2).
func TestSimpleWaitsForWarmup(t *testing.T) {
	s := groupSpec(1, 9, 1)
	s.InstanceWarmup = pointer(duration("200s"))
	s.DefaultCooldown = duration("0s")
	s.Policies["out"] = simplePolicy(quick(cpuAlarm(">=", 80)), "+1")
	p := newPlant(t, s)
	p.cpu = flat(after("4m", 0.5, 1))
	require.Equal(t, []string{"6m", "10m"}, p.until("11m").times(timeline.Desired, "out"))
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

// TestReplacementStartsACooldown: any launch or termination of the group starts
// one, also that of a health replacement, and a simple policy is deaf while the
// replacement is in progress [cool] (spec 2.2).
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
	require.Contains(t, p.texts(timeline.Policy), "7m out: ignored: cooldown until 00:12:00")
}

// TestCooldownStart is a setting: with the end of an activity, as AWS has it
// [cool], or with its beginning. A launch that takes 90 s more then has its
// cooldown over that much earlier; draining does not prolong it either (spec 2.2).
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

// TestActivityLastsUntilWarm: an activity takes the launch, 4 s here, and the
// warm-up: 4, 64 and 304 s were observed without one, with 60 and with 300 s
// [obs-21, api-act]. A simple policy is deaf for as long, though no cooldown runs
// (spec 1.2 and 2.2).
func TestActivityLastsUntilWarm(t *testing.T) {
	for warmup, times := range map[string][]string{
		"":     {"6m", "7m"},  // launched at 6:06
		"60s":  {"6m", "8m"},  // 6:06 and 64 s
		"300s": {"6m", "12m"}, // 6:06 and 304 s
	} {
		s := groupSpec(1, 9, 1)
		s.Provision, s.DefaultCooldown = span("4s"), duration("0s")
		if warmup != "" {
			s.InstanceWarmup = pointer(duration(warmup))
		}
		s.Policies["out"] = simplePolicy(quick(cpuAlarm(">=", 80)), "+1")
		p := newPlant(t, s)
		p.cpu = flat(after("4m", 0.5, 1))
		require.Equal(t, times, p.until("13m").times(timeline.Desired, "out")[:2], "warm-up %q", warmup)
	}
}

// TestCooldownIsNeverShortened: the activity that ends last decides, unless a cooldown
// that began before runs longer.
func TestCooldownIsNeverShortened(t *testing.T) {
	g := newPlant(t, groupSpec(1, 9, 1)).group
	g.coolDown(&cause{cooldown: 5 * engine.Minute}, ends)
	g.coolDown(&cause{cooldown: engine.Minute}, ends)
	require.Equal(t, 5*engine.Minute, g.cooldown)
	g.coolDown(&cause{cooldown: 6 * engine.Minute}, ends)
	require.Equal(t, 6*engine.Minute, g.cooldown)
}
