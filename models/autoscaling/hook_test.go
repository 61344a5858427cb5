package autoscaling

import (
	"fmt"
	"strings"
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
)

// launchHook is a launch hook that is completed after a time, "" for never.
func launchHook(completes string) *HookSpec {
	h := &HookSpec{
		Transition: launching, After: "running", Result: "CONTINUE",
		HeartbeatTimeout: duration("3600s"), DefaultResult: "ABANDON",
	}
	if completes != "" {
		h.Completes = span(completes)
	}
	return h
}

// endHook is the same for termination.
func endHook(completes string) *HookSpec {
	h := launchHook(completes)
	h.Transition = terminating
	return h
}

func (s *Spec) hooked(hooks map[string]*HookSpec) *Spec {
	s.Hooks = hooks
	return s
}

// hookedSpec is a group with hooks that goes from 0 to 1 at 10 min.
func hookedSpec(hooks map[string]*HookSpec) *Spec {
	return groupSpec(0, 9, 0).at("more", "10m", 1).hooked(hooks)
}

// TestLaunchHookMovesInService: Pending:Wait spans the boot; then the instance
// is registered and InService. Billing begins with the launch [life, hook2],
// spec 1.2 and 7 (rule 7).
func TestLaunchHookMovesInService(t *testing.T) {
	p := newPlant(t, hookedSpec(map[string]*HookSpec{"ready": launchHook("90s")}))
	p.until("10m11s")
	require.Equal(t, PendingWait, p.group.Instances[0].State)
	require.Equal(t, []string{"launch web-1", "run web-1"}, p.calls, "it boots while it waits")
	p.until("11m40s")
	require.Equal(t, 1, p.group.Count(Pending), "Pending:Wait is pending")
	p.until("11m41s")
	require.Equal(t, InService, p.group.Instances[0].State)
	require.Equal(t, 11*engine.Minute+41*engine.Second, p.group.Instances[0].Since)
	require.Equal(t, []string{"launch web-1", "run web-1", "register web-1"}, p.calls)
	require.Equal(t, []string{
		"10m11s ready: Pending:Wait until it is completed, 1h at most",
		"11m41s ready: completed with CONTINUE after 1m30s",
	}, p.texts(timeline.Hook))
	tally := p.until("20m").group.Cut(p.sim.Now())
	require.InDelta(t, (20*60-606)/1200.0, tally.Billed.Mean(), 1e-9)
	require.InDelta(t, 95/1200.0, tally.Pending.Mean(), 1e-9)
}

// TestCooldownCountsFromTheEndOfTheHook: with a launch hook of 90 s the instance
// is InService at t = 100 s, the policy deaf until 400 s, and fires at t = 420 s
// [cool, hook], spec 2.2.
func TestCooldownCountsFromTheEndOfTheHook(t *testing.T) {
	s := groupSpec(1, 9, 1).hooked(map[string]*HookSpec{"ready": launchHook("90s")})
	s.Provision = span("4s")
	s.Policies["out"] = simplePolicy(quick(cpuAlarm(">=", 40)), "+1")
	p := newPlant(t, s).until("15m59s")
	require.Equal(t, []string{"2m", "9m"}, p.times(timeline.Desired, "out"))
	require.Equal(t, []string{"3m40s", "10m40s"}, p.times(timeline.InService, ""))
	require.Contains(t, p.texts(timeline.Policy), "3m out: ignored: a scaling activity is in progress: web-2 waits for hook ready")
	require.Contains(t, p.texts(timeline.Policy), "4m out: ignored: cooldown until 00:08:40")
}

// TestGraceAndWarmupCountFromTheEndOfTheHook: both begin at InService [grace,
// hook2, repost-tt], spec 1.3 and 2.7; while the hook runs the instance is in no
// metric.
func TestGraceAndWarmupCountFromTheEndOfTheHook(t *testing.T) {
	s := elbSpec(1).at("more", "10m", 2).hooked(map[string]*HookSpec{"ready": launchHook("109s")})
	s.HealthCheckGracePeriod = duration("60s")
	s.InstanceWarmup = pointer(duration("120s"))
	p := newPlant(t, s)
	p.tell("11m", func(g *Group) { g.Verdict(g.Instances[1], false) })
	p.until("12m59s")
	require.Equal(t, []string{"12m"}, p.times(timeline.InService, ""))
	require.Empty(t, p.times(timeline.Replace, ""), "unhealthy since 11 min, in grace until 13 min")
	p.until("13m")
	require.Equal(t, []string{"13m"}, p.times(timeline.Replace, ""))

	s.HealthCheckType = "EC2"
	p = newPlant(t, s).until("14m")
	require.Equal(t, []string{"14m"}, p.times(timeline.WarmedUp, ""))
}

// TestHookedInstancesAreInNoMetric [hook], spec 2.7.
func TestHookedInstancesAreInNoMetric(t *testing.T) {
	s := groupSpec(1, 2, 1).at("more", "1m", 2).hooked(map[string]*HookSpec{"ready": launchHook("10m")})
	p := newPlant(t, s)
	asked := map[string]bool{}
	p.cpu = func(_ *plant, i *Instance, _ engine.Time) float64 { asked[i.ID] = true; return 0.5 }
	p.until("11m")
	require.Equal(t, map[string]bool{"web-1": true}, asked)
	p.until("12m")
	require.True(t, asked["web-2"])
}

// TestHookCompletesWhenTheServerAnswers: software that signals when it is ready.
func TestHookCompletesWhenTheServerAnswers(t *testing.T) {
	h := launchHook("5s")
	h.After = serving
	p := newPlant(t, hookedSpec(map[string]*HookSpec{"ready": h})).until("15m")
	require.Equal(t, []string{"10m56s"}, p.times(timeline.InService, ""), "running at 10:11, serves 40 s later, signals 5 s later")
	require.True(t, p.usable[p.group.Instances[0]])
}

// TestHeartbeat: without a call the hook ends after its timeout; each heartbeat
// restarts it, to 48 h or 100 timeouts at most [hook, api-hook], spec 0.
func TestHeartbeat(t *testing.T) {
	for _, c := range []struct{ timeout, beat, completes, waits, result string }{
		{"3600s", "0s", "", "1h", "timed out, default result CONTINUE"},
		{"3600s", "0s", "20m", "20m", "completed with CONTINUE"},
		{"30s", "0s", "3h", "30s", "timed out, default result CONTINUE"},
		{"30s", "10s", "3h", "50m", "timed out, default result CONTINUE"},
		{"30s", "30s", "3h", "30s", "timed out, default result CONTINUE"},
		{"30s", "29s", "40m", "40m", "completed with CONTINUE"},
		{"7200s", "1h", "", "2d", "timed out, default result CONTINUE"},
		{"1800s", "20m", "", "2d", "timed out, default result CONTINUE"},
		{"600s", "5m", "", "16h40m", "timed out, default result CONTINUE"},
	} {
		h := launchHook(c.completes)
		h.HeartbeatTimeout, h.Heartbeat, h.DefaultResult = duration(c.timeout), duration(c.beat), "CONTINUE"
		p := newPlant(t, hookedSpec(map[string]*HookSpec{"h": h})).until("3d")
		require.Contains(t, p.texts(timeline.Hook)[1], c.result+" after "+c.waits, "%+v", c)
	}
}

// TestSeveralHooks run at once, and all must end [hook].
func TestSeveralHooks(t *testing.T) {
	p := newPlant(t, hookedSpec(map[string]*HookSpec{"a": launchHook("90s"), "b": launchHook("30s"), "c": launchHook("60s")})).until("15m")
	require.Equal(t, []string{"11m41s"}, p.times(timeline.InService, ""))
	require.Equal(t, []string{"10m11s", "10m41s"}, p.times(timeline.Hook, "b"))
}

// TestLaunchHookAbandons: the instance is terminated and replaced, after the
// delay; the others of its hooks end [hook, api-hook], spec 1.2.
func TestLaunchHookAbandons(t *testing.T) {
	bad := launchHook("30s")
	bad.Result = "ABANDON"
	p := newPlant(t, hookedSpec(map[string]*HookSpec{"bad": bad, "slow": launchHook("10m")})).until("12m")
	require.Equal(t, []string{"10m41s"}, p.times(timeline.Terminate, ""))
	require.Equal(t, []string{"10m6s", "11m41s"}, p.times(timeline.Launch, ""))
	require.Equal(t, []string{"launch web-1", "run web-1", "terminate web-1", "launch web-2", "run web-2"}, p.calls, "it never was registered")
	require.Equal(t, []string{"10m41s: hook bad ended with ABANDON; next attempt at 00:11:41"}, p.texts(timeline.LaunchFail))
	require.Contains(t, p.texts(timeline.Launch)[1], "another attempt, after hook bad ended with ABANDON")
}

// TestHookThatNeverCompletes: after the heartbeat timeout the default result,
// ABANDON, and so on without end; the timeline shows it and is not flooded
// [api-hook, hook], spec 0 and 1.2.
func TestHookThatNeverCompletes(t *testing.T) {
	h := launchHook("")
	h.HeartbeatTimeout = duration("30s")
	s := hookedSpec(map[string]*HookSpec{"never": h})
	s.LaunchSuspension = duration("365d")
	p := newPlant(t, s).until("10d")
	tally := p.group.Cut(p.sim.Now())
	// Each cycle is 5 s of launching, 30 s of waiting and 60 s until the next.
	cycles := 10*24*60*60/95 - 6
	require.InDelta(t, cycles, tally.Launched, 2)
	require.Zero(t, tally.InService.Max)
	require.Less(t, len(p.log.Events), 150)
	fails := p.texts(timeline.LaunchFail)
	require.Contains(t, fails[1], "failure 2 in a row since 00:10:41; next attempt at 00:13:16")
	require.Contains(t, fails[len(fails)-1], "failure 8192 in a row since 2 Mar 00:10:41")
}

// TestHookThatFinallyWorks: the launch that succeeds says how many did not.
func TestHookThatFinallyWorks(t *testing.T) {
	h := launchHook("")
	h.HeartbeatTimeout = duration("30s")
	p := newPlant(t, hookedSpec(map[string]*HookSpec{"h": h}))
	p.tell("20m", func(g *Group) { g.hooks[0].Completes = span("10s") })
	p.until("1h")
	require.Equal(t, 1, p.inService())
	require.Equal(t, []string{
		"21m26s: the first launch to succeed after 7 that failed since 00:10:41", "21m26s: in service after 15s",
	}, p.texts(timeline.InService))
	require.Zero(t, p.group.failing.count)
}

// TestFailingLaunchesDoNotBlockScaleIn: a group that cannot launch may still
// shrink [hook], spec 1.2.
func TestFailingLaunchesDoNotBlockScaleIn(t *testing.T) {
	bad := launchHook("1s")
	bad.Result = "ABANDON"
	s := groupSpec(1, 9, 3).at("more", "10m", 5).hooked(map[string]*HookSpec{"bad": bad})
	s.LaunchRetryDelay = duration("1h")
	s.Policies["in"] = stepPolicy(quick(cpuAlarm("<=", 10)), "..0 -1")
	p := newPlant(t, s)
	p.cpu = flat(func(minute engine.Time) float64 {
		if minute < 20*engine.Minute {
			return 0.5
		}
		return 0.01
	})
	p.until("23m")
	require.Less(t, p.group.Desired, 5)
}

// TestTerminatingHook: deregistration and draining first, then the hook; ABANDON
// and CONTINUE both let the instance go, and the cooldown does not wait for the
// hook [life, hook, cool], spec 1.2 and 2.2.
func TestTerminatingHook(t *testing.T) {
	for _, result := range []string{"CONTINUE", "ABANDON"} {
		h := endHook("10m")
		h.Result = result
		s := groupSpec(1, 9, 2).at("less", "10m", 1).hooked(map[string]*HookSpec{"drain": h, "long": endHook("20m")})
		p := newPlant(t, s)
		p.until("15m6s")
		require.Equal(t, TerminatingWait, p.group.Instances[0].State)
		require.Equal(t, 20*engine.Minute+6*engine.Second, p.group.cooldown)
		require.Equal(t, []string{"deregister web-1"}, p.calls)
		p.until("24m")
		require.Equal(t, 1, p.group.Count(Terminating), "it still terminates")
		gone := map[string]string{"CONTINUE": "35m6s", "ABANDON": "25m6s"}[result]
		require.Equal(t, []string{gone}, p.until("1h").times(timeline.Terminated, ""), "ABANDON ends the other hooks")
		require.Equal(t, []string{"deregister web-1", "terminate web-1"}, p.calls)
	}
}

// TestSituationWithTerminatingHook: an instance in
// Terminating:Wait is no activity in progress [cool], but step scaling still
// counts it as capacity [step].
func TestSituationWithTerminatingHook(t *testing.T) {
	s := groupSpec(1, 9, 2).at("less", "10m", 1).hooked(map[string]*HookSpec{"h": endHook("30m")})
	p := newPlant(t, s).until("20m")
	now := p.group.situation()
	require.Nil(t, now.draining)
	require.Nil(t, now.warming)
	require.Equal(t, 1, now.leaving)
}

// TestRetain: with terminate_hook_abandon = "retain" an abandoned instance stays,
// billed, and counts for nothing [api-create], spec 1.2.
func TestRetain(t *testing.T) {
	h := endHook("")
	s := groupSpec(1, 9, 2).at("less", "10m", 1).at("more", "3h", 2).hooked(map[string]*HookSpec{"logs": h})
	s.TerminateHookAbandon = "retain"
	p := newPlant(t, s).until("4h")
	require.Equal(t, "web-1 a Terminating:Retained", ids(p.group.Retained)[0])
	require.Equal(t, 2, p.inService())
	require.Equal(t, 2, p.group.alive())
	tally := p.group.Cut(p.sim.Now())
	require.Equal(t, int64(3), tally.Billed.Max)
	require.Zero(t, tally.Terminated)
	require.NotContains(t, p.calls, "terminate web-1")
	h.Completes = span("1s")
	require.Empty(t, newPlant(t, s).until("4h").group.Retained, "CONTINUE terminates")
}

// TestTerminationInPendingWait: it never was registered; its launch hooks end,
// and the terminating ones run (DERIVED).
func TestTerminationInPendingWait(t *testing.T) {
	s := hookedSpec(map[string]*HookSpec{"in": launchHook("1h"), "out": endHook("30s")})
	p := newPlant(t, s)
	p.tell("12m", func(g *Group) { g.terminate(g.Instances[0], &cause{text: "by hand"}) })
	p.until("12m29s")
	require.Equal(t, TerminatingWait, p.group.Instances[0].State)
	p.until("13m")
	require.Equal(t, []string{"launch web-1", "run web-1", "terminate web-1"}, p.calls)
	require.Empty(t, p.times(timeline.InService, ""))
}

// TestStoppedInPendingWait: a fault during the hook. An instance that does not
// run is replaced, hook or no hook [hc].
func TestStoppedInPendingWait(t *testing.T) {
	p := newPlant(t, hookedSpec(map[string]*HookSpec{"in": launchHook("5m")}))
	p.tell("11m10s", func(g *Group) { g.Stopped(g.Instances[0]) })
	p.until("20m")
	require.Equal(t, []string{"11m30s"}, p.times(timeline.Replace, ""))
	require.Equal(t, "web-2 a InService", ids(p.group.Instances)[0])
	require.Zero(t, p.group.failing.count, "no hook has failed")
}

// TestDesiredFallsInPendingWait: what waits is not terminated before it is in
// service.
func TestDesiredFallsInPendingWait(t *testing.T) {
	s := hookedSpec(map[string]*HookSpec{"in": launchHook("5m")}).at("less", "11m", 0)
	p := newPlant(t, s).until("15m11s")
	require.Equal(t, 1, p.inService())
	require.Empty(t, p.until("30m").group.Instances)
}

// TestLagPassesToTheReplacement: the lag of a scale-out whose first instance a
// hook has abandoned ends with the one that takes its place. The time lost is
// part of the launch, whatever the first one had reached.
func TestLagPassesToTheReplacement(t *testing.T) {
	h := launchHook("30s")
	h.Result = "ABANDON"
	s := groupSpec(1, 2, 1).hooked(map[string]*HookSpec{"h": h})
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">=", 40)), "0.. +1")
	p := newPlant(t, s)
	p.tell("3m", func(g *Group) { g.hooks[0].Result = "CONTINUE" })
	p.until("10m")
	require.Len(t, p.log.Scalings, 1)
	scaling := p.log.Scalings[0]
	require.Equal(t, "web-3", scaling.Instance)
	require.Equal(t, int64(1), p.group.Cut(p.sim.Now()).Lag.Count)
	require.Equal(t, duration("2m6s").Time(), scaling.At[timeline.AtLaunched])
	// web-2 runs at 2:11 and is abandoned at 2:41; web-3 is launched at 3:41.
	require.Equal(t, duration("3m46s").Time(), scaling.At[timeline.AtRunning])
	require.Equal(t, duration("100s").Time(), scaling.Took()[timeline.Launching])
}

// TestCheckHooks: what no single key of a hook shows [quota, api-hook], spec 0.
func TestCheckHooks(t *testing.T) {
	require.Empty(t, problems(launchHook("").Check))
	h := launchHook("")
	h.After, h.CompletesFromPool = serving, span("1s")
	require.Equal(t, []string{
		`completes: is required with after = "serving": write completes = "0s" for at once`,
		`completes_from_pool: cannot be used without completes`,
	}, problems(h.Check))
	s := groupSpec(1, 1, 1)
	s.Hooks = map[string]*HookSpec{}
	for i := range 51 {
		s.Hooks[fmt.Sprint(i)] = launchHook("1s")
	}
	require.Equal(t, []string{"hooks: a group has at most 50 life-cycle hooks (have 51)"}, problems(s.Check))
}

// TestStages: each Wait and Proceed belongs to the state that it is part of
// [api-states], spec 1.2.
func TestStages(t *testing.T) {
	for s := Pending; s <= WarmedTerminated; s++ {
		name := s.String()
		switch s.Stage() {
		case Pending, Terminating, WarmedPending, WarmedTerminating:
			require.True(t, strings.HasPrefix(name, s.Stage().String()), name)
		default:
			require.Equal(t, s, s.Stage(), name)
		}
	}
}
