package autoscaling

import (
	"slices"

	"github.com/headroom-sim/headroom/engine"
)

// reconcileSoon makes the group launch or terminate what desired and present
// capacity differ by, after the reconcile delay. One that is under way already
// takes account of every change until it happens.
func (g *Group) reconcileSoon() {
	if !g.sim.Pending(g.reconciling) {
		g.reconciling = g.reconciled.After(g.spec.ReconcileDelay.Time(), struct{}{})
	}
}

func (g *Group) reconcile(struct{}) {
	for n := g.Desired - g.alive(); n > 0; n-- {
		g.launch(g.cause)
	}
	for n := g.alive() - g.Desired; n > 0; n-- {
		i := g.victim()
		if i == nil {
			return // the rest is pending: the group comes back to it when it runs
		}
		g.terminate(i, g.cause)
	}
}

// alive is the present capacity: instances that are or will be in service.
func (g *Group) alive() int { return g.count(Pending) + g.count(InService) }

func (g *Group) count(s State) int {
	n := 0
	for _, i := range g.Instances {
		if i.State == s {
			n++
		}
	}
	return n
}

// inZone is the capacity in a zone.
func (g *Group) inZone(zone string) int {
	n := 0
	for _, i := range g.Instances {
		if i.Zone == zone && (i.State == Pending || i.State == InService) {
			n++
		}
	}
	return n
}

// emptiestZone is the zone with the fewest instances, of several the first
// named [az].
func (g *Group) emptiestZone() string {
	zones := g.spec.Zones
	best, least := zones[0], g.inZone(zones[0])
	for _, z := range zones[1:] {
		if n := g.inZone(z); n < least {
			best, least = z, n
		}
	}
	return best
}

// victim chooses the instance in service that a scale-in terminates, by the
// default termination policy [term]: in the zone with the most instances, or
// across those that tie; all are on the same launch template; closest to the
// next billing hour; then, where AWS draws at random, the lowest ordinal. It is
// nil if none is in service.
func (g *Group) victim() *Instance {
	most := 0
	for _, z := range g.spec.Zones {
		most = max(most, g.serving(z))
	}
	var best *Instance
	for _, i := range g.Instances {
		if i.State != InService || g.serving(i.Zone) < most {
			continue
		}
		if best == nil || g.toBillingHour(i) < g.toBillingHour(best) {
			best = i
		}
	}
	return best
}

// serving is the number of instances in service in a zone.
func (g *Group) serving(zone string) int {
	n := 0
	for _, i := range g.Instances {
		if i.Zone == zone && i.State == InService {
			n++
		}
	}
	return n
}

// toBillingHour is the time until an instance begins another hour.
func (g *Group) toBillingHour(i *Instance) engine.Time {
	return engine.Hour - (g.sim.Now()-i.Launched)%engine.Hour
}

// forget removes an instance that is gone.
func (g *Group) forget(i *Instance) {
	k := slices.Index(g.Instances, i)
	g.Instances = slices.Delete(g.Instances, k, k+1)
}
