package scenario_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/models/scenario"
)

// TestDeploymentsUseKeys: what a deployment makes use of is not idle.
func TestDeploymentsUseKeys(t *testing.T) {
	const src = `duration = "1h"
[clients.c]
target = "lb"
rate = "5/s"
[routes.page]
demand = { blue = "1ms", green = "1ms" }
[balancers.lb]
kind = "application"
targets = ["blue", "green"]
[fleets.blue]
vcpus = 1
zones = ["a"]
min = 1
max = 1
health_check_grace_period = "5s"
[fleets.blue.policies.cpu]
kind = "target_tracking"
metric = "ASGAverageCPUUtilization"
target = 50
[fleets.green]
vcpus = 1
zones = ["a"]
min = 0
max = 1
`
	const deployments = `
[deployments.green]
kind = "blue_green"
at = "10m"
from = "blue"
to = "green"
[deployments.rolling]
kind = "rolling"
at = "40m"
fleet = "blue"
`
	idle := func(text string) int {
		f, problems := scenario.Parse("test.toml", []byte(text), nil)
		require.NoError(t, problems.Err())
		return len(f.Idle("", nil))
	}
	require.Equal(t, 2, idle(src))
	require.Zero(t, idle(src+deployments))
}

// A deployment whose end the run does not see is doubtful: the present version
// would never be taken out of service. A duration that is shortened later is meant.
func TestDeploymentsThatEndAfterTheRun(t *testing.T) {
	const site = `duration = "1h"
[clients.c]
target = "lb"
rate = "5/s"
[routes.page]
demand = { blue = "4ms", green = "4ms" }
[balancers.lb]
kind = "application"
weights = { blue = 100, green = 0 }
[fleets.blue]
vcpus = 1
zones = ["a"]
min = 1
max = 2
[fleets.green]
vcpus = 1
zones = ["a"]
min = 0
max = 2
[deployments.new]
kind = "canary"
balancer = "lb"
from = "blue"
to = "green"
steps = ["10% for 5m", "50% for 5m"]
overlap = "10m"
`
	f := parse(t, site+`at = "45m"`)
	require.Equal(t, `site.toml:27: deployments.new.at: the deployment cannot be over before 1h5m, after the end of the run: nothing shows what its end does (duration 1h)`, f.Doubts("", nil).Error())
	require.NoError(t, f.Doubts("", []string{"deployments.new.at=40m"}).Err())
	require.Error(t, parse(t, site+`at = "45m"`).Doubts("", []string{"deployments.new.overlap=20m"}).Err())
	require.NoError(t, parse(t, site+`at = "40m"`).Doubts("", []string{"duration=50m"}).Err())
}
