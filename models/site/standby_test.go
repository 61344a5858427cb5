package site

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// repaired is a fleet whose longest-running instance is in standby from 5 to 25
// min, with requests of half a second in flight when that begins.
const repaired = `
	duration = "40m"
	[routes.page]
	demand.web = "10ms"
	wait.web = "490ms"
	[clients.visitors]
	target = "%s"
	rate = "20/s"
	[fleets.web]
	vcpus = 1
	price = 0.6
	zones = ["a"]
	min = 1
	max = 4
	desired = 2
	termination_policies = ["NewestInstance"]
	[fleets.web.server]
	software = "pool"
	threads = 100
	[fleets.web.operations.repair]
	at = "5m"
	kind = "enter_standby"
	instances = 1
	for = "20m"
`

// TestStandbyLosesNothing: requests in flight are drained, no other comes, and
// after its return the instance serves again: with a balancer, once its checks
// have found it healthy. It is paid for throughout.
func TestStandbyLosesNothing(t *testing.T) {
	const minute = engine.Minute
	away, back := Span{6 * minute, 25 * minute}, Span{30 * minute, 40 * minute}
	for target, balancers := range map[string]string{
		"web": "",
		"lb":  "[balancers.lb]\nkind = \"application\"\ntargets = [\"web\"]",
	} {
		o := simulate(t, fmt.Sprintf(repaired, target)+balancers, away, back)
		m := o.Windows[0].Metrics
		require.Zero(t, m["requests.failed"], target)
		require.Equal(t, m["requests.offered"], m["requests.completed"]+m["requests.in_flight"], target)
		require.Equal(t, 2*40.0/60, m["fleets.web.instances.hours"], target)
		require.EqualValues(t, 0, m["fleets.web.instances.launched"]+m["fleets.web.instances.terminated"], target)
		require.EqualValues(t, 1, o.Windows[1].Metrics["fleets.web.instances.mean"], target)
		require.EqualValues(t, 1, o.Windows[1].Metrics["fleets.web.share.max"], target)
		require.EqualValues(t, 2, o.Windows[2].Metrics["fleets.web.instances.mean"], target)
		require.InDelta(t, 0.5, o.Windows[2].Metrics["fleets.web.share.max"], 0.02, target)
		require.Equal(t, 25*minute, at(o, timeline.Standby)[1], target)
	}
}

// TestUnregisteredInstance: one that is launched while AddToLoadBalancer is
// suspended is in service, and gets nothing.
func TestUnregisteredInstance(t *testing.T) {
	o := simulate(t, fmt.Sprintf(repaired, "lb")+`
	[balancers.lb]
	kind = "application"
	targets = ["web"]
	[fleets.web.operations.alone]
	at = "0s"
	kind = "suspend_processes"
	processes = ["AddToLoadBalancer"]
	for = "20m"
	[fleets.web.operations.grow]
	at = "1m"
	kind = "set_desired_capacity"
	desired = 4
	[fleets.web.operations.shrink]
	at = "35m"
	kind = "set_desired_capacity"
	desired = 2
	`, Span{6 * engine.Minute, 25 * engine.Minute})
	require.Zero(t, o.Windows[0].Metrics["requests.failed"])
	require.EqualValues(t, 3, o.Windows[1].Metrics["fleets.web.instances.mean"])
	require.EqualValues(t, 1, o.Windows[1].Metrics["fleets.web.share.max"])
}
