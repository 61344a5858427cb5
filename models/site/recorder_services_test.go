package site

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

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

// A hang that ends while an environment is being made leaves the rest of the making, and
// then the work: 4 s of it, 1 s stalled, 6 s and 10 ms.
func TestRecordingOfAHangDuringAColdStart(t *testing.T) {
	o := record(t, lonely+`
rate = "1/s"
[routes.page]
demand.s = "10ms"
[services.s]
kind = "function"
memory = "1769MiB"
cold_start = "10s"
[faults.hang]
service = "s"
effect = "hang"
at = "5s"
for = "1s"
`, 0, 15*engine.Second)
	stays := o.Trace.visits("s")[0].Stays
	spans, done := make([]engine.Time, len(stays)), make([]traffic.Activity, len(stays))
	for i, s := range stays {
		spans[i], done[i] = s.To-s.From, s.What
	}
	require.Equal(t, []traffic.Activity{traffic.Starting, traffic.Stalled, traffic.Starting, traffic.Service}, done)
	require.Equal(t, []engine.Time{4 * engine.Second, engine.Second, 6 * engine.Second, 10 * engine.Millisecond}, spans)
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
