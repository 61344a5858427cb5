package swarm

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// author writes scenarios by chance.
type author struct {
	*rand.Rand
	strings.Builder
	places []string // that a request can be sent on to, in order of definition
	routes []string
	work   []string // places that do work
	groups []group
	behind map[string]string // kinds of the balancers whose targets a fleet is
	guards map[string]string // what caches guard
	// managed are the services whose CPUs nobody sees.
	managed map[string]bool
	// stateless are those that can keep no signed-in state.
	stateless map[string]bool
	grouped   []string    // the targets of each balancer with weights
	sized     bool        // answers have sizes
	drains    bool        // the load ends after two minutes, and faults end too
	pairs     [][3]string // of fleets behind a balancer: the balancer if it has weights, and both
}

// group is a fleet whose policies are yet to be written.
type group struct {
	name                       string
	least, most                int
	burstable, unlimited, warm bool
}

func newAuthor(seed uint64) *author {
	return &author{Rand: rand.New(rand.NewPCG(seed, 1)), behind: make(map[string]string), guards: make(map[string]string), managed: make(map[string]bool), stateless: make(map[string]bool)}
}

func (a *author) line(format string, args ...any) { fmt.Fprintf(a, format+"\n", args...) }

// chance is true once in n times.
func (a *author) chance(n int) bool { return a.IntN(n) == 0 }

func (a *author) pick(choices ...string) string { return choices[a.IntN(len(choices))] }

// maybe writes a line once in n times.
func (a *author) maybe(n int, format string, args ...any) {
	if a.chance(n) {
		a.line(format, args...)
	}
}

// between is a number from least to greatest.
func (a *author) between(least, greatest int) int { return least + a.IntN(greatest-least+1) }

// span is a law of times with about this mean in milliseconds.
func (a *author) span(ms int) string {
	mean := fmt.Sprintf("%dms", a.between(max(ms/3, 1), ms*2))
	switch a.IntN(9) {
	case 0:
		return "constant(" + mean + ")"
	case 1:
		return "erlang(3, " + mean + ")"
	case 2:
		return "hyperexponential(" + mean + ", scv=5)"
	case 3:
		return "lognormal(" + mean + ", scv=2)"
	case 4:
		return "gamma(" + mean + ", scv=0.7)"
	case 5:
		return "weibull(" + mean + ", shape=0.8)"
	case 6:
		return fmt.Sprintf("uniform(0ms, %s)", mean)
	case 7:
		return fmt.Sprintf("pareto(1ms, %dms, alpha=1.3)", 2+20*ms)
	}
	return "exponential(" + mean + ")"
}

func (a *author) scenario() string {
	if a.drains {
		a.line("duration = \"40m\"")
	} else {
		a.line("duration = \"%dm%ds\"", a.between(5, 9), a.IntN(3)*7)
	}
	a.maybe(3, "discard = \"%ds\"", a.between(1, 100))
	a.line("start = \"2026-03-02T08:00:00Z\"")
	a.sized = a.chance(2)
	for i := range a.between(1, 3) {
		a.routes = append(a.routes, fmt.Sprint("route-", i))
	}
	for i := range a.IntN(3) {
		a.service(fmt.Sprint("service-", i))
	}
	for i := range a.IntN(3) {
		a.fleet(fmt.Sprint("fleet-", i))
	}
	if len(a.places) == 0 {
		a.fleet("web")
	}
	for i := range a.between(1, 2) {
		a.balancer(fmt.Sprint("balancer-", i))
		if a.chance(3) {
			a.fleet(fmt.Sprint("front-", i))
		}
	}
	for _, g := range a.groups {
		a.policies(g)
		for i := range a.IntN(3) {
			a.operation(g, fmt.Sprint("operation-", i))
		}
	}
	a.costs()
	a.alarms()
	a.sessions()
	a.edge()
	for i := range a.between(1, 3) {
		a.client(fmt.Sprint("client-", i))
	}
	for i := range a.IntN(4) {
		a.fault(fmt.Sprint("fault-", i))
	}
	if a.chance(3) {
		a.line("[prices]\ninternet_free = \"%dKB\"\nbetween_zones = %g", a.IntN(9), a.Float64())
		a.maybe(2, "internet = %g", a.Float64())
	}
	if a.chance(3) {
		a.line("[network]\nwithin_zone = \"%dus\"\nbetween_zones = \"%dms\"", a.IntN(2)*300, a.IntN(3))
	}
	for i := range a.IntN(3) {
		a.deployment(fmt.Sprint("deployment-", i))
	}
	a.expectations()
	return a.String()
}

// expectations are mostly not met.
func (a *author) expectations() {
	a.maybe(3, "[expectations.fast]\nmetric = \"latency.p95\"\nat_most = \"%dms\"", a.IntN(500))
	a.maybe(4, "[expectations.up]\nmetric = \"availability\"\nat_least = %g", a.Float64())
	a.maybe(4, "[expectations.none]\nmetric = \"requests.failed\"\nequals = %d", a.IntN(2))
	a.maybe(4, "[expectations.well]\nmetric = \"availability\"\nbetween = [%g, 1]\nduring = \"2m..4m\"", a.Float64())
}

func (a *author) costs() {
	for _, route := range a.routes {
		a.line("[routes.%s]", route)
		a.maybe(4, "cacheable = 0.5")
		a.maybe(2, "session = \"%s\"", a.pick("read", "read", "write"))
		a.maybe(4, "idempotent = false")
		if a.sized {
			a.line("size = \"%dKiB\"", a.between(1, 50))
		}
		for _, place := range a.work {
			if !a.chance(4) {
				a.line("demand.%s = \"%s\"", place, a.span(a.between(1, 12)))
			}
			a.maybe(5, "wait.%s = \"%s\"", place, a.span(100))
		}
	}
}

func (a *author) client(name string) {
	a.line("[clients.%s]\ntarget = \"%s\"", name, a.places[len(a.places)-1-a.IntN(min(2, len(a.places)))])
	kind := a.IntN(6)
	if a.drains {
		kind = 6
	}
	switch kind {
	case 6:
		a.line("rate = [\"0s %d/s\", \"2m %d/s\", \"121s 0/s\"]", a.between(1, 40), a.between(1, 100))
	case 0:
		a.line("arrivals = \"even\"\nrate = \"%d/s\"", a.between(1, 60))
	case 1:
		a.line("users = %d", a.between(1, 150))
		a.line("think = \"%s\"", a.span(1000))
	case 2:
		a.line("arrivals = \"bursty\"\nrate = \"%d/s\"\nburst_rate = \"%d/s\"\nburst_duration = \"10s\"\ncalm_duration = \"40s\"", a.between(0, 20), a.between(20, 120))
	case 3:
		a.line("trace = \"trace.csv\"\nscale = %g", 0.1+3*a.Float64())
		a.maybe(3, "speed = %g", 0.5+a.Float64())
	case 4:
		a.line("daily = [\"08:00 %d/s\", \"08:05 %d/s\"]\nweekend = 0.5", a.between(1, 30), a.between(1, 90))
	default:
		a.line("rate = [\"0s %d/s\", \"2m %d/s\", \"200s %d/s\"]", a.between(0, 40), a.between(0, 120), a.between(0, 40))
		a.maybe(3, "shape = \"step\"")
	}
	if !a.chance(4) {
		a.line("requests = \"geometric(%d)\"", a.between(1, 9))
	}
	if kind != 1 {
		a.maybe(2, "think = \"%s\"", a.span(2000))
	}
	a.maybe(2, "timeout = \"%dms\"", a.between(5, 3000))
	a.maybe(3, "cancel = true")
	a.maybe(2, "keep_alive = false")
	if len(a.routes) > 1 {
		a.line("routes = { route-0 = 0.25, route-1 = 0.75 }")
	}
	if a.chance(2) {
		a.line("retry = { attempts = %d, wait = \"%s\", growth = 2.0, jitter = 0.5 }", a.between(1, 3), a.span(300))
	}
}

// fault writes a fault of any kind on a fleet, on a fleet's instances in a zone,
// on all instances in a zone, on a service or on a zone as a whole.
func (a *author) fault(name string) {
	var fleets, services []string
	for _, place := range a.work {
		if strings.HasPrefix(place, "service") {
			services = append(services, place)
		} else {
			fleets = append(fleets, place)
		}
	}
	effects := []string{"refuse", "cpu", "crash", "hang", "errors", "slow", "latency"}
	a.line("[faults.%s]\nat = \"%ds\"", name, a.IntN(290))
	switch {
	case len(services) > 0 && (len(fleets) == 0 || a.chance(3)):
		service := a.pick(services...)
		a.line("service = \"%s\"", service)
		if strings.Contains(a.String(), "[services."+service+"]\nkind = \"cache\"") {
			a.maybe(2, "instances = %s", a.pick("1", "2", `"50%"`))
		}
		if a.isFunction(service) {
			effects = slices.Delete(effects, 1, 2) // cpu: nothing shares its processors
		}
	case len(fleets) > 0 && a.chance(3):
		a.line("zone = \"a\"")
		effects = append(effects, "crash", "crash", "launch_failure")
	default:
		a.line("fleet = \"%s\"", a.pick(fleets...))
		a.maybe(3, "zone = \"a\"")
		a.maybe(2, "instances = %s", a.pick("1", "2", `"50%"`))
	}
	if a.drains || a.chance(2) {
		a.line("for = \"%ds\"", a.between(1, 100))
		a.maybe(2, "recover = \"%ds\"", a.between(1, 60))
	}
	effect := a.pick(effects...)
	a.line("effect = \"%s\"", effect)
	switch effect {
	case "errors":
		a.maybe(2, "share = \"%d%%\"", a.between(1, 100))
	case "slow":
		a.maybe(2, "factor = %d", a.between(1, 20))
	case "latency":
		a.maybe(2, "add = \"%dms\"", a.between(1, 5000))
	}
}
