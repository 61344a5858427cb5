package autoscaling

import (
	"fmt"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// launches are what keeps new ones from succeeding.
type launches struct {
	failing  failure
	outages  map[string]*outage // by zone; "" is all of them
	retrying engine.Notice
}

// failure is a run of launches that have all failed: for want of capacity in
// every zone that may be tried, or because a launch hook ended with ABANDON.
type failure struct {
	count int
	why   string // the latest
	since engine.Time
	next  engine.Time // no launch before
}

// hushed reports whether the launch after so many failures, and what comes of
// it, is kept from the timeline: of many that fail in the same way it tells of
// the first three and then of each that doubles their number.
func (f *failure) hushed() bool {
	attempt := f.count + 1
	return attempt > 3 && attempt&(attempt-1) != 0
}

// words tell of the latest failure and of the next attempt.
func (f *failure) words(g *Group) string {
	switch f.count {
	case 0:
		return "" // launches have just been suspended
	case 1:
		return "; next attempt at " + g.clockText(f.next)
	}
	return fmt.Sprintf(", failure %d in a row since %s; next attempt at %s", f.count, g.clockText(f.since), g.clockText(f.next))
}

// mayLaunch reports whether the group may launch now. After a failure it tries
// again later.
func (g *Group) mayLaunch() bool {
	if g.suspended(Launch) {
		return false
	}
	if g.sim.Now() < g.failing.next {
		g.retry()
		return false
	}
	return true
}

// retry makes the group look again when it may launch.
func (g *Group) retry() {
	if !g.sim.Pending(g.retrying) {
		g.retrying = g.reconciled.At(g.failing.next, struct{}{})
	}
}

// launchFailed counts a failure, and puts the next attempt off.
func (g *Group) launchFailed(why string) {
	now := g.sim.Now()
	if g.failing.count == 0 {
		g.failing.since = now
	}
	g.failing.count++
	g.failing.why = why
	g.failing.next = now + g.spec.LaunchRetryDelay.Time()
	if lasted := now - g.failing.since; lasted > g.spec.LaunchSuspension.Time() && !g.suspended(Launch) {
		g.suspendByAdmin(fmt.Sprintf("%d launches in a row have failed within %s", g.failing.count, text(lasted)))
		g.failing = failure{next: g.failing.next}
	}
}

// succeeded ends a run of failures.
func (g *Group) succeeded(i *Instance) {
	i.Quiet = false
	if g.failing.count > 0 {
		g.log(timeline.InService, "", i, fmt.Sprintf("the first launch to succeed after %d that failed since %s", g.failing.count, g.clockText(g.failing.since)))
		g.failing = failure{}
	}
}

// launchAbandoned terminates an instance that a launch hook has abandoned, and
// lets the group launch another, not at once [hook].
func (g *Group) launchAbandoned(i *Instance, why string) {
	again := *i.cause
	again.text, again.story = "another attempt, after "+why, "" // it is that of other instances, too
	orphan(i)
	g.launchFailed(why)
	g.log(timeline.LaunchFail, "", i, why+g.failing.words(g))
	if i.State.Stage() == WarmedPending {
		g.discard(i, &cause{text: why})
	} else {
		if i.replacement == nil {
			g.owe(&again)
		}
		g.terminate(i, &cause{text: why})
	}
	g.retry()
}

// outage is a zone's want of capacity.
type outage struct {
	faults int  // that cause it
	told   bool // the timeline knows
}

// Fail makes launches fail in a zone, or with "" in all, until as many calls of
// Restore have followed.
func (g *Group) Fail(zone string) {
	if g.outages[zone] == nil {
		g.outages[zone] = &outage{}
	}
	g.outages[zone].faults++
}

// Restore ends what one call of Fail began. Instances then move back to the
// zone by themselves [az].
func (g *Group) Restore(zone string) {
	o := g.outages[zone]
	o.faults--
	if o.faults == 0 {
		o.told = false
		g.rebalanceSoon()
	}
}

// outageIn is the outage that keeps launches in a zone from succeeding, or nil.
func (g *Group) outageIn(zone string) *outage {
	for _, name := range [...]string{zone, ""} {
		if o := g.outages[name]; o != nil && o.faults > 0 {
			return o
		}
	}
	return nil
}

// zoneWithCapacity is where the next launch goes: the zone with the fewest
// instances by the count; if that has no capacity, with balanced-best-effort
// the best of the others [az]. False: nowhere, and the launch has failed.
func (g *Group) zoneWithCapacity(count func(zone string) int) (string, bool) {
	best := emptiest(g.zones, count)
	o := g.outageIn(best)
	if o == nil {
		return best, true
	}
	other := ""
	if g.spec.CapacityDistribution != "balanced-only" {
		other = emptiest(slices.DeleteFunc(slices.Clone(g.zones), func(z string) bool { return g.outageIn(z) != nil }), count)
	}
	switch {
	case other == "":
		hushed := g.failing.hushed()
		g.launchFailed(noCapacity)
		g.retry()
		if !hushed {
			g.log(timeline.LaunchFail, best, nil, noCapacity+g.failing.words(g))
		}
	case !o.told:
		o.told = true
		g.log(timeline.LaunchFail, best, nil, noCapacity+": launches go to zone "+other+" instead")
	}
	return other, other != ""
}

// noCapacity is the error of EC2.
const noCapacity = "InsufficientInstanceCapacity"
