package site

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/cloudwatch"
)

// A feed is a metric that the site measures for a group, with where its
// datapoints come from.
type feed struct {
	*cloudwatch.Metric
	source
	asked engine.Time // period that the group has asked for; 0: the metric's own
}

// source makes the datapoints of a metric.
type source interface {
	// take takes in what happened between the last two cuts.
	take(*siteTally)
	// read adds the samples of the period that ends, and begins anew.
	read(*cloudwatch.StatisticSet)
}

// metric implements [autoscaling.Config]: metrics of the balancers in front of
// the fleet, and of the scenario's own. Those of CloudWatch's come once a minute.
func (f *fleet) metric(name string, period engine.Time) *cloudwatch.Metric {
	for _, d := range f.feeds {
		if d.Name == name && d.asked == period {
			return d.Metric
		}
	}
	d := &feed{asked: period}
	if spec := f.spec.Metrics[name]; spec != nil {
		d.source = f.newGauge(spec)
		d.Metric = cloudwatch.NewMetric(name, spec.Period.Time(), spec.PublicationDelay())
	} else if info, known := autoscaling.FindMetric(name); known {
		d.source = f.newBalancing(info)
		d.Metric = cloudwatch.NewMetric(name, engine.Minute, f.spec.Delay(engine.Minute))
	} else {
		return nil
	}
	if period > 0 {
		d.Period, d.Delay = period, 0
	}
	f.feeds = append(f.feeds, d)
	return d.Metric
}

// feedAlarms puts the datapoints of the periods that end now, after a cut.
func (f *fleet) feedAlarms(now engine.Time, cut *siteTally) {
	for _, d := range f.feeds {
		d.take(cut)
		if now%d.Period == 0 {
			set := d.NewSet()
			d.read(&set)
			d.Put(now, set)
		}
	}
}

// tick is the time between two cuts that the fleet's metrics need, a divisor of
// a minute.
func (f *fleet) tick() engine.Time {
	tick := f.group.Resolution()
	for _, d := range f.feeds {
		tick = commonTick(tick, d.Period)
	}
	return tick
}

// watchNetwork makes servers count bytes where somebody asks for them.
func (f *fleet) watchNetwork() {
	if f.bandwidth == nil && !f.group.Enabled(autoscaling.NetworkIn) && !f.group.Enabled(autoscaling.NetworkOut) {
		return
	}
	requests, responses := make([]uint64, len(f.sys.routes)), make([]uint64, len(f.sys.routes))
	for i, r := range f.sys.routes {
		requests[i], responses[i] = uint64(r.Request), uint64(r.Size)
	}
	f.image.CountBytes(requests, responses)
}
