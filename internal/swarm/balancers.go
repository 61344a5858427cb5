package swarm

import (
	"fmt"
	"strings"
)

func (a *author) balancer(name string) {
	kind := a.pick("classic", "application", "network", "nginx", "haproxy")
	var targets []string
	for _, i := range a.Perm(len(a.places))[:a.between(1, min(3, len(a.places)))] {
		targets = append(targets, fmt.Sprintf("%q", a.places[i]))
		if a.isFunction(a.places[i]) && (kind == "classic" || kind == "network") {
			kind = "application"
		}
	}
	for _, target := range targets {
		a.behind[strings.Trim(target, `"`)] += kind
	}
	a.line("[balancers.%s]\nkind = \"%s\"", name, kind)
	a.maybe(2, "deregistration_delay = \"%ds\"", a.IntN(20))
	a.maybe(4, "deregistration_lag = \"%ds\"", a.IntN(20))
	a.maybe(4, "registration_delay = \"%ds\"", a.IntN(20))
	switch kind {
	case "network":
		a.network(targets)
	case "nginx":
		a.nginx(targets)
	case "haproxy":
		a.haproxy(targets)
	default:
		a.elastic(name, kind, targets)
	}
	a.places = append(a.places, name)
}

// elastic writes a classic or an application balancer.
func (a *author) elastic(name, kind string, targets []string) {
	a.forwarding(name, kind, targets)
	a.maybe(3, "idle_timeout = \"%ds\"", a.between(1, 10))
	if kind == "classic" {
		a.maybe(3, "surge_queue = %d", a.between(1, 20))
	}
	a.line("health_check = { interval = \"%ds\", timeout = \"%ds\", healthy_threshold = %d, unhealthy_threshold = %d, demand = \"%dms\" }",
		a.between(5, 20), a.between(2, 4), a.between(2, 4), a.between(2, 4), a.IntN(2)*30)
}

func (a *author) network(targets []string) {
	a.line("targets = [%s]\ncross_zone = %t", strings.Join(targets, ", "), a.chance(2))
	a.maybe(3, "idle_timeout = \"%ds\"", a.between(60, 90))
	a.maybe(3, "unhealthy_connection_termination = false")
	a.maybe(3, "deregistration_connection_termination = true")
	a.maybe(3, "stickiness.kind = \"source_ip\"")
	a.line("health_check = { interval = \"%ds\", timeout = \"%ds\", healthy_threshold = %d, unhealthy_threshold = %d, protocol = \"%s\" }",
		a.between(5, 20), a.between(2, 4), a.between(2, 4), a.between(2, 4), a.pick("TCP", "HTTP"))
}

// proxying writes what nginx and HAProxy have in common.
func (a *author) proxying(algorithms ...string) {
	a.line("algorithm = \"%s\"", a.pick(algorithms...))
	a.maybe(3, "connect_timeout = \"%dms\"", a.between(1, 3000))
	a.maybe(3, "server_timeout = \"%dms\"", a.between(1, 3000))
	a.maybe(3, "keepalive_timeout = \"%ds\"", a.between(1, 20))
	a.maybe(3, "idle_timeout = \"%ds\"", a.between(1, 20))
	a.maybe(3, "stickiness.kind = \"lb_cookie\"")
}

func (a *author) nginx(targets []string) {
	if a.chance(3) {
		for _, name := range targets {
			a.line("weights.%s = %d", name, a.between(1, 9))
		}
	} else {
		a.line("targets = [%s]", strings.Join(targets, ", "))
	}
	a.proxying("round_robin", "least_outstanding_requests", "random", "power_of_two", "ip_hash")
	a.maybe(2, "worker_processes = %d", a.between(1, 4))
	a.maybe(3, "zone = true")
	a.maybe(3, "max_fails = %d", a.IntN(4))
	a.maybe(3, "fail_timeout = \"%ds\"", a.IntN(20))
	a.maybe(2, "next_upstream = [\"%s\"]", a.pick("off", "error", "timeout", `error", "timeout", "http_500", "http_503", "http_504", "non_idempotent`))
	a.maybe(3, "next_upstream_tries = %d", a.IntN(3))
	a.maybe(4, "next_upstream_timeout = \"%dms\"", a.between(0, 2000))
	a.maybe(2, "upstream_keepalive = %d", a.between(1, 10))
}

func (a *author) haproxy(targets []string) {
	a.line("targets = [%s]", strings.Join(targets, ", "))
	a.proxying("round_robin", "least_outstanding_requests", "random", "power_of_two", "source")
	a.maybe(2, "retries = %d", a.IntN(5))
	a.maybe(2, "redispatch = true")
	a.maybe(2, "retry_on = [\"%s\"]", a.pick("none", "conn-failure", "all-retryable-errors", `empty-response", "response-timeout", "500`))
	a.maybe(2, "init_state = \"%s\"", a.pick("up", "fully-up", "down", "fully-down"))
	a.line("health_check = { interval = \"%dms\", timeout = \"%dms\", protocol = \"%s\", demand = \"%dms\" }",
		a.between(500, 5000), a.IntN(2)*1000, a.pick("TCP", "HTTP"), a.IntN(2)*30)
}

// isFunction tells whether a place that is written already is a function.
func (a *author) isFunction(place string) bool {
	return strings.Contains(a.String(), "[services."+place+"]\nkind = \"function\"")
}

// forwarding writes how a balancer chooses.
func (a *author) forwarding(name, kind string, targets []string) {
	algorithm := a.pick("round_robin", "round_robin", "least_outstanding_requests", "random", "power_of_two")
	sticky, crossZone := a.chance(2), !a.chance(3)
	for _, target := range targets {
		crossZone = crossZone || a.isFunction(strings.Trim(target, `"`))
	}
	if weighted := kind == "application" && a.chance(3); weighted {
		for _, name := range targets {
			a.line("weights.%s = %d", name, a.between(1, 9))
		}
		a.pair(name, targets)
		a.line("group_stickiness = \"%ds\"\nzero_weight_keeps_visitors = false", a.between(1, 60))
		if sticky && crossZone {
			a.line("stickiness = { kind = \"lb_cookie\", duration = \"%ds\" }", a.between(1, 60))
		}
	} else {
		a.pair("", targets)
		a.line("targets = [%s]", strings.Join(targets, ", "))
		if sticky && (crossZone || kind == "classic") {
			a.line("stickiness = { kind = \"%s\", duration = \"%ds\", set_by = [\"route-0\"] }", a.pick("none", "app_cookie"), a.between(1, 60))
		}
	}
	if kind == "application" && algorithm == "round_robin" {
		a.maybe(3, "slow_start = \"%ds\"", a.between(30, 90))
	}
	if kind == "application" {
		a.maybe(4, "client_keep_alive = \"60s\"\nrules = 12")
		a.maybe(3, "target_group_health = { dns_failover_count = 2, routing_failover_percentage = \"%d%%\" }", a.between(1, 100))
	}
	a.maybe(3, "close_notice = \"%dms\"", a.IntN(500))
	a.line("algorithm = \"%s\"\ncross_zone = %t", algorithm, crossZone)
}
