package autoscaling

import "slices"

// reconcileSoon makes the group launch or terminate what desired and present
// capacity differ by, after the reconcile delay. One that is under way already
// takes account of every change until it happens.
func (g *Group) reconcileSoon() {
	if !g.sim.Pending(g.reconciling) {
		g.reconciling = g.reconciled.After(g.spec.ReconcileDelay.Time(), struct{}{})
	}
}

func (g *Group) reconcile(struct{}) {
	short := g.Desired - g.alive()
	if short > 0 && !g.prevents(Launch, "%d more desired, none launched", short) {
		for range short {
			g.launch(g.cause)
		}
	}
	if surplus := -short; surplus > 0 {
		g.scaleIn(surplus)
	} else {
		g.protected = ""
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
	zones := g.zones
	best, least := zones[0], g.inZone(zones[0])
	for _, z := range zones[1:] {
		if n := g.inZone(z); n < least {
			best, least = z, n
		}
	}
	return best
}

// forget removes an instance that is gone.
func (g *Group) forget(i *Instance) {
	k := slices.Index(g.Instances, i)
	g.Instances = slices.Delete(g.Instances, k, k+1)
}
