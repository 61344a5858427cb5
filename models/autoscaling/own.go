package autoscaling

import (
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/cloudwatch"
)

// own is one of the group's own metrics with its datapoints.
type own struct {
	MetricInfo
	*cloudwatch.Metric
}

// creditPeriod is the period of the metrics of CPU credits, with detailed
// monitoring too [T-MON].
const creditPeriod = 5 * engine.Minute

// Metric is the metric that alarms of the group know by a name: of its
// instances, of itself, of the balancers in front of it, or one of its
// scenario's own. A first alarm that names it enables it. The name must have
// been checked.
func (g *Group) Metric(name string) *cloudwatch.Metric {
	if m := g.ownMetric(name); m != nil {
		return m
	}
	m := g.find(name, 0)
	if m == nil {
		panic("autoscaling: nobody measures " + name + " for group " + g.Name)
	}
	return m
}

// Enabled reports whether an alarm names a metric of the group's own.
func (g *Group) Enabled(name string) bool {
	return slices.ContainsFunc(g.own, func(o *own) bool { return o.Metric.Name == name })
}

// ownMetric finds, or makes, a metric of the group's own; nil if it is none.
func (g *Group) ownMetric(name string) *cloudwatch.Metric {
	if k := slices.IndexFunc(g.own, func(o *own) bool { return o.Metric.Name == name }); k >= 0 {
		return g.own[k].Metric
	}
	k := slices.IndexFunc(ownMetrics, func(m MetricInfo) bool { return m.Name == name })
	if k < 0 {
		return nil
	}
	info := ownMetrics[k]
	if info.period == 0 {
		info.period = g.spec.metricPeriod()
	}
	m := cloudwatch.NewMetric(name, info.period, g.spec.Delay(info.period))
	g.own = append(g.own, &own{info, m})
	return m
}

// sample takes one sample from each instance that counts, or one of the group.
// An instance counts that is in service and has warmed up: those in a launch
// hook, in standby or terminating do not [hook, warm].
func (o *own) sample(g *Group) cloudwatch.StatisticSet {
	all := o.NewSet()
	if o.instance == nil {
		all.Add(cloudwatch.Value(o.group(g)) * cloudwatch.Unit)
		return all
	}
	for _, i := range g.Instances {
		if i.State != InService || !i.Warm {
			continue
		}
		if v, ok := o.instance(i); ok {
			all.Add(v)
		}
	}
	return all
}

// utilization is the CPU utilization since the metric period began, in percent.
func (i *Instance) utilization() (cloudwatch.Value, bool) {
	switch {
	case i.used.Capacity == 0:
		return 0, false
	case i.used.Busy == 0:
		return 0, true
	}
	return cloudwatch.Percent(i.used.Busy, i.used.Capacity), true
}

func (i *Instance) networkIn() (cloudwatch.Value, bool) {
	return bytes(i.used.NetworkIn), i.used.Capacity > 0
}

func (i *Instance) networkOut() (cloudwatch.Value, bool) {
	return bytes(i.used.NetworkOut), i.used.Capacity > 0
}

func (i *Instance) balance() (cloudwatch.Value, bool)  { return credits(i.used.Credits), true }
func (i *Instance) surplus() (cloudwatch.Value, bool)  { return credits(-i.used.Credits), true }
func (i *Instance) spending() (cloudwatch.Value, bool) { return credits(i.spent), true }

func bytes(n uint64) cloudwatch.Value {
	const most = 1 << 62 / uint64(cloudwatch.Unit)
	return cloudwatch.Value(min(n, most)) * cloudwatch.Unit
}

// credits are so many vCPU nanoseconds in CPU credits, each a vCPU for a minute
// [T-BASE]; 0 for a debt.
func credits(t engine.Time) cloudwatch.Value {
	return cloudwatch.Value(max(0, t) / (engine.Minute / engine.Time(cloudwatch.Unit)))
}

// counted is the number of instances in a state, as a metric.
func counted(s State) func(*Group) int { return func(g *Group) int { return g.Count(s) } }
