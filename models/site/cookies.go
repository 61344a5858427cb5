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

// cookies is the first of the two marks of a balancer's cookies.
func (s *System) cookies(name string) int32 {
	return int32(2 * slices.Index(slices.Sorted(maps.Keys(s.spec.Balancers)), name))
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
