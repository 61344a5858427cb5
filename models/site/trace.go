package site

import (
	"cmp"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// Trace is what was recorded.
type Trace struct {
	Recording
	End      engine.Time     // of the run
	Requests []TracedRequest // in the order in which they were first offered
	Beyond   int             // more that were offered in the span
}

// TracedRequest is a request with its attempts.
type TracedRequest struct {
	Client, Route string
	Session       uint64 // ordinal of the visit within the population
	Attempts      []TracedAttempt
}

// TracedAttempt is the way of an attempt: its hops in the order in which they began,
// of which the first is over when the client has its answer.
type TracedAttempt struct{ Hops []TracedHop }

// TracedHop is what went on at one place for an attempt.
type TracedHop struct {
	Landmark
	Above    int         // index of the hop in whose course it was; -1: none
	Sent     engine.Time // by the client, or by the place above
	Left     engine.Time // these gave up, and the place went on; -1: they did not
	Over     engine.Time // -1: not before the end of the run
	Answer   string      // "ok" or the cause of the failure; "withdrawn"; "" without an answer
	Cache    string      // "hit" or "miss"; "" of all but lookups that were answered well
	Detached bool        // the place above never waited for it: a message
	Stays    []Stay      // all the time that was not spent further down
}

// Stay is what a place did with an attempt for some time.
type Stay struct {
	Span
	What traffic.Activity
}

// Done is when a hop is over for those who wait for it.
func (t *Trace) Done(h *TracedHop) engine.Time {
	if h.Left >= 0 {
		return h.Left
	}
	return t.Gone(h)
}

// Gone is when a hop is over for its place.
func (t *Trace) Gone(h *TracedHop) engine.Time { return orEnd(h.Over, t.End) }

func orEnd(at, end engine.Time) engine.Time {
	if at < 0 {
		return end
	}
	return at
}

// trace is what was recorded; nil where nothing was asked for.
func (s *System) trace() *Trace {
	r := s.recorder
	if r == nil {
		return nil
	}
	t := &Trace{Recording: s.config.Record, End: s.sim.Now(), Beyond: r.beyond}
	marks := s.landmarks()
	for _, one := range r.requests {
		request := TracedRequest{Client: s.clients[one.Client].name, Route: s.routeNames[one.Route], Session: one.Session}
		for _, journey := range one.attempts {
			p := path{trace: t, marks: marks, index: make(map[*traffic.Hop]int)}
			request.Attempts = append(request.Attempts, p.read(journey))
		}
		t.Requests = append(t.Requests, request)
	}
	return t
}

// path is a journey that is being read.
type path struct {
	trace *Trace
	marks landmarks
	hops  []TracedHop
	index map[*traffic.Hop]int // in hops: of the hop, or of the one that it is a part of
}

// read finds the hops of a journey that lead to another place. Others are parts of
// the one above.
func (p *path) read(j *traffic.Journey) TracedAttempt {
	calls := make(map[*traffic.Hop][]Span)
	for _, h := range j.Hops {
		if !h.Detached {
			calls[h.Above] = append(calls[h.Above], Span{h.Sent, orEnd(h.Left, orEnd(h.Over, p.trace.End))})
		}
	}
	for _, h := range j.Hops {
		i := p.enter(h, len(calls[h]) > 0)
		p.index[h] = i
		p.hops[i].Stays = append(p.hops[i].Stays, stays(h, calls[h], orEnd(h.Over, p.trace.End))...)
	}
	for i := range p.hops {
		p.hops[i].Stays = joined(p.hops[i].Stays)
	}
	return TracedAttempt{p.hops}
}

// enter is the index of a hop, which is new unless it is a part of the one above.
func (p *path) enter(h *traffic.Hop, calls bool) int {
	above := -1
	if h.Above != nil {
		above = p.index[h.Above]
	}
	at, known := p.marks.of(h)
	if above >= 0 && !h.Detached && (!known || at.Landmark == p.hops[above].Landmark) {
		return above
	}
	p.hops = append(p.hops, TracedHop{
		Landmark: at.Landmark, Above: above, Sent: h.Sent, Left: h.Left, Over: h.Over, Detached: h.Detached,
		Answer: answerOf(h), Cache: at.found(h, calls),
	})
	return len(p.hops) - 1
}

func answerOf(h *traffic.Hop) string {
	switch {
	case h.Over < 0 || h.Detached:
		return ""
	case h.Withdrawn:
		return "withdrawn"
	}
	return h.Cause.String()
}

// stays are what a hop's receiver did until an instant, besides its calls.
func stays(h *traffic.Hop, calls []Span, until engine.Time) []Stay {
	var list []Stay
	at, what, notes := h.Sent, traffic.Service, h.Notes
	spend := func(to engine.Time) {
		if to > at {
			list = append(list, Stay{Span{at, to}, what})
			at = to
		}
	}
	stay := func(to engine.Time) {
		for ; len(notes) > 0 && notes[0].From <= to; notes = notes[1:] {
			spend(notes[0].From)
			what = notes[0].What
		}
		spend(to)
	}
	for _, c := range calls {
		stay(c.From)
		at = max(at, c.To)
	}
	stay(until)
	return list
}

// joined are stays in order, those in one that do the same without a pause.
func joined(list []Stay) []Stay {
	slices.SortStableFunc(list, func(a, b Stay) int { return cmp.Compare(a.From, b.From) })
	var all []Stay
	for _, s := range list {
		if last := len(all) - 1; last >= 0 && all[last].What == s.What && all[last].To == s.From {
			all[last].To = s.To
			continue
		}
		all = append(all, s)
	}
	return all
}
