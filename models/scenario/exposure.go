package scenario

import (
	"slices"

	"github.com/headroom-sim/headroom/models/traffic"
)

// Exposure is, of each fleet, the share of each client's requests that can come
// there: those of the routes that lead to it. It is an upper bound: caches answer
// some before, and balancers choose among fleets. Clients with none are left out.
func (s *Spec) Exposure() map[string]map[string]float64 {
	all := make(map[string]map[string]float64)
	for fleet := range s.Fleets {
		all[fleet] = make(map[string]float64)
	}
	for client, c := range s.Clients {
		shares := s.shares(c)
		for _, route := range sorted(shares) {
			r := s.Routes[route]
			for _, fleet := range s.fleetsOn(c.Target, &r) {
				all[fleet][client] = min(1, all[fleet][client]+float64(shares[route]))
			}
		}
	}
	return all
}

// fleetsOn are the fleets to which a route can come from a target on.
func (s *Spec) fleetsOn(target string, r *traffic.RouteSpec) []string {
	var fleets []string
	next := func(name string) []string { return s.nextOf(name, r) }
	explore([]string{target}, next, func(name string) bool {
		if s.Fleets[name] != nil {
			fleets = append(fleets, name)
		}
		return true
	})
	return fleets
}

// nextOf is what a route is passed on to at name, or calls there: only places
// for which it has demand, there or behind.
func (s *Spec) nextOf(name string, r *traffic.RouteSpec) []string {
	f := s.Fleets[name]
	if f == nil || f.Upstream != "" {
		return s.next(name)
	}
	return slices.DeleteFunc(slices.Clone(s.next(name)), func(place string) bool {
		return place != s.Sessions.In && !s.needs(r, place)
	})
}

// Alternatives are the fleets behind places that choose among several, in the order of
// their names: while one has no instances requests go to others.
func (s *Spec) Alternatives() []string {
	chosen := make(map[string]bool)
	for _, name := range slices.Concat(sorted(s.Balancers), sorted(s.DNS)) {
		if targets := s.next(name); len(targets) > 1 {
			explore(targets, s.next, func(place string) bool {
				chosen[place] = true
				return true
			})
		}
	}
	return slices.DeleteFunc(sorted(s.Fleets), func(name string) bool { return !chosen[name] })
}
