package export

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/site"
	"github.com/headroom-sim/headroom/models/timeline"
)

// drawn is a trace as a viewer reads it.
type drawn struct {
	OtherData   map[string]any
	TraceEvents []event
}

type event struct {
	Ph, Name, Cat string
	Pid, Tid, ID  int
	Ts            json.Number
	Args          map[string]any
}

// ns is the instant of an event in nanoseconds, exactly.
func (e *event) ns(t *testing.T) engine.Time {
	t.Helper()
	whole, part, _ := strings.Cut(e.Ts.String(), ".")
	us, err := strconv.ParseInt(whole, 10, 64)
	require.NoError(t, err)
	ns, err := strconv.ParseInt((part + "000")[:3], 10, 64)
	require.NoError(t, err)
	require.LessOrEqual(t, len(part), 3)
	return engine.Time(us)*engine.Microsecond + engine.Time(ns)
}

// shown is a slice that a viewer shows.
type shown struct {
	event
	from, to engine.Time
	thread   string
	process  string
	above    *shown
	inner    []*shown
}

// view reads a trace as viewers do: events by their time, those of one instant in
// their order. It finds slices that are not properly nested, and arrows that do not
// begin and end in slices.
func view(t *testing.T, text []byte) (slices []*shown, d drawn) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	decoder.DisallowUnknownFields()
	var whole struct {
		DisplayTimeUnit string
		OtherData       map[string]any
		TraceEvents     []json.RawMessage
	}
	require.NoError(t, decoder.Decode(&whole))
	d.OtherData = whole.OtherData
	for _, raw := range whole.TraceEvents {
		var e event
		one := json.NewDecoder(bytes.NewReader(raw))
		one.UseNumber()
		require.NoError(t, one.Decode(&e))
		d.TraceEvents = append(d.TraceEvents, e)
	}
	return nest(t, d.TraceEvents), d
}

// inOrder requires what the Trace Event Format does of the file itself: every event
// names its process and thread, and the slices of a thread begin and end in the order of
// their times.
func inOrder(t *testing.T, events []event) {
	t.Helper()
	last := map[int]engine.Time{}
	for _, e := range events {
		require.Positive(t, e.Pid)
		require.Positive(t, e.Tid)
		require.GreaterOrEqual(t, e.ns(t), engine.Time(0))
		if e.Ph == "B" || e.Ph == "E" {
			require.GreaterOrEqual(t, e.ns(t), last[e.Tid])
			last[e.Tid] = e.ns(t)
		}
	}
}

func nest(t *testing.T, events []event) []*shown {
	t.Helper()
	inOrder(t, events)
	events = slices.Clone(events)
	slices.SortStableFunc(events, func(a, b event) int { return int(a.ns(t) - b.ns(t)) })
	processes, threads, pids := map[int]string{}, map[int]string{}, map[int]int{}
	open := map[int]*shown{}
	arrows := map[int]*shown{}
	var all []*shown
	for _, e := range events {
		if pid, known := pids[e.Tid]; known {
			require.Equal(t, pid, e.Pid, "a thread is of one process")
		}
		pids[e.Tid] = e.Pid
		here := open[e.Tid]
		switch e.Ph {
		case "M":
			name, _ := e.Args["name"].(string)
			switch e.Name {
			case "process_name":
				processes[e.Pid] = name
			case "thread_name":
				threads[e.Tid] = name
			}
		case "B":
			s := &shown{event: e, from: e.ns(t), above: here, thread: threads[e.Tid], process: processes[e.Pid]}
			require.NotEmpty(t, s.thread)
			require.NotEmpty(t, s.process)
			if here != nil {
				here.inner = append(here.inner, s)
			}
			open[e.Tid] = s
			all = append(all, s)
		case "E":
			require.NotNil(t, here, "an end without a beginning")
			here.to = e.ns(t)
			open[e.Tid] = here.above
		case "s":
			require.NotNil(t, here, "an arrow from nowhere")
			require.Nil(t, arrows[e.ID])
			arrows[e.ID] = here
		case "f":
			require.NotNil(t, here, "an arrow to nowhere")
			require.NotNil(t, arrows[e.ID], "an arrow that does not begin")
			require.Equal(t, arrows[e.ID].request(), here.request())
			delete(arrows, e.ID)
		case "i":
		default:
			t.Fatalf("what is a %q?", e.Ph)
		}
	}
	for tid, s := range open {
		require.Nil(t, s, "%d is not ended", tid)
	}
	require.Empty(t, arrows, "arrows that lead nowhere")
	return all
}

// request is the number of the one that a slice is of.
func (s *shown) request() string {
	for ; s != nil; s = s.above {
		if n, ok := s.Args["request"].(json.Number); ok {
			return n.String()
		}
	}
	return ""
}

// traced simulates a scenario that is given as text, and writes its trace.
func traced(t *testing.T, text string, from, to engine.Time, sets ...string) ([]*shown, drawn, *experiments.Result) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "site.toml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	return tracedAt(t, path, from, to, sets...)
}

func tracedAt(t *testing.T, scenario string, from, to engine.Time, sets ...string) ([]*shown, drawn, *experiments.Result) {
	t.Helper()
	study, err := experiments.Open(scenario, experiments.Options{Sets: sets, Record: site.Recording{Span: site.Span{From: from, To: to}, Most: 5000}})
	require.NoError(t, err)
	r, err := (&experiments.Runner{}).Run(context.Background(), study)
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, Trace(&out, r))
	require.True(t, json.Valid(out.Bytes()))
	slices, d := view(t, out.Bytes())
	return slices, d, r
}

// visits are the slices of requests that are at a place or one of its instances, on any
// of its threads.
func visits(list []*shown, name string) []*shown {
	return slices.DeleteFunc(slices.Clone(list), func(s *shown) bool {
		thread, _, _ := strings.Cut(s.thread, " (")
		return s.Cat != "place" || thread != name
	})
}

// named are the slices of a name.
func named(list []*shown, name string) []*shown {
	return slices.DeleteFunc(slices.Clone(list), func(s *shown) bool { return s.Name != name })
}

// In a site of every tier slices nest, arrows lead from each call to where it came,
// and the waiting, service and network of each request add up to its latency, which
// is the one that the simulator measured.
func TestTraceOfThreeTiers(t *testing.T) {
	const from, to = 10 * engine.Second, 12 * engine.Second
	list, d, r := tracedAt(t, "three-tier", from, to, "duration=20s", "discard=0s", "network.within_zone=200us", "network.between_zones=1ms")
	require.Empty(t, d.OtherData["variant"])
	spent := map[string]engine.Time{}
	var requests []*shown
	for _, s := range list {
		require.LessOrEqual(t, s.from, s.to)
		if s.above != nil {
			require.True(t, s.above.from <= s.from && s.to <= s.above.to, "%+v", s)
		}
		switch s.Cat {
		case "request":
			requests = append(requests, s)
		case "waiting", "service", "network":
			require.Empty(t, s.inner, "these are leaves")
			if s.above.Name != "message" {
				spent[s.request()] += s.to - s.from
			}
		}
	}
	require.Len(t, requests, len(r.Detail.Trace.Requests))
	require.NotEmpty(t, requests)
	for _, s := range requests {
		require.Equal(t, "ok", s.Args["answer"])
		require.Equal(t, s.to-s.from, spent[s.request()])
		var told engine.Time
		for _, purpose := range []string{"waiting", "service", "network"} {
			told += (&event{Ts: s.Args[purpose+"_us"].(json.Number)}).ns(t)
		}
		require.Equal(t, s.to-s.from, told)
	}
	for _, process := range []string{"balancer alb", "fleet web", "balancer app-lb", "fleet app", "service mc", "service db", "service mq", "network network"} {
		require.True(t, slices.ContainsFunc(list, func(s *shown) bool { return s.process == process }), process)
	}
	require.True(t, slices.ContainsFunc(list, func(s *shown) bool { return s.thread == "web-2" && s.Name == "search" }))
	routes := map[string]string{}
	for _, s := range requests {
		routes[s.request()] = s.Name
	}
	for _, s := range visits(list, "mc") {
		if routes[s.request()] == "order" {
			require.NotContains(t, s.Args, "cache", "it asks for its session")
			continue
		}
		spared := !slices.ContainsFunc(visits(list, "db"), func(db *shown) bool { return db.request() == s.request() })
		require.Equal(t, map[bool]any{true: "hit", false: "miss"}[spared], s.Args["cache"])
	}
	for _, s := range named(list, "message") {
		require.Equal(t, "does not wait", s.Args["caller"])
	}
}

// A client that gives up after a second tries again half a second later; the server
// goes on with what it left, and the run ends in the midst of the last ones.
func TestTraceOfTimeouts(t *testing.T) {
	list, _, _ := traced(t, `
duration = "20s"
[clients.c]
target = "s"
arrivals = "even"
rate = "1/s"
timeout = "1s"
retry = { attempts = 1, wait = "500ms" }
[routes.page]
demand.s = "1500ms"
[services.s]
kind = "station"
servers = 10
`, 10*engine.Second, engine.Minute)
	first := named(list, "page")[0]
	require.Equal(t, "request", first.Cat)
	require.Equal(t, "timeout", first.Args["answer"])
	require.Equal(t, json.Number("500000"), first.Args["waiting_us"])
	require.Equal(t, json.Number("2000000"), first.Args["service_us"])
	var inner []string
	for _, s := range first.inner {
		inner = append(inner, s.Name+" "+(s.to-s.from).String())
	}
	require.Equal(t, []string{"attempt 1 1s", "pause 0.5s", "attempt 2 1s"}, inner)
	there := visits(list, "s")[0]
	require.Equal(t, 1500*engine.Millisecond, there.to-there.from)
	require.Equal(t, "gave up after 1s", there.Args["caller"])
	require.Equal(t, "ok", there.Args["answer"])
	last := visits(list, "s")[len(visits(list, "s"))-1]
	require.Equal(t, 20*engine.Second, last.to)
	require.Equal(t, "none before the end of the run", last.Args["answer"])
}

// Requests that are at a place at the same time are on threads of their own, and a
// thread is used again.
func TestTraceUsesThreadsAgain(t *testing.T) {
	list, d, _ := traced(t, `
duration = "20s"
[clients.c]
target = "s"
arrivals = "even"
rate = "2/s"
[routes.page]
demand.s = "1500ms"
[services.s]
kind = "station"
servers = 10
[faults.slower]
service = "s"
effect = "slow"
factor = 2
at = "10s"
`, 0, 20*engine.Second)
	threads := map[string]int{}
	for _, s := range visits(list, "s") {
		threads[s.thread]++
	}
	require.Len(t, threads, 6)
	require.Greater(t, threads["s"], 5)
	events := slices.DeleteFunc(d.TraceEvents, func(e event) bool { return e.Ph != "i" })
	require.Len(t, events, 1)
	require.Equal(t, "fault", events[0].Name)
	require.Equal(t, json.Number("10000000"), events[0].Ts)
}

// Names are shown as they are, whatever is in them.
func TestTraceOfHostileNames(t *testing.T) {
	const name = "</script>\"\\\n\x1b[2J\u2028 서울 🚀"
	r := &experiments.Result{Scenario: name, Variant: name}
	hop := site.TracedHop{Landmark: site.Landmark{Kind: "fleet", Place: name, Instance: name + "-1"}, Above: -1, Sent: 1, Left: -1, Over: 1_000_001, Answer: name}
	r.Detail.Trace = &site.Trace{End: engine.Second, Requests: []site.TracedRequest{{Client: name, Route: name, Attempts: []site.TracedAttempt{{Hops: []site.TracedHop{hop}}}}}}
	r.Detail.Events = []timeline.Event{{At: 5, Kind: timeline.Alarm, Fleet: name, Subject: name, Text: name}}
	var out bytes.Buffer
	require.NoError(t, Trace(&out, r))
	require.NotContains(t, out.String(), "</script>")
	list, d := view(t, out.Bytes())
	require.Equal(t, name, d.OtherData["scenario"])
	require.Len(t, list, 3)
	require.Equal(t, "clients "+name, list[0].process)
	require.Equal(t, name+"-1", list[2].thread)
	for _, i := range []int{0, 2} {
		require.Equal(t, name, list[i].Name)
		require.Equal(t, name, list[i].Args["answer"])
	}
	require.Equal(t, []engine.Time{1, 1_000_001}, []engine.Time{list[0].from, list[0].to}, "to the nanosecond")
}

// A trace without requests is one all the same.
func TestTraceOfNothing(t *testing.T) {
	r := &experiments.Result{}
	require.NotEmpty(t, Unrecorded(r))
	r.Detail.Trace = &site.Trace{}
	require.Empty(t, Unrecorded(r))
	var out bytes.Buffer
	require.NoError(t, Trace(&out, r))
	list, d := view(t, out.Bytes())
	require.Empty(t, list)
	require.Empty(t, d.TraceEvents)
}
