package autoscaling

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/cloudwatch"
)

// tracking is a target tracking policy. It makes an alarm above the target and,
// unless scale-in is disabled, one below a part of it [tt, obs-event], and asks
// for ceil(current x metric / target) instances (DERIVED: AWS has not published
// its code; every documented example agrees).
type tracking struct {
	group            *Group
	name             string
	target           cloudwatch.Value
	high, low        *cloudwatch.Alarm // low is nil if scale-in is disabled
	outBy, inBy      datapoint         // which of an alarm's datapoints counts
	perInstance      bool              // a datapoint is the average over the instances that bear the load
	countTerminating bool
}

// datapoint says which of the datapoints that an alarm judged goes into the
// formula.
type datapoint uint8

const (
	latest datapoint = iota
	average
	minimum // the one that asks for the least capacity
	maximum // the one that asks for the most
)

var datapoints = []string{"latest", "average", "minimum", "maximum"}

func (g *Group) addTracking(p *policy, s *PolicySpec) {
	m := g.Metric(s.Follows())
	l := &tracking{
		group: g, name: p.name, target: cloudwatch.NewValue(s.Target), countTerminating: s.CountTerminating,
		outBy: datapoint(slices.Index(datapoints, s.ScaleOutDatapoint)), inBy: datapoint(slices.Index(datapoints, s.ScaleInDatapoint)),
	}
	p.law, p.warmup = l, g.policyWarmup(s)
	high := cloudwatch.Rule{
		Statistic: trackedStatistic(s, m), Period: engine.Minute,
		EvaluationPeriods: s.HighEvaluationPeriods, DatapointsToAlarm: s.HighEvaluationPeriods,
		Comparison: cloudwatch.GreaterThan, Threshold: l.target, Phase: s.Phase.Time(),
	}
	switch {
	case m.Period < engine.Minute:
		high.Period = m.Period // a metric of high resolution [tt-hires]
	case s.AlarmPeriod != nil:
		high.Period = s.AlarmPeriod.Time()
	}
	l.perInstance = high.Statistic == cloudwatch.Average && g.samplesInstances(m.Name)
	low := high
	low.EvaluationPeriods, low.DatapointsToAlarm = s.LowEvaluationPeriods, s.LowEvaluationPeriods
	low.Comparison, low.Threshold = cloudwatch.LessThan, cloudwatch.NewValue(float64(s.LowFactor*s.Target))
	l.high = g.watch(p, trackingAlarm(g.Name, "High", p.name), m, high)
	if !s.DisableScaleIn {
		l.low = g.watch(p, trackingAlarm(g.Name, "Low", p.name), m, low)
		g.tracking = append(g.tracking, l)
	}
}

// trackedStatistic is the statistic of a policy's alarms. That of the predefined
// metrics is fixed.
func trackedStatistic(s *PolicySpec, m *cloudwatch.Metric) cloudwatch.Statistic {
	if m.Name == RequestCountPerTarget {
		return cloudwatch.Sum // which already is the average per target [alb-cw]
	}
	return map[string]cloudwatch.Statistic{
		"Sum": cloudwatch.Sum, "Minimum": cloudwatch.Minimum, "Maximum": cloudwatch.Maximum, "SampleCount": cloudwatch.SampleCount,
	}[s.Statistic] // else Average, the zero value
}

// samplesInstances reports whether a metric that a policy tracks has one sample
// from each of the group's instances.
func (g *Group) samplesInstances(metric string) bool {
	if own := g.spec.Metrics[metric]; own != nil {
		return own.Of == "" || own.Of == g.Name
	}
	return g.ownMetric(metric) != nil
}

func (l *tracking) wish(s situation, a *cloudwatch.Alarm) wish {
	switch {
	case len(a.Points) == 0:
		return wish{verdict: noData}
	case a == l.high:
		return l.out(s)
	default:
		return l.in(s)
	}
}

// out starts from the warm instances alone; it never lowers desired
// [repost-tt].
func (l *tracking) out(s situation) wish {
	w := l.choose(l.high.Points, l.outBy, func(cloudwatch.Reading) int { return s.warm })
	w.capacity = max(s.desired, w.target)
	return w
}

// in is blocked while an instance warms up, and until every policy that tracks
// a target with scale-in enabled is ready for it [tt]. The policy that needs the
// most decides.
func (l *tracking) in(s situation) wish {
	if s.warming != nil || s.short {
		return wish{verdict: warmingUp}
	}
	var most wish
	for _, other := range l.group.tracking {
		if other.low.State != cloudwatch.InAlarm || len(other.low.Points) == 0 {
			return wish{verdict: notAll, waitsFor: other.name}
		}
		if w := other.need(s); most.verdict == 0 || w.target > most.target {
			most = w
		}
	}
	most.capacity = min(s.desired, most.target)
	return most
}

// need is what the policy could do with by the low alarm's datapoints. A
// datapoint from before the last scale-in is the average over more instances
// than there are now; it is taken times its own number of instances, so that one
// quiet quarter of an hour does not remove instances twice.
func (l *tracking) need(s situation) wish {
	return l.choose(l.low.Points, l.inBy, func(r cloudwatch.Reading) int { return l.behind(r, s) })
}

// choose is the proportion by one of the datapoints, the newest first, each
// times the number of instances that it stands for.
func (l *tracking) choose(points []cloudwatch.Reading, which datapoint, behind func(cloudwatch.Reading) int) wish {
	chosen := l.proportion(behind(points[0]), points[0])
	if which == average {
		return l.proportion(chosen.current, cloudwatch.Aggregate(points, cloudwatch.Average))
	}
	for _, r := range points[1:] {
		w := l.proportion(behind(r), r)
		if which == maximum && w.exceeds(chosen) || which == minimum && chosen.exceeds(w) {
			chosen = w
		}
	}
	return chosen
}

// exceeds orders what datapoints ask for; of those that ask for the same the
// larger reading is the one that readers look for.
func (w wish) exceeds(v wish) bool {
	if w.target != v.target {
		return w.target > v.target
	}
	return w.metric.Floor() > v.metric.Floor()
}

// behind is the number of instances that a datapoint stands for: those that it
// averages. Where it does not say, those that are warm now stand for it, without
// the terminating ones unless they are to count.
func (l *tracking) behind(r cloudwatch.Reading, s situation) int {
	n := s.warm
	if l.perInstance {
		n = int(r.Samples())
	}
	if l.countTerminating {
		n += s.leaving
	}
	return n
}

func (l *tracking) proportion(current int, r cloudwatch.Reading) wish {
	return wish{verdict: asks, current: current, target: r.Proportion(current, l.target), metric: r, goal: l.target}
}

func (l *tracking) explain(w wish) string {
	return fmt.Sprintf("ceil(%d x %s / %s) = %d", w.current, w.figure(), cloudwatch.Format(w.goal.Float64()), w.target)
}

// figure writes the metric with so many decimals, one at least, that whoever
// does the sum again comes to the same target: 50.02 / 50 is more than 1,
// 50.0 / 50 is not.
func (w wish) figure() string {
	text := cloudwatch.Figure(w.metric)
	exact := w.metric.Float64()
	for decimals := 2; decimals <= 6 && !w.follows(text); decimals++ {
		if finer := cloudwatch.Decimals(exact, decimals); len(finer) > len(text) {
			text = finer
		}
	}
	return text
}

// follows reports whether the target follows from the metric as it is written.
func (w wish) follows(text string) bool {
	metric, _ := strconv.ParseFloat(text, 64) // it has just been formatted
	product := int64(w.current) * int64(cloudwatch.NewValue(metric))
	return (product+int64(w.goal)-1)/int64(w.goal) == int64(w.target)
}
