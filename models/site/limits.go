package site

import (
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

// bind notes which limits bound in a minute, neighbours joined.
func (m *meter) bind(minute Span) {
	for i := range m.sys.fleets {
		for l := range server.Limits {
			if m.minute.fleets[i].strain.binds(l) {
				m.bound[i][l] = join(m.bound[i][l], minute)
			}
		}
	}
}

// join adds a span to those before it.
func join(spans []Span, next Span) []Span {
	if k := len(spans) - 1; k >= 0 && spans[k].To == next.From {
		spans[k].To = next.To
		return spans
	}
	return append(spans, next)
}

// limits says when each fleet was at which limit.
func (m *meter) limits() []Limit {
	var limits []Limit
	for i, f := range m.sys.fleets {
		for l, spans := range m.bound[i] {
			if len(spans) > 0 {
				limits = append(limits, Limit{Fleet: f.name, Name: server.Limit(l).String(), Spans: spans})
			}
		}
	}
	return limits
}
