package scenario_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestExposure: requests come to what they are passed on to, and where their routes
// have demand to what is called.
func TestExposure(t *testing.T) {
	f := parse(t, `duration = "1h"
[clients.a]
target = "lb"
rate = "5/s"
routes = { page = 0.9, order = 0.1 }
[clients.b]
target = "batch"
rate = "5/s"
routes = { job = 1 }
[routes.page]
demand.app = "1ms"
[routes.order]
demand = { app = "1ms", store = "1ms" }
[routes.job]
demand.batch = "1ms"
[balancers.lb]
kind = "application"
targets = ["front"]
[balancers.inner]
kind = "application"
targets = ["store"]
[fleets.front]
vcpus = 1
zones = ["a"]
min = 1
max = 1
upstream = "app"
server = { software = "nginx" }
[fleets.app]
vcpus = 1
zones = ["a"]
min = 1
max = 1
calls = ["inner"]
[fleets.store]
vcpus = 1
zones = ["a"]
min = 1
max = 1
[fleets.batch]
vcpus = 1
zones = ["a"]
min = 1
max = 1
`)
	s, problems := f.Spec("", nil)
	require.Empty(t, problems)
	e := s.Exposure()
	require.Equal(t, map[string]float64{"a": 1}, e["front"])
	require.Equal(t, map[string]float64{"a": 1}, e["app"])
	require.Equal(t, map[string]float64{"a": 0.1}, e["store"])
	require.Equal(t, map[string]float64{"b": 1}, e["batch"])
}

// TestAlternatives: fleets among which a balancer chooses, and not the only one of
// another.
func TestAlternatives(t *testing.T) {
	const fleet = "vcpus = 1\nzones = [\"a\"]\nmin = 1\nmax = 1\n"
	f := parse(t, `duration = "1h"
[clients.c]
target = "lb"
rate = "5/s"
[routes.page]
demand = { blue = "1ms", green = "1ms", web = "1ms" }
[clients.d]
target = "one"
rate = "5/s"
[balancers.lb]
kind = "application"
targets = ["blue", "green"]
[balancers.one]
kind = "application"
targets = ["web"]
[fleets.blue]
`+fleet+"[fleets.green]\n"+fleet+"[fleets.web]\n"+fleet)
	s, problems := f.Spec("", nil)
	require.Empty(t, problems)
	require.Equal(t, []string{"blue", "green"}, s.Alternatives())
}
