package site

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// unusable are the stretches in which no instance of the fleet could be used.
func unusable(o *Outcome, end engine.Time) []Span {
	var list []Span
	for i, l := range o.Levels {
		to := end
		if i+1 < len(o.Levels) {
			to = o.Levels[i+1].At
		}
		switch n := len(list); {
		case l.Usable > 0:
		case n > 0 && list[n-1].To == l.At:
			list[n-1].To = to
		default:
			list = append(list, Span{l.At, to})
		}
	}
	return list
}

// Levels tell how many instances can be used: in service is not enough while a
// server's port is closed, and behind a balancer it is the health checks that
// decide.
func TestUsable(t *testing.T) {
	const closed = `
	duration = "12m"
	[routes.page]
	demand.web = "1ms"
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 1
	health_check_type = "EC2"
	[faults.closed]
	at = "3m"
	for = "4m"
	fleet = "web"
	effect = "refuse"
	[clients.visitors]
	rate = "5/s"
	`
	direct := simulate(t, closed+`target = "web"`)
	require.Equal(t, []Span{{3 * engine.Minute, 7 * engine.Minute}}, unusable(direct, 12*engine.Minute))
	behind := simulate(t, closed+`target = "lb"
	[balancers.lb]
	kind = "application"
	targets = ["web"]
	`)
	require.Len(t, at(behind, timeline.Unhealthy), 1)
	require.Len(t, at(behind, timeline.Healthy), 1)
	require.Equal(t, []Span{{at(behind, timeline.Unhealthy)[0], at(behind, timeline.Healthy)[0]}}, unusable(behind, 12*engine.Minute))
	require.Equal(t, []engine.Time{at(behind, timeline.Unhealthy)[0], at(behind, timeline.Healthy)[0]}, at(behind, timeline.FailOpen))
}

// A server that has crashed cannot be used from that instant on, whatever the
// balancer thinks of it, nor before its software has started again.
func TestCrashedIsNotUsable(t *testing.T) {
	o := simulate(t, `
	duration = "12m"
	[clients.visitors]
	rate = "5/s"
	target = "lb"
	[routes.page]
	demand.web = "1ms"
	[balancers.lb]
	kind = "application"
	targets = ["web"]
	health_check = { interval = "30s", timeout = "5s", unhealthy_threshold = 10 }
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 1
	boot = "20s"
	startup = "10s"
	suspended_processes = ["HealthCheck"]
	[faults.dead]
	at = "3m"
	for = "1m"
	fleet = "web"
	effect = "crash"
	`)
	require.Empty(t, at(o, timeline.Unhealthy), "the balancer does not notice")
	require.Equal(t, []Span{{3 * engine.Minute, 4*engine.Minute + 30*engine.Second}}, unusable(o, 12*engine.Minute))
}

// CloudWatch has no datapoint of an instance that has crashed: it does not lower the
// average of those that run, here 50 %, below the threshold.
func TestCrashedInstanceHasNoMetrics(t *testing.T) {
	o := simulate(t, `
		duration = "40m"
		[clients.visitors]
		target = "web"
		arrivals = "even"
		rate = "100/s"
		timeout = "1s"
		[routes.page]
		demand.web = "10ms"
		[fleets.web]
		vcpus = 1
		zones = ["a"]
		min = 1
		max = 2
		desired = 2
		monitoring = "detailed"
		health_check_interval = "1h"
		[fleets.web.policies.idle]
		kind = "simple"
		adjustment = "-1"
		alarm = { metric = "CPUUtilization", period = "1m", evaluation_periods = 3, comparison = "<", threshold = 40 }
		[faults.power]
		at = "10m"
		fleet = "web"
		instances = 1
		effect = "crash"`)
	require.Zero(t, o.Windows[0].Metrics["scaling.actions"])
}
