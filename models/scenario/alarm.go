package scenario

import (
	"fmt"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/catalog"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
)

// checkAlarm compares an alarm of a fleet's with its metric.
func (c *crossChecker) checkAlarm(fleet string, a *cloudwatch.AlarmSpec, path []string) {
	if !c.sound(path...) {
		return
	}
	if own := c.Fleets[fleet].Metrics[a.Metric]; own != nil {
		c.checkOwnPeriod(own, a, sub(path, "period"))
		return
	}
	at := sub(path, "metric")
	info, ok := autoscaling.FindMetric(a.Metric)
	if !ok {
		c.lookUp(at, "metric", a.Metric, c.measured(fleet))
		return
	}
	c.checkNeed(fleet, info, at)
	if a.HighResolution() {
		c.report(sub(path, "period"), `must be a multiple of 60s: %s comes once a minute at best (have "%s")`, a.Metric, a.Period)
	}
	if len(info.Statistics) > 0 && !slices.Contains(info.Statistics, string(a.Statistic)) {
		c.report(sub(path, "statistic"), "must be %s: no other means anything for %s %s",
			strings.Join(info.Statistics, " or "), a.Metric, quantity.Have(string(a.Statistic)))
	}
}

// checkOwnPeriod compares the period of an alarm with that of a metric of the
// fleet's own.
func (c *crossChecker) checkOwnPeriod(m *autoscaling.MetricSpec, a *cloudwatch.AlarmSpec, path []string) {
	if m.Period > 0 && a.Period%m.Period != 0 && c.sound(path...) {
		c.report(path, `must be a multiple of the period of %s, %s (have "%s")`, a.Metric, m.Period, a.Period)
	}
}

// measured are the metrics that alarms of a fleet may name.
func (c *crossChecker) measured(fleet string) []string {
	names := sorted(c.Fleets[fleet].Metrics)
	for _, m := range autoscaling.Metrics() {
		names = append(names, m.Name)
	}
	return names
}

// checkNeed reports a metric of CloudWatch's that a fleet cannot have.
func (c *crossChecker) checkNeed(fleet string, m autoscaling.MetricInfo, path []string) {
	if problem := c.lacks(fleet, m); problem != "" {
		c.report(path, "%s", problem)
	}
}

// lacks says what a fleet would need to have a metric; "" if it has it.
func (c *crossChecker) lacks(fleet string, m autoscaling.MetricInfo) string {
	f := c.Fleets[fleet]
	switch m.Needs {
	case autoscaling.NeedsBurstable, autoscaling.NeedsUnlimited:
		return f.lacksCredits(m)
	case autoscaling.NeedsSizes:
		if len(f.Below()) == 0 && !c.hasSizes() {
			return "would always be 0: give a route the size of its responses, size"
		}
	case autoscaling.NeedsBalancer:
		return c.lacksBalancer(fleet, m)
	case autoscaling.NeedsWarmPool:
		if f.WarmPool == nil {
			return m.Name + " needs a warm pool: [fleets." + fleet + ".warm_pool]"
		}
	}
	return ""
}

func (c *crossChecker) hasSizes() bool {
	return some(c.Routes, func(r traffic.RouteSpec) bool { return r.Size > 0 })
}

// lacksCredits says what is missing for a metric of CPU credits.
func (f *Fleet) lacksCredits(m autoscaling.MetricInfo) string {
	i, err := catalog.Lookup(f.Instance)
	switch {
	case f.Instance == "":
		return m.Name + " needs a burstable instance type of the catalogue, such as t3.large: with vcpus there are no CPU credits"
	case err != nil:
		return "" // reported already
	case !i.Burstable():
		return fmt.Sprintf("%s needs a burstable instance type, such as t3.large: %s has no CPU credits", m.Name, f.Instance)
	case m.Needs == autoscaling.NeedsUnlimited && !f.unlimited(i.Credits):
		return m.Name + ` needs cpu_credits = "unlimited": in standard mode there is no surplus (did you mean "CPUCreditBalance"?)`
	}
	return ""
}

// lacksBalancer says what is missing for a metric of balancers.
func (c *crossChecker) lacksBalancer(fleet string, m autoscaling.MetricInfo) string {
	var front []string // kinds of the balancers before the fleet
	for _, b := range c.Balancers {
		if slices.Contains(b.Places(), fleet) {
			front = append(front, b.Kind())
		}
	}
	has := func(m autoscaling.MetricInfo) bool {
		return slices.ContainsFunc(m.Balancers, func(kind string) bool { return slices.Contains(front, kind) })
	}
	needs := "needs a balancer of kind " + oneOf(m.Balancers)
	switch instead, _ := autoscaling.FindMetric(m.Instead); {
	case has(m):
		return ""
	case len(front) == 0:
		return needs + " whose targets name the fleet"
	case has(instead):
		return fmt.Sprintf("%s (did you mean %q?)", needs, m.Instead)
	}
	return fmt.Sprintf("%s: no other has a %s", needs, m.Name)
}

// oneOf joins words by commas and or.
func oneOf(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// checkTracked checks the metric of a target tracking policy.
func (c *crossChecker) checkTracked(fleet string, p *autoscaling.PolicySpec, path []string) {
	at := sub(path, "metric")
	if p.Metric == "" || !c.sound(at...) {
		return
	}
	if own := c.Fleets[fleet].Metrics[p.Metric]; own != nil {
		switch own.Period.Time() {
		case 10 * engine.Second, 30 * engine.Second, engine.Minute:
		default:
			c.report(at, "target tracking takes metrics of 10s, 30s or 60s only (period of %s: %s)", p.Metric, own.Period)
		}
		return
	}
	if names := autoscaling.Predefined(); !slices.Contains(names, p.Metric) {
		c.lookUp(at, "metric for target tracking", p.Metric, append(names, sorted(c.Fleets[fleet].Metrics)...))
		return
	}
	if p.Statistic != "" && c.sound(sub(path, "statistic")...) {
		c.report(sub(path, "statistic"), "cannot be used with %s, which has its own: only with a metric of the fleet's own", p.Metric)
	}
	if info, ok := autoscaling.FindMetric(p.Follows()); ok {
		c.checkNeed(fleet, info, at)
	}
}

// checkPredictive checks what a predictive policy needs.
func (c *crossChecker) checkPredictive(fleet string, p *autoscaling.PolicySpec, path []string) {
	if c.Start == nil && c.sound("start") {
		c.report(sub(path, "kind"), "needs the wall-clock instant of time zero, for the hours of its forecasts: set start")
	}
	at := sub(path, "metric")
	if info, ok := autoscaling.FindMetric(p.Follows()); ok && c.sound(at...) {
		c.checkNeed(fleet, info, at)
	}
}

// checkOwnMetric checks a metric of a fleet's own.
func (c *crossChecker) checkOwnMetric(fleet, name string, path []string) {
	if autoscaling.Taken(name) {
		c.report(path, "CloudWatch has a metric of this name: choose another")
	}
	m := c.Fleets[fleet].Metrics[name]
	of := m.Of
	if of == "" {
		of = fleet
	}
	if !slices.Contains(c.targets(), of) {
		c.lookUp(sub(path, "of"), "balancer, fleet or service", of, c.targets())
		return
	}
	if at := sub(path, "measure"); m.Measure != "" && c.sound(at...) && !slices.Contains(c.measures(of), m.Measure) {
		c.report(at, "cannot be %s of %s (available: %s)", m.Measure, of, strings.Join(c.measures(of), ", "))
	}
}

// measures are what can be measured of a place.
func (c *crossChecker) measures(place string) []string {
	if slices.Contains(c.balancers, place) {
		return []string{"in_flight", "requests", "errors"}
	}
	software := ""
	if f := c.Fleets[place]; f != nil {
		software = f.Server.Software
	} else if s := c.Services[place]; s != nil {
		software = s.Kind()
	}
	switch software {
	case "function":
		return []string{"requests", "busy", "in_flight"}
	case "queue":
		return []string{"requests", "busy", "queue", "in_flight"}
	case "cache":
		return []string{"cpu", "requests", "connections", "connection_share", "busy", "in_flight"}
	}
	list := []string{"cpu", "requests"}
	if software != "station" {
		list = append(list, "connections", "connection_share")
	}
	if software != "nginx" {
		list = append(list, "busy", "queue", "in_flight")
	}
	return list
}

// checkForeign looks up the metrics of an autoscaler from outside AWS.
func (c *crossChecker) checkForeign(fleet string, p *autoscaling.PolicySpec, path []string) {
	known := append([]string{"cpu"}, sorted(c.Fleets[fleet].Metrics)...)
	for _, name := range sorted(p.Targets) {
		c.lookUp(sub(path, "targets", name, "metric"), "metric", p.Targets[name].Metric, known)
	}
	for _, name := range sorted(p.Rules) {
		c.lookUp(sub(path, "rules", name, "metric"), "metric", p.Rules[name].Metric, known)
	}
}
