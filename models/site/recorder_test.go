package site

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// record simulates a scenario that is given as text, and records requests.
func record(t testing.TB, text string, from, to engine.Time) *Outcome {
	t.Helper()
	spec := read(t, text, nil)
	config := whole(spec)
	config.Record = Recording{Span{from, to}, 1_000_000}
	o, err := Build(spec, config).Run(onward)
	require.NoError(t, err)
	require.NoError(t, o.Trace.disorder())
	return o
}

// disorder finds a hop that is not where and when the one above it is, or whose time
// is not accounted for to the nanosecond.
func (t *Trace) disorder() error {
	for _, r := range t.Requests {
		for _, a := range r.Attempts {
			spent := make([]engine.Time, len(a.Hops)) // on what hops call
			for i := len(a.Hops) - 1; i >= 0; i-- {
				h := &a.Hops[i]
				if complaint := t.hopDisorder(a.Hops, i); complaint != "" {
					return fmt.Errorf("%s: %+v", complaint, *h)
				}
				for _, s := range h.Stays {
					spent[i] += s.To - s.From
				}
				if spent[i] != t.Gone(h)-h.Sent {
					return fmt.Errorf("%d of %d ns are accounted for: %+v", spent[i], t.Gone(h)-h.Sent, *h)
				}
				if h.Above >= 0 {
					spent[h.Above] += t.Done(h) - h.Sent
				}
			}
		}
	}
	return nil
}

func (t *Trace) hopDisorder(hops []TracedHop, i int) string {
	h := &hops[i]
	at := h.Sent
	for _, s := range h.Stays {
		if s.From < at || s.To <= s.From || s.To > t.Gone(h) {
			return "a stay out of place"
		}
		at = s.To
	}
	switch {
	case h.Above >= i, h.Above < 0 && i > 0, h.Kind == "":
		return "nothing is above"
	case h.Above >= 0 && (h.Sent < hops[h.Above].Sent || t.Done(h) > t.Gone(&hops[h.Above])):
		return "not within what is above"
	case t.Gone(h) < t.Done(h):
		return "over before its caller has the answer"
	}
	return ""
}

const recordedSite = `
duration = "10m"
[clients.visitors]
target   = "lb"
rate     = "20/s"
requests = 2
think    = "1s"
timeout  = "1s"
retry    = { attempts = 1, wait = "0.5s" }
[routes.page]
demand = { web = "exponential(20ms)", db = "exponential(10ms)" }
[balancers.lb]
kind = "application"
targets = ["web"]
[fleets.web]
vcpus = 1
min = 2
max = 2
zones = ["a", "c"]
server = { software = "pool", threads = 1 }
calls = ["db"]
[services.db]
kind  = "database"
vcpus = 1
pool  = 1
`

// A request's way leads from the balancer through an instance to the database.
func TestRecordingFollowsRequests(t *testing.T) {
	from, to := 5*engine.Minute, 5*engine.Minute+20*engine.Second
	o := record(t, recordedSite, from, to)
	require.InDelta(t, 400*2, len(o.Trace.Requests), 200)
	queued := 0
	for _, r := range o.Trace.Requests {
		require.Equal(t, []string{"visitors", "page"}, []string{r.Client, r.Route})
		hops := r.Attempts[0].Hops
		require.Len(t, hops, 3)
		lb, web, db := hops[0], hops[1], hops[2]
		require.Equal(t, Landmark{"balancer", "lb", ""}, lb.Landmark)
		require.Contains(t, []Landmark{{"fleet", "web", "web-1"}, {"fleet", "web", "web-2"}}, web.Landmark)
		require.Equal(t, Landmark{"service", "db", ""}, db.Landmark)
		require.True(t, from <= lb.Sent && lb.Sent < to)
		require.Empty(t, lb.Stays, "a balancer takes no time")
		if web.Stays[0].What == traffic.Queueing {
			queued++
		}
	}
	require.Positive(t, queued)
}

// What is recorded takes as long as the simulator measures, to the nanosecond.
func TestRecordingHasTheLatencies(t *testing.T) {
	o := record(t, recordedSite, 0, 10*engine.Minute)
	m := o.Windows[0].Metrics
	require.EqualValues(t, m["requests.offered"], len(o.Trace.Requests))
	var sum engine.Time
	var completed, attempts int
	for _, r := range o.Trace.Requests {
		attempts += len(r.Attempts)
		last := &r.Attempts[len(r.Attempts)-1].Hops[0]
		if last.Answer == "ok" && last.Left < 0 {
			completed++
			sum += last.Over - r.Attempts[0].Hops[0].Sent
		}
	}
	require.EqualValues(t, m["requests.completed"], completed)
	require.EqualValues(t, m["requests.attempts"], attempts)
	require.EqualValues(t, o.Windows[0].Latency.Sum().Int64(), sum)
}

// At most so many requests are recorded, and the others counted.
func TestRecordingIsBounded(t *testing.T) {
	spec := read(t, recordedSite, nil)
	config := whole(spec)
	config.Record = Recording{Span{0, engine.Minute}, 10}
	o, err := Build(spec, config).Run(onward)
	require.NoError(t, err)
	require.Len(t, o.Trace.Requests, 10)
	require.Positive(t, o.Trace.Beyond)
	require.Nil(t, simulate(t, recordedSite).Trace)
}
