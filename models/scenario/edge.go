package scenario

import "slices"

// checkEdge checks what clients come by before they come to the site.
func (c *crossChecker) checkEdge() {
	for _, name := range c.cdns {
		if origin := c.CDNs[name].Origin; origin != "" {
			c.checkPlaces([]string{"cdns", name, "origin"}, []string{origin})
		}
	}
	records := slices.Concat(c.targets(), c.cdns)
	for _, name := range c.dns {
		d := c.DNS[name]
		for _, at := range []struct{ key, name string }{{"primary", d.Primary}, {"secondary", d.Secondary}} {
			if at.name != "" {
				c.lookUp([]string{"dns", name, at.key}, recordOf, at.name, records)
			}
		}
		for _, record := range sorted(d.Weights) {
			c.lookUp([]string{"dns", name, "weights", record}, recordOf, record, records)
		}
	}
}

const recordOf = "balancer, fleet, service or content delivery network"

// whatIs says what kind of thing, in the plural, a name stands for.
func (c *crossChecker) whatIs(name string) string {
	switch {
	case slices.Contains(c.cdns, name):
		return "content delivery networks"
	case slices.Contains(c.dns, name):
		return "DNS names"
	}
	return "balancers"
}

// misses is the share of the requests of a route that come through at a place: a
// content delivery network answers some by itself, and how many is not known
// before the run where it has a store. It is taken to answer all that it may.
func (s *Spec) misses(place, route string) float64 {
	c := s.CDNs[place]
	if c == nil {
		return 1
	}
	hits := 1.0
	if c.HitRatio != nil {
		hits = float64(*c.HitRatio)
	}
	return 1 - float64(hits*float64(s.Routes[route].Cacheable))
}

// storesObjects tells whether some content delivery network has a store.
func (s *Spec) storesObjects() bool {
	for _, c := range s.CDNs {
		if c.Keys != nil {
			return true
		}
	}
	return false
}

// edge lists what content delivery networks and names have without effect.
func (l *lint) edge() {
	for _, name := range sorted(l.CDNs) {
		c := l.CDNs[name]
		if c.Price != nil && *c.Price == 0 {
			l.idle([]string{"cdns", name, "free"}, "has no effect where all is free")
		}
		if c.RequestPrice != nil && *c.RequestPrice == 0 {
			l.idle([]string{"cdns", name, "free_requests"}, "has no effect where all is free")
		}
		if c.Keys != nil {
			continue
		}
		for _, k := range []string{"skew", "ttl", "start"} {
			l.idle([]string{"cdns", name, k}, "has no effect without keys")
		}
	}
	for _, name := range sorted(l.DNS) {
		d := l.DNS[name]
		if d.Kind() == "weighted" && len(d.Weights) == 1 && d.HealthCheck != nil {
			l.idle([]string{"dns", name, "health_check"}, "has no effect on a single record: it is answered in any case")
		}
	}
}
