package scenario

import (
	"slices"

	"github.com/headroom-sim/headroom/models/traffic"
)

// The places of a configuration are a graph: requests go from each to those that
// it passes them on to, or calls.

// next is what requests are passed on to at name, or call there.
func (s *Spec) next(name string) []string {
	on := s.leadsTo(name)
	if s.Services[s.Sessions.In] != nil && s.SessionFleets()[name] {
		on = append([]string{s.Sessions.In}, on...)
	}
	return on
}

// leadsTo is what requests are passed on to at name, but for what is asked about
// signed-in state.
func (s *Spec) leadsTo(name string) []string {
	if b := s.Balancers[name]; b != nil {
		return b.Places()
	}
	if f := s.Fleets[name]; f != nil {
		return f.Below()
	}
	if cdn := s.CDNs[name]; cdn != nil {
		return []string{cdn.Origin}
	}
	if d := s.DNS[name]; d != nil {
		return d.Targets()
	}
	return nil
}

// passesOn is the key that says where name passes requests on to.
func (s *Spec) passesOn(name string) []string {
	switch f, b := s.Fleets[name], s.Balancers[name]; {
	case s.CDNs[name] != nil:
		return []string{"cdns", name, "origin"}
	case s.DNS[name] != nil:
		return []string{"dns", name}
	case f == nil && b != nil && b.Weights != nil:
		return []string{"balancers", name, "weights"}
	case f == nil:
		return []string{"balancers", name, "targets"}
	case f.Upstream != "":
		return []string{"fleets", name, "upstream"}
	default:
		return []string{"fleets", name, "calls"}
	}
}

// entrances are the targets of clients.
func (s *Spec) entrances() []string {
	var list []string
	for _, name := range sorted(s.Clients) {
		list = append(list, s.Clients[name].Target)
	}
	return list
}

// explore visits each place once to which the ways over next lead from the given
// ones, themselves included. It goes no further from where visit is false.
func explore(from []string, next func(name string) []string, visit func(name string) bool) {
	seen := make(map[string]bool)
	var follow func(names []string)
	follow = func(names []string) {
		for _, name := range names {
			if !seen[name] {
				seen[name] = true
				if visit(name) {
					follow(next(name))
				}
			}
		}
	}
	follow(from)
}

// Reached tells of the places that a client's target leads to. What else a
// configuration has is left unused, and costs nothing.
func (s *Spec) Reached() map[string]bool {
	reached := make(map[string]bool)
	explore(s.entrances(), s.next, func(name string) bool {
		reached[name] = true
		return true
	})
	return reached
}

// Unused are the places that no client's target leads to.
func (s *Spec) Unused() []string {
	names := slices.Concat(sorted(s.Fleets), sorted(s.Balancers), sorted(s.Services), sorted(s.CDNs), sorted(s.DNS))
	reached := s.Reached()
	return slices.DeleteFunc(names, func(name string) bool { return reached[name] })
}

// demanded tells whether a route has demand at name or behind it.
func (s *Spec) demanded(name string) bool {
	return some(s.Routes, func(r traffic.RouteSpec) bool { return s.needs(&r, name) })
}

// needs tells whether a route has work or waiting to do at a place or behind it.
func (s *Spec) needs(r *traffic.RouteSpec, name string) bool {
	found := false
	explore([]string{name}, s.next, func(place string) bool {
		found = found || demands(r, place)
		return !found
	})
	return found
}

// demands tells whether a route has work or waiting to do at a place.
func demands(r *traffic.RouteSpec, place string) bool {
	_, work := r.Demand[place]
	_, wait := r.Wait[place]
	return work || wait
}

// circles finds the ways from one of the names over next that come back to where
// they have been: each ends with the name that it begins with.
func circles(names []string, next func(name string) []string, found func(circle []string)) {
	done := make(map[string]bool)
	var follow func(name string, trail []string)
	follow = func(name string, trail []string) {
		if i := slices.Index(trail, name); i >= 0 {
			found(append(slices.Clone(trail[i:]), name))
			return
		}
		if done[name] {
			return
		}
		done[name] = true
		for _, to := range next(name) {
			follow(to, append(trail, name))
		}
	}
	for _, name := range names {
		follow(name, nil)
	}
}
