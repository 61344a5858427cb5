package site

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// failing is the set-up of the measurements of failing targets: HAProxy with
// inter 2 s, fall 3, rise 2, and 60 requests a second to servers of 5 ms.
const failing = `
	duration = "3m"
	[clients.visitors]
	target = "lb"
	rate = "60/s"
	keep_alive = false
	[routes.page]
	demand.web = "5ms"
	[balancers.lb]
	kind = "haproxy"
	targets = ["web"]
	server_timeout = "2s"
	%s
	[fleets.web]
	vcpus = 4
	zones = ["a"]
	min = 2
	max = 2
	health_check_type = "ELB"
	health_check_grace_period = "0s"
	[faults.broken]
	at = "1m"
	for = "1m"
	fleet = "web"
	instances = 1
	effect = "%s"
`

// What clients see of a failing target [A7]: in the window until it is DOWN half
// of the requests fail, each with its status: refused or 500, U + 4 s; hang,
// U + 10 s. Retries remove the errors of a dead listener alone; retries on all
// retryable errors remove all.
func TestFailingTargetsBehindHAProxy(t *testing.T) {
	const off, on = "retries = 0", "redispatch = true"
	const all = on + "\nretry_on = [\"all-retryable-errors\"]"
	for _, row := range []struct {
		effect, retry, status string
		lo, hi                float64 // of the window, in seconds; 0: no errors
	}{
		{"refuse", off, "503", 4, 6}, {"refuse", on, "503", 0, 0}, {"refuse", all, "503", 0, 0},
		{"errors", off, "500", 4, 6}, {"errors", on, "500", 4, 6}, {"errors", all, "500", 0, 0},
		{"hang", off, "504", 10, 12}, {"hang", on, "504", 10, 12}, {"hang", all, "504", 0, 0},
	} {
		name := row.effect + ", " + row.retry
		o := simulate(t, fmt.Sprintf(failing, row.retry, row.effect))
		m := o.Windows[0].Metrics
		spread := 3.29 * math.Sqrt(60*row.hi)
		require.GreaterOrEqual(t, m["errors."+row.status], 30*row.lo-spread/2, name)
		require.LessOrEqual(t, m["errors."+row.status], 30*row.hi+spread/2, name)
		require.InDelta(t, m["requests.failed"], m["errors."+row.status], 0, name)
		require.InDelta(t, m["requests.offered"], m["requests.attempts"], 0, "the balancer's tries are not the client's")
		require.Zero(t, m["fleets.web.instances.launched"], "Auto Scaling does not hear HAProxy")
		if row.effect == "hang" && row.retry == all {
			require.InDelta(t, 2.005, m["latency.max"], 0.01)
		} else {
			require.Less(t, m["latency.max"], 0.1, name)
		}
		down, up := at(o, timeline.Unhealthy), at(o, timeline.Healthy)
		require.Len(t, down, 1, name)
		require.Len(t, up, 1, name)
	}
}

// users is 200 users on keep-alive, and a scale-out from one server to two.
const users = `
	duration = "20m"
	[clients.users]
	target = "lb"
	users = 200
	requests = 100000
	think = "exponential(5s)"
	[routes.page]
	demand.web = "1ms"
	[balancers.lb]
	kind = "%s"
	targets = ["web"]
	%s
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 2
	server = { keepalive_requests = 1000000 }
	[fleets.web.schedules.out]
	at = "10m"
	desired = 2
`

// Contract: a network balancer passes client connections through, so that a
// server has one for each client; others need one for each request in progress.
// And spec 3: clients on keep-alive stay where they are after a scale-out.
func TestNetworkBalancerPassesConnectionsThrough(t *testing.T) {
	before, after := Span{0, 10 * engine.Minute}, Span{15 * engine.Minute, 20 * engine.Minute}
	through := simulate(t, fmt.Sprintf(users, "network", ""), before, after).Windows
	require.InDelta(t, 200, through[1].Metrics["fleets.web.connections.max"], 0)
	require.InDelta(t, 1, through[2].Metrics["availability"], 0)
	require.Greater(t, through[2].Metrics["fleets.web.share.max"], 0.99)
	for _, kind := range []string{"application", "haproxy", "nginx"} {
		w := simulate(t, fmt.Sprintf(users, kind, ""), before, after).Windows
		require.Less(t, w[1].Metrics["fleets.web.connections.max"], 20.0, kind)
		require.InDelta(t, 0.5, w[2].Metrics["fleets.web.share.max"], 0.01, kind)
	}
}

// Servers of a proxy that kept no connections to them are new to each request.
func TestNginxKeepsConnectionsWhereAsked(t *testing.T) {
	most := func(kind, more string) float64 {
		return simulate(t, fmt.Sprintf(users, kind, more)).Windows[0].Metrics["fleets.web.connections.max"]
	}
	require.LessOrEqual(t, most("nginx", "upstream_keepalive = 1"), most("nginx", "upstream_keepalive = 4"))
}

// A5: nginx with two workers in front of a server whose port is closed for a
// minute: each worker meets it about every 10 s, and nobody notices.
func TestNginxInFrontOfAClosedPort(t *testing.T) {
	text := `
	duration = "3m"
	[clients.visitors]
	target = "lb"
	rate = "60/s"
	[routes.page]
	demand.web = "5ms"
	idempotent = %t
	[balancers.lb]
	kind = "nginx"
	targets = ["web"]
	worker_processes = 2
	%s
	[fleets.web]
	vcpus = 4
	zones = ["a"]
	min = 2
	max = 2
	[faults.broken]
	at = "1m"
	for = "1m"
	fleet = "web"
	instances = 1
	effect = "%s"
`
	for _, row := range []struct {
		idempotent   bool
		more, effect string
		lo, hi       float64 // failures
	}{
		{true, "", "refuse", 0, 0},
		{false, "", "refuse", 0, 0}, // not sent yet
		{true, "next_upstream = [\"off\"]", "refuse", 10, 12},
		{true, "next_upstream = [\"off\"]\nmax_fails = 0", "refuse", 1600, 2000},
		{true, "", "errors", 1600, 2000}, // 500 is an answer
		{true, "next_upstream = [\"http_500\"]", "errors", 0, 0},
		{false, "next_upstream = [\"http_500\"]", "errors", 1600, 2000}, // sent already
	} {
		m := simulate(t, fmt.Sprintf(text, row.idempotent, row.more, row.effect)).Windows[0].Metrics
		require.GreaterOrEqual(t, m["requests.failed"], row.lo, "%v", row)
		require.LessOrEqual(t, m["requests.failed"], row.hi, "%v", row)
	}
}
