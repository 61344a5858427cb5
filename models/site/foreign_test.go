package site

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// offers is a site whose load steps from one rate to another: each request takes
// 100 ms of a vCPU.
func offers(policy string, points string) string {
	return `
	duration = "30m"
	[clients.visitors]
	target = "web"
	arrivals = "even"
	shape = "step"
	keep_alive = false
	rate = [` + points + `]
	[routes.page]
	demand.web = "100ms"
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 12
	desired = 4
	reconcile_delay = "1s"
	provision = "4s"
	boot = "0s"
	startup = "20s"
	[fleets.web.policies.auto]
	` + policy
}

// An HPA answers a step at the first sync after a whole sample of the metrics
// server: between 15 s and 30 s after it, and 25 s later the pods are ready. When
// the load goes down it waits for the five minutes of its window.
func TestHPAFleet(t *testing.T) {
	o := simulate(t, offers(`kind = "hpa"
	targets.cpu = { target = 50 }`, `"0m 20/s", "5m 30/s", "15m 10/s"`))
	said := heard(o)
	require.Regexp(t, `^15s no change, desired is 4: cpu: \d+ / 50 = .* is within the tolerance$`, said[0])
	launches := at(o, timeline.Launch)
	require.Len(t, launches, 2, "ceil(4 x 75 / 50) = 6")
	require.LessOrEqual(t, launches[0], 5*engine.Minute+31*engine.Second)
	require.Greater(t, launches[0], 5*engine.Minute+15*engine.Second)
	require.Equal(t, launches[0]+24*engine.Second, at(o, timeline.Serving)[0])
	gone := at(o, timeline.Terminate)
	require.NotEmpty(t, gone)
	require.GreaterOrEqual(t, gone[0], 20*engine.Minute, "%v", said)
	require.LessOrEqual(t, gone[0], 20*engine.Minute+31*engine.Second)
	instances := o.Series.Column("fleets.web.in_service")
	require.Equal(t, 6.0, instances[10])
	require.Equal(t, 2.0, instances[29], "10 requests of 0.1 s at 50 %")
}

// A metric of the fleet's own as AverageValue: requests per second and pod.
func TestHPAOwnMetric(t *testing.T) {
	o := simulate(t, offers(`kind = "hpa"
	targets.rps = { metric = "rps", target = 5 }
	[fleets.web.metrics.rps]
	measure = "requests"
	scale = 0.0666666667`, `"0m 20/s", "5m 40/s"`))
	said := heard(o)
	require.Regexp(t, `rps: .* is within the tolerance$`, said[0])
	launches := at(o, timeline.Launch)
	require.Len(t, launches, 4, "from 20 to 40 requests/s at 5 per pod: %v", said)
	require.Less(t, launches[0], 6*engine.Minute)
}

// The autoscaler of a managed instance group grows within two minutes and waits
// its stabilization period to shrink.
func TestGCPFleet(t *testing.T) {
	o := simulate(t, offers(`kind = "gcp"
	targets.cpu = { target = 60 }`, `"0m 22/s", "5m 40/s", "12m 10/s"`))
	said := heard(o)
	launches := at(o, timeline.Launch)
	require.Len(t, launches, 3, "ceil(400 / 60) = 7 VMs: %v", said)
	require.Equal(t, 6*engine.Minute+engine.Second, launches[0])
	gone := at(o, timeline.Terminate)
	require.Len(t, gone, 5, "ceil(100 / 60) = 2 VMs: %v", said)
	for _, instant := range gone {
		require.Equal(t, 22*engine.Minute+engine.Second, instant, "all at once, ten minutes after the last minute of 40 requests/s")
	}
}

// Azure defers the scale-in that would flap.
func TestAzureFleet(t *testing.T) {
	o := simulate(t, offers(`kind = "azure"
	rules.out = { operator = ">", threshold = 50, action = "+1", time_window = "5m" }
	rules.in = { operator = "<", threshold = 40, action = "-1", time_window = "5m" }`, `"0m 15.2/s"`))
	said := heard(o)
	require.Contains(t, said[0], "no value of the metric of the rules in, out")
	require.Empty(t, at(o, timeline.Launch))
	require.Empty(t, at(o, timeline.Terminate))
	deferred := 0
	for _, text := range said {
		if strings.Contains(text, "would fire") {
			deferred++
			require.Contains(t, text, "x 4 / 3 = 50.")
			require.True(t, strings.HasSuffix(text, "deferred to avoid flapping"), text)
		}
	}
	require.Positive(t, deferred, "%v", said)
}
