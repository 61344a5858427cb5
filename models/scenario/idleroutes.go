package scenario

import (
	"slices"

	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/client"
)

// reach notes to which places requests of which routes come.
func (l *lint) reach() {
	for _, name := range sorted(l.Clients) {
		c := l.Clients[name]
		for _, route := range l.routesOf(c) {
			explore([]string{c.Target}, l.next, func(place string) bool {
				if slices.Contains(l.reached[place], route) {
					return false
				}
				l.reached[place] = append(l.reached[place], route)
				return true
			})
		}
	}
}

// routesOf are the routes that a client's requests have.
func (l *lint) routesOf(c *client.Spec) []string {
	if len(c.Routes) == 0 {
		return sorted(l.Routes)
	}
	return sorted(c.Routes)
}

func (l *lint) routes() {
	for _, name := range sorted(l.Routes) {
		r, path := l.Routes[name], []string{"routes", name}
		if !l.wanted(name) {
			l.idle(path, "no client asks for this route")
			continue
		}
		for _, place := range sorted(r.Demand) {
			l.place(sub(path, "demand", place), place, name)
		}
		for _, place := range sorted(r.Wait) {
			l.place(sub(path, "wait", place), place, name)
		}
		if !l.works(name) {
			l.idle(path, "its requests cost nothing: no place that they reach has demand")
		}
		if !l.metered(name) {
			l.idle(sub(path, "request_size"), "has no effect: it takes no time, its requests come to no balancer, and nobody watches NetworkIn or NetworkOut")
		}
		if !l.cached(name) {
			l.idle(sub(path, "cacheable"), "has no effect: its requests come to no content delivery network")
		}
		if !some(l.Balancers, func(b *balancer.Spec) bool { return b.Product == "nginx" }) {
			l.idle(sub(path, "idempotent"), "has no effect without a balancer of kind \"nginx\"")
		}
		if !l.signsIn() {
			l.idle(sub(path, "session"), "has no effect: no route of session \"write\" leads to a fleet")
		}
	}
}

// wanted tells whether a client asks for the route.
func (l *lint) wanted(route string) bool {
	return some(l.Clients, func(c *client.Spec) bool { return slices.Contains(l.routesOf(c), route) })
}

// metered tells whether the route's requests count by their size: in capacity
// units, in transfers or in metrics.
func (l *lint) metered(route string) bool {
	return l.watches(autoscaling.NetworkIn) || l.watches(autoscaling.NetworkOut) || l.Crosses() ||
		slices.ContainsFunc(sorted(l.Balancers), func(b string) bool { return slices.Contains(l.reached[b], route) })
}

// cached tells whether the route's requests come to a content delivery network.
func (l *lint) cached(route string) bool {
	for name := range l.CDNs {
		if slices.Contains(l.reached[name], route) {
			return true
		}
	}
	return false
}

// works tells whether the route has demand at a place that its requests reach.
func (l *lint) works(route string) bool {
	r := l.Routes[route]
	for _, places := range [][]string{sorted(r.Demand), sorted(r.Wait)} {
		for _, place := range places {
			if slices.Contains(l.reached[place], route) {
				return true
			}
		}
	}
	return false
}

func (l *lint) place(path []string, place, route string) {
	switch {
	case l.Fleets[place] == nil && l.Services[place] == nil:
		l.idle(path, "there is no fleet or service %q in this configuration", place)
	case !slices.Contains(l.reached[place], route):
		l.idle(path, "requests of this route never come to %q", place)
	}
}
