package site

import (
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/server"
)

// strain is for how long servers were at their limits, of the time of all of them
// together.
type strain struct {
	span engine.Time
	at   [server.Limits]engine.Time
}

// add takes in what a server did.
func (s *strain) add(t *server.Tally) { s.merge(&strain{t.Span, t.Saturated}) }

func (s *strain) merge(o *strain) {
	s.span += o.span
	for l, t := range o.at {
		s.at[l] += t
	}
}

// binding is the share of the servers' time in a minute that must be at a limit
// for the limit to be said to bind then.
const binding = 0.5

// binds reports whether a limit does. It takes more than one server of many: what
// is short is the place as a whole.
func (s *strain) binds(l server.Limit) bool {
	return s.span > 0 && float64(s.at[l]) >= float64(binding*float64(s.span))
}

// full is the utilization over a minute from which the processors of a fleet, or
// the servers of a service, its threads, consumers or environments, are all taken
// as good as always.
const full = 0.95

// bound reports whether a limit of the fleet bound in the minute of the tally. Work
// that comes evenly can use up processors without two requests ever sharing one.
func (t *fleetTally) bound(l server.Limit) bool {
	return t.strain.binds(l) || l == server.CPU && utilization(&t.servers) >= full
}

// watch follows one limit of a place over the minutes.
type watch struct {
	Limit
	binds func(minute *siteTally) bool
	fleet *fleet   // of a limit of upstream
	below []callee // what such a fleet may wait for
	held  float64  // time of its threads in the limit, all together
}

// callee is a place that a fleet calls.
type callee struct {
	name string
	place
	held float64 // time of requests there in the minutes in which the limit bound
}

// watches are the limits of all fleets and services.
func (s *System) watches() []*watch {
	var list []*watch
	for i, f := range s.fleets {
		for l := range server.Limits {
			list = append(list, f.watch(l, func(t *siteTally) bool { return t.fleets[i].bound(l) }))
		}
	}
	for i, v := range s.services {
		if name := serversOf[v.kind]; name != "" {
			list = append(list, v.watch(name, func(t *siteTally) bool { return utilization(&t.services[i].Tally) >= full }))
		}
		for _, l := range limitsOf[v.kind] {
			list = append(list, v.watch(l.name, func(t *siteTally) bool { return t.services[i].strain.binds(l.of) }))
		}
	}
	return list
}

// watch follows a limit of the fleet.
func (f *fleet) watch(l server.Limit, binds func(*siteTally) bool) *watch {
	w := &watch{Limit: Limit{Place: f.name, Name: l.String()}, binds: binds}
	if l == server.Upstream {
		w.fleet = f
		for k, name := range f.spec.Below() {
			w.await(name, f.below[k])
		}
	}
	return w
}

// threads are how many requests of its thread pool an instance holds at the limit
// of upstream; 0 where it has none.
func (f *fleet) threads() float64 {
	if f.spec.Server.Kind() != "pool" {
		return 0
	}
	return float64(f.spec.Server.Threads)
}

// await adds a place that a fleet calls, or what is behind it: who waits for a
// balancer waits for its targets.
func (w *watch) await(name string, p place) {
	if b, ok := p.(*balancerPlace); ok {
		for k, target := range b.targets {
			w.await(b.spec.Places()[k], target)
		}
		return
	}
	if !slices.ContainsFunc(w.below, func(c callee) bool { return c.name == name }) {
		w.below = append(w.below, callee{name: name, place: p})
	}
}

// watch follows a limit of the service.
func (v *service) watch(limit string, binds func(*siteTally) bool) *watch {
	return &watch{Limit: Limit{Place: v.name, Name: limit}, binds: binds}
}

// serversOf are the names of what a kind of service may have too little of, where
// its utilization tells.
var serversOf = map[string]string{"station": "servers", "cache": "threads", "queue": "consumers", "function": "concurrency"}

// limitsOf are the limits of the machine behind a kind of service. Whom a database
// has no place for found its connections taken.
var limitsOf = map[string][]struct {
	name string
	of   server.Limit
}{
	"station":  {{"backlog", server.Backlog}},
	"database": {{"cpu", server.CPU}, {"connections", server.Backlog}},
	"pool":     {{"cpu", server.CPU}, {"connections", server.Connections}, {"backlog", server.Backlog}, {"upstream", server.Upstream}},
}

// bind notes which limits bound in a minute, neighbours joined.
func (m *meter) bind(minute Span) {
	for _, w := range m.limits {
		if !w.binds(m.minute) {
			continue
		}
		w.Spans = join(w.Spans, minute)
		if w.fleet != nil {
			waited := m.minute.fleets[w.fleet.index].strain.at[server.Upstream]
			w.held += float64(float64(waited) * w.fleet.threads())
		}
		for k := range w.below {
			w.below[k].held += m.held(w.below[k].place)
		}
	}
}

// held is the time that requests spent at a place in the minute, in nanoseconds,
// all together. Nobody waits for the messages of a queue.
func (m *meter) held(p place) float64 {
	switch of := p.(type) {
	case *fleet:
		return m.minute.fleets[of.index].servers.Number.Integral.Float64()
	case *service:
		if of.kind != "queue" {
			return m.minute.services[slices.Index(m.sys.services, of)].Number.Integral.Float64()
		}
	}
	return 0
}

// join adds a span to those before it.
func join(spans []Span, next Span) []Span {
	if k := len(spans) - 1; k >= 0 && spans[k].To == next.From {
		spans[k].To = next.To
		return spans
	}
	return append(spans, next)
}

// boundLimits are the limits that bound in some minute.
func (m *meter) boundLimits() []Limit {
	var limits []Limit
	for _, w := range m.limits {
		if len(w.Spans) > 0 {
			w.Upstream = w.awaited()
			limits = append(limits, w.Limit)
		}
	}
	return limits
}

// awaited is the place whose answers a fleet at its limit of upstream waited for
// most: where requests were for half of the time that its threads waited, or
// longer. It is "" where no place was that, as when they wait for something else.
// Where there are no threads it is the place where most requests were, or the only
// one.
func (w *watch) awaited() string {
	name, most := "", 0.0
	for _, c := range w.below {
		if c.held > most {
			name, most = c.name, c.held
		}
	}
	switch {
	case w.held > 0 && most < float64(w.held/2):
		return ""
	case w.held == 0 && len(w.below) == 1:
		return w.below[0].name
	}
	return name
}
