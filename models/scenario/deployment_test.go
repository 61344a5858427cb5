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
