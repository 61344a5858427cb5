package site

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// visits are what all hops to a place were.
func (t *Trace) visits(place string) []TracedHop {
	var list []TracedHop
	for _, r := range t.Requests {
		for _, a := range r.Attempts {
			for _, h := range a.Hops {
				if h.Place == place || h.Instance == place {
					list = append(list, h)
				}
			}
		}
	}
	return list
}

// did are the activities of some hops, without repetitions, in their order.
func did(hops []TracedHop) []traffic.Activity {
	var list []traffic.Activity
	for _, h := range hops {
		for _, s := range h.Stays {
			list = append(list, s.What)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// answers are those of some hops, likewise.
func answers(hops []TracedHop) []string {
	var list []string
	for _, h := range hops {
		list = append(list, h.Answer)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

const (
	lonely = `
duration = "1m"
[clients.c]
target = "s"
arrivals = "even"
`
	balanced = `
duration = "1m"
[clients.c]
target = "lb"
arrivals = "even"
rate = "10/s"
[routes.page]
demand.web = "10ms"
[balancers.lb]
kind = "application"
targets = ["web"]
[fleets.web]
vcpus = 1
zones = ["a"]
min = 1
max = 1
`
)

// A client that gives up is told of a timeout at that instant, and tries again; the
// work that it leaves behind goes on.
func TestRecordingOfTimeouts(t *testing.T) {
	o := record(t, lonely+`
rate = "1/s"
timeout = "1s"
retry = { attempts = 1, wait = "500ms" }
[routes.page]
demand.s = "1500ms"
[services.s]
kind = "station"
servers = 10
`, 10*engine.Second, 11*engine.Second)
	require.Len(t, o.Trace.Requests, 1)
	require.Len(t, o.Trace.Requests[0].Attempts, 2)
	hops := o.Trace.visits("s")
	for _, h := range hops {
		require.Equal(t, engine.Second, h.Left-h.Sent)
		require.Equal(t, 1500*engine.Millisecond, h.Over-h.Sent)
		require.Equal(t, "ok", h.Answer)
	}
	require.Equal(t, 500*engine.Millisecond, hops[1].Sent-hops[0].Left)
}

// One that cancels takes its work back.
func TestRecordingOfCancelling(t *testing.T) {
	o := record(t, lonely+`
rate = "1/s"
timeout = "1s"
cancel = true
[routes.page]
demand.s = "1500ms"
[services.s]
kind = "station"
servers = 1
`, 10*engine.Second, 20*engine.Second)
	hops := o.Trace.visits("s")
	require.Equal(t, []string{"withdrawn"}, answers(hops))
	require.Equal(t, []traffic.Activity{traffic.Service}, did(hops[:1]))
	for _, h := range hops {
		require.Equal(t, engine.Second, h.Over-h.Sent)
	}
}

// Who is in line, and still there at the end of the run, has waited till then.
func TestRecordingOfALine(t *testing.T) {
	o := record(t, lonely+`
rate = "10/s"
[routes.page]
demand.s = "1s"
[services.s]
kind = "station"
servers = 1
queue = 20
`, 0, engine.Minute)
	hops := o.Trace.visits("s")
	require.Equal(t, []string{"", "blocked", "ok"}, answers(hops))
	require.Equal(t, []traffic.Activity{traffic.Service, traffic.Queueing}, did(hops))
	for _, h := range hops {
		if h.Answer == "ok" {
			last := h.Stays[len(h.Stays)-1]
			require.Equal(t, engine.Second, last.To-last.From)
		}
		if h.Over < 0 {
			require.Equal(t, engine.Minute, h.Stays[len(h.Stays)-1].To)
		}
	}
}

// Patience ends in the line.
func TestRecordingOfPatience(t *testing.T) {
	o := record(t, lonely+`
rate = "2/s"
[routes.page]
demand.s = "1s"
[services.s]
kind = "station"
servers = 1
patience = "100ms"
`, 0, engine.Minute)
	for _, h := range o.Trace.visits("s") {
		if h.Answer == "abandoned" {
			require.Equal(t, []Stay{{Span{h.Sent, h.Sent + 100*engine.Millisecond}, traffic.Queueing}}, h.Stays)
		}
	}
	require.Contains(t, answers(o.Trace.visits("s")), "abandoned")
}

// A server whose machine is gone resets what it had, and others send SYNs again
// until the balancer gives up.
func TestRecordingOfACrash(t *testing.T) {
	o := record(t, balanced+`
[clients.c.retry]
attempts = 3
wait = "1s"
[faults.gone]
fleet = "web"
effect = "crash"
at = "20005ms"
`, 20*engine.Second, 21*engine.Second)
	hops := o.Trace.visits("web-1")
	require.Subset(t, answers(hops), []string{"reset", "withdrawn"})
	require.Equal(t, []traffic.Activity{traffic.Service, traffic.Connecting}, did(hops))
	require.Contains(t, answers(o.Trace.visits("lb")), "502")
	require.Greater(t, len(o.Trace.Requests[0].Attempts), 1)
}

// What faults do to a server that is there: it is kept from its work.
func TestRecordingOfFaults(t *testing.T) {
	for _, effect := range []string{`effect = "hang"`, `effect = "latency"
add = "2s"`} {
		o := record(t, balanced+`
[fleets.web.server]
software = "station"
[faults.ill]
fleet = "web"
at = "20s"
for = "2s"
`+effect, 20500*engine.Millisecond, 21*engine.Second)
		for _, h := range o.Trace.visits("web-1") {
			require.Equal(t, traffic.Stalled, h.Stays[0].What, effect)
			require.Equal(t, traffic.Service, h.Stays[len(h.Stays)-1].What, effect)
		}
	}
}

// A pool takes no more connections than it has threads and places for: others wait
// in the accept queue, while there is room, and those in line hold theirs.
func TestRecordingOfAPool(t *testing.T) {
	o := record(t, balanced+`
[clients.rush]
target = "lb"
arrivals = "even"
rate = "200/s"
[fleets.web.server]
software = "pool"
threads = 1
max_connections = 2
[routes.page.wait]
web = "5ms"
`, 5*engine.Second, 6*engine.Second)
	require.Equal(t, []traffic.Activity{traffic.Service, traffic.Hold, traffic.Connecting, traffic.Accepting, traffic.Queueing}, did(o.Trace.visits("web-1")))
}

// Calls wait in their callers for a connection to the database.
func TestRecordingOfConnections(t *testing.T) {
	o := record(t, `
duration = "1m"
[clients.c]
target = "web"
arrivals = "even"
rate = "7/s"
[routes.page]
demand.db = "140ms"
[fleets.web]
vcpus = 1
zones = ["a"]
min = 1
max = 1
server = { software = "pool" }
calls = ["db"]
[services.db]
kind = "database"
vcpus = 4
pool = 1
[faults.slow]
service = "db"
effect = "slow"
factor = 2
at = "20s"
for = "1s"
`, 20*engine.Second, 21*engine.Second)
	hops := o.Trace.visits("db")
	require.Equal(t, []traffic.Activity{traffic.Service, traffic.Pooling}, did(hops))
	for _, h := range hops {
		require.Equal(t, traffic.Service, h.Stays[len(h.Stays)-1].What)
	}
}

// A message is worked on when the request has gone on; before, it waits.
func TestRecordingOfMessages(t *testing.T) {
	o := record(t, lonely+`
rate = "20/s"
[routes.page]
demand.s = "1ms"
[services.s]
kind = "queue"
workers = 1
work = "100ms"
`, 0, engine.Second)
	require.Len(t, o.Trace.visits("s"), 2*len(o.Trace.Requests))
	for k, r := range o.Trace.Requests {
		call, message := r.Attempts[0].Hops[0], r.Attempts[0].Hops[1]
		require.Equal(t, engine.Millisecond, call.Over-call.Sent)
		require.True(t, message.Detached)
		require.Equal(t, call.Over, message.Sent)
		work := message.Stays[len(message.Stays)-1]
		require.Equal(t, Stay{Span{message.Over - 100*engine.Millisecond, message.Over}, traffic.Service}, work)
		require.Equal(t, k > 0, message.Stays[0].What == traffic.Queueing)
	}
}

// The first request makes an environment and the second finds it; one that comes
// while the function hangs is kept from going on.
func TestRecordingOfColdStarts(t *testing.T) {
	o := record(t, lonely+`
rate = "1/s"
[routes.page]
demand.s = "10ms"
[services.s]
kind = "function"
memory = "1769MiB"
cold_start = "300ms"
[faults.hang]
service = "s"
effect = "hang"
at = "5500ms"
for = "1s"
`, 0, 8*engine.Second)
	hops := o.Trace.visits("s")
	require.Equal(t, []traffic.Activity{traffic.Starting, traffic.Service}, []traffic.Activity{hops[0].Stays[0].What, hops[0].Stays[1].What})
	require.Equal(t, 300*engine.Millisecond, hops[0].Stays[0].To-hops[0].Stays[0].From)
	require.Equal(t, []traffic.Activity{traffic.Service}, did(hops[1:2]))
	require.Contains(t, did(hops), traffic.Stalled)
}

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

// A lookup that is a hit spares the call that the cache guards.
func TestRecordingOfACache(t *testing.T) {
	o := record(t, `
duration = "1m"
[clients.c]
target = "web"
arrivals = "even"
rate = "20/s"
[routes.page]
demand = { mc = "1ms", db = "5ms" }
[fleets.web]
vcpus = 1
zones = ["a"]
min = 1
max = 1
server = { software = "pool" }
calls = ["mc", "db"]
[services.mc]
kind = "cache"
hit_ratio = 0.5
guards = "db"
[services.db]
kind = "database"
vcpus = 1
`, 0, engine.Minute)
	found := map[string]int{}
	for _, r := range o.Trace.Requests {
		hops := r.Attempts[0].Hops
		require.Equal(t, "mc", hops[1].Place)
		found[hops[1].Cache]++
		require.Equal(t, hops[1].Cache == "miss", len(hops) == 3)
	}
	require.Equal(t, len(o.Trace.Requests), found["hit"]+found["miss"])
	require.Positive(t, found["hit"]*found["miss"])
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
