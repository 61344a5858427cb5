package site

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A hit ends at the edge, a miss goes on to the origin, and those who ask for what
// is on its way from there wait for it.
func TestRecordingOfAnEdge(t *testing.T) {
	o := record(t, `
duration = "1m"
[clients.c]
target = "edge"
arrivals = "even"
rate = "20/s"
[routes.page]
demand.s = "200ms"
cacheable = "90%"
[cdns.edge]
origin = "s"
keys = 20
ttl = "1h"
latency = "5ms"
start = "cold"
[services.s]
kind = "station"
servers = 100
`, 0, engine.Minute)
	found := map[string]int{}
	for _, r := range o.Trace.Requests {
		hops := r.Attempts[0].Hops
		found[hops[0].Cache]++
		require.Equal(t, hops[0].Cache == "miss", len(hops) == 2)
	}
	require.Positive(t, found["hit"])
	require.Positive(t, found["miss"])
	require.Equal(t, []traffic.Activity{traffic.Service, traffic.Collapsing}, did(o.Trace.visits("edge")))
}

// A proxy that tries again waits before, and both tries are hops of one attempt.
func TestRecordingOfAProxysRetries(t *testing.T) {
	o := record(t, `
duration = "1m"
[clients.c]
target = "lb"
arrivals = "even"
rate = "10/s"
[routes.page]
demand.web = "10ms"
[balancers.lb]
kind = "haproxy"
targets = ["web"]
[fleets.web]
vcpus = 1
zones = ["a"]
min = 1
max = 1
[faults.closed]
fleet = "web"
effect = "refuse"
at = "20s"
`, 20*engine.Second, 21*engine.Second)
	require.Equal(t, []string{"refused"}, answers(o.Trace.visits("web-1")))
	require.Equal(t, []traffic.Activity{traffic.Pausing}, did(o.Trace.visits("lb")))
	require.Equal(t, 4*len(o.Trace.Requests), len(o.Trace.visits("web-1")))
}

// Ways take time there and back.
func TestRecordingOfTheNetwork(t *testing.T) {
	o := record(t, balanced+`
[network]
within_zone = "3ms"
`, 20*engine.Second, 21*engine.Second)
	for _, r := range o.Trace.Requests {
		hops := r.Attempts[0].Hops
		require.Len(t, hops, 3)
		way, web := hops[1], hops[2]
		require.Equal(t, Landmark{"network", "network", ""}, way.Landmark)
		require.Equal(t, []Stay{
			{Span{way.Sent, web.Sent}, traffic.Travel},
			{Span{web.Over, way.Over}, traffic.Travel},
		}, way.Stays)
		require.Equal(t, 3*engine.Millisecond, web.Sent-way.Sent+way.Over-web.Over)
	}
}

// Ways that are paid for and take no time are no hops: what they lead to is.
func TestRecordingOfWaysThatTakeNoTime(t *testing.T) {
	o := record(t, `
duration = "2m"
[clients.c]
target = "front"
rate = "5/s"
[routes.page]
demand.desk = "1d"
[fleets.front]
vcpus = 1
zones = ["a", "b"]
min = 1
max = 1
calls = ["lb"]
[balancers.lb]
kind = "haproxy"
targets = ["desk"]
health_check = { protocol = "TCP" }
[services.desk]
kind = "station"
`, 20*engine.Second, 21*engine.Second)
	require.Empty(t, o.Trace.visits("network"))
	require.Equal(t, []string{"504"}, answers(o.Trace.visits("lb")))
	require.NotEmpty(t, o.Trace.visits("desk"))
}

// Nor are those that take time between other zones alone.
func TestRecordingOfWaysWithinAZone(t *testing.T) {
	o := record(t, `
duration = "1m"
[clients.c]
target = "front"
rate = "28/s"
[routes.page]
demand.front = "exponential(10ms)"
wait.desk = "exponential(175ms)"
[fleets.front]
vcpus = 2
zones = ["a"]
min = 1
max = 1
upstream = "desk"
[network]
between_zones = "2ms"
[services.desk]
kind = "database"
pool = 1
call_timeout = "9ms"
`, 20*engine.Second, 30*engine.Second)
	require.Empty(t, o.Trace.visits("network"))
	require.Len(t, o.Trace.visits("desk"), len(o.Trace.visits("front-1")))
	require.NotContains(t, did(o.Trace.visits("front-1")), traffic.Pooling)
	require.Contains(t, did(o.Trace.visits("desk")), traffic.Pooling)
}
