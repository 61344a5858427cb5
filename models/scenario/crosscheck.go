package scenario

import (
	"fmt"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/client"
	"github.com/headroom-sim/headroom/models/incident"
	"github.com/headroom-sim/headroom/models/quantity"
)

// A crossChecker finds what spans several tables: names that must lead
// somewhere, times within the run.
type crossChecker struct {
	*Spec
	*decoder
	// elsewhere has the places of other configurations of the file: a route may
	// have demand there.
	elsewhere []string

	fleets, services, balancers, cdns, dns, routes []string
	metrics                                        map[string]Unit
}

func crossCheck(s *Spec, d *decoder, elsewhere []string) {
	c := crossChecker{
		Spec: s, decoder: d, elsewhere: elsewhere,
		fleets: sorted(s.Fleets), services: sorted(s.Services), balancers: sorted(s.Balancers), routes: sorted(s.Routes),
		cdns: sorted(s.CDNs), dns: sorted(s.DNS), metrics: s.MetricUnits(),
	}
	c.check()
}

func (c *crossChecker) check() {
	c.checkRun()
	c.checkNames()
	for _, name := range sorted(c.Clients) {
		c.checkClient(c.Clients[name], []string{"clients", name})
	}
	c.checkMemory()
	c.checkBursts()
	for _, name := range sorted(c.Routes) {
		c.checkRoute(name)
	}
	for _, name := range sorted(c.Balancers) {
		c.checkBalancer(c.Balancers[name], []string{"balancers", name})
	}
	for _, name := range sorted(c.Fleets) {
		c.checkFleet(name)
	}
	for _, name := range c.services {
		c.checkGuards(name)
	}
	c.checkEdge()
	c.checkAlarms()
	for _, name := range sorted(c.Faults) {
		c.checkFault(name)
	}
	for _, name := range sorted(c.Deployments) {
		c.checkDeployment(name)
	}
	c.checkSessions()
	for _, name := range sorted(c.Expectations) {
		c.checkExpectation(c.Expectations[name], []string{"expectations", name})
	}
	c.checkCircles()
}

// sound tells whether the value at the path can be relied on.
func (c *crossChecker) sound(path ...string) bool {
	return !c.broken[key(path)] && !c.misspelt[key(path)]
}

func (c *crossChecker) checkRun() {
	if c.sound("discard") && c.sound("duration") && c.Discard.For >= c.Duration {
		c.report([]string{"discard"}, "must be shorter than duration (discard %s, duration %s)", c.Discard, c.Duration)
	}
	if c.sound("clients") && len(c.Clients) == 0 {
		c.report([]string{"clients"}, "must have at least one client, [clients.NAME]")
	}
	if c.sound("routes") && len(c.Routes) == 0 {
		c.report([]string{"routes"}, "must have at least one route, [routes.NAME]")
	}
}

// checkNames refuses the same name for two things that a target can mean.
func (c *crossChecker) checkNames() {
	of := make(map[string]string)
	for _, kind := range []struct {
		table, one string
		names      []string
	}{
		{"balancers", "balancer", c.balancers}, {"fleets", "fleet", c.fleets}, {"services", "service", c.services},
		{"cdns", "content delivery network", c.cdns}, {"dns", "DNS name", c.dns},
	} {
		for _, name := range kind.names {
			if other := of[name]; other != "" {
				c.report([]string{kind.table, name}, "there is a %s of the same name", other)
			}
			of[name] = kind.one
		}
	}
}

// targets are the names of everything in the site that takes requests.
func (c *crossChecker) targets() []string { return slices.Concat(c.balancers, c.fleets, c.services) }

// addresses are what clients can address: besides, what stands before the site.
func (c *crossChecker) addresses() []string { return slices.Concat(c.targets(), c.cdns, c.dns) }

func (c *crossChecker) checkPlaces(path []string, names []string) {
	for _, name := range names {
		c.lookUp(path, "balancer, fleet or service", name, c.targets())
	}
}

func (c *crossChecker) checkClient(s *client.Spec, path []string) {
	if s.Target != "" {
		c.lookUp(sub(path, "target"), "balancer, fleet, service, content delivery network or DNS name", s.Target, c.addresses())
	}
	for _, route := range sorted(s.Routes) {
		c.lookUp(sub(path, "routes", route), "route", route, c.routes)
	}
	if len(s.Routes) == 0 && len(c.Routes) > 1 && c.sound(sub(path, "routes")...) {
		c.report(sub(path, "routes"), "is required where there are several routes: write %s", equalShares(c.routes))
	}
	if len(s.Daily.Points) > 0 && c.Start == nil && c.sound("start") {
		c.report(sub(path, "daily"), "needs the wall-clock instant of time zero: set start")
	}
}

// equalShares shows how routes are given shares that add up to 1.
func equalShares(routes []string) string {
	const most = 6
	if len(routes) > most {
		return fmt.Sprintf("routes = { %s = 0.5, ... } with shares that add up to 1", routes[0])
	}
	parts, rest := make([]string, len(routes)), 100
	for i, name := range routes {
		share := rest / (len(routes) - i)
		rest -= share
		parts[i] = fmt.Sprintf("%s = %s", name, quantity.Share(float64(share)/100))
	}
	return "routes = { " + strings.Join(parts, ", ") + " }"
}

func (c *crossChecker) checkBalancer(b *balancer.Spec, path []string) {
	c.checkPlaces(sub(path, "targets"), b.Targets)
	for _, name := range sorted(b.Weights) {
		c.checkPlaces(sub(path, "weights", name), []string{name})
	}
	for _, name := range b.Places() {
		if v := c.Services[name]; v != nil && v.Kind() == "function" {
			c.checkFunctionBehind(b, path, name)
		}
	}
	for _, route := range b.Stickiness.SetBy {
		c.lookUp(sub(path, "stickiness", "set_by"), "route", route, c.routes)
	}
	if at := sub(path, "stickiness", "kind"); b.Stickiness.Type == "app_cookie" && b.Product != "nginx" && b.Product != "haproxy" && len(b.Stickiness.SetBy) == 0 && !c.SignsIn() && c.sound(at...) && c.sound("routes") {
		c.report(at, "app_cookie needs routes that set the application's cookie: name them in set_by, or give a route session = \"write\"")
	}
}

// checkFunctionBehind: of AWS's balancers only an application one has functions
// among its targets, with cross-zone balancing [ALB-XZ].
func (c *crossChecker) checkFunctionBehind(b *balancer.Spec, path []string, name string) {
	switch {
	case b.Elastic() && b.Kind() != "application" && c.sound(sub(path, "kind")...):
		c.report(sub(path, "targets"), "%q is a function, which only an application balancer can have among its targets (kind %s)", name, b.Kind())
	case b.Kind() == "application" && !b.CrossZone && c.sound(sub(path, "cross_zone")...):
		c.report(sub(path, "cross_zone"), "must be true where %q is among the targets: it is a function", name)
	}
}

func (c *crossChecker) checkRoute(name string) {
	known := slices.Compact(slices.Sorted(slices.Values(slices.Concat(c.fleets, c.services, c.elsewhere))))
	for _, at := range []struct {
		key    string
		places []string
	}{{"demand", sorted(c.Routes[name].Demand)}, {"wait", sorted(c.Routes[name].Wait)}} {
		for _, place := range at.places {
			path := []string{"routes", name, at.key, place}
			if slices.Contains(c.balancers, place) || slices.Contains(c.cdns, place) || slices.Contains(c.dns, place) {
				c.report(path, "%s do no work: give the demand to what is behind %q", c.whatIs(place), place)
				continue
			}
			c.lookUp(path, "fleet or service", place, known)
		}
	}
}

func (c *crossChecker) checkFleet(name string) {
	f, path := c.Fleets[name], []string{"fleets", name}
	if c.sound(sub(path, "min")...) && c.sound(sub(path, "max")...) && c.sound(sub(path, "desired")...) {
		f.CheckCapacity(func(at, format string, args ...any) { c.report(sub(path, at), format, args...) })
	}
	if f.Upstream != "" {
		c.checkPlaces(sub(path, "upstream"), []string{f.Upstream})
	}
	c.checkPlaces(sub(path, "calls"), f.Calls)
	for _, policy := range sorted(f.Policies) {
		p := f.Policies[policy]
		at := sub(path, "policies", policy)
		switch {
		case p.Foreign():
			c.checkForeign(name, p, at)
		case p.Alarm != nil:
			c.checkAlarm(name, p.Alarm, sub(at, "alarm"))
		case p.Type == "predictive":
			c.checkPredictive(name, p, at)
		default:
			c.checkTracked(name, p, at)
		}
	}
	for _, operation := range sorted(f.Operations) {
		c.checkNamedAlarms(f.Operations[operation].Alarms, sub(path, "operations", operation, "alarms"))
	}
	for _, metric := range sorted(f.Metrics) {
		c.checkOwnMetric(name, metric, sub(path, "metrics", metric))
	}
	for _, schedule := range sorted(f.Schedules) {
		if f.Schedules[schedule].Cron != nil && c.Start == nil && c.sound("start") {
			c.report(sub(path, "schedules", schedule, "cron"), "needs the wall-clock instant of time zero: set start")
		}
	}
}

func (c *crossChecker) checkFault(name string) {
	f, path := c.Faults[name], []string{"faults", name}
	if f.Fleet != "" {
		c.lookUp(sub(path, "fleet"), "fleet", f.Fleet, c.fleets)
	}
	if f.Service != "" {
		c.lookUp(sub(path, "service"), "service", f.Service, c.services)
	}
	if v := c.Services[f.Service]; v != nil && f.Instances != nil && v.Kind() != "cache" {
		c.report(sub(path, "instances"), "cannot be used here: of services only a cache has nodes")
	}
	if v := c.Services[f.Service]; v != nil && v.Kind() == "function" && f.Effect == "cpu" {
		c.report(sub(path, "effect"), "cannot hit a function: nothing shares the CPUs of its environments")
	}
	c.checkFaultZone(f, sub(path, "zone"))
	if at := f.At; c.sound(path...) && c.sound("duration") && at >= c.Duration {
		c.report(sub(path, "at"), "must be within the run (at %s, duration %s)", at, c.Duration)
	}
}

// checkFaultZone reports a zone in which there is nothing that the fault could
// hit.
func (c *crossChecker) checkFaultZone(f *incident.Fault, path []string) {
	var used []string
	for _, name := range c.fleets {
		if f.Fleet == "" || f.Fleet == name {
			used = append(used, c.Fleets[name].launchZones()...)
		}
		if !c.sound("fleets", name, "zones") {
			return
		}
	}
	slices.Sort(used)
	used = slices.Compact(used)
	switch {
	case f.Zone == "" || f.Service != "" || slices.Contains(used, f.Zone):
	case f.Fleet == "":
		c.report(path, "no fleet uses the zone (zones %s)", strings.Join(used, ", "))
	case c.Fleets[f.Fleet] != nil:
		c.report(path, "fleet %q does not use the zone (zones %s)", f.Fleet, strings.Join(used, ", "))
	}
}

// checkCircles finds requests that would go round for ever.
func (c *crossChecker) checkCircles() {
	circles(slices.Concat(c.balancers, c.fleets), c.next, func(circle []string) {
		c.report(c.passesOn(circle[len(circle)-2]), "goes round in a circle: %s", strings.Join(circle, " -> "))
	})
}
