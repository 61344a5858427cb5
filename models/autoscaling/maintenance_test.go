package autoscaling

import (
	"testing"

	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// maintained is a group with a maintenance policy.
func maintained(s *Spec, low, high int) *Spec {
	s.Maintenance = &MaintenanceSpec{low, high}
	return s
}

// fewest and most are the least and the greatest number of instances that the
// group has been able to use, sampled every second until an instant.
func (p *plant) extremes(until string) (fewest, most int) {
	fewest, most = len(p.group.Instances), 0
	for now := p.sim.Now(); now <= duration(until).Time(); now += duration("1s").Time() {
		require.NoError(p.t, p.sim.Run(now))
		fewest = min(fewest, p.group.fitCount())
		most = max(most, p.group.alive())
	}
	return fewest, most
}

// TestMaintenanceBounds: percentages of desired, the lower bound rounded up
// [refresh], the upper one down; 90 to 120 % of 100 is 90 to 120 instances
// (spec 1.8 [imp, api-imp]).
func TestMaintenanceBounds(t *testing.T) {
	for _, c := range []struct{ min, max, desired, lowest, highest int }{
		{90, 120, 100, 90, 120}, {90, 100, 25, 23, 25}, {90, 110, 5, 5, 5}, {0, 100, 7, 0, 7}, {100, 200, 3, 3, 6}, {50, 150, 0, 0, 0},
	} {
		lowest, highest := bounds{min: c.min, max: c.max}.of(c.desired)
		require.Equal(t, []int{c.lowest, c.highest}, []int{lowest, highest}, "%+v", c)
	}
}

// TestRoom: what may be replaced at a time. Where the bounds leave nothing, one
// is launched first if the maximum was written, and terminated first if not
// (spec 1.8 [api-refresh]).
func TestRoom(t *testing.T) {
	for _, c := range []struct {
		desired           int
		bounds            bounds
		terminate, launch int
	}{
		{10, bounds{90, 100, false}, 1, 0},
		{25, bounds{90, 100, false}, 2, 0},
		{5, bounds{90, 100, false}, 1, 0},
		{5, bounds{90, 100, true}, 0, 1},
		{10, bounds{100, 100, true}, 0, 1},
		{10, bounds{100, 100, false}, 1, 0},
		{10, bounds{100, 120, true}, 0, 2},
		{10, bounds{0, 100, true}, 10, 0},
		{100, bounds{90, 120, true}, 10, 20},
		{0, bounds{90, 100, true}, 0, 0},
	} {
		g := newPlant(t, groupSpec(0, 200, c.desired)).group
		r := g.room(c.bounds, everyOccasion)
		require.Equal(t, []int{c.terminate, c.launch}, []int{r.terminate, r.launch}, "%+v", c)
	}
}

// TestLaunchBeforeTerminating: a minimum of 100 with a maximum above it keeps an
// unhealthy instance until its substitute is in service and has passed its first
// check (spec 1.8 [imp]).
func TestLaunchBeforeTerminating(t *testing.T) {
	p := newPlant(t, maintained(elbSpec(4), 100, 125))
	p.tell("10m1s", func(g *Group) { g.Verdict(g.Instances[0], false) })
	p.until("20m")
	require.Equal(t, []string{"10m36s"}, p.times(timeline.Launch, ""))
	require.Equal(t, []string{"11m21s"}, p.times(timeline.Terminate, ""), "5 s of provisioning, and 40 s until it is usable")
	require.Equal(t, 4, p.inService())
}

// TestLaunchBeforeTerminatingWaitsForTheWarmup, which is part of being ready for
// use (spec 1.8 [imp]).
func TestLaunchBeforeTerminatingWaitsForTheWarmup(t *testing.T) {
	s := maintained(elbSpec(4), 100, 125)
	s.InstanceWarmup = pointer(duration("120s"))
	p := newPlant(t, s)
	p.tell("10m1s", func(g *Group) { g.Verdict(g.Instances[0], false) })
	p.until("20m")
	require.Equal(t, []string{"12m41s"}, p.times(timeline.Terminate, ""))
}

// TestTerminateAndLaunch: a maximum of 100 terminates first, and the capacity in
// use stays at the minimum (spec 1.8 [imp]).
func TestTerminateAndLaunch(t *testing.T) {
	p := newPlant(t, maintained(elbSpec(10), 80, 100))
	p.tell("10m1s", func(g *Group) {
		for _, i := range g.Instances[:3] {
			g.Verdict(i, false)
		}
	})
	p.until("30m")
	require.Equal(t, []string{"10m30s", "10m30s", "11m30s"}, p.times(timeline.Terminate, ""), "20 % of 10 at a time")
	require.Equal(t, []string{"10m36s", "10m36s", "11m36s"}, p.times(timeline.Launch, ""))
}

// TestCustomMaintenance uses both sides of desired at once: 90 to 120 % of 10
// launches two first and terminates one first (spec 1.8 [imp]).
func TestCustomMaintenance(t *testing.T) {
	p := newPlant(t, maintained(elbSpec(10), 90, 120))
	p.tell("10m1s", func(g *Group) {
		for _, i := range g.Instances[:5] {
			g.Verdict(i, false)
		}
	})
	p.until("10m40s")
	require.Len(t, p.times(timeline.Terminate, ""), 1)
	require.Len(t, p.times(timeline.Launch, ""), 3)
	require.Equal(t, 10, p.until("30m").inService())
}

// TestNotRunningIsTerminatedFirst: a maintenance policy does not keep what runs
// no more [imp].
func TestNotRunningIsTerminatedFirst(t *testing.T) {
	p := newPlant(t, maintained(groupSpec(4, 8, 4), 100, 200))
	p.tell("10m1s", func(g *Group) { g.Stopped(g.Instances[0]) })
	p.until("20m")
	require.Equal(t, []string{"10m30s"}, p.times(timeline.Terminate, ""))
	require.Equal(t, []string{"10m36s"}, p.times(timeline.Launch, ""))
}

// TestMaintenanceDoesNotBindScaling: the policy is for replacements only [imp].
func TestMaintenanceDoesNotBindScaling(t *testing.T) {
	p := newPlant(t, maintained(groupSpec(1, 9, 2), 100, 100).at("more", "10m", 8).at("less", "20m", 1))
	require.Equal(t, 8, p.until("11m").inService())
	require.Equal(t, 1, p.until("21m").inService())
}

// TestDesiredFallsDuringAReplacement: whatever the scale-in hits, the group ends
// at its desired capacity and replaces nobody whom it no longer has.
func TestDesiredFallsDuringAReplacement(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := maintained(elbSpec(rapid.IntRange(1, 6).Draw(rt, "desired")), 100, 200)
		s.Min, s.Max = 0, 12
		s.at("a", "10m"+rapid.SampledFrom([]string{"31s", "34s", "37s", "50s"}).Draw(rt, "a"), rapid.IntRange(0, 6).Draw(rt, "then"))
		s.at("b", rapid.SampledFrom([]string{"10m45s", "11m", "11m15s", "12m"}).Draw(rt, "b"), rapid.IntRange(0, 6).Draw(rt, "last"))
		p := newPlant(t, s)
		ill := rapid.IntRange(0, *s.Desired).Draw(rt, "ill")
		p.tell("10m1s", func(g *Group) {
			for _, i := range g.Instances[:ill] {
				g.Verdict(i, false)
			}
		})
		p.until("1h")
		require.Equal(rt, p.group.Desired, p.inService())
		require.Equal(rt, p.group.Desired, p.group.fitCount(), "nobody unhealthy is left")
		require.Empty(rt, p.group.replacements)
	})
}

// TestCheckMaintenance: spec 1.8 [api-imp].
func TestCheckMaintenance(t *testing.T) {
	require.Empty(t, problems((&MaintenanceSpec{100, 200}).Check))
	require.Equal(t, []string{"max_healthy_percentage: must not exceed min_healthy_percentage by more than 100 (min 90, max 200)"}, problems((&MaintenanceSpec{90, 200}).Check))
}
