package site

import (
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/cloudwatch"
)

// metric makes the metric of the load balancing that a policy of the group
// follows: RequestCountPerTarget, one datapoint a minute, zeros included
// [alb-cw]. Its delay is UNSOURCED, that of instances' metrics with detailed
// monitoring.
func (f *fleet) metric(name string, _ engine.Time) *cloudwatch.Metric {
	if f.requests == nil {
		delay := engine.Minute
		if f.spec.MetricDelay != nil {
			delay = f.spec.MetricDelay.Time()
		}
		f.requests = cloudwatch.NewMetric(name, engine.Minute, delay)
	}
	return f.requests
}

// putRequests puts the datapoint of the minute that has ended: the requests
// that balancers sent to the group's targets, over those that a balancer may
// use, or all instances where it may use none. Where several balancers share
// the fleet, it is their sum (UNSOURCED: AWS has one target group here).
func (f *fleet) putRequests(now engine.Time, minute []balancerTally) {
	if f.requests == nil {
		return
	}
	var requests uint64
	for i, b := range f.sys.balancers {
		position := slices.Index(b.targets, place(f)) + 1
		for _, t := range minute[i].Targets {
			if position > 0 && t.ID/targetsPerFleet == position {
				requests += t.Requests
			}
		}
	}
	usable := 0
	for _, h := range f.hosts {
		if slices.ContainsFunc(f.balancers, func(b *balancerPlace) bool { return b.Usable(b.target(h)) }) {
			usable++
		}
	}
	if usable == 0 {
		usable = max(len(f.hosts), 1)
	}
	set := f.requests.NewSet()
	set.Add(cloudwatch.NewValue(float64(requests) / float64(usable)))
	f.requests.Put(now, set)
}
