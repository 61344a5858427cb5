package scenario_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/models/scenario"
)

const planned = `
duration = "1h"
[clients.visitors]
target = "web"
rate   = ["0m 10/s", "30m 20/s"]
[routes.page]
demand.web = "10ms"
[fleets.web]
instance = "c6i.large"
zones = ["a", "c"]
min = 3
max = 10
[variants.more.fleets.web]
max = 20
[plan]
vary = { "fleets.web.min" = "1..20", fleets.web.max = [5, "10"], fleets.web.instance = ["c6i.large", "a b"], fleets.web.desired = 4 }
`

func parsed(t *testing.T, text string) *scenario.File {
	t.Helper()
	f, problems := scenario.Parse("plan.toml", []byte(text), nil)
	require.NoError(t, problems.Err())
	return f
}

func spec(t *testing.T, text string, sets ...string) *scenario.Spec {
	t.Helper()
	s, problems := parsed(t, text).Spec("", sets)
	require.NoError(t, problems.Err())
	return s
}

// Keys may stand in quotes or without; values are written as --vary has them.
func TestVary(t *testing.T) {
	vary := parsed(t, planned).Vary()
	var list [][2]string
	for _, v := range vary {
		list = append(list, [2]string{v.Key, v.Range})
	}
	require.ElementsMatch(t, [][2]string{
		{"fleets.web.min", "1..20"}, {"fleets.web.max", "5,10"}, {"fleets.web.instance", `c6i.large,"a b"`}, {"fleets.web.desired", "4"},
	}, list)
	require.Equal(t, `plan.toml:16: plan.vary."fleets.web.min": is wrong`, vary[0].Problem("is wrong").Error())
	require.Empty(t, parsed(t, strings.Split(planned, "[plan]")[0]).Vary())
}

// A plan is no part of what a configuration means.
func TestPlanMeansNothing(t *testing.T) {
	require.Equal(t, spec(t, strings.Split(planned, "[plan]")[0]).Meaning(), spec(t, planned).Meaning())
}

func TestLeastInstances(t *testing.T) {
	for _, c := range []struct {
		name string
		sets []string
		want float64
	}{
		{"nothing changes desired", []string{"fleets.web.desired=5"}, 5},
		{"policies go down to min", []string{"fleets.web.desired=5", "fleets.web.policies.cpu={ kind = \"target_tracking\", metric = \"ASGAverageCPUUtilization\", target = 50 }"}, 3},
		{"a schedule with a min of its own", []string{"fleets.web.schedules.night={ at = \"10m\", min = 1 }"}, 1},
		{"one is replaced at a time", []string{"fleets.web.health_check_type=ELB"}, 2},
		{"a crash", []string{"faults.crash={ at = \"30m\", zone = \"a\", effect = \"crash\" }"}, 1.5},
		{"a slow server is still there", []string{"faults.slow={ at = \"30m\", fleet = \"web\", effect = \"slow\" }"}, 3},
		{"an operator", []string{"fleets.web.operations.less={ kind = \"set_desired_capacity\", at = \"15m\", desired = 3 }"}, 0.75},
		{"a maintenance policy", []string{"fleets.web.maintenance={ min_healthy_percentage = 50, max_healthy_percentage = 100 }"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.InDelta(t, c.want, spec(t, planned, c.sets...).LeastInstances("web"), 1e-9)
		})
	}
	require.InDelta(t, 3*0.085, spec(t, planned).Floor().USD(), 1e-9)
}

// What grows is what clients ask for, whatever their kind.
func TestGrow(t *testing.T) {
	for _, c := range []struct {
		set  string
		want []string
	}{
		{"seed=2", []string{`clients.visitors.rate=["0s 15/s", "30m 30/s"]`}},
		{"clients.visitors={ arrivals = \"closed\", users = 5 }", []string{"clients.visitors.users=8"}},
		{"clients.visitors={ arrivals = \"bursty\", rate = \"2/s\", burst_rate = \"8/s\", burst_duration = \"1m\", calm_duration = \"1m\" }",
			[]string{"clients.visitors.rate=3/s", "clients.visitors.burst_rate=12/s"}},
	} {
		s := spec(t, planned, c.set)
		require.Equal(t, c.want, s.Grow(1.5))
		spec(t, planned, append([]string{c.set}, s.Grow(1.5)...)...)
	}
}

func TestFullestZone(t *testing.T) {
	zone, zones := spec(t, planned).FullestZone()
	require.Equal(t, "a", zone)
	require.Equal(t, 2, zones)
}
