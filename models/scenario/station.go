package scenario

import (
	"strings"

	"github.com/headroom-sim/headroom/models/client"
	"github.com/headroom-sim/headroom/models/incident"
	"github.com/headroom-sim/headroom/models/quantity"
)

// Station is a service that is a queue of the textbooks to the letter: Poisson
// arrivals at a constant rate, exponential service, first in, first out. Rates are
// per second.
type Station struct {
	Arrival, Service float64
	Patience         float64 // rate at which those who wait leave; 0: never
	Servers          int
	Places           *int // to wait; nil: without bound
	Alone            bool // all requests of the scenario go there, and nobody gives up: its response is the latency
}

// Station describes a service that is one; ok is false for any other.
func (s *Spec) Station(name string) (q Station, ok bool) {
	v := s.Services[name]
	if v == nil || v.Kind() != "station" || v.Discipline != "fifo" || s.disturbed(name) {
		return q, false
	}
	q = Station{Servers: v.Count(), Places: v.Queue, Alone: true}
	if v.Patience.Distribution != nil {
		if q.Patience = exponentialRate(v.Patience); q.Patience == 0 || v.Queue != nil {
			return q, false
		}
	}
	for _, name := range sorted(s.Clients) {
		if !q.add(s, s.Clients[name], v) {
			return q, false
		}
	}
	return q, q.Arrival > 0
}

// disturbed tells whether requests come to a service from within the site, or a
// fault hits it.
func (s *Spec) disturbed(service string) bool {
	for _, name := range sorted(s.Reached()) {
		for _, next := range s.next(name) {
			if next == service {
				return true
			}
		}
	}
	return some(s.Faults, func(f *incident.Fault) bool { return f.Service == service })
}

// add counts a client's requests in; ok is false where they are no Poisson stream
// of exponential services.
func (q *Station) add(s *Spec, c *client.Spec, at *Service) (ok bool) {
	if s.Services[c.Target] != at {
		q.Alone = false
		return true
	}
	constant := c.Kind() == "poisson" && len(c.Rate.Points) == 1
	single := c.Requests.Mean() == 1 && c.Requests.Variance() == 0
	if !constant || !single || c.Cancel || c.Retry.Attempts > 0 {
		return false
	}
	q.Alone = q.Alone && c.Timeout == nil
	shares := s.shares(c)
	for _, route := range sorted(shares) {
		r := s.Routes[route]
		rate := exponentialRate(r.Demand[c.Target])
		if shares[route] == 0 {
			continue
		}
		if _, waits := r.Wait[c.Target]; waits || rate == 0 || q.Service != 0 && q.Service != rate {
			return false
		}
		q.Service = rate
	}
	q.Arrival += float64(c.Rate.Points[0].Rate)
	return true
}

// exponentialRate is that of an exponential distribution, per second; 0 for any
// other.
func exponentialRate(s quantity.Span) float64 {
	if s.Distribution == nil || !strings.HasPrefix(s.String(), "exponential(") {
		return 0
	}
	return 1e9 / s.Mean()
}
