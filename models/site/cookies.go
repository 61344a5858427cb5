package site

import (
	"maps"
	"slices"

	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/session"
)

// sticky tells whether visitors meet a balancer that gives them cookies.
func (s *System) sticky() bool {
	for name, spec := range s.spec.Balancers {
		if s.reached[name] && (spec.Stickiness.On() || spec.GroupStickiness != nil) {
			return true
		}
	}
	return false
}

// reused tells whether anybody may send a second request on a connection to a
// balancer: populations whose users ask for more than one thing, and whoever else
// keeps connections.
func (s *System) reused(balancer string) bool {
	for _, c := range s.spec.Clients {
		again := c.Kind() == "closed" || c.Requests.Mean() > 1 || c.Retry.Attempts > 0
		if again && c.KeepAlive && s.leadsTo(c.Target, balancer) {
			return true
		}
	}
	for _, c := range s.spec.CDNs {
		if s.leadsTo(c.Origin, balancer) {
			return true
		}
	}
	for _, f := range s.spec.Fleets {
		if slices.Contains(f.Below(), balancer) {
			return true
		}
	}
	for _, b := range s.spec.Balancers {
		if slices.Contains(b.Places(), balancer) {
			return true
		}
	}
	return false
}

// leadsTo tells whether connections to a place may lead to the balancer: it is
// the place, or a record of its name.
func (s *System) leadsTo(place, balancer string) bool {
	if d := s.spec.DNS[place]; d != nil {
		return slices.ContainsFunc(d.Targets(), func(to string) bool { return s.leadsTo(to, balancer) })
	}
	return place == balancer
}

// cookies are the marks of a balancer's cookies, for targets and target groups.
func (s *System) cookies(name string) (target, group int32) {
	target = int32(2 * slices.Index(slices.Sorted(maps.Keys(s.spec.Balancers)), name))
	return target, target + 1
}

// setsCookie tells of each route whether its answers set the application's
// cookie that a balancer's stickiness follows.
func (s *System) setsCookie(spec *balancer.Stickiness) []bool {
	marks := make([]bool, len(s.routes))
	for i, name := range s.routeNames {
		if len(spec.SetBy) > 0 {
			marks[i] = slices.Contains(spec.SetBy, name)
		} else {
			marks[i] = session.UseOf(s.routes[i].Session) == session.Write
		}
	}
	return marks
}
