package site

import (
	"slices"

	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/traffic"
)

// balancing is a metric of the load balancing of a fleet. Where several
// balancers share the fleet, it is over all of them (UNSOURCED: alarms of AWS's
// watch one).
type balancing struct {
	fleet  *fleet
	name   string
	groups []groupOf

	requests, spilled uint64
	gone, opened      uint64 // clients that left, and connections that clients opened
	open              uint64 // time for which these were open, in milliseconds
	answers, errors   [traffic.Causes]uint64
	times             *tally.Histogram // in millionths of a second
	healthy, ill      tally.LevelTally
	surge             int
}

// groupOf is the fleet among the targets of a balancer.
type groupOf struct{ balancer, group int }

func (f *fleet) newBalancing(m autoscaling.MetricInfo) *balancing {
	v := &balancing{fleet: f, name: m.Name, times: new(tally.Histogram)}
	for i, b := range f.sys.balancers {
		group := b.group(f)
		if group >= 0 && slices.Contains(m.Balancers, b.spec.Kind()) {
			b.Watch(group)
			v.groups = append(v.groups, groupOf{i, group})
		}
	}
	return v
}

func (v *balancing) take(cut *siteTally) {
	for _, g := range v.groups {
		t := &cut.balancers[g.balancer]
		of := &t.Groups[g.group]
		v.requests += of.Requests
		v.spilled += t.Spilled
		v.gone += t.Gone
		v.opened += t.ClientConnections
		v.open += t.ClientTime
		for cause := range v.answers {
			v.answers[cause] += of.Answers[cause]
			v.errors[cause] += t.Errors[cause]
		}
		v.times.Merge(of.Times)
		v.healthy.Merge(of.Healthy)
		v.ill.Merge(of.Unhealthy)
		v.surge = max(v.surge, t.Surge)
	}
}

func (v *balancing) read(set *cloudwatch.StatisticSet) {
	v.datapoint(set)
	v.times.Reset()
	*v = balancing{fleet: v.fleet, name: v.name, groups: v.groups, times: v.times}
}

// datapoint adds what CloudWatch would have of the period. Apart from
// RequestCountPerTarget and the counts of hosts, what is zero is not reported
// [alb-cw, CLB-CW].
func (v *balancing) datapoint(set *cloudwatch.StatisticSet) {
	switch v.name {
	case autoscaling.RequestCountPerTarget:
		set.Add(cloudwatch.NewValue(float64(v.requests) / float64(v.fleet.usable())))
	case autoscaling.TargetResponseTime, autoscaling.ClassicLatency:
		addTimes(set, v.times)
	case autoscaling.HealthyHostCount:
		v.addHosts(set, v.healthy)
	case autoscaling.UnHealthyHostCount:
		v.addHosts(set, v.ill)
	case autoscaling.ActiveFlowCount:
		if v.open > 0 {
			set.Add(valueOf(float64(v.open) / 1000 / v.healthy.Span.Seconds()))
		}
	default:
		if n := v.count(); n > 0 {
			set.Add(cloudwatch.Value(n) * cloudwatch.Unit)
		}
	}
}

// usable are the instances that a balancer may use, or all that are registered
// where it may use none: those among which the requests are shared.
func (f *fleet) usable() int {
	n, registered := 0, 0
	for _, h := range f.hosts {
		if h.registered {
			registered++
		}
		if slices.ContainsFunc(f.balancers, func(b *balancerPlace) bool { return b.Usable(b.target(h)) }) {
			n++
		}
	}
	if n == 0 {
		n = max(registered, 1)
	}
	return n
}

// count is the value of a metric that counts.
func (v *balancing) count() uint64 {
	switch v.name {
	case autoscaling.RequestCount:
		return v.requests
	case autoscaling.SurgeQueueLength:
		return uint64(v.surge)
	case autoscaling.SpilloverCount:
		return v.spilled
	case autoscaling.NewFlowCount:
		return v.opened
	case autoscaling.HTTPCodeELB4XX:
		return v.gone
	case autoscaling.TCPELBResetCount:
		return v.errors[traffic.Reset]
	case autoscaling.TCPTargetResetCount:
		return v.answers[traffic.Reset]
	case autoscaling.HTTPCodeTarget2XX, autoscaling.HTTPCodeBackend2XX:
		return v.answers[traffic.OK]
	case autoscaling.HTTPCodeTarget4XX, autoscaling.HTTPCodeBackend4XX:
		return v.answers[traffic.Status429]
	case autoscaling.HTTPCodeTarget5XX, autoscaling.HTTPCodeBackend5XX:
		return sumOf(v.answers[traffic.Status500:])
	case autoscaling.HTTPCodeELB5XX, autoscaling.HTTPCodeClassicELB5XX:
		return sumOf(v.errors[traffic.Status500:])
	case autoscaling.HTTPCodeELB502:
		return v.errors[traffic.Status502]
	case autoscaling.HTTPCodeELB503:
		return v.errors[traffic.Status503]
	case autoscaling.HTTPCodeELB504:
		return v.errors[traffic.Status504]
	}
	panic("site: unknown metric " + v.name)
}

func sumOf(counts []uint64) (sum uint64) {
	for _, n := range counts {
		sum += n
	}
	return sum
}

// addHosts adds the number of hosts over the period: its time average, and its
// extremes. AWS takes a sample per node of the balancer; which is the mean where
// nodes agree.
func (v *balancing) addHosts(set *cloudwatch.StatisticSet, t tally.LevelTally) {
	if t.Span > 0 {
		addLevel(set, t.Mean(), float64(t.Min), float64(t.Max))
	}
}

// addLevel adds one sample, with the extremes between which it lay.
func addLevel(set *cloudwatch.StatisticSet, mean, least, most float64) {
	set.Add(valueOf(mean))
	set.Minimum = min(set.Minimum, valueOf(least))
	set.Maximum = max(set.Maximum, valueOf(most))
}

// greatestValue keeps values within what a Value can hold.
const greatestValue = 9e12

func valueOf(x float64) cloudwatch.Value {
	return cloudwatch.NewValue(min(max(x, 0), greatestValue))
}

// addTimes adds times, in millionths of a second.
func addTimes(set *cloudwatch.StatisticSet, h *tally.Histogram) {
	if h.Count() == 0 {
		return
	}
	set.Merge(cloudwatch.StatisticSet{
		SampleCount: int64(h.Count()), Sum: h.Sum(), Samples: h,
		Minimum: cloudwatch.Value(h.Min()), Maximum: cloudwatch.Value(h.Max()),
	})
}
