package autoscaling

import (
	"fmt"
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// preferences are the API's defaults of an instance refresh.
func preferences() RefreshSpec {
	return RefreshSpec{CheckpointDelay: duration("3600s"), ProtectedInstances: "Wait", StandbyInstances: "Wait"}
}

// refreshed adds an instance refresh at an instant.
func (s *Spec) refreshed(name, instant string, change func(*RefreshSpec)) *Spec {
	o := &OperationSpec{Call: "start_instance_refresh", At: duration(instant), RefreshSpec: preferences()}
	change(&o.RefreshSpec)
	if s.Operations == nil {
		s.Operations = make(map[string]*OperationSpec)
	}
	s.Operations[name] = o
	return s
}

func percentages(low, high int) func(*RefreshSpec) {
	return func(r *RefreshSpec) { r.MinHealthy, r.MaxHealthy = &low, &high }
}

func least(low int) func(*RefreshSpec) { return func(r *RefreshSpec) { r.MinHealthy = &low } }

// old are the instances in service of time zero.
func (p *plant) old(n int) int {
	left := 0
	for _, i := range p.group.Instances {
		if i.Ordinal <= n && i.State == InService {
			left++
		}
	}
	return left
}

// TestRefreshDefaults: 90 % of 10 stay, so one at a time, terminated first, each
// after the warm-up of the one before, which is the grace period where the group
// has none (spec 1.8, spec 0 [api-refresh, refdef]).
func TestRefreshDefaults(t *testing.T) {
	p := newPlant(t, groupSpec(1, 20, 10).refreshed("new", "10m", func(*RefreshSpec) {}))
	p.until("10m")
	fewest, most := p.extremes("2h")
	require.Equal(t, []int{9, 10}, []int{fewest, most})
	require.Equal(t, []string{"10m", "15m11s", "20m22s"}, p.times(timeline.Terminate, "")[:3])
	require.Equal(t, []string{"10m6s", "15m17s"}, p.times(timeline.Launch, "")[:2])
	require.Zero(t, p.old(10))
	require.Equal(t, "1h1m50s new: instance refresh successful", last(p.texts(timeline.Refresh)))
}

func last(list []string) string { return list[len(list)-1] }

// TestRefreshWarmup: its own, else the group's default instance warm-up, else the
// grace period (spec 0 [api-refresh]).
func TestRefreshWarmup(t *testing.T) {
	s := groupSpec(1, 2, 1)
	g := newPlant(t, s).group
	own := preferences()
	require.Equal(t, 300*engine.Second, g.refreshWarmup(&own))
	s.InstanceWarmup = pointer(duration("0s"))
	g = newPlant(t, s).group
	require.Zero(t, g.refreshWarmup(&own), "0 is not off")
	own.InstanceWarmup = pointer(duration("40s"))
	require.Equal(t, 40*engine.Second, g.refreshWarmup(&own))
}

// TestRefreshOneAtATime: a minimum of 100 limits the pace to one at a time; with
// a maximum of 100 that is written the substitute comes first, without one the
// old instance goes first (spec 1.8 [refresh, api-refresh]).
func TestRefreshOneAtATime(t *testing.T) {
	for _, c := range []struct {
		change       func(*RefreshSpec)
		fewest, most int
	}{{percentages(100, 100), 4, 5}, {least(100), 3, 4}} {
		p := newPlant(t, groupSpec(1, 9, 4).refreshed("new", "10m", c.change))
		p.until("10m")
		fewest, most := p.extremes("2h")
		require.Equal(t, []int{c.fewest, c.most}, []int{fewest, most})
		require.Zero(t, p.old(4))
	}
}

// TestRefreshAllAtOnce: a minimum of 0 replaces all at the same time (spec 1.8
// [refresh]).
func TestRefreshAllAtOnce(t *testing.T) {
	p := newPlant(t, groupSpec(1, 9, 7).refreshed("new", "10m", least(0)))
	p.until("10m")
	require.Len(t, p.times(timeline.Terminate, ""), 7)
	require.Equal(t, 7, p.until("10m11s").inService())
	require.Equal(t, "15m11s new: instance refresh successful", last(p.until("20m").texts(timeline.Refresh)))
}

// TestRefreshOfOneInstance is an outage (spec 1.8 [refresh]), unless it launches
// first.
func TestRefreshOfOneInstance(t *testing.T) {
	p := newPlant(t, groupSpec(1, 1, 1).refreshed("new", "10m", func(*RefreshSpec) {}))
	fewest, most := p.until("10m").extremes("30m")
	require.Equal(t, []int{0, 1}, []int{fewest, most})

	p = newPlant(t, groupSpec(1, 1, 1).refreshed("new", "10m", percentages(100, 200)))
	fewest, most = p.until("10m").extremes("30m")
	require.Equal(t, []int{1, 2}, []int{fewest, most})
	require.Zero(t, p.old(1))
}

// TestRefreshFollowsTheMaintenancePolicy where it has no percentages of its own
// (spec 1.8 [refdef]).
func TestRefreshFollowsTheMaintenancePolicy(t *testing.T) {
	p := newPlant(t, maintained(groupSpec(1, 20, 10), 100, 130).refreshed("new", "10m", func(*RefreshSpec) {}))
	fewest, most := p.until("10m").extremes("1h")
	require.Equal(t, []int{10, 13}, []int{fewest, most})
	p = newPlant(t, maintained(groupSpec(1, 20, 10), 100, 130).refreshed("new", "10m", percentages(50, 100)))
	fewest, most = p.until("10m").extremes("1h")
	require.Equal(t, []int{5, 10}, []int{fewest, most})
}

// TestRefreshCheckpoints is AWS's example [checkpoints]: 10 instances, checkpoints
// at 20 and 50 % with a delay of 15 minutes, 80 % healthy, 10 minutes to warm up.
// Two are replaced, two after the delay, and one more when these are warm; with
// its warm-up the refresh has reached its last checkpoint. Each replacement takes
// 11 s until it is in service.
func TestRefreshCheckpoints(t *testing.T) {
	p := newPlant(t, groupSpec(1, 20, 10).refreshed("new", "0s", func(r *RefreshSpec) {
		r.MinHealthy, r.InstanceWarmup = pointer(80), pointer(duration("10m"))
		r.CheckpointPercentages, r.CheckpointDelay = []int{20, 50}, duration("15m")
	}))
	p.until("3h")
	require.Equal(t, []string{"0s", "0s", "25m11s", "25m11s", "35m22s"}, p.times(timeline.Terminate, ""))
	require.Equal(t, 5, p.old(10))
	require.Equal(t, []string{
		"0s new: started: 10 to replace, 8 to 10 of 10 stay in use (80 to 100 %), warm-up 10m",
		"10m11s new: checkpoint 20 % reached, 20 % replaced: waits until 00:25:11",
		"45m33s new: instance refresh successful",
	}, p.texts(timeline.Refresh))
}

// TestRefreshTellsHowManyStay: where rounding leaves no room the percentages are
// not kept, and the timeline says so: one goes first, or with a maximum that is
// written comes first [api-refresh, refdef].
func TestRefreshTellsHowManyStay(t *testing.T) {
	const alone = " leave no room: one at a time), warm-up 0s"
	for want, set := range map[string]func(*RefreshSpec){
		"3 to 4 of 4 stay in use (90 to 100 %" + alone:      func(*RefreshSpec) {},
		"4 to 5 of 4 stay in use (90 to 100 %" + alone:      percentages(90, 100),
		"3 to 4 of 4 stay in use (75 to 100 %), warm-up 0s": percentages(75, 100),
	} {
		p := newPlant(t, groupSpec(1, 8, 4).refreshed("new", "10m", func(r *RefreshSpec) {
			r.InstanceWarmup = pointer(duration("0s"))
			set(r)
		}))
		p.until("11m")
		require.Contains(t, p.texts(timeline.Refresh)[0], want)
	}
}

// TestRefreshSkipsACheckpoint is AWS's example [checkpoints]: of two instances the
// first is 50 %, beyond the checkpoints at 10 and 40 %; there is one pause.
func TestRefreshSkipsACheckpoint(t *testing.T) {
	p := newPlant(t, groupSpec(1, 4, 2).refreshed("new", "10m", func(r *RefreshSpec) {
		r.CheckpointPercentages = []int{10, 40, 100}
	}))
	p.until("3h")
	require.Equal(t, []string{"10m", "1h15m11s"}, p.times(timeline.Terminate, ""))
	require.Equal(t, "15m11s new: checkpoint 40 % reached, 50 % replaced: waits until 01:15:11", p.texts(timeline.Refresh)[1])
}

// TestRefreshBakes: it counts as successful only after the bake time (spec 1.8
// [api-refresh]).
func TestRefreshBakes(t *testing.T) {
	p := newPlant(t, groupSpec(1, 4, 1).refreshed("new", "10m", func(r *RefreshSpec) { r.BakeTime = duration("30m") }))
	p.until("2h")
	require.Equal(t, "15m11s new: all replaced that is to be (1): waits until 00:45:11", p.texts(timeline.Refresh)[1])
	require.Equal(t, "45m11s new: instance refresh successful", last(p.texts(timeline.Refresh)))
}

// TestRefreshSkipsMatching: what comes from the desired version stays; without a
// desired version nothing differs, and it succeeds at once [refresh].
func TestRefreshSkipsMatching(t *testing.T) {
	p := newPlant(t, groupSpec(1, 4, 2).refreshed("new", "10m", func(r *RefreshSpec) { r.SkipMatching = true }))
	require.Empty(t, p.until("1h").times(timeline.Terminate, ""))
	require.Equal(t, "10m new: instance refresh successful", last(p.texts(timeline.Refresh)))

	version := func(n int) func(*RefreshSpec) {
		return func(r *RefreshSpec) { r.SkipMatching, r.LaunchTemplateVersion = true, &n }
	}
	p = newPlant(t, groupSpec(1, 9, 2).refreshed("new", "10m", version(2)).refreshed("again", "1h", version(2)))
	p.until("2h")
	require.Zero(t, p.old(2))
	require.Len(t, p.times(timeline.Terminate, ""), 2)
	require.Equal(t, 2, p.group.template)
}

// TestRefreshWithScaling: a scale-out during a refresh launches from the desired
// version, and need not be replaced [refresh]; a scale-in leaves less to replace.
func TestRefreshWithScaling(t *testing.T) {
	s := groupSpec(1, 9, 4).at("more", "12m", 6).at("less", "18m", 3)
	p := newPlant(t, s.refreshed("new", "10m", func(r *RefreshSpec) { r.LaunchTemplateVersion = pointer(2) }))
	p.until("2h")
	require.Equal(t, 3, p.inService())
	for _, i := range p.group.Instances {
		require.Equal(t, 2, i.Template)
	}
	require.Equal(t, "successful", last(p.texts(timeline.Refresh))[len(last(p.texts(timeline.Refresh)))-len("successful"):])
}

// TestRefreshOfAnEmptyGroup has nothing to do, also with max = 0.
func TestRefreshOfAnEmptyGroup(t *testing.T) {
	for _, change := range []func(*RefreshSpec){least(0), least(100), percentages(100, 100)} {
		p := newPlant(t, groupSpec(0, 0, 0).refreshed("new", "10m", change)).until("1h")
		require.Equal(t, "10m new: instance refresh successful", last(p.texts(timeline.Refresh)))
	}
}

// TestSecondRefresh is refused while one is in progress [api-ops].
func TestSecondRefresh(t *testing.T) {
	s := groupSpec(1, 4, 2).refreshed("new", "10m", func(*RefreshSpec) {}).refreshed("hasty", "16m", func(*RefreshSpec) {})
	p := newPlant(t, s).until("2h")
	require.Equal(t, []string{"16m hasty: start_instance_refresh: refused, InstanceRefreshInProgress: new is at 50 %"}, p.texts(timeline.Operation))
	require.Len(t, p.times(timeline.Terminate, ""), 2)
}

// TestRefreshWithProtectedInstances: Wait for an hour without progress, and fail;
// Ignore them; or Refresh them (spec 1.8 [api-refresh]).
func TestRefreshWithProtectedInstances(t *testing.T) {
	run := func(what string) *plant {
		s := groupSpec(1, 9, 3).refreshed("new", "10m", func(r *RefreshSpec) { r.ProtectedInstances = what })
		s.Operations["protect"] = &OperationSpec{Call: "set_instance_protection", At: duration("5m"), Protect: true, Instances: &quantity.Portion{Count: 1}}
		return newPlant(t, s).until("4h")
	}
	wait := run("Wait")
	require.Equal(t, 1, wait.old(3))
	// The second replacement is done at 20:22; an hour and the warm-up later a pass
	// gives up.
	require.Equal(t, "1h25m30s new: instance refresh failed, 2 replaced: no progress for an hour: 1 instances protected from scale-in and 0 in standby remain", last(wait.texts(timeline.Refresh)))
	ignore := run("Ignore")
	require.Equal(t, 1, ignore.old(3))
	require.Equal(t, "20m22s new: instance refresh successful", last(ignore.texts(timeline.Refresh)))
	require.Zero(t, run("Refresh").old(3))
}

// TestRefreshWithStandby: Wait, Ignore or Terminate what is in standby (spec 1.8
// [api-refresh]).
func TestRefreshWithStandby(t *testing.T) {
	for what, want := range map[string]struct {
		standby int
		end     string
	}{
		"Wait":      {1, "failed, 2 replaced: no progress for an hour: 0 instances protected from scale-in and 1 in standby remain"},
		"Ignore":    {1, "successful"},
		"Terminate": {0, "successful"},
	} {
		s := groupSpec(1, 9, 3).refreshed("new", "10m", func(r *RefreshSpec) { r.StandbyInstances = what })
		s.Operations["aside"] = &OperationSpec{Call: "enter_standby", At: duration("1m"), Decrement: true, Instances: &quantity.Portion{Count: 1}}
		p := newPlant(t, s).until("4h")
		require.Equal(t, want.standby, p.group.Count(Standby), what)
		require.Contains(t, last(p.texts(timeline.Refresh)), want.end, what)
		require.Equal(t, 2, p.inService())
	}
}

// ill makes the instances from an ordinal on fail their checks.
type ill struct {
	Registry
	p    *plant
	from int
}

func (x ill) Register(i *Instance) {
	x.Registry.Register(i)
	if i.Ordinal >= x.from {
		x.p.group.Verdict(i, false)
	}
}

// TestRefreshGivesUp: without a new instance that passes its checks it fails an
// hour later, and leaves the rest of the group untouched (spec 1.8 [refresh]).
func TestRefreshGivesUp(t *testing.T) {
	s := elbSpec(4).refreshed("new", "10m", func(r *RefreshSpec) { r.LaunchTemplateVersion = pointer(2) })
	p := newPlant(t, s)
	p.group.registry = ill{p.group.registry, p, 5}
	p.until("3h")
	require.Equal(t, 3, p.old(4))
	require.Equal(t, 1, p.group.template, "new instances come from the former version again")
	require.Equal(t, "1h15m new: instance refresh failed, 0 replaced: no progress for an hour: 1 new instances have not become ready for use", p.texts(timeline.Refresh)[1])

	s = elbSpec(4).refreshed("new", "10m", percentages(100, 125))
	p = newPlant(t, s)
	p.group.registry = ill{p.group.registry, p, 5}
	p.until("3h")
	require.Equal(t, []string{"web-1 a InService", "web-2 a InService", "web-3 a InService", "web-4 a InService"}, ids(p.group.Instances))
}

// TestRefreshRollsBack: what came from the desired version, by the refresh or by
// scaling, is replaced by instances of the former one [refresh].
func TestRefreshRollsBack(t *testing.T) {
	s := elbSpec(4).at("more", "12m", 5).refreshed("new", "10m", func(r *RefreshSpec) {
		r.LaunchTemplateVersion, r.AutoRollback = pointer(2), true
	})
	p := newPlant(t, s)
	p.group.registry = ill{p.group.registry, p, 7} // the second of the refresh
	p.until("1h45m")
	p.group.registry = p.group.registry.(ill).Registry
	p.until("6h")
	require.Equal(t, 5, p.inService())
	for _, i := range p.group.Instances {
		require.Equal(t, 1, i.Template, i.ID)
	}
	require.Equal(t, 1, p.group.template)
	require.Contains(t, last(p.texts(timeline.Refresh)), "rollback successful")
}

// TestRefreshWithProcessesSuspended rests, and fails after an hour (spec 1.7
// [susp]).
func TestRefreshWithProcessesSuspended(t *testing.T) {
	for _, process := range []string{"InstanceRefresh", "Launch", "Terminate"} {
		s := groupSpec(1, 9, 3).refreshed("new", "10m", func(*RefreshSpec) {})
		s.SuspendedProcesses = []string{process}
		p := newPlant(t, s).until("3h")
		require.Equal(t, 3, p.old(3))
		require.Contains(t, last(p.texts(timeline.Refresh)), "1h15m new: instance refresh failed, 0 replaced: no progress for an hour: processes that it needs are suspended")
		require.Equal(t, []string{"10m " + process + ": the refresh rests: " + process + " is suspended"}, p.texts(timeline.Prevented))
	}
}

// TestRefreshTakesNoLongerThan14Days (spec 1.8 [refresh]).
func TestRefreshTakesNoLongerThan14Days(t *testing.T) {
	s := groupSpec(1, 40, 20).refreshed("new", "0s", func(r *RefreshSpec) {
		r.MinHealthy, r.InstanceWarmup = pointer(100), pointer(duration("1d"))
	})
	p := newPlant(t, s).until("20d")
	require.Contains(t, last(p.texts(timeline.Refresh)), "14d new: instance refresh failed")
	require.Contains(t, last(p.texts(timeline.Refresh)), "it has taken 14 days")
}

// TestUnhealthyDuringARefresh: what fails meanwhile is replaced at once, and
// needs no second replacement.
func TestUnhealthyDuringARefresh(t *testing.T) {
	p := newPlant(t, elbSpec(10).refreshed("new", "10m", func(*RefreshSpec) {}))
	p.tell("12m", func(g *Group) { g.Verdict(g.Instances[5], false) })
	p.until("3h")
	require.Zero(t, p.old(10))
	require.Len(t, p.times(timeline.Launch, ""), 10)
	require.Contains(t, last(p.texts(timeline.Refresh)), "successful")
}

// TestRefreshOfAnyGroup ends with the desired number of new instances, never
// exceeds its bounds by what it does, and leaves nothing behind.
func TestRefreshOfAnyGroup(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(rt, "n")
		low := rapid.IntRange(0, 100).Draw(rt, "min")
		high := rapid.IntRange(100, low+100).Draw(rt, "max")
		s := groupSpec(0, 40, n)
		s.Zones = []string{"a", "b", "c"}[:rapid.IntRange(1, 3).Draw(rt, "zones")]
		if rapid.Bool().Draw(rt, "explicit") {
			s.refreshed("new", "10m", percentages(low, high))
		} else {
			s.refreshed("new", "10m", least(low))
			high = 100
		}
		p := newPlant(t, s)
		p.until("10m")
		fewest, most := p.extremes("2h")
		lowest, highest := bounds{min: low, max: high}.of(n)
		if lowest == n && highest == n {
			lowest, highest = max(0, n-1), n+1 // one at a time
		}
		require.GreaterOrEqual(rt, fewest, lowest)
		require.LessOrEqual(rt, most, highest)
		require.Zero(rt, p.old(n))
		require.Equal(rt, n, p.inService())
		require.Empty(rt, p.group.replacements)
		require.Nil(rt, p.group.refresh)
		for _, z := range s.Zones {
			require.LessOrEqual(rt, p.group.inZone(p.group.fullestZone())-p.group.inZone(z), 1, "zones are even")
		}
	})
}

// TestRefreshWatchesAlarms: one that goes into ALARM fails the refresh at once,
// also while it bakes; one that is in ALARM at the start lets it do nothing
// [api-refresh].
func TestRefreshWatchesAlarms(t *testing.T) {
	for busy, end := range map[string]string{
		"11m": "13m new: instance refresh failed, 0 replaced: alarm hot is in ALARM",
		"18m": "20m new: instance refresh failed, 1 replaced: alarm hot is in ALARM",
		"27m": "29m new: instance refresh failed, 3 replaced: alarm hot is in ALARM",
		"5m":  "10m new: instance refresh failed, 0 replaced: alarm hot is in ALARM",
	} {
		s := groupSpec(1, 3, 3).refreshed("new", "10m", func(r *RefreshSpec) {
			r.BakeTime = duration("30m")
		})
		s.Operations["new"].Alarms = []string{"hot"}
		s.Policies["hot"] = stepPolicy(quick(cpuAlarm(">=", 80)), "0.. +1")
		p := newPlant(t, s)
		p.cpu = flat(after(busy, 0.1, 0.9))
		p.until("1h")
		require.Equal(t, end, last(p.texts(timeline.Refresh)))
		require.Equal(t, busy == "5m", len(p.times(timeline.Replace, "")) == 0)
	}
}

// TestRefreshOfAWarmPool: after the instances in service those of the pool are
// replaced, at the same percentage [refresh]; no substitute comes from what is
// to be replaced itself.
func TestRefreshOfAWarmPool(t *testing.T) {
	for _, state := range []string{"Stopped", "Running"} {
		s := warmSpec(1, 14, 4, state).refreshed("new", "10m", func(r *RefreshSpec) { r.LaunchTemplateVersion = pointer(2) })
		s.InstanceWarmup = pointer(duration("60s"))
		p := newPlant(t, s)
		fewest := 10
		for minute := 10; minute < 90; minute++ {
			p.until(fmt.Sprintf("%dm", minute))
			ready := 0
			for state, n := range p.states() {
				if state.Stage() != WarmedPending && state.Stage() != WarmedTerminating {
					ready += n
				}
			}
			fewest = min(fewest, ready)
		}
		require.GreaterOrEqual(t, fewest, 9, "90 % of ten")
		require.Contains(t, last(p.texts(timeline.Refresh)), "successful")
		require.Len(t, p.group.Pool, 10)
		for _, i := range append(p.group.Instances, p.group.Pool...) {
			require.Equal(t, 2, i.Template, "%s: %s", state, i.ID)
		}
		require.Equal(t, 4, p.inService())
	}
}

func refreshing(change func(*RefreshSpec)) func(*OperationSpec) {
	return func(o *OperationSpec) { change(&o.RefreshSpec) }
}

// TestCheckRefresh: spec 1.8 [api-refresh].
func TestCheckRefresh(t *testing.T) {
	check := func(change func(*OperationSpec)) []string {
		o := &OperationSpec{Call: "start_instance_refresh", RefreshSpec: preferences()}
		change(o)
		return problems(o.Check)
	}
	require.Empty(t, check(refreshing(percentages(90, 190))))
	require.Equal(t, []string{"max_healthy_percentage: must not exceed min_healthy_percentage by more than 100 (min 50, max 200)"}, check(refreshing(percentages(50, 200))))
	require.Equal(t, []string{"min_healthy_percentage: is required with max_healthy_percentage"}, check(func(r *OperationSpec) { r.MaxHealthy = pointer(110) }))
	require.Equal(t, []string{"checkpoint_percentages: must ascend (have 20 after 50)"}, check(func(r *OperationSpec) { r.CheckpointPercentages = []int{10, 50, 20} }))
	require.Equal(t, []string{"alarms: a refresh watches at most 10 alarms (have 11)"}, check(func(r *OperationSpec) { r.Alarms = make([]string, 11) }))
	require.Equal(t, []string{"auto_rollback: needs launch_template_version: without a desired configuration there is nothing to go back to"}, check(func(r *OperationSpec) { r.AutoRollback = true }))
}
