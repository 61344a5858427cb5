package scenario

import (
	"fmt"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/client"
	"github.com/headroom-sim/headroom/models/quantity"
)

// A lint lists what a configuration has without effect, or by a slip.
type lint struct {
	*Spec
	root     *node
	reached  map[string][]string // by place: the routes whose requests come there
	findings []finding
}

// findIdle lists keys and tables that are idle: accepted, but without effect in
// this configuration.
func findIdle(s *Spec, root *node) []finding {
	l := &lint{Spec: s, root: root, reached: make(map[string][]string)}
	l.reach()
	for _, name := range sorted(s.Clients) {
		l.client(s.Clients[name], []string{"clients", name})
	}
	l.routes()
	l.unreached()
	for _, name := range sorted(s.Balancers) {
		l.balancer(name)
	}
	for _, name := range sorted(s.Fleets) {
		l.fleet(name)
	}
	for _, name := range sorted(s.Services) {
		l.service(name)
	}
	l.edge()
	l.network()
	for _, name := range sorted(s.Faults) {
		l.fault(name)
	}
	l.site()
	return l.findings
}

// idle lists a key, if the scenario has it at all.
func (l *lint) idle(path []string, format string, args ...any) {
	if l.root.has(path...) {
		l.findings = append(l.findings, finding{path: path, text: fmt.Sprintf(format, args...)})
	}
}

func (l *lint) client(c *client.Spec, path []string) {
	if len(c.Daily.Points) == 0 {
		l.idle(sub(path, "weekend"), "has no effect without daily")
	}
	if len(c.Daily.Points) == 0 && len(c.Rate.Points) <= 1 {
		l.idle(sub(path, "shape"), "has no effect on a rate without points")
	}
	if one := c.Requests.Mean() == 1; one && c.Kind() != "closed" {
		l.idle(sub(path, "think"), "has no effect where a session has one request")
	}
	if c.Timeout == nil {
		l.idle(sub(path, "cancel"), "has no effect without timeout")
	}
	if c.Retry.Attempts == 0 {
		for _, k := range []string{"wait", "growth", "jitter"} {
			l.idle(sub(path, "retry", k), "has no effect without retry.attempts")
		}
	}
}

// watches tells whether an alarm is on a metric of a fleet's.
func (s *Spec) watches(metric string) bool {
	return some(s.Alarms, func(a *Alarm) bool { return a.Metric == metric }) || some(s.Fleets, func(f *Fleet) bool {
		return some(f.Policies, func(p *autoscaling.PolicySpec) bool { return p.Watches(metric) })
	})
}

// alarmed tells whether an alarm that is no policy's is on a metric of a fleet's.
func (s *Spec) alarmed(fleet string) bool {
	return some(s.Alarms, func(a *Alarm) bool { return a.Fleet == fleet })
}

// unreached lists what no request comes to.
func (l *lint) unreached() {
	for _, kind := range []struct {
		table string
		names []string
	}{{"balancers", sorted(l.Balancers)}, {"fleets", sorted(l.Fleets)}, {"services", sorted(l.Services)}, {"cdns", sorted(l.CDNs)}, {"dns", sorted(l.DNS)}} {
		for _, name := range kind.names {
			if l.reached[name] == nil {
				l.idle([]string{kind.table, name}, "no request comes here: no client's target leads to it")
			}
		}
	}
}

func (l *lint) balancer(name string) {
	zones := make(map[string]bool)
	for _, target := range l.Balancers[name].Places() {
		if f := l.Fleets[target]; f != nil {
			for _, zone := range f.Zones {
				zones[zone] = true
			}
		}
	}
	path := []string{"balancers", name}
	if len(zones) < 2 {
		l.idle(sub(path, "cross_zone"), "has no effect where all targets are in one zone")
	}
	l.sticky(&l.Balancers[name].Stickiness, sub(path, "stickiness"))
	l.proxy(l.Balancers[name], path)
}

// sticky lists what a kind of stickiness has no use for.
func (l *lint) sticky(k *balancer.Stickiness, path []string) {
	if !k.On() {
		l.idle(sub(path, "duration"), "has no effect with kind = %q: there is no cookie", k.Type)
	}
	if k.Type != "app_cookie" {
		l.idle(sub(path, "set_by"), "has no effect with kind = %q: it is for the application's cookie", k.Type)
	}
}

// proxy lists what nginx and HAProxy, and checks that only connect, leave idle.
func (l *lint) proxy(b *balancer.Spec, path []string) {
	if b.HealthCheck.Protocol == "TCP" {
		for _, k := range []string{"path", "demand"} {
			l.idle(sub(path, "health_check", k), "has no effect on checks that only connect (protocol = \"TCP\")")
		}
	}
	if b.Product == "nginx" && b.UpstreamKeepalive == 0 {
		l.idle(sub(path, "idle_timeout"), "has no effect without upstream_keepalive")
	}
	if b.Product == "nginx" && b.MaxFails == 0 {
		l.idle(sub(path, "fail_timeout"), "has no effect with max_fails = 0")
	}
	if b.Product == "nginx" && b.SharedZone {
		l.idle(sub(path, "worker_processes"), "has no effect with zone = true: the workers know the same")
	}
	if b.Product == "haproxy" && b.Retries == 0 {
		for _, k := range []string{"redispatch", "retry_on"} {
			l.idle(sub(path, k), "has no effect with retries = 0")
		}
	}
}

func (l *lint) fleet(name string) {
	f, path := l.Fleets[name], []string{"fleets", name}
	l.pinned(f, sub(path, "policies"))
	if len(f.Policies) == 0 {
		if !f.operated(asksCooldown) {
			l.idle(sub(path, "default_cooldown"), "has no effect without policies")
		}
		if !l.alarmed(name) {
			l.idle(sub(path, "monitoring"), "has no effect without policies and alarms")
			l.idle(sub(path, "metric_delay"), "has no effect without policies and alarms")
		}
	}
	if !f.hasSimple() && !f.operated(asksCooldown) {
		l.idle(sub(path, "cooldown_start"), "has no effect without a simple policy: nothing else waits for a cooldown")
	}
	if len(f.Below()) == 0 {
		for _, k := range []string{"upstream_keepalive", "proxy_read_timeout"} {
			l.idle(sub(path, "server", k), "has no effect without upstream")
		}
	}
	if f.HealthCheckType == "EC2" {
		l.idle(sub(path, "all_unhealthy_batch"), "has no effect on EC2 health checks")
	}
	if f.HealthCheckType == "EC2" && !f.operated(asksGrace) && !f.operated(f.takesGrace) && !l.rolled(name) {
		l.idle(sub(path, "health_check_grace_period"), "has no effect on EC2 health checks")
	}
	if !l.elastic(name) && f.HealthCheckType == "ELB" {
		l.idle(sub(path, "health_check_type"), "has no effect without a balancer of AWS's in front")
	}
	for _, metric := range sorted(f.Metrics) {
		if !l.watches(metric) {
			l.idle(sub(path, "metrics", metric), "no alarm and no policy names it")
		}
	}
	for _, schedule := range sorted(f.Schedules) {
		l.late(f.Schedules[schedule].At, sub(path, "schedules", schedule, "at"))
	}
	for _, policy := range sorted(f.Policies) {
		l.policy(f.Policies[policy], sub(path, "policies", policy))
	}
	l.operations(f, path)
	l.lifeCycle(name, f, path)
	l.onward(f.Upstream, sub(path, "upstream"))
	for _, next := range f.Calls {
		l.onward(next, sub(path, "calls"))
	}
}

// pinned lists policies that have no room.
func (l *lint) pinned(f *Fleet, path []string) {
	if f.Min == f.Max && len(f.Schedules) == 0 && !l.deployed(path[1]) {
		l.idle(path, "have no effect where min = max")
	}
}

// hasSimple tells whether a policy waits for cooldowns.
func (f *Fleet) hasSimple() bool {
	return some(f.Policies, func(p *autoscaling.PolicySpec) bool { return p.Type == "simple" })
}

// policy lists settings that a policy makes idle: its own, and those of its
// fleet that mean nothing outside AWS.
func (l *lint) policy(p *autoscaling.PolicySpec, path []string) {
	if p.Foreign() {
		fleet := path[:2]
		l.idle(sub(fleet, "default_cooldown"), "has no effect with a policy of kind %q", p.Type)
	}
	if p.DisableScaleIn {
		for _, k := range []string{"low_factor", "low_evaluation_periods", "scale_in_datapoint", "count_terminating"} {
			l.idle(sub(path, k), "has no effect with disable_scale_in")
		}
	}
	if m := l.Fleets[path[1]].Metrics[p.Metric]; m != nil && m.Period.Time() < engine.Minute {
		l.idle(sub(path, "alarm_period"), "has no effect with a metric of %s: the alarms take its period", m.Period)
	}
	if p.Mode == "ForecastOnly" {
		for _, k := range []string{"scheduling_buffer_time", "max_capacity_breach_behavior", "max_capacity_buffer"} {
			l.idle(sub(path, k), "has no effect in mode ForecastOnly: the group does not follow the forecast")
		}
	}
	if !p.AdjustsByPercent() {
		l.idle(sub(path, "min_adjustment_magnitude"), "has no effect without an adjustment in percent")
	}
}

// late lists a scheduled action or an operation after the end.
func (l *lint) late(at *quantity.Duration, path []string) {
	if at != nil && *at >= l.Duration {
		l.idle(path, "comes after the end of the run (duration %s)", l.Duration)
	}
}

// balanced tells whether a balancer sends requests to the fleet.
func (l *lint) balanced(fleet string) bool {
	return some(l.Balancers, func(b *balancer.Spec) bool { return slices.Contains(b.Places(), fleet) })
}

// elastic tells whether a balancer of AWS's does.
func (l *lint) elastic(fleet string) bool {
	return some(l.Balancers, func(b *balancer.Spec) bool { return b.Elastic() && slices.Contains(b.Places(), fleet) })
}

// onward lists a call that no route has demand for.
func (l *lint) onward(next string, path []string) {
	if next == "" || l.demanded(next) {
		return
	}
	l.idle(path, "no route has demand at %q or behind it", next)
}

// signsIn tells whether there is signed-in state somewhere.
func (l *lint) signsIn() bool { return len(l.SessionFleets()) > 0 }

func (l *lint) site() {
	if !l.signsIn() {
		l.idle([]string{"sessions"}, "has no effect: no route of session \"write\" leads to a fleet")
	}
	if !l.Crosses() {
		l.idle([]string{"prices", "between_zones"}, "has no effect: no calls that are paid for lead from a zone to another")
	}
	if l.Prices.Internet != nil && *l.Prices.Internet == 0 {
		l.idle([]string{"prices", "internet_free"}, "has no effect where all is free")
	}
	if l.Start == nil {
		l.idle([]string{"timezone"}, "has no effect without start")
	}
}

// network lists delays that nothing goes through.
func (l *lint) network() {
	zones := make(map[string]bool)
	for _, f := range l.Fleets {
		for _, zone := range f.launchZones() {
			zones[zone] = true
		}
	}
	if len(zones) < 2 {
		l.idle([]string{"network", "between_zones"}, "has no effect where all fleets are in one zone")
	}
}
