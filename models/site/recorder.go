package site

import (
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/traffic"
)

// Recording asks for the ways of requests through the site. It changes nothing else
// about the run.
type Recording struct {
	Span     // in which the requests are first offered; empty: none
	Most int // requests
}

// recorder follows the requests of a recording.
type recorder struct {
	sys      *System
	requests []*recorded
	known    map[traffic.Request]*recorded
	beyond   int
}

// recorded is a request with the journeys of its attempts.
type recorded struct {
	traffic.Request
	attempts []*traffic.Journey
}

// turnstile is an entrance of the site at which requests begin to be followed.
type turnstile struct {
	*recorder
	to traffic.Receiver
}

// newRecorder is what the recording asks for; nil where nothing is.
func (s *System) newRecorder() *recorder {
	if s.config.Record.To == 0 {
		return nil
	}
	return &recorder{sys: s, known: make(map[traffic.Request]*recorded)}
}

// watched is an entrance as clients see it: itself, unless requests are recorded.
func (s *System) watched(entrance traffic.Receiver) traffic.Receiver {
	if s.recorder == nil {
		return entrance
	}
	return &turnstile{s.recorder, entrance}
}

// checkpoint is a way from a balancer to a target as the balancer sees it: itself,
// unless requests are recorded.
func (r *recorder) checkpoint(way traffic.Receiver) traffic.Receiver {
	if r == nil {
		return way
	}
	return &traffic.Checkpoint{To: way}
}

// nodeWays are the ways from a balancer's nodes to its targets where there is
// nothing on them; nil unless requests are recorded.
func (r *recorder) nodeWays() func(zone string, t balancer.Target) traffic.Receiver {
	if r == nil {
		return nil
	}
	return func(_ string, t balancer.Target) traffic.Receiver { return r.checkpoint(t.Receiver) }
}

// Receive implements traffic.Receiver.
func (t *turnstile) Receive(a *traffic.Attempt) {
	if r := t.find(a); r != nil {
		r.attempts = append(r.attempts, a.Follow(t.sys.sim, t.to))
	}
	a.Forward(t.to)
}

// Withdraw implements traffic.Receiver. Attempts are handed over at once.
func (t *turnstile) Withdraw(*traffic.Attempt, int32) {
	panic("site: an attempt was withdrawn from an entrance, which holds none")
}

// find is the record of an attempt's request; nil where it is none of the
// recording's.
func (r *recorder) find(a *traffic.Attempt) *recorded {
	if one := r.known[a.Request]; one != nil {
		return one
	}
	now, asked := r.sys.sim.Now(), &r.sys.config.Record
	switch {
	case a.Try > 0 || now < asked.From || now >= asked.To:
		return nil
	case len(r.requests) == asked.Most:
		r.beyond++
		return nil
	}
	one := &recorded{Request: a.Request}
	r.known[a.Request] = one
	r.requests = append(r.requests, one)
	return one
}
