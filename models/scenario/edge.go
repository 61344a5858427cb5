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
// content delivery network answers some by itself.
func (s *Spec) misses(place, route string) float64 {
	if c := s.CDNs[place]; c != nil {
		return 1 - float64(float64(c.HitRatio)*float64(s.Routes[route].Cacheable))
	}
	return 1
}
