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
