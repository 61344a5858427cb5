package autoscaling

import (
	"cmp"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/cloudwatch"
)

// Usage is what an instance did with its vCPUs, in vCPU nanoseconds.
type Usage struct {
	Busy     engine.Time // spent on requests, checks and faults
	Capacity engine.Time // vCPUs times the part of the time in which it was there
}

// Minute takes in what the instances used in the minute that ends now, a full
// minute of the run; usage is called for each instance in service, also while it
// boots or warms up. At the end of a metric period the group puts the datapoint
// of its metric: one sample from each instance that is in service and warmed up
// by then. Those that warm up or terminate do not count [warm, hook].
func (g *Group) Minute(usage func(*Instance) Usage) {
	now := g.sim.Now()
	ended := now%g.CPU.Period == 0
	var all cloudwatch.StatisticSet
	for _, i := range g.Instances {
		if i.State != InService {
			continue
		}
		u := usage(i)
		i.used.Busy += u.Busy
		i.used.Capacity += u.Capacity
		if !ended {
			continue
		}
		if i.Warm && i.used.Capacity > 0 {
			all.Add(cloudwatch.Percent(i.used.Busy, i.used.Capacity))
		}
		i.used = Usage{}
	}
	if ended {
		g.CPU.Put(now, all)
	}
}

// Longest gives the instances in service, the longest-running first, ties by
// the lowest ordinal: the order in which faults choose.
func (g *Group) Longest() []*Instance {
	var list []*Instance
	for _, i := range g.Instances {
		if i.State == InService {
			list = append(list, i)
		}
	}
	// Instances are in the order of launch; provisioning may change it.
	slices.SortStableFunc(list, func(a, b *Instance) int { return cmp.Compare(a.Since, b.Since) })
	return list
}
