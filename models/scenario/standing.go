package scenario

import (
	"strings"

	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/quantity"
)

// Alarm is an alarm of its own, not a policy's, on a metric of a fleet or on
// other alarms: the table [alarms.NAME].
type Alarm struct {
	Type  string                `toml:"kind" oneof:"metric composite" doc:"Left out: composite where rule is given, else metric."`
	Rule  cloudwatch.Expression `toml:"rule" for:"composite" required:"true" doc:"When a composite alarm is in ALARM; else it is OK, and INSUFFICIENT_DATA before its first evaluation. Made of ALARM(NAME), OK(NAME), INSUFFICIENT_DATA(NAME), TRUE, FALSE, AND, OR, NOT and parentheses; at most 100 alarms. A NAME is that of a table [alarms.NAME], or FLEET.POLICY for the alarm of a policy; those of target tracking are FLEET.TargetTracking-FLEET-AlarmHigh-POLICY and FLEET.TargetTracking-FLEET-AlarmLow-POLICY." source:"api-comp; that NOT goes before AND, and AND before OR, is UNSOURCED"`
	Fleet string                `toml:"fleet" for:"metric" required:"true" doc:"Fleet whose metric the alarm watches."`

	cloudwatch.AlarmSpec `for:"metric"`
}

// Kind is metric or composite.
func (a *Alarm) Kind() string {
	switch {
	case a.Type != "":
		return a.Type
	case a.Rule.Text != "":
		return "composite"
	}
	return "metric"
}

// Check reports what no single key shows.
func (a *Alarm) Check(report quantity.Report) {
	if a.Kind() == "metric" {
		a.AlarmSpec.Check(report)
	}
}

// alarmNames are the names by which composite alarms know others: those of
// [alarms.NAME], and FLEET.ALARM for the alarms of policies.
func (s *Spec) alarmNames() []string {
	names := sorted(s.Alarms)
	for _, fleet := range sorted(s.Fleets) {
		policies := s.Fleets[fleet].Policies
		for _, policy := range sorted(policies) {
			for _, alarm := range policies[policy].Alarms(fleet, policy) {
				names = append(names, fleet+"."+alarm)
			}
		}
	}
	return names
}

func (c *crossChecker) checkAlarms() {
	names := c.alarmNames()
	known := make(map[string]bool, len(names))
	for _, name := range names {
		known[name] = true
	}
	for _, name := range sorted(c.Alarms) {
		a, path := c.Alarms[name], []string{"alarms", name}
		for _, child := range a.Rule.Children {
			if !known[child] {
				c.lookUp(sub(path, "rule"), "alarm", child, names)
			}
		}
		if a.Kind() == "metric" {
			c.checkStanding(a, path)
		}
	}
	c.checkAlarmCircles()
}

// checkNamedAlarms checks that the alarms of a list are there.
func (c *crossChecker) checkNamedAlarms(names []string, path []string) {
	for _, name := range names {
		c.lookUp(path, "alarm", name, c.alarmNames())
	}
}

// checkStanding checks an alarm on a metric.
func (c *crossChecker) checkStanding(a *Alarm, path []string) {
	if a.Fleet != "" {
		c.lookUp(sub(path, "fleet"), "fleet", a.Fleet, c.fleets)
	}
	if c.Fleets[a.Fleet] != nil {
		c.checkAlarm(a.Fleet, &a.AlarmSpec, path)
	}
}

// checkAlarmCircles finds composite alarms that depend on themselves.
func (c *crossChecker) checkAlarmCircles() {
	circles(sorted(c.Alarms), c.childrenOf, func(circle []string) {
		c.report([]string{"alarms", circle[len(circle)-2], "rule"}, "goes round in a circle: %s", strings.Join(circle, " -> "))
	})
}

func (s *Spec) childrenOf(alarm string) []string {
	if a := s.Alarms[alarm]; a != nil {
		return a.Rule.Children
	}
	return nil
}
