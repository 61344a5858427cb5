package autoscaling

import (
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
)

// tell has the data plane say something about instances at an instant.
func (p *plant) tell(instant string, say func(g *Group)) {
	engine.NewRoutine(p.sim, "tell", engine.Change, func(struct{}) { say(p.group) }).At(duration(instant).Time(), struct{}{})
}

func elbSpec(desired int) *Spec {
	s := groupSpec(desired, 2*desired, desired)
	s.HealthCheckType = "ELB"
	return s
}

// TestStopped: an instance that does not run is replaced at the next pass, also
// within its grace period, and by any type of health check [hc, grace].
func TestStopped(t *testing.T) {
	p := newPlant(t, groupSpec(2, 4, 2))
	p.tell("40s", func(g *Group) { g.Stopped(g.Instances[0]) })
	p.until("10m")
	require.Equal(t, []string{"1m"}, p.times(timeline.Replace, ""))
	require.Equal(t, []string{"1m"}, p.times(timeline.Terminate, ""), "the termination first [hc]")
	require.Equal(t, []string{"1m6s"}, p.times(timeline.Launch, ""))
	require.Equal(t, 2, p.inService())
	require.Equal(t, 2, p.group.Desired)
	tally := p.group.Cut(p.sim.Now())
	require.Zero(t, tally.Actions)
	require.Zero(t, tally.LaunchLag.Count, "no alarm has led to it")
}

// TestStoppedAtThePass: EC2 has not reported yet what happens at the very instant
// of a pass; the next one, 30 s later, sees it [hc].
func TestStoppedAtThePass(t *testing.T) {
	p := newPlant(t, groupSpec(2, 4, 2))
	p.tell("1m", func(g *Group) { g.Stopped(g.Instances[0]) })
	p.until("10m")
	require.Equal(t, []string{"1m30s"}, p.times(timeline.Replace, ""))
}

// TestStoppedIsNotBilled: from the stop on, until it is started again [EC2-BILL].
func TestStoppedIsNotBilled(t *testing.T) {
	p := newPlant(t, groupSpec(1, 4, 1))
	p.tell("10s", func(g *Group) { g.Stopped(g.Instances[0]) })
	p.tell("20s", func(g *Group) { require.True(t, g.Restarted(g.Instances[0])) })
	p.until("1m")
	require.Empty(t, p.times(timeline.Replace, ""), "it ran again when the group looked")
	tally := p.group.Cut(p.sim.Now())
	require.Equal(t, float64(50*engine.Second), tally.Billed.Integral.Float64())
}

// TestRestartedTooLate: the group has begun to terminate it.
func TestRestartedTooLate(t *testing.T) {
	p := newPlant(t, groupSpec(1, 4, 1))
	p.drain = 5 * engine.Minute
	var old *Instance
	p.tell("10s", func(g *Group) { old = g.Instances[0]; g.Stopped(old) })
	p.tell("40s", func(g *Group) { require.False(t, g.Restarted(old)) })
	p.until("1m")
}

// TestStoppedInThePool: it is terminated, and the pool filled up again [wp].
func TestStoppedInThePool(t *testing.T) {
	s := groupSpec(1, 3, 1)
	s.WarmPool = &WarmPoolSpec{PoolState: "Running", Start: span("3s")}
	p := newPlant(t, s)
	p.tell("9m50s", func(g *Group) { g.Stopped(g.Pool[0]) })
	p.until("9m55s")
	require.Len(t, p.group.Pool, 2)
	stopped := p.group.Pool[0].ID
	p.until("15m")
	require.Len(t, p.group.Pool, 2)
	for _, i := range p.group.Pool {
		require.NotEqual(t, stopped, i.ID)
	}
}

// TestStoppedWhilePending: it never was registered, so nothing drains.
func TestStoppedWhilePending(t *testing.T) {
	s := groupSpec(0, 4, 0).at("more", "1m", 1)
	s.Provision = span("2m")
	p := newPlant(t, s)
	p.tell("2m", func(g *Group) { g.Stopped(g.Instances[0]) })
	p.until("10m")
	require.Equal(t, []string{"launch web-1", "terminate web-1", "launch web-2", "run web-2", "register web-2"}, p.calls)
}

// TestGrace: from InService on, until its end the load balancer's verdict counts
// for nothing; then the next pass acts on it [grace, hc].
func TestGrace(t *testing.T) {
	p := newPlant(t, elbSpec(2))
	p.tell("1m10s", func(g *Group) { g.Verdict(g.Instances[0], false) })
	p.until("4m59s")
	require.Empty(t, p.times(timeline.Replace, ""), "launched at time zero, grace 300 s")
	p.until("5m")
	require.Equal(t, []string{"5m"}, p.times(timeline.Replace, ""))

	p = newPlant(t, elbSpec(2))
	p.tell("1m10s", func(g *Group) { g.Verdict(g.Instances[0], false) })
	p.tell("4m", func(g *Group) { g.Verdict(g.Instances[0], true) })
	require.Empty(t, p.until("1h").times(timeline.Replace, ""), "it recovered in time")
}

// TestEC2ChecksIgnoreTheBalancer: the ELB type is off by default [hc].
func TestEC2ChecksIgnoreTheBalancer(t *testing.T) {
	p := newPlant(t, groupSpec(2, 4, 2))
	p.tell("10m", func(g *Group) { g.Verdict(g.Instances[0], false) })
	require.Empty(t, p.until("1h").times(timeline.Replace, ""))
}

// TestReplacementInBatches: of 25 with 8 unhealthy, two at a time: 10 % of 25,
// rounded down; the next batch waits until the one before is warm [hc].
func TestReplacementInBatches(t *testing.T) {
	s := elbSpec(25)
	s.InstanceWarmup = pointer(duration("120s"))
	p := newPlant(t, s)
	p.tell("10m1s", func(g *Group) {
		for _, i := range g.Instances[:8] {
			g.Verdict(i, false)
		}
	})
	p.until("30m")
	// InService 11 s after the pass, warm 120 s later, next pass of 30 s.
	require.Equal(t, []string{
		"10m30s", "10m30s", "13m", "13m", "15m30s", "15m30s", "18m", "18m",
	}, p.times(timeline.Replace, ""))
	require.Equal(t, 25, p.inService())
}

// TestReplacementWaitsForTheFirstCheck: without a warm-up the next batch waits
// until a balancer may use the one before, or its grace period is over [hc].
func TestReplacementWaitsForTheFirstCheck(t *testing.T) {
	p := newPlant(t, elbSpec(2))
	p.ready = 100 * engine.Second
	p.tell("10m1s", func(g *Group) {
		g.Verdict(g.Instances[0], false)
		g.Verdict(g.Instances[1], false)
	})
	p.until("15m")
	// In service at 10:41, usable at 12:21.
	require.Equal(t, []string{"10m30s", "12m30s"}, p.times(timeline.Replace, ""))
}

// TestReplacementWaitsForAnActivity: a group 10 % or more below desired with an
// activity in progress waits [hc].
func TestReplacementWaitsForAnActivity(t *testing.T) {
	s := elbSpec(2).at("more", "10m", 4)
	s.Provision = span("90s")
	p := newPlant(t, s)
	p.tell("10m10s", func(g *Group) { g.Verdict(g.Instances[0], false) })
	p.until("20m")
	require.Equal(t, []string{"12m"}, p.times(timeline.Replace, ""), "in service at 11:36")
}

// TestBootLongerThanGrace: the endless replacement of a grace period that does
// not cover the boot [issue-202].
func TestBootLongerThanGrace(t *testing.T) {
	s := elbSpec(1)
	s.HealthCheckGracePeriod = duration("60s")
	p := newPlant(t, s)
	p.ready = 5 * engine.Minute
	p.tell("10m1s", func(g *Group) { g.Verdict(g.Instances[0], false) })
	registered := p.group.registry
	p.group.registry = failing{registered, p}
	p.until("1h")
	require.Greater(t, len(p.times(timeline.Replace, "")), 10)
}

// failing is a registry whose new targets fail their checks until they serve.
type failing struct {
	Registry
	p *plant
}

func (f failing) Register(i *Instance) {
	f.Registry.Register(i)
	f.p.group.Verdict(i, false)
}

// TestReplacementUsesTheGroupsWarmup: with a default instance warm-up replacements
// warm up as well; without one they count at once [warm-news].
func TestReplacementUsesTheGroupsWarmup(t *testing.T) {
	for _, warmup := range []string{"", "120s"} {
		s := groupSpec(1, 2, 1)
		if warmup != "" {
			s.InstanceWarmup = pointer(duration(warmup))
		}
		p := newPlant(t, s)
		p.tell("10m", func(g *Group) { g.Stopped(g.Instances[0]) })
		p.until("11m")
		i := p.group.Instances[len(p.group.Instances)-1]
		require.Equal(t, InService, i.State)
		require.Equal(t, warmup == "", i.Warm)
	}
}

// TestMassFailureThrottle is the worked example of spec 1.3 [hc] (DERIVED): of 25
// with 8 unhealthy, batches of 2, four of them, and never more than two missing.
func TestMassFailureThrottle(t *testing.T) {
	p := newPlant(t, elbSpec(25))
	p.tell("10m1s", func(g *Group) {
		for _, i := range g.Instances[:8] {
			g.Verdict(i, false)
		}
	})
	p.until("10m20s")
	fewest, most := p.extremes("30m")
	require.Equal(t, []string{"10m30s", "10m30s", "11m30s", "11m30s", "12m30s", "12m30s", "13m30s", "13m30s"}, p.times(timeline.Replace, ""))
	require.Equal(t, []int{17, 25}, []int{fewest, most}, "only what was unhealthy is out of use")
}

// TestThrottleSparesWhatDoesNotRun: it is for what load balancers say, not for
// instances that do not run or were reported (spec 1.3 [hc]).
func TestThrottleSparesWhatDoesNotRun(t *testing.T) {
	for name, strike := range map[string]func(g *Group, i *Instance){
		"stopped":  (*Group).Stopped,
		"reported": func(g *Group, i *Instance) { g.report(i, false) },
	} {
		p := newPlant(t, elbSpec(25))
		p.tell("10m29s", func(g *Group) {
			for _, i := range g.Instances[:8] {
				strike(g, i)
			}
		})
		p.until("10m31s")
		require.Len(t, p.times(timeline.Terminate, ""), 8, name)
	}
}

// TestAllUnhealthy: then even fewer than 10 % go at a time; how few is a setting
// (spec 1.3 [hc]).
func TestAllUnhealthy(t *testing.T) {
	for few, want := range map[int]int{1: 1, 2: 2, 99: 3} {
		s := elbSpec(30)
		s.AllUnhealthyBatch = few
		p := newPlant(t, s)
		p.tell("10m1s", func(g *Group) {
			for _, i := range g.Instances {
				g.Verdict(i, false)
			}
		})
		p.until("10m31s")
		require.Len(t, p.times(timeline.Terminate, ""), want)
	}
}

// TestMarkIsForGood: an instance that is marked never recovers by itself, also
// while it waits for its batch; an operator may clear the mark [hc].
func TestMarkIsForGood(t *testing.T) {
	p := newPlant(t, elbSpec(3))
	p.tell("10m1s", func(g *Group) {
		for _, i := range g.Instances[:3] {
			g.Verdict(i, false)
		}
	})
	p.tell("10m31s", func(g *Group) {
		for _, i := range g.Instances {
			g.Verdict(i, true)
		}
		g.report(g.Instances[2], true)
	})
	p.until("1h")
	require.Equal(t, []string{"deregister web-1", "launch web-4"}, p.calls[:2])
	require.Len(t, p.times(timeline.Replace, ""), 2, "web-1 and web-2")
	require.Equal(t, "web-3", p.group.Instances[0].ID)
}

// TestReported: an instance that is set to Unhealthy is replaced at once, before
// the next pass (spec 1.3 [hc]).
func TestReported(t *testing.T) {
	p := newPlant(t, groupSpec(2, 4, 2))
	p.tell("10m7s", func(g *Group) { g.report(g.Instances[0], false) })
	p.until("20m")
	require.Equal(t, []string{"10m7s"}, p.times(timeline.Terminate, ""))
	require.Equal(t, []string{"10m7s: it was set to Unhealthy; terminated first"}, p.texts(timeline.Replace))
}

// TestReplacementIgnoresCooldown (spec 1.3 [cool]), and a simple policy is deaf
// while it is in progress (spec 2.2 [cool]).
func TestReplacementIgnoresCooldown(t *testing.T) {
	s := elbSpec(2).at("more", "9m50s", 3)
	s.Policies["out"] = simplePolicy(quick(cpuAlarm(">=", 40)), "+1")
	s.DefaultCooldown = duration("0s")
	p := newPlant(t, s)
	p.ready = 170 * engine.Second
	p.cpu = flat(after("9m", 0.1, 0.9))
	p.tell("10m1s", func(g *Group) { g.Verdict(g.Instances[0], false) })
	p.until("20m")
	require.Equal(t, []string{"10m30s"}, p.times(timeline.Replace, ""))
	// The substitute is in service at 10:41 and has passed its first check at
	// 13:31; web-1 drains until 15:30.
	require.Equal(t, "16m", p.times(timeline.Desired, "out")[0])
}

// TestEndlessReplacementExplainsItself: a grace period that is shorter than the
// boot is told from a server that has failed [issue-202].
func TestEndlessReplacementExplainsItself(t *testing.T) {
	s := elbSpec(1)
	s.HealthCheckGracePeriod = duration("60s")
	p := newPlant(t, s)
	p.ready = 5 * engine.Minute
	p.tell("10m1s", func(g *Group) { g.Verdict(g.Instances[0], false) })
	p.group.registry = failing{p.group.registry, p}
	p.until("15m")
	require.Equal(t, []string{
		"10m30s: the load balancer finds it unhealthy: in service for 10m30s, grace period 1m, it has passed a check before; terminated first",
		"12m: the load balancer finds it unhealthy: in service for 1m19s, grace period 1m, it has never passed a check; terminated first",
	}, p.texts(timeline.Replace)[:2])
}

// TestSubstituteThatFails does not stop the instance that it was launched for
// from being replaced, and that stays until a substitute is well.
func TestSubstituteThatFails(t *testing.T) {
	s := maintained(elbSpec(2), 100, 200)
	s.HealthCheckGracePeriod = duration("30s")
	p := newPlant(t, s)
	p.tell("10m1s", func(g *Group) { g.Verdict(g.Instances[0], false) })
	p.tell("10m45s", func(g *Group) { g.Verdict(g.Instances[2], false) })
	p.until("11m45s")
	require.Equal(t, 3, p.group.alive())
	require.Equal(t, []string{"launch web-3", "run web-3", "register web-3", "deregister web-3", "launch web-4", "run web-4", "register web-4"}, p.calls)
	p.until("20m")
	require.Equal(t, []string{"web-2 a InService", "web-4 a InService"}, ids(p.group.Instances))
}

// TestHealthWithProcessesSuspended (spec 1.7 [susp]): without HealthCheck nothing
// is marked but what is reported; without ReplaceUnhealthy what is marked stays;
// without Terminate nothing is replaced; without Launch it is terminated and
// nothing comes.
func TestHealthWithProcessesSuspended(t *testing.T) {
	for process, left := range map[string]int{"HealthCheck": 3, "ReplaceUnhealthy": 3, "Terminate": 3, "Launch": 2} {
		s := elbSpec(3)
		s.SuspendedProcesses = []string{process}
		p := newPlant(t, s)
		p.tell("10m1s", func(g *Group) { g.Verdict(g.Instances[0], false) })
		p.until("20m")
		require.Equal(t, left, p.inService(), process)
		marked := p.group.Instances[0].mark != healthy
		require.Equal(t, process == "ReplaceUnhealthy" || process == "Terminate", marked, process)
	}
	s := elbSpec(3)
	s.SuspendedProcesses = []string{"HealthCheck"}
	p := newPlant(t, s)
	p.tell("10m1s", func(g *Group) { g.report(g.Instances[0], false) })
	p.until("20m")
	require.Len(t, p.times(timeline.Replace, ""), 1)
}

// TestReplacementDrains: the old instance is terminated while another is
// launched, in activities of their own, and draining is honoured before it is
// gone [hc] (spec 1.3).
func TestReplacementDrains(t *testing.T) {
	p := newPlant(t, elbSpec(2))
	p.tell("10m1s", func(g *Group) { g.Verdict(g.Instances[0], false) })
	p.until("10m45s")
	require.Equal(t, []string{"deregister web-1", "launch web-3", "run web-3", "register web-3"}, p.calls)
	require.Equal(t, []string{"10m30s"}, p.times(timeline.Terminate, ""))
	p.until("20m")
	require.Equal(t, "terminate web-1", p.calls[len(p.calls)-1])
	require.Equal(t, []string{"15m30s"}, p.times(timeline.Terminated, ""), "after 300 s of draining")
}
