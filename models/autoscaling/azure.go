package autoscaling

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling/azure"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/timeline"
)

// azureLaw adapts a group to Azure Monitor autoscale.
type azureLaw struct {
	scraper
	auto     azure.Autoscaler
	period   engine.Time
	delay    engine.Time
	cpu      *cloudwatch.Metric // Percentage CPU of the instances in service
	triggers []metricTrigger    // of the rules
	readings []azure.Reading
	decision azure.Decision
}

// metricTrigger is what a rule looks at.
type metricTrigger struct {
	metric        *cloudwatch.Metric
	grain, window engine.Time
	statistic     cloudwatch.Statistic
	aggregation   string
	divide        bool
}

func (g *Group) newAzure(s *PolicySpec) *azureLaw {
	l := &azureLaw{period: s.JobInterval.Time(), delay: s.IngestDelay.Time()}
	l.scraper = scraper{group: g, resolution: engine.Minute, depth: 1, scraped: l.put}
	l.cpu = cloudwatch.NewMetric("Percentage CPU", engine.Minute, 0)
	l.auto.Default = g.Min
	if s.DefaultCapacity != nil {
		l.auto.Default = *s.DefaultCapacity
	}
	for _, name := range sortedKeys(s.Rules) {
		l.watch(name, s.Rules[name])
	}
	l.readings = make([]azure.Reading, len(l.triggers))
	l.start()
	return l
}

var (
	operators       = map[string]azure.Operator{">": azure.GreaterThan, ">=": azure.GreaterThanOrEqual, "<": azure.LessThan, "<=": azure.LessThanOrEqual}
	actionTypes     = map[AdjustmentType]azure.ActionType{ChangeInCapacity: azure.ChangeCount, PercentChangeInCapacity: azure.PercentChangeCount, ExactCapacity: azure.ExactCount}
	grainStatistics = map[string]cloudwatch.Statistic{"Average": cloudwatch.Average, "Min": cloudwatch.Minimum, "Max": cloudwatch.Maximum, "Sum": cloudwatch.Sum}
)

// watch adds a rule.
func (l *azureLaw) watch(name string, s *RuleSpec) {
	t := metricTrigger{
		metric: l.cpu, grain: s.TimeGrain.Time(), window: s.TimeWindow.Time(),
		statistic: grainStatistics[s.Statistic], aggregation: s.TimeAggregation, divide: s.DividePerInstance,
	}
	shared := false
	if s.Metric != cpuMetric {
		c := l.group.newCustom(s.Metric, engine.Minute)
		t.metric, shared = c.Metric, c.shared && !c.divided
	}
	t.metric.Keep(t.window + l.delay + l.period)
	l.triggers = append(l.triggers, t)
	l.auto.Rules = append(l.auto.Rules, azure.Rule{
		Name: name, Operator: operators[s.Operator], Threshold: uint64(cloudwatch.NewValue(s.Threshold)), Out: s.out(),
		Action:   azure.Action{Type: actionTypes[s.Action.Type], Amount: max(s.Action.Amount, -s.Action.Amount)},
		Cooldown: s.Cooldown.Time(),
		Total:    (shared || t.statistic == cloudwatch.Sum) && !t.divide,
	})
}

// put adds the datapoint of the minute that has ended: one sample from each
// instance in service.
func (l *azureLaw) put(now engine.Time) {
	set := l.cpu.NewSet()
	for _, i := range l.group.Instances {
		if i.State != InService {
			continue
		}
		if u, ok := l.sample(i); ok {
			set.Add(u.percent())
		}
	}
	l.cpu.Put(now, set)
}

func (l *azureLaw) next(now engine.Time) engine.Time { return now + l.period }

func (l *azureLaw) wish(s situation, _ *cloudwatch.Alarm) wish {
	for k := range l.triggers {
		l.readings[k] = l.triggers[k].read(s.now-l.delay, s.desired)
	}
	g := l.group
	l.decision = l.auto.Decide(s.now, s.desired, azure.Bounds{Min: g.Min, Max: g.Max}, l.readings)
	switch l.decision.Answer {
	case azure.Scaled:
		return scale(l.decision.Capacity)
	case azure.Settled:
		return keep(timeline.NoNeed, "")
	case azure.Bounded:
		return keep(timeline.AtBound, boundName(l.decision.Bound == g.Max))
	case azure.Blind:
		return keep(timeline.NoDatapoint, "")
	case azure.Cooling:
		return keep(timeline.InCooldown, "")
	default:
		return keep(timeline.HeldBack, "would flap")
	}
}

func (l *azureLaw) explain(wish) string { return l.auto.Explain(&l.decision, l.group.clockText) }

// read aggregates the time window that ends with the last full minute. Of a
// window that began before the run only what there is counts.
func (t *metricTrigger) read(published engine.Time, capacity int) azure.Reading {
	until := published - published%engine.Minute
	var values cloudwatch.StatisticSet
	var last cloudwatch.Value
	for end := until; end > until-t.window && end > 0; end -= t.grain {
		set := t.metric.Between(end-t.grain, end, end)
		if set.SampleCount == 0 {
			continue
		}
		v := set.Read(t.statistic).Floor()
		if values.SampleCount == 0 {
			last = v
		}
		values.Add(v)
	}
	if values.SampleCount == 0 || t.divide && capacity == 0 {
		return azure.Reading{}
	}
	r := t.aggregate(&values, last)
	if t.divide {
		r.Count *= uint64(capacity)
	}
	return r
}

func (t *metricTrigger) aggregate(values *cloudwatch.StatisticSet, last cloudwatch.Value) azure.Reading {
	r := azure.Reading{Sum: uint64(saturated(values.Sum)), Count: 1, Known: true}
	switch t.aggregation {
	case "Average":
		r.Count = uint64(values.SampleCount)
	case "Minimum":
		r.Sum = uint64(values.Minimum)
	case "Maximum":
		r.Sum = uint64(values.Maximum)
	case "Last":
		r.Sum = uint64(last)
	}
	return r
}
