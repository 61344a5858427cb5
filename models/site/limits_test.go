package site

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
)

// tiers is an application of 100 threads before a database and a cache. From 2 to
// 6 min it asks the database for more than its one vCPU can give.
const tiers = `
	duration = "8m"
	[clients.visitors]
	target = "app"
	arrivals = "even"
	rate = ["0m 10/s", "2m 40/s", "6m 10/s"]
	shape = "step"
	timeout = "20s"
	[routes.page]
	demand = { app = "1ms", db = "50ms", redis = "1ms" }
	[services.db]
	kind = "database"
	vcpus = 1
	max_connections = 5000
	[services.redis]
	kind = "cache"
	node = "cache.t3.micro"
	[fleets.app]
	vcpus = 4
	zones = ["a"]
	min = 1
	max = 1
	calls = ["redis", "db"]
	[fleets.app.server]
	software = "pool"
	threads = 100`

// A database that is short is a limit of its own, and the fleet whose threads wait
// for it says for whom.
func TestLimitsOfServices(t *testing.T) {
	o := simulate(t, tiers)
	found := map[string]Limit{}
	for _, l := range o.Limits {
		found[l.Name+" of "+l.Place] = l
	}
	require.Len(t, found, len(o.Limits))
	require.Contains(t, found, "cpu of db")
	require.Equal(t, 2*engine.Minute, found["cpu of db"].Spans[0].From)
	require.Contains(t, found, "upstream of app")
	require.Equal(t, "db", found["upstream of app"].Upstream)
	require.NotContains(t, found, "threads of redis")

	metrics := o.Windows[0].Metrics
	require.InDelta(t, 1, metrics["services.db.utilization.max"], 1e-6)
	require.Less(t, metrics["services.db.utilization"], 0.9)
	require.InDelta(t, 0.04, metrics["services.redis.utilization.max"], 0.03)
}

// Whom a station has no utilization to spare for waits: its servers are the limit.
func TestLimitOfAStation(t *testing.T) {
	o := simulate(t, `
	duration = "6m"
	[clients.visitors]
	target = "desk"
	arrivals = "even"
	rate = ["0m 8/s", "2m 12/s", "4m 1/s"]
	shape = "step"
	timeout = "2m"
	[routes.page]
	demand.desk = "100ms"
	[services.desk]
	kind = "station"`)
	require.Equal(t, []Limit{{Place: "desk", Name: "servers", Spans: []Span{{2 * engine.Minute, 4 * engine.Minute}}}}, o.Limits)
}

// Even arrivals of even work keep a processor busy without two requests ever
// sharing it. It is used up all the same; at nine tenths it is not.
func TestProcessorsThatAreUsedUpBind(t *testing.T) {
	const site = `
		duration = "5m"
		[clients.c]
		target = "web"
		arrivals = "even"
		rate = "%s"
		[routes.page]
		demand.web = "100ms"
		[fleets.web]
		vcpus = 1
		zones = ["a"]
		min = 1
		max = 1`
	used := simulate(t, fmt.Sprintf(site, "10/s")).Limits
	require.Len(t, used, 1)
	require.Equal(t, "cpu of web", used[0].Name+" of "+used[0].Place)
	require.Equal(t, 5*engine.Minute, used[0].Spans[0].To)
	require.Empty(t, simulate(t, fmt.Sprintf(site, "9/s")).Limits)
}

// Who waits for a balancer waits for the fleet behind it; who waits for clients
// waits for no place, though it calls one.
func TestWhomAFleetWaitsFor(t *testing.T) {
	const site = `
		duration = "5m"
		[clients.c]
		target = "web"
		rate = "%s"
		[routes.page]
		demand = { web = "1ms", app = "50ms" }
		wait.web = "%s"
		[fleets.web]
		vcpus = 4
		zones = ["a"]
		min = 1
		max = 1
		calls = ["inner"]
		server = { software = "pool", threads = 20 }
		[balancers.inner]
		kind = "application"
		targets = ["app"]
		[fleets.app]
		vcpus = 1
		zones = ["a"]
		min = 1
		max = 1
		server = { software = "pool", threads = 100 }`
	upstream := func(rate, wait string) (Limit, bool) {
		limits := simulate(t, fmt.Sprintf(site, rate, wait)).Limits
		k := slices.IndexFunc(limits, func(l Limit) bool { return l.Place == "web" && l.Name == "upstream" })
		if k < 0 {
			return Limit{}, false
		}
		return limits[k], true
	}
	slow, binds := upstream("30/s", "0s")
	require.True(t, binds)
	require.Equal(t, "app", slow.Upstream)

	clients, binds := upstream("10/s", "5s")
	require.True(t, binds)
	require.Empty(t, clients.Upstream)
}

// Minutes that the statistics leave out are no part of the verdict.
func TestLimitsOfTheMeasuredPart(t *testing.T) {
	const site = `
		duration = "10m"
		discard = "%s"
		[clients.c]
		target = "web"
		rate = ["0m 30/s", "3m 30/s", "3m1s 1/s"]
		[routes.page]
		demand.web = "50ms"
		[fleets.web]
		vcpus = 1
		zones = ["a"]
		min = 1
		max = 1
		server = { software = "pool" }`
	require.NotEmpty(t, simulate(t, fmt.Sprintf(site, "0s")).Limits)
	require.Empty(t, simulate(t, fmt.Sprintf(site, "8m")).Limits)
}

// What a server was short of until it crashed, or hung, is told of the minute in
// which it did; of one that is down nothing is.
func TestLimitsUntilAServerIsLost(t *testing.T) {
	for _, effect := range []string{"crash", "hang", "refuse"} {
		o := simulate(t, fmt.Sprintf(`
			duration = "5m"
			[clients.c]
			target = "web"
			arrivals = "even"
			rate = ["0m 1/s", "2m 30/s"]
			shape = "step"
			timeout = "1s"
			[routes.page]
			demand.web = "100ms"
			[fleets.web]
			vcpus = 1
			zones = ["a"]
			min = 1
			max = 1
			provision = "10m"
			[faults.lost]
			at = "150s"
			fleet = "web"
			instances = 1
			effect = "%s"`, effect))
		k := slices.IndexFunc(o.Limits, func(l Limit) bool { return l.Name == "cpu" })
		require.GreaterOrEqual(t, k, 0, effect)
		require.Equal(t, []Span{{2 * engine.Minute, 3 * engine.Minute}}, o.Limits[k].Spans, effect)
	}
}
