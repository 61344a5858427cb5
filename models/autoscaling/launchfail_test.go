package autoscaling

import (
	"testing"

	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
)

// outageSpec is a group in two zones that goes from 2 to 4 at 10 min.
func outageSpec(distribution string) *Spec {
	s := groupSpec(1, 9, 2).at("more", "10m", 4)
	s.Zones = []string{"a", "b"}
	s.CapacityDistribution = distribution
	return s
}

// TestLaunchFailsOver: with balanced-best-effort another zone is tried when the
// one with the fewest instances has no capacity [az], spec 1.6.
func TestLaunchFailsOver(t *testing.T) {
	p := newPlant(t, outageSpec("balanced-best-effort"))
	p.group.Fail("a")
	p.until("20m")
	require.Equal(t, []int{1, 3}, []int{p.group.inZone("a"), p.group.inZone("b")})
	require.Equal(t, []string{"10m6s a: InsufficientInstanceCapacity: launches go to zone b instead"}, p.texts(timeline.LaunchFail), "once")
	require.Zero(t, p.group.failing.count)
}

// TestLaunchFailsInPlace: with balanced-only the same zone is tried again until
// it has capacity [az].
func TestLaunchFailsInPlace(t *testing.T) {
	s := groupSpec(1, 9, 3).at("more", "10m", 4)
	s.Zones, s.CapacityDistribution = []string{"a", "b"}, "balanced-only"
	p := newPlant(t, s)
	p.group.Fail("b")
	p.tell("30m30s", func(g *Group) { g.Restore("b") })
	p.until("30m")
	require.Equal(t, []int{2, 1}, []int{p.group.inZone("a"), p.group.inZone("b")})
	require.Equal(t, []string{
		"10m6s b: InsufficientInstanceCapacity; next attempt at 00:11:06",
		"11m6s b: InsufficientInstanceCapacity, failure 2 in a row since 00:10:06; next attempt at 00:12:06",
		"12m6s b: InsufficientInstanceCapacity, failure 3 in a row since 00:10:06; next attempt at 00:13:06",
		"13m6s b: InsufficientInstanceCapacity, failure 4 in a row since 00:10:06; next attempt at 00:14:06",
		"17m6s b: InsufficientInstanceCapacity, failure 8 in a row since 00:10:06; next attempt at 00:18:06",
		"25m6s b: InsufficientInstanceCapacity, failure 16 in a row since 00:10:06; next attempt at 00:26:06",
	}, p.texts(timeline.LaunchFail))
	p.until("40m")
	require.Equal(t, 2, p.group.inZone("b"))
	require.Equal(t, []string{"31m11s: the first launch to succeed after 21 that failed since 00:10:06"}, p.texts(timeline.InService))
}

// TestNoCapacityAnywhere: every zone fails, or a fault names none [az], spec 1.6.
func TestNoCapacityAnywhere(t *testing.T) {
	for _, zones := range [][]string{{""}, {"a", "b"}} {
		p := newPlant(t, outageSpec("balanced-best-effort"))
		for _, z := range zones {
			p.group.Fail(z)
		}
		p.until("10m30s")
		require.Equal(t, 2, p.group.alive())
		p.group.Restore(zones[0])
		p.until("20m")
		require.Equal(t, []string{"11m6s", "11m6s"}, p.times(timeline.Launch, ""))
		require.Equal(t, 4, p.inService())
	}
}

// TestOutagesAddUp: a zone has capacity when no fault takes it away.
func TestOutagesAddUp(t *testing.T) {
	p := newPlant(t, outageSpec("balanced-only"))
	p.group.Fail("a")
	p.group.Fail("a")
	p.group.Restore("a")
	require.NotNil(t, p.group.outageIn("a"))
	p.group.Restore("a")
	require.Nil(t, p.group.outageIn("a"))
}

// TestOutageAndPool: nothing that is stopped there can start; a zone without
// capacity means a cold start elsewhere [wp].
func TestOutageAndPool(t *testing.T) {
	for state, launched := range map[string]int64{"Stopped": 1, "Hibernated": 1, "Running": 0} {
		s := warmSpec(1, 9, 1, state).at("more", "10m", 2)
		s.Zones = []string{"a", "b"}
		s.WarmPool.MaxGroupPreparedCapacity = pointer(2)
		p := newPlant(t, s)
		require.Equal(t, "b", p.group.Pool[0].Zone)
		p.group.Fail("b")
		p.until("20m")
		require.Equal(t, 2, p.inService())
		require.Equal(t, launched, p.group.Cut(p.sim.Now()).Launched, state)
	}
}

// TestSuspensionAfterADayOfFailures: after more than 24 h of only failing launches
// AWS suspends Launch [susp], spec 1.7.
func TestSuspensionAfterADayOfFailures(t *testing.T) {
	p := newPlant(t, outageSpec("balanced-only"))
	p.group.Fail("")
	p.until("1d10m6s")
	require.False(t, p.group.suspended(Launch))
	p.until("1d11m6s")
	require.True(t, p.group.suspended(Launch))
	before := len(p.log.Events)
	p.group.Restore("")
	p.until("10d")
	require.Equal(t, 2, p.inService(), "only an operator resumes it")
	require.LessOrEqual(t, len(p.log.Events), before+1)
	require.Zero(t, p.group.failing.count, "once it is resumed, another day of failures is needed")
	require.Contains(t, p.log.Events[before-1].Text, "an administrative suspension: 1442 launches in a row have failed within 1d1m")
}

// TestSuspensionByHooks: launches that hooks abandon fail as well [susp,
// hook], spec 1.2 and 1.7.
func TestSuspensionByHooks(t *testing.T) {
	h := launchHook("")
	h.HeartbeatTimeout = duration("7200s")
	p := newPlant(t, hookedSpec(map[string]*HookSpec{"h": h})).until("3d")
	require.True(t, p.group.suspended(Launch))
	require.Empty(t, p.group.Instances)
}

// TestOneRetryAtATime: there is one
// however often desired changes.
func TestOneRetryAtATime(t *testing.T) {
	s := outageSpec("balanced-only").at("a", "11m", 5).at("b", "11m30s", 6).at("c", "11m40s", 7)
	p := newPlant(t, s)
	p.group.Fail("")
	p.until("20m")
	require.Equal(t, 10, p.group.failing.count, "one a minute from 10:06 on")
}
