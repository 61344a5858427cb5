package autoscaling

import (
	"slices"
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
)

// warmSpec is a group with a pool in a state, 20 s from start to running.
func warmSpec(min, max, desired int, state string) *Spec {
	s := groupSpec(min, max, desired)
	s.WarmPool = &WarmPoolSpec{PoolState: state, Start: span("20s"), Boot: span("0s")}
	return s
}

// states counts the instances of a pool by their states.
func (p *plant) states() map[State]int {
	in := map[State]int{}
	for _, i := range p.group.Pool {
		in[i.State]++
	}
	return in
}

// TestWarmPoolSize: max less desired, or max_group_prepared_capacity less
// desired, min_size at least: the worked examples of desired 6, max 10 [wp,
// api-warm], spec 1.9.
func TestWarmPoolSize(t *testing.T) {
	for _, c := range []struct {
		name               string
		max, desired       int
		prepared           *int
		minSize, size, all int
	}{
		{"desired 6, max 10", 10, 6, nil, 0, 4, 10},
		{"with max_group_prepared_capacity 8", 10, 6, pointer(8), 0, 2, 8},
		{"prepared less than desired", 10, 6, pointer(3), 0, 0, 6},
		{"prepared less than desired, with min_size", 10, 6, pointer(3), 1, 1, 7},
		{"prepared more than max", 10, 6, pointer(20), 0, 14, 20},
		{"min_size beyond max", 10, 6, nil, 12, 12, 18},
		{"desired at max", 10, 10, nil, 0, 0, 10},
		{"max 0", 0, 0, nil, 0, 0, 0},
		{"max 0, with min_size", 0, 0, nil, 2, 2, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := warmSpec(0, c.max, c.desired, "Stopped")
			s.WarmPool.MaxGroupPreparedCapacity, s.WarmPool.MinSize = c.prepared, c.minSize
			p := newPlant(t, s)
			require.Equal(t, c.size, p.group.poolSize())
			require.Len(t, p.group.Pool, c.size, "full from time zero on")
			require.Len(t, p.group.Instances, c.desired)
			p.until("1h")
			require.Empty(t, p.calls, "nothing is to be done")
			require.Empty(t, p.log.Events)
			tally := p.group.Cut(p.sim.Now())
			require.Equal(t, int64(c.size), tally.Warmed.Min)
			require.Equal(t, int64(c.desired), tally.Billed.Max, "stopped instances cost nothing")
		})
	}
}

// TestWarmPoolStates: stopped and hibernated instances are not billed, running
// ones are [wp].
func TestWarmPoolStates(t *testing.T) {
	for state, billed := range map[string]int64{"Stopped": 2, "Hibernated": 2, "Running": 4} {
		p := newPlant(t, warmSpec(2, 4, 2, state)).until("1h")
		require.Equal(t, map[State]int{resting[state]: 2}, p.states())
		require.Equal(t, "Warmed:"+state, p.group.Pool[0].State.String())
		require.Equal(t, billed, p.group.Cut(p.sim.Now()).Billed.Max)
	}
}

// TestScaleOutTakesFromThePool: an instance of the pool starts and is in service
// as soon as it runs; only then is it in metrics. The pool does not grow beyond
// what is prepared [wp], spec 1.9 and 4.2.
func TestScaleOutTakesFromThePool(t *testing.T) {
	p := newPlant(t, warmSpec(2, 4, 2, "Stopped").at("more", "10m", 3))
	p.until("10m25s")
	require.Equal(t, []string{"start web-3"}, p.calls)
	require.Equal(t, "web-3 a Pending", ids(p.group.Instances)[2])
	p.until("10m26s")
	require.Equal(t, []string{"start web-3", "run web-3", "register web-3"}, p.calls)
	require.Equal(t, 3, p.inService())
	require.True(t, p.usable[p.group.Instances[2]], "it had booted before")
	tally := p.until("20m").group.Cut(p.sim.Now())
	require.Len(t, p.group.Pool, 1)
	require.Zero(t, tally.Launched)
	require.Equal(t, []string{"10m6s more: taken from the warm pool (Warmed:Stopped) in zone a: scheduled action more set desired 3, changing desired from 2 to 3"}, p.texts(timeline.Launch))
	require.InDelta(t, 2+594/1200.0, tally.Billed.Mean(), 1e-9, "billed from the start on")
}

// TestRunningPool: a running instance is not started and does not boot again
// [wp], spec 1.9.
func TestRunningPool(t *testing.T) {
	p := newPlant(t, warmSpec(2, 4, 2, "Running").at("more", "10m", 3)).until("20m")
	require.Equal(t, []string{"register web-3"}, p.calls)
	require.Equal(t, []string{"10m26s: running after 20s, in service"}, p.texts(timeline.Running))
}

// TestColdStart: when the pool is empty the group launches [wp].
func TestColdStart(t *testing.T) {
	s := warmSpec(1, 9, 1, "Stopped").at("more", "10m", 4)
	s.WarmPool.MaxGroupPreparedCapacity = pointer(2)
	p := newPlant(t, s).until("11m")
	require.Equal(t, 4, p.inService())
	require.Equal(t, int64(2), p.group.Cut(p.sim.Now()).Launched)
	require.Empty(t, p.group.Pool)
}

// TestPoolRefills to its minimum. Without a launch hook the new instance is
// stopped as soon as it runs, before it has booted [wp], and boots when it is
// needed; with a hook that waits for the server it is ready.
func TestPoolRefills(t *testing.T) {
	ready := launchHook("0s")
	ready.After = serving
	for name, c := range map[string]struct {
		hooks  map[string]*HookSpec
		rests  string
		usable string
	}{
		"without hook": {nil, "10m11s", "20m26s"},
		"with hook":    {map[string]*HookSpec{"ready": ready}, "10m51s", "20m26s"},
	} {
		t.Run(name, func(t *testing.T) {
			s := warmSpec(1, 9, 1, "Stopped").at("more", "10m", 2).at("again", "20m", 3).hooked(c.hooks)
			s.WarmPool.MaxGroupPreparedCapacity, s.WarmPool.MinSize = pointer(0), 1
			p := newPlant(t, s).until("10m7s")
			require.Equal(t, map[State]int{WarmedPending: 1}, p.states())
			p.until("20m")
			require.Equal(t, c.rests, p.times(timeline.Warmed, "")[0])
			require.Equal(t, map[State]int{WarmedStopped: 1}, p.states())
			p.until("20m26s")
			third := p.group.Instances[2]
			require.Equal(t, "web-3", third.ID)
			require.Equal(t, c.hooks != nil, p.usable[third], "booted beforehand")
			p.until("21m6s")
			require.True(t, p.usable[third])
		})
	}
}

// TestInterruptedInitialisation says so in the timeline [wp].
func TestInterruptedInitialisation(t *testing.T) {
	s := warmSpec(1, 9, 1, "Stopped").at("more", "10m", 2)
	s.WarmPool.MaxGroupPreparedCapacity, s.WarmPool.MinSize = pointer(0), 1
	p := newPlant(t, s).until("20m")
	require.Equal(t, []string{"10m11s: in the warm pool: Warmed:Stopped, before it had booted and started: that is left for when it is needed"}, p.texts(timeline.Warmed))
	require.Equal(t, []string{"start web-2", "launch web-3", "run web-3", "stop web-3", "run web-2", "register web-2"}, p.calls)
}

// TestHooksIntoAndOutOfThePool: a launch hook runs on the way into the pool and
// once more on the way out of it; only InService instances count [wp-life].
func TestHooksIntoAndOutOfThePool(t *testing.T) {
	h := launchHook("60s")
	h.CompletesFromPool = span("5s")
	s := warmSpec(1, 9, 1, "Stopped").at("more", "10m", 2).hooked(map[string]*HookSpec{"h": h})
	s.WarmPool.MaxGroupPreparedCapacity, s.WarmPool.MinSize = pointer(0), 1
	p := newPlant(t, s).until("10m27s")
	require.Equal(t, map[State]int{WarmedPendingWait: 1}, p.states())
	require.Equal(t, PendingWait, p.group.Instances[1].State)
	p.until("20m")
	require.Equal(t, []string{"10m31s"}, p.times(timeline.InService, ""))
	require.Equal(t, []string{"11m11s"}, p.times(timeline.Warmed, ""))
	require.Equal(t, map[State]int{WarmedStopped: 1}, p.states())
}

// TestScaleInGrowsThePool: without reuse the instance is terminated and the pool
// launches another; with reuse it goes back to the pool [wp].
func TestScaleInGrowsThePool(t *testing.T) {
	s := warmSpec(1, 4, 3, "Stopped").at("less", "10m", 2)
	p := newPlant(t, s).until("20m")
	require.Equal(t, []string{"deregister web-1", "launch web-5", "run web-5", "stop web-5", "terminate web-1"}, p.calls)
	require.Len(t, p.group.Pool, 2)

	s.WarmPool.ReuseOnScaleIn = true
	p = newPlant(t, s).until("10m7s")
	require.Equal(t, 2, p.group.pooled(), "one is on its way")
	p.until("20m")
	require.Equal(t, []string{"deregister web-1", "stop web-1"}, p.calls)
	require.Equal(t, "web-1 a Warmed:Stopped", ids(p.group.Pool)[1])
	require.Equal(t, []string{"10m6s less: leaves zone a for the warm pool: scheduled action less set desired 2, changing desired from 3 to 2"}, p.texts(timeline.Terminate))
	tally := p.group.Cut(p.sim.Now())
	require.Zero(t, tally.Terminated)
	require.InDelta(t, 2+906/1200.0, tally.Billed.Mean(), 1e-9, "until it is stopped")
}

// TestReuse: what has gone back comes again, ready, with a fresh grace period
// and warm-up [api-warm, wp-life], spec 1.9.
func TestReuse(t *testing.T) {
	s := warmSpec(1, 3, 3, "Hibernated").at("less", "10m", 1).at("more", "30m", 3)
	s.WarmPool.ReuseOnScaleIn = true
	s.InstanceWarmup = pointer(duration("60s"))
	p := newPlant(t, s).until("30m26s")
	require.Equal(t, 3, p.inService())
	for _, i := range p.group.Instances[1:] {
		require.False(t, i.Warm)
		require.Equal(t, 30*engine.Minute+26*engine.Second, i.Since)
		require.True(t, p.usable[i], "its memory was kept")
	}
	p.until("40m")
	require.Equal(t, 3, p.group.situation().warm)
}

// TestReturnWaitsForTerminatingHooks, in Warmed:Pending:Wait, and for no launch
// hook [wp-life].
func TestReturnWaitsForTerminatingHooks(t *testing.T) {
	out := endHook("2m")
	s := warmSpec(1, 3, 2, "Stopped").at("less", "10m", 1).hooked(map[string]*HookSpec{"out": out, "in": launchHook("1h")})
	s.WarmPool.ReuseOnScaleIn = true
	p := newPlant(t, s).until("16m")
	require.Equal(t, map[State]int{WarmedPendingWait: 1, WarmedStopped: 1}, p.states())
	p.until("17m6s")
	require.Equal(t, map[State]int{WarmedStopped: 2}, p.states())

	out.Result = "ABANDON"
	p = newPlant(t, s).until("20m")
	require.Contains(t, p.calls, "terminate web-1")
	s.TerminateHookAbandon = "retain"
	p = newPlant(t, s).until("20m")
	require.Equal(t, []string{"web-1 a Warmed:Pending:Retained"}, ids(p.group.Retained))
}

// TestScaleInWhilePoolRefills: what the pool is launching takes the room, so the
// instance that leaves is terminated; the pool never exceeds its size for long.
func TestScaleInWhilePoolRefills(t *testing.T) {
	s := warmSpec(1, 9, 2, "Stopped").at("more", "10m", 3).at("less", "10m10s", 2).hooked(map[string]*HookSpec{"h": launchHook("5m")})
	s.WarmPool.MaxGroupPreparedCapacity, s.WarmPool.MinSize, s.WarmPool.ReuseOnScaleIn = pointer(0), 1, true
	p := newPlant(t, s)
	p.until("10m17s")
	require.Equal(t, map[State]int{WarmedPendingWait: 1}, p.states())
	p.until("1h")
	require.Equal(t, map[State]int{WarmedStopped: 1}, p.states())
	require.Equal(t, 2, p.inService())
	require.Equal(t, int64(1), p.group.Cut(p.sim.Now()).Terminated)
}

// TestPoolShrinks when desired grows without it, or max falls: what is not ready
// goes first, then what came last.
func TestPoolShrinks(t *testing.T) {
	s := warmSpec(1, 6, 2, "Stopped")
	s.Schedules["max"] = &ScheduleSpec{At: pointer(duration("10m")), Max: pointer(3)}
	p := newPlant(t, s).until("20m")
	require.Equal(t, []string{"web-3 a Warmed:Stopped"}, ids(p.group.Pool))
	require.Equal(t, []string{"terminate web-6", "terminate web-5", "terminate web-4"}, p.calls)

	s.Hooks = map[string]*HookSpec{"out": endHook("1m")}
	p = newPlant(t, s).until("10m7s")
	require.Equal(t, map[State]int{WarmedStopped: 1, WarmedTerminatingWait: 3}, p.states())
	require.Len(t, p.until("12m").group.Pool, 1)
}

// TestPoolZones: the pool is balanced together with the group, and gives to the
// zone with the fewest in service [az].
func TestPoolZones(t *testing.T) {
	s := warmSpec(0, 6, 3, "Stopped").at("more", "10m", 4)
	s.Zones = []string{"a", "b"}
	p := newPlant(t, s)
	require.Equal(t, []string{"web-4 b Warmed:Stopped", "web-5 a Warmed:Stopped", "web-6 b Warmed:Stopped"}, ids(p.group.Pool))
	p.until("20m")
	require.Equal(t, []int{2, 2}, []int{p.group.inZone("a"), p.group.inZone("b")})
}

// TestPoolGivesToEachZone: of several that are taken at once none is left out of
// account.
func TestPoolGivesToEachZone(t *testing.T) {
	s := warmSpec(0, 6, 0, "Stopped").at("more", "10m", 4)
	s.Zones = []string{"a", "b"}
	p := newPlant(t, s)
	for k, i := range p.group.Pool {
		p.relocate(i, s.Zones[k/3])
	}
	p.until("20m")
	require.Equal(t, []int{2, 2}, []int{p.group.inZone("a"), p.group.inZone("b")})
}

// TestReplacementComesFromThePool: what is unhealthy is replaced from the pool,
// which then launches another [wp], spec 1.9.
func TestReplacementComesFromThePool(t *testing.T) {
	s := warmSpec(1, 3, 2, "Running")
	p := newPlant(t, s)
	p.tell("10m", func(g *Group) { g.Stopped(g.Instances[0]) })
	p.until("20m")
	require.Equal(t, 2, p.inService())
	require.Equal(t, "web-3 a InService", ids(p.group.Instances)[1])
	require.Equal(t, "web-4 a Warmed:Running", ids(p.group.Pool)[0])
}

// TestWarmPoolMetrics: what CloudWatch knows of a pool [asg-met].
func TestWarmPoolMetrics(t *testing.T) {
	s := warmSpec(1, 9, 2, "Stopped").hooked(map[string]*HookSpec{"in": launchHook("10m"), "out": endHook("10m")})
	s.WarmPool.MaxGroupPreparedCapacity, s.WarmPool.MinSize = pointer(4), 1
	s.at("more", "10m", 3).at("fewer", "10m30s", 1)
	p := newPlant(t, s)
	var all []string
	for _, m := range Metrics() {
		if m.Needs == NeedsWarmPool {
			all = append(all, m.Name)
			p.group.Metric(m.Name)
		}
	}
	values := func() map[string]int {
		now := map[string]int{}
		for _, name := range all {
			k := slices.IndexFunc(ownMetrics, func(m MetricInfo) bool { return m.Name == name })
			now[name] = ownMetrics[k].group(p.group)
		}
		return now
	}
	require.Equal(t, map[string]int{
		WarmPoolMinSize: 1, WarmPoolDesiredCapacity: 2, WarmPoolPendingCapacity: 0, WarmPoolWarmedCapacity: 2, WarmPoolTerminatingCapacity: 0,
		WarmPoolTotalCapacity: 2, GroupAndWarmPoolDesiredCapacity: 4, GroupAndWarmPoolTotalCapacity: 4,
	}, values())
	p.until("11m")
	// One has been taken, two more are launched into the pool.
	require.Equal(t, map[string]int{
		WarmPoolMinSize: 1, WarmPoolDesiredCapacity: 3, WarmPoolPendingCapacity: 2, WarmPoolWarmedCapacity: 1, WarmPoolTerminatingCapacity: 0,
		WarmPoolTotalCapacity: 3, GroupAndWarmPoolDesiredCapacity: 4, GroupAndWarmPoolTotalCapacity: 6,
	}, values())
}

// TestPoolHookAbandons: the instance is terminated, and the pool launches another
// after the delay.
func TestPoolHookAbandons(t *testing.T) {
	bad := launchHook("30s")
	bad.Result = "ABANDON"
	s := warmSpec(1, 9, 1, "Stopped").hooked(map[string]*HookSpec{"bad": bad})
	s.Schedules["max"] = &ScheduleSpec{At: pointer(duration("10m")), Max: pointer(10)}
	p := newPlant(t, s).until("12m30s")
	require.Equal(t, []string{"10m6s", "11m41s"}, p.times(timeline.Launch, ""))
	require.Contains(t, p.calls, "terminate web-10")
	require.Len(t, slices.DeleteFunc(slices.Clone(p.group.Pool), func(i *Instance) bool { return i.State != WarmedStopped }), 8)
}

// TestEmptyGroupWithPool: max = 0 is a pool that nobody takes from.
func TestEmptyGroupWithPool(t *testing.T) {
	s := warmSpec(0, 0, 0, "Running")
	s.WarmPool.MinSize = 2
	s.Policies["cpu"] = trackingPolicy(50)
	p := newPlant(t, s).until("2h")
	require.Empty(t, p.group.Instances)
	require.Len(t, p.group.Pool, 2)
	require.Empty(t, p.log.Events)
}

// TestPoolOnceMore: a year of days with a pool leaves no more instances behind
// than its size.
func TestPoolOnceMore(t *testing.T) {
	for _, state := range []string{"Stopped", "Running", "Hibernated"} {
		s := warmSpec(1, 6, 2, state)
		s.Zones = []string{"a", "b", "c"}
		s.WarmPool.ReuseOnScaleIn = true
		s.Policies["cpu"] = trackingPolicy(50)
		s.Hooks = map[string]*HookSpec{"in": launchHook("20s"), "out": endHook("40s")}
		p := newPlant(t, s)
		p.cpu = share(func(minute engine.Time) float64 {
			if minute/engine.Hour%8 < 4 {
				return 0.6
			}
			return 2.6
		})
		p.until("60d")
		require.LessOrEqual(t, len(p.group.Instances)+len(p.group.Pool), 7, state)
		require.Less(t, p.group.launched, 10, "%s: they go round", state)
		tally := p.group.Cut(p.sim.Now())
		require.LessOrEqual(t, tally.Billed.Max, int64(7))
	}
}
