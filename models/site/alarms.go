package site

import (
	"maps"
	"slices"

	"github.com/headroom-sim/headroom/models/cloudwatch"
)

// buildAlarms makes the alarms that are no policy's: those on metrics, then the
// composite ones, each after its children.
func (s *System) buildAlarms() {
	s.statuses = make(map[string]*cloudwatch.Status)
	for _, f := range s.fleets {
		for _, a := range f.group.Alarms {
			s.statuses[f.name+"."+a.Name] = &a.Status
		}
	}
	names := slices.Sorted(maps.Keys(s.spec.Alarms))
	for _, name := range names {
		if spec := s.spec.Alarms[name]; spec.Kind() == "metric" {
			a := cloudwatch.NewAlarm(s.sim, s.places[spec.Fleet].(*fleet).group.Metric(spec.Metric), cloudwatch.Definition{
				Name: name, Fleet: spec.Fleet, Rule: spec.AlarmSpec.Rule(), Log: s.log, Start: s.start,
			})
			s.alarms = append(s.alarms, a)
			s.statuses[name] = &a.Status
		}
	}
	composites := cloudwatch.NewComposites(s.sim, s.log)
	for _, name := range names {
		s.alarm(name, composites)
	}
}

// alarm is the status of a named alarm, which is made if it is a composite one
// that is not there yet.
func (s *System) alarm(name string, composites *cloudwatch.Composites) *cloudwatch.Status {
	if _, made := s.statuses[name]; !made {
		a := composites.Add(name, s.spec.Alarms[name].Rule, func(child string) *cloudwatch.Status { return s.alarm(child, composites) })
		s.composites = append(s.composites, a)
		s.statuses[name] = &a.Status
	}
	return s.statuses[name]
}

// describe is what a chart needs to know of an alarm on a metric.
func describe(a *cloudwatch.Alarm, column string) Alarm {
	return Alarm{
		Fleet: a.Fleet, Name: a.Name, Metric: a.Metric.Name, Comparison: a.Rule.Comparison.String(),
		Threshold: a.Rule.Threshold.Float64(), Column: column,
		EvaluationPeriods: a.Rule.EvaluationPeriods, DatapointsToAlarm: a.Rule.DatapointsToAlarm,
	}
}

// watch adds the columns of all alarms: those of policies by fleet, then those
// that are no policy's.
func (c *columns) watch(s *System) {
	add := func(status *cloudwatch.Status, a Alarm, n *cloudwatch.Nearness) {
		c.watched = append(c.watched, status)
		c.alarms = append(c.alarms, a)
		c.nearness = append(c.nearness, n)
	}
	for _, f := range s.fleets {
		for _, a := range f.group.Alarms {
			add(&a.Status, describe(a, "alarms."+f.name+"."+a.Name), &a.Nearness)
		}
	}
	for _, a := range s.alarms {
		add(&a.Status, describe(a, "alarms."+a.Name), &a.Nearness)
	}
	for _, a := range s.composites {
		add(&a.Status, Alarm{Name: a.Name, Column: "alarms." + a.Name}, &cloudwatch.Nearness{})
	}
}
