package bounds_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/bounds"
	"github.com/headroom-sim/headroom/models/scenario"
)

func read(t *testing.T, text string, sets ...string) *scenario.Spec {
	t.Helper()
	file, problems := scenario.Parse("test.toml", []byte(text), nil)
	require.NoError(t, problems.Err())
	spec, problems := file.Spec("", sets)
	require.NoError(t, problems.Err())
	return spec
}

// of is what is known of the expectation e.
func of(t *testing.T, text string, sets ...string) (bounds.Figure, bool) {
	t.Helper()
	spec := read(t, text, sets...)
	return bounds.Of(spec, spec.Expectations["e"])
}

const desk = `
duration = "1h"
[clients.callers]
target = "desk"
rate   = "9/s"
[routes.call]
demand.desk = "exponential(1s)"
[services.desk]
kind    = "station"
servers = 10
[expectations.e]
metric  = "services.desk.delayed"
at_most = "20%"
`

// Erlang C of 10 servers at 9 erlangs is 66.87 %: the tables of the formula.
func TestStation(t *testing.T) {
	f, ok := of(t, desk)
	require.True(t, ok)
	require.True(t, f.Steady)
	require.InDelta(t, 0.6687, f.Lo, 1e-4)
	require.Equal(t, "M/M/10 at 9 erlangs", f.Reason)

	f, ok = of(t, desk, "services.desk.queue=0", "expectations.e={ metric = \"availability\", at_least = 0.9 }")
	require.True(t, ok)
	require.InDelta(t, 1-0.1680, f.Lo, 1e-4, "Erlang B of 10 at 9")

	for _, other := range []string{
		"services.desk.discipline=ps", "routes.call.demand.desk=1s", `clients.callers.rate=["0m 9/s", "30m 10/s"]`, "clients.callers.arrivals=even",
		"clients.callers.requests=2", "clients.callers.cancel=true", "clients.callers.retry.attempts=1", "routes.call.wait.desk=1s",
		`expectations.e={ metric = "services.desk.delayed", at_least = "20%" }`,
		`faults.slow={ at = "1m", service = "desk", effect = "slow" }`,
	} {
		_, ok := of(t, desk, other)
		require.False(t, ok, "%s: another queue", other)
	}
}

const farm = `
duration = "70m"
discard  = "10m"
[clients.visitors]
target  = "web"
rate    = "100/s"
timeout = "10s"
[routes.page]
demand.web = "exponential(50ms)"
[fleets.web]
vcpus = 1
zones = ["a"]
min   = 1
max   = 2
[expectations.e]
metric   = "availability"
at_least = 0.99
`

// Of demands with an exponential law the smallest ones can be chosen: with a
// capacity of a share w of the work a share p is completed at most, where
// w = p + (1-p) log(1-p). Two of five vCPUs' work is 0.4: p = 0.7475.
func TestOverloadBoundsAvailability(t *testing.T) {
	f, ok := of(t, farm)
	require.True(t, ok)
	require.InDelta(t, 0.7475, f.Hi, 0.05)
	require.Greater(t, f.Hi, 0.7475, "no less than what can be")
	_, ok = of(t, farm, "fleets.web.max=6")
	require.False(t, ok, "all can be worked off")
	_, ok = of(t, strings.Replace(farm, "timeout = \"10s\"", "", 1))
	require.False(t, ok, "who waits for ever has not failed")

	sessions, ok := of(t, farm, "clients.visitors.requests=geometric(5)", "clients.visitors.rate=20/s")
	require.True(t, ok)
	require.Greater(t, sessions.Hi, f.Hi, "a session that has failed asks for no more")

	f, ok = of(t, farm, `expectations.e={ metric = "throughput", at_least = 1 }`)
	require.True(t, ok)
	require.InDelta(t, 74.75, f.Hi, 4)
}

// The 99th percentile of exponential(50ms) is 50 ms x ln 100 = 230 ms.
func TestLatencyIsNoLessThanTheWork(t *testing.T) {
	const latency = "expectations.e={ metric = \"latency.p99\", at_most = \"100ms\" }"
	const available = "expectations.up={ metric = \"availability\", at_least = 0.9999 }"
	f, ok := of(t, farm, latency, available)
	require.True(t, ok)
	require.Greater(t, f.Lo, 0.1)
	require.Less(t, f.Lo, 0.050*math.Log(100))
	faster, ok := of(t, farm, latency, available, "fleets.web.speed=2")
	require.True(t, ok)
	require.InDelta(t, f.Lo/2, faster.Lo, 1e-6)
	_, ok = of(t, farm, latency)
	require.False(t, ok, "those that fail may be the longest ones")
}

// Two c6i.large for an hour are 0.17 USD, a balancer's begun hour 0.0225, and an
// answer of 100 KB to each of 360,000 requests 36 GB, of which an hour has its
// share of what is free and of the first tier.
func TestCost(t *testing.T) {
	text := strings.NewReplacer("vcpus = 1", "instance = \"c6i.large\"", "min   = 1", "min   = 2", "target  = \"web\"", "target  = \"lb\"").Replace(farm) +
		"[balancers.lb]\nkind = \"application\"\ntargets = [\"web\"]\n"
	const page = "routes.page.size=100KB"
	hourly := 2*0.085 + 0.0225
	require.InDelta(t, hourly, bounds.Cost(read(t, text)), 0.01)
	const free, first = 100.0 / 730, 10_000.0 / 730 // GB of an hour
	transfer := 0.09*first + 0.085*(36-free-first) + 0.008*36
	cost := bounds.Cost(read(t, text, page))
	require.InDelta(t, hourly+transfer, cost, 0.035*transfer)
	require.Less(t, cost, hourly+transfer+0.008*0.4)
	require.InDelta(t, hourly, bounds.Cost(read(t, text, page, "expectations.e.at_least=0")), 1e-9, "nothing need be answered")
	require.InDelta(t, hourly, bounds.Cost(read(t, strings.Replace(text, "timeout = \"10s\"", "", 1), page)), 1e-9)
}
