package site

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// ready is a launching hook that is completed when the server answers.
const ready = `
	[fleets.web.hooks.ready]
	transition = "launching"
	after = "serving"
	completes = "0s"
`

// A launch hook that waits for the server moves InService behind boot and
// start-up: nobody meets a half-booted server, also without a balancer.
func TestLaunchHook(t *testing.T) {
	const seconds = engine.Second
	for name, front := range map[string]string{
		"direct":   "[clients.visitors]\ntarget = \"web\"\nrate = \"5/s\"",
		"balancer": "[clients.visitors]\ntarget = \"lb\"\nrate = \"5/s\"\n[balancers.lb]\nkind = \"application\"\ntargets = [\"web\"]",
	} {
		o := simulate(t, growing+ready+front)
		require.Equal(t, []engine.Time{311 * seconds}, at(o, timeline.Running), name)
		require.Equal(t, []engine.Time{356 * seconds}, at(o, timeline.Serving), name)
		require.Equal(t, []engine.Time{356 * seconds}, at(o, timeline.InService), name)
		require.Len(t, o.Scalings, 1)
		require.Equal(t, 356*seconds, o.Scalings[0].At[timeline.AtInService], name)
		require.Zero(t, o.Windows[0].Metrics["requests.failed"], name)
		require.EqualValues(t, 2, o.Windows[0].Metrics["fleets.web.instances.max"], name)
	}
	without := simulate(t, growing+`
	[clients.visitors]
	target = "web"
	rate = "5/s"`)
	require.Empty(t, at(without, timeline.InService), "InService when it runs")
}

// pooled is a fleet that grows by one at 2 min, shrinks at 6 min and grows at
// 12 min again, with a warm pool in a state.
const pooled = `
	duration = "20m"
	[clients.visitors]
	target = "%s"
	rate = "10/s"
	[routes.page]
	demand.web = "1ms"
	[fleets.web]
	vcpus = 1
	price = 0.6
	zones = ["a"]
	min = 1
	max = 2
	boot = "60s"
	startup = "15s"
	reconcile_delay = "0s"
	[fleets.web.schedules]
	more  = { at = "2m", desired = 2 }
	less  = { at = "6m", desired = 1 }
	again = { at = "12m", desired = 2 }
	[fleets.web.warm_pool]
	pool_state = "%s"
	reuse_on_scale_in = true
	start = "20s"
`

// What a warm pool saves: a stopped instance does not boot again but starts its
// software, a hibernated one neither; a running one serves already. Stopped and
// hibernated instances cost nothing, until they start [wp], and a start is billed
// for a minute at least [EC2-BILL].
func TestWarmPool(t *testing.T) {
	const lb = "[balancers.lb]\nkind = \"application\"\ntargets = [\"web\"]\nderegistration_delay = \"60s\""
	const minute = engine.Minute
	for _, c := range []struct {
		state  string
		serves engine.Time // after the group has asked for it
		hours  float64     // of the second instance, draining included
	}{
		{"Stopped", 35 * engine.Second, 5 + 8},
		{"Hibernated", 20 * engine.Second, 5 + 8},
		{"Running", -1, 20},
	} {
		o := simulate(t, fmt.Sprintf(pooled, "lb", c.state)+lb)
		m := o.Windows[0].Metrics
		require.Zero(t, m["requests.failed"], c.state)
		require.Zero(t, m["fleets.web.instances.launched"]+m["fleets.web.instances.terminated"], c.state)
		require.InDelta(t, (20+c.hours)/60, m["fleets.web.instances.hours"], 1e-9, c.state)
		require.Equal(t, []engine.Time{2*minute + 20*engine.Second, 12*minute + 20*engine.Second}, at(o, timeline.Running), c.state)
		if c.serves > 0 {
			require.Equal(t, []engine.Time{2*minute + c.serves, 12*minute + c.serves}, at(o, timeline.Serving), c.state)
		} else {
			require.Empty(t, at(o, timeline.Serving))
		}
		require.Equal(t, []engine.Time{7 * minute}, at(o, timeline.Warmed), c.state)
		require.Equal(t, []float64{1, 1, 0, 0, 0, 0, 0, 1}, o.Series.Column("fleets.web.warmed")[:8], c.state)
		require.InDelta(t, 7.0/20, m["fleets.web.warmed.mean"], 1e-9, c.state)
		require.Greater(t, m["fleets.web.share.max"], 0.5, c.state)
	}
}

// Those who address a fleet directly meet no instance of its pool, and one that
// comes from there at once when it serves.
func TestPoolIsOutOfReach(t *testing.T) {
	for _, state := range []string{"Stopped", "Hibernated", "Running"} {
		o := simulate(t, fmt.Sprintf(pooled, "web", state), Span{0, 2 * engine.Minute}, Span{7 * engine.Minute, 12 * engine.Minute})
		require.Zero(t, o.Windows[0].Metrics["requests.failed"], state)
		for _, w := range o.Windows[1:] {
			require.EqualValues(t, 1, w.Metrics["fleets.web.share.max"], state)
		}
		require.Less(t, o.Windows[0].Metrics["fleets.web.share.max"], 0.8, state)
	}
}

// Without a launch hook an instance is put away before it has booted; boot and
// start-up are done when it is needed. With one it is ready [wp].
func TestUnfinishedInstanceInThePool(t *testing.T) {
	refilled := func(more string) *Outcome {
		return simulate(t, fmt.Sprintf(pooled, "web", "Stopped")+`max_group_prepared_capacity = 0
	min_size = 1
	[fleets.web.schedules.third]
	at = "4m"
	max = 3
	desired = 3
	[fleets.web.operations.gone]
	at = "19m"
	kind = "set_desired_capacity"
	desired = 2
`+more)
	}
	// At 2 min the pool gives web-2 and launches web-3, which it gives at 4 min.
	unready := refilled("")
	require.Equal(t, 4*engine.Minute+95*engine.Second, at(unready, timeline.Serving)[1], "20 s to start, 60 s boot, 15 s start-up")
	prepared := refilled(ready)
	require.Equal(t, 2*engine.Minute+80*engine.Second, at(prepared, timeline.Serving)[1], "in the pool")
	require.Contains(t, at(prepared, timeline.Serving), 4*engine.Minute+35*engine.Second)
}

// What has stopped while a hook held it is not paid for, and is not so again because the
// hook completes and it comes to rest in the pool.
func TestNobodyPaysForWhatHasStoppedInThePool(t *testing.T) {
	o := simulate(t, `
	duration = "5m"
	[clients.visitors]
	target = "web"
	rate   = "1/s"
	[routes.page]
	demand.web = "1ms"
	[fleets.web]
	vcpus = 1
	price = 3.6
	zones = ["a"]
	min = 1
	max = 2
	[fleets.web.schedules.more]
	at = "30s"
	desired = 2
	[fleets.web.warm_pool]
	pool_state = "Running"
	min_size = 1
	[fleets.web.hooks.ready]
	transition = "launching"
	completes = "75s"
	[faults.outage]
	at = "100s"
	effect = "crash"
	zone = "a"`)
	require.Equal(t, []engine.Time{116 * engine.Second}, at(o, timeline.Warmed), "launched at 36 s, and found to have stopped at 120 s")
	require.InDelta(t, (100+100+64)/1000.0, o.Windows[0].Metrics["cost.fleets.web"], 1e-9)
}

// A zone without capacity: launches go to the other, and when it has capacity
// again the group moves an instance back [az].
func TestLaunchFailure(t *testing.T) {
	o := simulate(t, `
	duration = "30m"
	[clients.visitors]
	target = "lb"
	rate = "10/s"
	[routes.page]
	demand.web = "1ms"
	[balancers.lb]
	kind = "application"
	targets = ["web"]
	deregistration_delay = "10s"
	[fleets.web]
	vcpus = 1
	zones = ["a", "c"]
	min = 2
	max = 4
	[fleets.web.schedules.more]
	at = "2m"
	desired = 4
	[faults.full]
	at = "1m"
	for = "10m"
	fleet = "web"
	effect = "launch_failure"
	zone = "c"
	`)
	require.Equal(t, []engine.Time{126 * engine.Second}, at(o, timeline.LaunchFail))
	require.Len(t, at(o, timeline.Launch), 3, "two in zone a, and one that takes a place in zone c")
	require.Less(t, 11*engine.Minute, at(o, timeline.Launch)[2])
	require.Len(t, at(o, timeline.Rebalance), 1)
	require.Zero(t, o.Windows[0].Metrics["requests.failed"])
	require.EqualValues(t, 5, o.Windows[0].Metrics["fleets.web.instances.max"], "launched before the other goes")
}

// A hook that never completes: nobody is ever in service, each launch is billed
// for a minute at least, and the timeline stays short.
func TestHookThatNeverCompletes(t *testing.T) {
	o := simulate(t, `
	duration = "12h"
	[clients.visitors]
	target = "web"
	rate = "1/h"
	[routes.page]
	demand.web = "1ms"
	[fleets.web]
	vcpus = 1
	price = 0.6
	zones = ["a"]
	min = 0
	max = 1
	boot = "10s"
	[fleets.web.schedules.one]
	at = "1m"
	desired = 1
	[fleets.web.hooks.never]
	transition = "launching"
	heartbeat_timeout = "30s"
	`)
	m := o.Windows[0].Metrics
	require.EqualValues(t, 0, m["fleets.web.instances.max"])
	require.InDelta(t, 12*3600/95, m["fleets.web.instances.launched"], 5)
	require.InDelta(t, m["fleets.web.instances.launched"]/60, m["fleets.web.instances.hours"], 0.1)
	require.Less(t, len(o.Events), 120)
	require.Zero(t, m["requests.completed"])
}
