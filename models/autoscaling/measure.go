package autoscaling

import (
	"cmp"
	"slices"

	"github.com/headroom-sim/headroom/engine"
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

// metering is what a group measures itself.
type metering struct {
	resolution engine.Time
	own        []*own
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
// also while it boots or warms up. At the end of the period of each of the
// group's own metrics it puts the datapoint.
func (g *Group) Measure(usage func(*Instance) Usage) {
	now := g.sim.Now()
	for _, i := range g.Instances {
		if i.State == InService {
			i.measure(usage(i))
		}
	}
	for _, o := range g.own {
		if now%o.Period == 0 {
			o.Put(now, o.sample(g))
		}
	}
	period := g.spec.metricPeriod()
	for _, i := range g.Instances {
		if now%period == 0 {
			i.used = Usage{}
		}
		if now%creditPeriod == 0 {
			i.spent = 0
		}
	}
}

// readings are what an instance was found to use.
type readings struct {
	used  Usage       // since the last period of the group's monitoring began
	spent engine.Time // CPU time since the last period of credits began

	busy, there engine.Time // CPU time since launch, and what the vCPUs could have given
	scrapes     []scrape    // of the group's scraper, the oldest first
	origin      scrape      // when the series of scrapes began
}

// measure takes in what the instance used since the last time.
func (i *readings) measure(u Usage) {
	i.used.add(u)
	i.spent += u.Busy
	i.busy += u.Busy
	i.there += u.Capacity
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
