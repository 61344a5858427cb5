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
