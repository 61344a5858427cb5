package export

import (
	"io"
	"strconv"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/site"
	"github.com/headroom-sim/headroom/models/timeline"
)

// Unrecorded says why there is no trace of a result; "" where there is one.
func Unrecorded(r *experiments.Result) string {
	if r.Detail.Trace == nil {
		return "no requests were recorded: run it with --trace-window FROM..TO"
	}
	return ""
}

// Trace writes the recorded requests of the first replication in the Trace Event
// Format, which Perfetto and Chrome show. Client populations and places are
// processes; in them, requests that are there at the same time have a thread each.
// Slices within that of a place tell what it did with the request, arrows lead to
// what it called. Times are microseconds since the start of the run, to the
// nanosecond.
func Trace(w io.Writer, r *experiments.Result) error {
	t := r.Detail.Trace
	d := &drawing{trace: t}
	for i := range t.Requests {
		d.request(i+1, &t.Requests[i])
	}
	d.events(r.Detail.Events)
	return d.write(w, fields{
		{"scenario", r.Scenario}, {"variant", r.Variant}, {"seed", r.Seed}, {"version", r.Version},
		{"requests", len(t.Requests)}, {"left_out", t.Beyond},
	})
}

// slice is a stretch of time on a thread, with what lies within.
type slice struct {
	name, category string
	site.Span
	args   fields
	arrow  int // leads to it; 0: none
	inner  []slice
	arrows []arrow // that begin in it, in order
}

// arrow is the beginning of one that leads to the slice of its number.
type arrow struct {
	at     engine.Time
	number int
}

// field is a member of a JSON object.
type field struct {
	name  string
	value any
}

type fields []field

// drawing is a trace as it is shown.
type drawing struct {
	trace   *site.Trace
	tracks  []*track
	bars    []bar
	marks   []mark
	calls   int // arrows so far
	drawnTo engine.Time
}

// bar is a slice of a track.
type bar struct {
	slice
	track *track
}

// mark is an event of the control plane.
type mark struct {
	timeline.Event
	track *track
}

// request draws a request, with its attempts in it and the pauses between them, and
// what the attempts came to.
func (d *drawing) request(number int, r *site.TracedRequest) {
	d.bars = append(d.bars, bar{track: d.track("clients "+r.Client, r.Client)}) // before what it came to
	here := len(d.bars) - 1
	one := slice{name: r.Route, category: "request", Span: site.Span{From: r.Attempts[0].Hops[0].Sent}}
	spent := make(spending)
	for i := range r.Attempts {
		a := &r.Attempts[i]
		first := &a.Hops[0]
		if i > 0 {
			pause := site.Span{From: one.To, To: first.Sent}
			one.inner = append(one.inner, slice{name: "pause", category: "waiting", Span: pause})
			spent.add("waiting", pause)
		}
		one.To = d.trace.Done(first)
		d.calls++
		one.inner = append(one.inner, slice{
			name: "attempt " + strconv.Itoa(i+1), category: "attempt", Span: site.Span{From: first.Sent, To: one.To},
			args:   fields{{"request", number}, {"target", first.Place}, {"answer", heard(first)}},
			arrows: []arrow{{first.Sent, d.calls}},
		})
		spent.attempt(d.trace, a)
		d.attempt(a, r.Route, fields{{"request", number}, {"attempt", i + 1}})
	}
	one.args = append(fields{
		{"request", number}, {"client", r.Client}, {"route", r.Route}, {"visit", r.Session},
		{"attempts", len(r.Attempts)}, {"answer", heard(&r.Attempts[len(r.Attempts)-1].Hops[0])},
	}, spent.args()...)
	d.bars[here].slice = one
	d.drawnTo = max(d.drawnTo, one.To)
}

// heard is the answer that the client got.
func heard(h *site.TracedHop) string {
	switch {
	case h.Left >= 0, h.Answer == "withdrawn":
		return "timeout"
	case h.Answer == "":
		return "none before the end of the run"
	}
	return h.Answer
}

// attempt draws what an attempt came to, under the name of its route. The arrow that
// leads to its first hop has the latest number.
func (d *drawing) attempt(a *site.TracedAttempt, route string, id fields) {
	arrows := make([][]arrow, len(a.Hops))
	numbers := make([]int, len(a.Hops))
	numbers[0] = d.calls
	for i := 1; i < len(a.Hops); i++ {
		h := &a.Hops[i]
		d.calls++
		numbers[i] = d.calls
		arrows[h.Above] = append(arrows[h.Above], arrow{h.Sent, d.calls})
	}
	for i := range a.Hops {
		h := &a.Hops[i]
		one := slice{
			name: route, category: "place", Span: site.Span{From: h.Sent, To: d.trace.Gone(h)},
			args: append(id[:len(id):len(id)], argsOf(h)...), arrow: numbers[i], arrows: arrows[i],
		}
		if h.Detached {
			one.name = "message"
		}
		for _, s := range h.Stays {
			one.inner = append(one.inner, slice{name: s.What.String(), category: s.What.Purpose(), Span: s.Span})
		}
		thread := h.Place
		if h.Instance != "" {
			thread = h.Instance
		}
		d.bars = append(d.bars, bar{one, d.track(h.Kind+" "+h.Place, thread)})
		d.drawnTo = max(d.drawnTo, one.To)
	}
}

// argsOf are what there is to tell of a hop.
func argsOf(h *site.TracedHop) fields {
	var args fields
	add := func(name, value string) {
		if value != "" {
			args = append(args, field{name, value})
		}
	}
	switch {
	case h.Detached:
		add("caller", "does not wait")
	case h.Left >= 0:
		add("caller", "gave up after "+(h.Left-h.Sent).String())
	}
	switch {
	case h.Over < 0:
		add("answer", "none before the end of the run")
	default:
		add("answer", h.Answer)
	}
	add("cache", h.Cache)
	return args
}

// events draws those of the control plane while requests are recorded.
func (d *drawing) events(list []timeline.Event) {
	for _, e := range list {
		if e.At < d.trace.From || e.At > max(d.drawnTo, min(d.trace.To, d.trace.End)) {
			continue
		}
		thread := e.Fleet
		if thread == "" {
			thread = e.Subject
		}
		d.marks = append(d.marks, mark{e, d.track("control plane", thread)})
	}
}

// spending is what the time of a request went into, by purpose.
type spending map[string]engine.Time

func (s spending) add(purpose string, span site.Span) { s[purpose] += span.To - span.From }

// attempt adds what places did as long as the client waited for them.
func (s spending) attempt(t *site.Trace, a *site.TracedAttempt) {
	waited := make([]engine.Time, len(a.Hops)) // until when
	for i := range a.Hops {
		h := &a.Hops[i]
		waited[i] = t.Done(h)
		if h.Above >= 0 {
			waited[i] = min(waited[i], waited[h.Above])
		}
		for _, stay := range h.Stays {
			if stay.From < waited[i] {
				s.add(stay.What.Purpose(), site.Span{From: stay.From, To: min(stay.To, waited[i])})
			}
		}
	}
}

func (s spending) args() fields {
	var args fields
	for _, purpose := range []string{"waiting", "service", "network"} {
		args = append(args, field{purpose + "_us", micros(s[purpose])})
	}
	return args
}
