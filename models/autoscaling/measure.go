package autoscaling

import (
	"cmp"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/cloudwatch"
)

// Usage is what an instance did in some time.
type Usage struct {
	Busy     engine.Time // vCPU nanoseconds spent on requests, checks and faults
	Capacity engine.Time // vCPUs times the part of the time in which it was there

	NetworkIn, NetworkOut uint64 // bytes

	Credits engine.Time // balance of CPU credits at the end, in vCPU nanoseconds; burstable types only
}

func (u *Usage) add(more Usage) {
	u.Busy += more.Busy
	u.Capacity += more.Capacity
	u.NetworkIn += more.NetworkIn
	u.NetworkOut += more.NetworkOut
	u.Credits = more.Credits
}

// Resolution is the time between two calls of [Group.Measure], a divisor of a
// minute: a minute, or less where a policy looks more often.
func (g *Group) Resolution() engine.Time { return g.resolution }

// need asks for calls of Measure at the multiples of an interval, whole
// seconds. Policies call it when they are made.
func (g *Group) need(interval engine.Time) {
	for interval > 0 {
		g.resolution, interval = interval, g.resolution%interval
	}
}

// Measure takes in what the instances used since the last call, at each
// multiple of [Group.Resolution]; usage is called for each instance in service,
// also while it boots or warms up. At the end of a metric period the group puts
// the datapoint of its metric: one sample from each instance that is in service
// and warmed up by then. Those that warm up or terminate do not count [warm,
// hook].
func (g *Group) Measure(usage func(*Instance) Usage) {
	now := g.sim.Now()
	ended := now%g.CPU.Period == 0
	var all cloudwatch.StatisticSet
	if ended {
		all = g.CPU.NewSet()
	}
	for _, i := range g.Instances {
		if i.State != InService {
			continue
		}
		u := usage(i)
		i.used.add(u)
		i.measured = u.Capacity > 0
		if i.measured {
			i.latest = cloudwatch.Percent(u.Busy, u.Capacity)
		}
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
