package autoscaling

import (
	"fmt"
	"strconv"

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
		return wish{verdict: noStep, metric: value, goal: a.Rule.Threshold}
	}
	w := wish{metric: value, goal: a.Rule.Threshold, step: step}
	if step.Adjustment.inward(step.Adjustment.Target(s.warm, l.magnitude), s.desired) {
		return l.in(s, w)
	}
	return l.out(s, w)
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
func (l *stepwise) out(s situation, w wish) wish {
	w.verdict, w.current = asks, s.warm
	w.target = w.step.Adjustment.Target(s.warm, l.magnitude)
	w.capacity = max(s.desired, w.target)
	return w
}

// in is blocked while an instance warms up, and counts those that still
// terminate as capacity: the same breach does not remove twice [step].
func (l *stepwise) in(s situation, w wish) wish {
	if s.warming != nil || s.short {
		return wish{verdict: warmingUp}
	}
	w.verdict, w.current = asks, s.warm+s.leaving
	w.target = w.step.Adjustment.Target(w.current, l.magnitude)
	w.capacity = min(s.desired, w.target)
	return w
}

func (l *stepwise) explain(w wish) string {
	return fmt.Sprintf("step %s for %s: %s with current capacity %d gives %d", w.step, w.distance(),
		w.step.Adjustment.arithmetic(w.current, l.magnitude), w.current, w.target)
}

// distance writes the metric and how far it is from the threshold, with so many
// decimals, one at least, that both agree with the step: 69.96 is not 70.0 where
// a step begins at 70.
func (w wish) distance() string {
	value := w.metric.Float64()
	far, side := value-w.goal.Float64(), "above"
	if far < 0 {
		far, side = -far, "below"
	}
	decimals := 1
	if value < 1 || 0 < far && far < 1 {
		decimals = 3
	}
	text := cloudwatch.Decimals(far, decimals)
	for far > 0 && decimals < 6 && !w.step.agrees(text, side) {
		decimals++
		text = cloudwatch.Decimals(far, decimals)
	}
	return fmt.Sprintf("%s, %s %s %s", cloudwatch.Decimals(value, decimals), text, side, cloudwatch.Format(w.goal.Float64()))
}

// agrees reports whether a distance as it is written lies in the step, if there
// is one.
func (s Step) agrees(text, side string) bool {
	far, _ := strconv.ParseFloat(text, 64) // it has just been formatted
	if side == "below" {
		far = -far
	}
	return s == Step{} || s.contains(cloudwatch.NewValue(far), far > 0)
}
