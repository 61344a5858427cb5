package autoscaling

import (
	"fmt"

	"github.com/headroom-sim/headroom/models/cloudwatch"
)

// stepwise is the law of step scaling: the adjustment depends on how far the
// metric is beyond the alarm's threshold. It knows no cooldown; each message of
// the alarm counts, also during activities [step].
type stepwise struct {
	steps       Steps
	aggregation cloudwatch.Statistic
	datapoints  int // at most so many go into it; 0: all that the alarm judged
	magnitude   int
}

func (g *Group) addStepwise(p *policy, s *PolicySpec) {
	p.law, p.warmup = newStepwise(s), g.policyWarmup(s)
	g.watchAlarm(p, s)
}

func newStepwise(s *PolicySpec) *stepwise {
	aggregations := map[string]cloudwatch.Statistic{
		"Average": cloudwatch.Average, "Minimum": cloudwatch.Minimum, "Maximum": cloudwatch.Maximum,
	}
	return &stepwise{s.Steps, aggregations[s.MetricAggregation], valueOr(s.AggregationDatapoints, 0), s.MinAdjustmentMagnitude}
}

func (l *stepwise) wish(s situation, a *cloudwatch.Alarm) wish {
	if len(a.Points) == 0 {
		return wish{verdict: noData}
	}
	value := cloudwatch.Aggregate(l.latest(a.Points), l.aggregation)
	step, ok := l.steps.find(value, &a.Rule)
	if !ok {
		return wish{verdict: noStep, metric: value}
	}
	if step.Adjustment.inward(step.Adjustment.Target(s.warm, l.magnitude), s.desired) {
		return l.in(s, step)
	}
	return l.out(s, step)
}

// latest are the datapoints that count, of those that the alarm judged.
func (l *stepwise) latest(points []cloudwatch.Reading) []cloudwatch.Reading {
	if 0 < l.datapoints && l.datapoints < len(points) {
		return points[:l.datapoints]
	}
	return points
}

// out starts from the warm instances alone and never lowers desired: what still
// warms up has been asked for already [step].
func (l *stepwise) out(s situation, step Step) wish {
	target := step.Adjustment.Target(s.warm, l.magnitude)
	return wish{verdict: asks, capacity: max(s.desired, target), current: s.warm, target: target, step: step}
}

// in is blocked while an instance warms up, and counts those that still
// terminate as capacity: the same breach does not remove twice [step].
func (l *stepwise) in(s situation, step Step) wish {
	if s.warming != nil || s.short {
		return wish{verdict: warmingUp}
	}
	current := s.warm + s.leaving
	target := step.Adjustment.Target(current, l.magnitude)
	return wish{verdict: asks, capacity: min(s.desired, target), current: current, target: target, step: step}
}

func (l *stepwise) explain(w wish) string {
	return fmt.Sprintf("step %s: %s with current capacity %d gives %d", w.step, w.step.Adjustment.arithmetic(w.current, l.magnitude), w.current, w.target)
}
