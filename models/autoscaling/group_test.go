package autoscaling

import (
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
)

func ids(instances []*Instance) []string {
	var all []string
	for _, i := range instances {
		all = append(all, i.ID+" "+i.Zone+" "+i.State.String())
	}
	return all
}

// at adds a scheduled action that sets desired at an instant.
func (s *Spec) at(name, instant string, desired int) *Spec {
	s.Schedules[name] = &ScheduleSpec{At: pointer(duration(instant)), Desired: &desired}
	return s
}

// TestTimeZero: the desired instances are in service and warm from the start,
// and the data plane hears nothing of it. spec 0 [api-create].
func TestTimeZero(t *testing.T) {
	s := groupSpec(1, 9, 3)
	s.Zones = []string{"a", "c"}
	p := newPlant(t, s)
	require.Equal(t, []string{"web-1 a InService", "web-2 c InService", "web-3 a InService"}, ids(p.group.Instances))
	require.True(t, p.group.Instances[0].Warm)
	require.Empty(t, p.calls)
	require.Empty(t, p.log.Events)
	tally := p.until("10m").group.Cut(p.sim.Now())
	require.Equal(t, 3.0, tally.InService.Mean())
	require.Equal(t, int64(3), tally.InService.Min)
	require.Equal(t, 3.0, tally.Billed.Mean())
	s.Desired = nil
	require.Equal(t, 1, s.Start(), "desired left out: min [api-create]")
}

// TestLaunch: an instance is registered before it is InService, which it is when
// EC2 says running, long before it serves [life, obs-21].
func TestLaunch(t *testing.T) {
	p := newPlant(t, groupSpec(1, 9, 1).at("more", "10m", 2))
	p.until("10m5s")
	require.Len(t, p.group.Instances, 1, "the reconcile delay is 6 s")
	p.until("10m6s")
	require.Equal(t, Pending, p.group.Instances[1].State)
	require.Equal(t, []string{"launch web-2"}, p.calls)
	p.until("10m11s")
	require.Equal(t, InService, p.group.Instances[1].State)
	require.Equal(t, []string{"launch web-2", "run web-2", "register web-2"}, p.calls)
}

// TestTerminate: deregistration and draining come before the end [life].
func TestTerminate(t *testing.T) {
	p := newPlant(t, groupSpec(1, 9, 2).at("less", "10m", 1))
	p.until("10m6s")
	require.Equal(t, []string{"deregister web-1"}, p.calls)
	require.Equal(t, Terminating, p.group.Instances[0].State)
	tally := p.until("20m").group.Cut(p.sim.Now())
	require.Equal(t, []string{"deregister web-1", "terminate web-1"}, p.calls)
	require.Equal(t, []string{"15m6s"}, p.times(timeline.Terminated, ""))
	require.Len(t, p.group.Instances, 1)
	require.Equal(t, int64(1), tally.Terminated)
	require.InDelta(t, 300.0/1200, tally.Terminating.Mean(), 1e-9)
	require.InDelta(t, 1+906.0/1200, tally.Billed.Mean(), 1e-9, "paid until the end of draining")
}

// TestZones: a launch goes to the zone with the fewest; a termination to the one
// with the most [az, term].
func TestZones(t *testing.T) {
	s := groupSpec(0, 9, 4).at("more", "10m", 7).at("less", "20m", 4)
	s.Zones = []string{"a", "b", "c"}
	p := newPlant(t, s)
	require.Equal(t, 2, p.group.inZone("a"))
	p.until("15m")
	require.Equal(t, []int{3, 2, 2}, []int{p.group.inZone("a"), p.group.inZone("b"), p.group.inZone("c")})
	p.until("25m")
	// The first victim is in zone a; then all zones have two.
	require.Equal(t, []string{"20m6s", "20m6s", "20m6s"}, p.times(timeline.Terminate, ""))
	require.Equal(t, "a", p.group.Instances[0].Zone)
	require.Equal(t, Terminating, p.group.Instances[0].State)
	require.Equal(t, 4, p.inService())
}

// TestVictim: among balanced zones the one closest to its next billing hour,
// then the lowest ordinal [term].
func TestVictim(t *testing.T) {
	p := newPlant(t, groupSpec(1, 9, 2).at("more", "50m", 4).at("less", "65m", 2))
	p.until("70m")
	// At 65 min web-1 and web-2 have 55 min of their second hour to go, web-3 and
	// web-4 about 45 of their first.
	require.Equal(t, []string{"deregister web-3", "deregister web-4"}, p.calls[6:])
}

// TestVictimZone: the zone with the most instances goes before everything else
// [term].
func TestVictimZone(t *testing.T) {
	s := groupSpec(1, 9, 3)
	s.Zones = []string{"a", "b"}
	p := newPlant(t, s)
	for _, i := range p.group.Instances[1:] {
		p.relocate(i, "b")
	}
	require.Equal(t, "web-2", p.group.victim().ID)
}

// TestDesiredFallsWhilePending: what is pending is not terminated before it runs.
func TestDesiredFallsWhilePending(t *testing.T) {
	s := groupSpec(0, 9, 0).at("more", "10m", 1).at("less", "11m", 0)
	s.Provision = span("3m")
	p := newPlant(t, s)
	p.until("12m")
	require.Equal(t, 1, p.group.Count(Pending))
	p.until("20m")
	require.Empty(t, p.group.Instances)
	require.Equal(t, []string{"launch web-1", "run web-1", "register web-1", "deregister web-1", "terminate web-1"}, p.calls)
}

// TestChangesWithinTheDelay: one reconciliation follows both.
func TestChangesWithinTheDelay(t *testing.T) {
	p := newPlant(t, groupSpec(1, 9, 1).at("more", "10m", 5).at("less", "10m2s", 2))
	p.until("11m")
	require.Equal(t, []string{"10m6s"}, p.times(timeline.Launch, ""))
	require.Equal(t, int64(1), p.group.Cut(p.sim.Now()).Flaps)
}

// TestFlaps: a change against the one before it within 15 min.
func TestFlaps(t *testing.T) {
	p := newPlant(t, groupSpec(1, 9, 1).at("a", "10m", 3).at("b", "20m", 2).at("c", "21m", 1).at("d", "36m1s", 2))
	tally := p.until("1h").group.Cut(p.sim.Now())
	require.Equal(t, int64(4), tally.Actions)
	require.Equal(t, int64(1), tally.Flaps, "b; c goes on, d comes after 15 min")
}

// TestEmptyGroup: max = 0 is a group that does nothing.
func TestEmptyGroup(t *testing.T) {
	s := groupSpec(0, 0, 0)
	s.Policies["cpu"] = trackingPolicy(50)
	s.Policies["out"] = simplePolicy(cpuAlarm(">=", 80), "+1")
	s.HealthCheckType = "ELB"
	p := newPlant(t, s).until("2h")
	require.Empty(t, p.group.Instances)
	require.Empty(t, p.log.Events)
}

// TestPolicyAtTheInstantOfASchedule: the schedule comes first, so the policy
// starts from its bounds. spec 7 and 8 (UNSOURCED).
func TestPolicyAtTheInstantOfASchedule(t *testing.T) {
	s := groupSpec(1, 2, 2)
	s.Schedules["room"] = &ScheduleSpec{At: pointer(duration("6m")), Max: pointer(5)}
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">=", 80)), "0.. +5")
	p := newPlant(t, s)
	p.cpu = flat(minuteByMinute(4, 90))
	require.Equal(t, 5, p.until("6m").group.Desired)
}

// TestBusyGroupAllocatesNothing: a group whose alarms stay in ALARM without
// effect costs no memory.
func TestBusyGroupAllocatesNothing(t *testing.T) {
	s := groupSpec(4, 4, 4)
	s.Policies["cpu"] = trackingPolicy(50)
	s.Policies["in"] = stepPolicy(cpuAlarm("<=", 30), "..0 -1")
	p := newPlant(t, s)
	p.cpu = flat(func(engine.Time) float64 { return 0.1 })
	p.until("2h")
	require.Equal(t, cloudwatch.InAlarm, p.group.Alarms[1].State)
	require.Equal(t, cloudwatch.InAlarm, p.group.Alarms[2].State)
	until := p.sim.Now()
	require.Zero(t, testing.AllocsPerRun(20, func() {
		until += engine.Hour
		_ = p.sim.Run(until)
	}))
}

func BenchmarkWeekOfAThousandInstances(b *testing.B) {
	for b.Loop() {
		s := groupSpec(1000, 1000, 1000)
		s.Policies["cpu"] = trackingPolicy(50)
		p := newPlant(nil, s)
		p.cpu = flat(func(engine.Time) float64 { return 0.1 })
		_ = p.sim.Run(7 * 24 * engine.Hour)
	}
}

// TestNoPolicies: a group without policies never scales by itself, whatever its
// load is [dyn] (spec 1.1).
func TestNoPolicies(t *testing.T) {
	for _, load := range []float64{0, 1} {
		p := newPlant(t, groupSpec(1, 9, 3))
		p.cpu = flat(func(engine.Time) float64 { return load })
		p.until("1d")
		require.Equal(t, 3, p.inService())
		require.Empty(t, p.calls)
		require.Empty(t, p.log.Events)
	}
}
