package site

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
)

// shop has two servers behind a balancer that sends requests to them in turn.
// A user signs in with the first of many requests, on average.
const shop = `
	duration = "30m"
	[clients.shoppers]
	target = "lb"
	rate = "0.2/s"
	requests = 10
	think = "1s"
	routes = { browse = 0.8, signin = 0.2 }
	[routes.browse]
	demand = { web = "1ms", store = "1ms" }
	session = "read"
	[routes.signin]
	demand = { web = "1ms", store = "1ms" }
	session = "write"
	[balancers.lb]
	kind = "application"
	targets = ["web"]
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 2
	max = 2
	[services.store]
	kind = "station"
`

func TestSessionsInMemoryNeedTheirServer(t *testing.T) {
	m := simulate(t, shop).Windows[0].Metrics
	require.Positive(t, m["sessions.started"])
	require.Greater(t, m["sessions.lost"], m["sessions.started"]/3, "in turn, every other request finds the wrong server")
	require.InDelta(t, 1, m["availability"], 0, "signing in again is no failure")
}

func TestSharedSessionsAreFoundEverywhere(t *testing.T) {
	m := simulate(t, shop+`
	[sessions]
	store = "shared"
	in = "store"
	`).Windows[0].Metrics
	require.Positive(t, m["sessions.started"])
	require.Zero(t, m["sessions.lost"])
	require.Greater(t, m["sessions.moved"], m["sessions.started"])
	require.InDelta(t, 0, m["sessions.expired"], 0)
}

// Who thinks for longer than the lifetime is signed out, and no session is lost.
func TestSessionLifetime(t *testing.T) {
	m := simulate(t, shop+`
	[sessions]
	store = "shared"
	in = "store"
	lifetime = "1s"
	`).Windows[0].Metrics
	require.Positive(t, m["sessions.expired"])
	require.Zero(t, m["sessions.lost"])
	require.Zero(t, m["sessions.moved"])
}

// Each request that has to do with sessions makes one call to the store.
func TestSessionCalls(t *testing.T) {
	m := simulate(t, shop+`
	[sessions]
	store = "shared"
	in = "store"
	`).Windows[0].Metrics
	const seconds, demand = 1800, 0.001
	calls := m["services.store.utilization"] * seconds / demand
	require.InDelta(t, m["requests.completed"], calls, 1)
}

func TestNoSessionsNoMetrics(t *testing.T) {
	m := simulate(t, growing+`
	[clients.visitors]
	target = "web"
	rate = "5/s"`).Windows[0].Metrics
	require.NotContains(t, m, "sessions.lost")
}

// A crash of the service that keeps the state loses it, of whatever kind that is:
// it is lost at once, and kept again when the service is back.
func TestSharedSessionsAreLostWithTheirService(t *testing.T) {
	for _, kind := range []string{"station", "cache", "database", "pool"} {
		text := strings.NewReplacer("0.2/s", "2/s", `kind = "station"`, `kind = "`+kind+`"`).Replace(shop)
		o := simulate(t, text+`
		[sessions]
		store = "shared"
		in = "store"
		[faults.strike]
		at = "15m"
		for = "10s"
		service = "store"
		effect = "crash"
		`, Span{0, 15 * engine.Minute}, Span{15 * engine.Minute, 16 * engine.Minute}, Span{16 * engine.Minute, 30 * engine.Minute})
		require.Zero(t, o.Windows[1].Metrics["sessions.lost"], kind)
		require.Positive(t, o.Windows[2].Metrics["sessions.lost"], kind)
		require.Zero(t, o.Windows[3].Metrics["sessions.lost"], kind)
		require.Greater(t, o.Windows[3].Metrics["sessions.moved"], o.Windows[3].Metrics["sessions.started"], kind)
	}
}
