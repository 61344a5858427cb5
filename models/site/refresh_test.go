package site

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// rolled is a fleet behind a balancer whose instances are all replaced from
// 5 min on, while requests come.
func rolled(instances int, keys string) string {
	return fmt.Sprintf(`
	duration = "60m"
	[clients.visitors]
	target = "lb"
	arrivals = "even"
	rate = "20/s"
	timeout = "5s"
	[routes.page]
	demand.web = "5ms"
	[balancers.lb]
	kind = "application"
	targets = ["web"]
	health_check = { interval = "10s", timeout = "5s", healthy_threshold = 2 }
	deregistration_delay = "30s"
	[fleets.web]
	vcpus = 1
	zones = ["a", "b"]
	min = 1
	max = 8
	desired = %d
	boot = "30s"
	startup = "10s"
	health_check_type = "ELB"
	health_check_grace_period = "90s"
	monitoring = "detailed"
	[fleets.web.operations.new]
	kind = "start_instance_refresh"
	at = "5m"
	%s
	`, instances, keys)
}

// TestRefreshUnderLoad: while half of the group is replaced at a time every
// request is answered; a group of one instance has an outage of reconciling,
// provisioning, boot, start-up and first check, unless it launches first
// (spec 1.8 [refresh]).
func TestRefreshUnderLoad(t *testing.T) {
	for _, c := range []struct {
		name, keys string
		instances  int
		outage     bool
	}{
		{"half at a time", "min_healthy_percentage = 50", 4, false},
		{"two, one at a time", "min_healthy_percentage = 50", 2, false},
		{"defaults", "", 4, false},
		{"one instance", "", 1, true},
		{"one instance, launched first", "min_healthy_percentage = 100\nmax_healthy_percentage = 200", 1, false},
		{"all at once", "min_healthy_percentage = 0", 4, true},
	} {
		o := simulate(t, rolled(c.instances, c.keys))
		available := o.Windows[0].Metrics["availability"]
		if c.outage {
			// 51 s pass until the server that is launched answers.
			require.Less(t, available, 1-50.0/3600, c.name)
			require.Greater(t, available, 1-120.0/3600, c.name)
		} else {
			require.Equal(t, 1.0, available, c.name)
		}
		refresh := events(o, timeline.Refresh)
		require.Contains(t, refresh[len(refresh)-1].Text, "successful", c.name)
		require.Len(t, events(o, timeline.Terminated), c.instances, c.name)
		require.GreaterOrEqual(t, refresh[len(refresh)-1].At, 5*engine.Minute+90*engine.Second, "the grace period is the warm-up")
	}
}

// TestRefreshFailsByAnAlarm: a standing alarm ends the refresh, and what it has
// launched is rolled back (spec 1.8 [api-refresh]).
func TestRefreshFailsByAnAlarm(t *testing.T) {
	o := simulate(t, rolled(4, `min_healthy_percentage = 75
	launch_template_version = 2
	alarms = ["hot"]
	auto_rollback = true
	bake_time = "30m"
	[alarms.hot] # three instances have more to do than four
	fleet = "web"
	metric = "CPUUtilization"
	period = "1m"
	comparison = ">="
	threshold = 3`))
	refresh := events(o, timeline.Refresh)
	require.Contains(t, refresh[1].Text, "alarm hot is in ALARM; is rolled back to version 1")
	require.Contains(t, refresh[len(refresh)-1].Text, "rollback successful")
	require.Equal(t, 1.0, o.Windows[0].Metrics["availability"])
}

// TestEndlessReplacement: a grace period that does not cover boot and start-up
// has each new server replaced before it ever served, and the timeline says so
// [issue-202].
func TestEndlessReplacement(t *testing.T) {
	o := simulate(t, `
	duration = "60m"
	[clients.visitors]
	target = "lb"
	rate = "5/s"
	timeout = "5s"
	[routes.page]
	demand.web = "5ms"
	[balancers.lb]
	kind = "application"
	targets = ["web"]
	health_check = { interval = "10s", timeout = "5s" }
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 2
	boot = "120s"
	startup = "60s"
	health_check_type = "ELB"
	health_check_grace_period = "60s"
	[faults.once]
	at = "5m"
	for = "1m"
	fleet = "web"
	effect = "refuse"`)
	replaced := events(o, timeline.Replace)
	require.Greater(t, len(replaced), 10)
	require.Contains(t, replaced[0].Text, "it has passed a check before")
	for _, e := range replaced[1:] {
		require.Contains(t, e.Text, "grace period 1m, it has never passed a check")
	}
	require.Empty(t, events(o, timeline.Healthy), "not one is ever found well")
}
