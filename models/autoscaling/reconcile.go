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
		for n := short; n > 0 && g.launch(g.cause); n-- {
		}
	}
	if surplus := -short; surplus > 0 {
		g.scaleIn(surplus)
	} else {
		g.protected = ""
	}
	g.fillPool()
}

// alive is the present capacity: instances that are or will be in service.
func (g *Group) alive() int { return g.count(Pending) + g.count(InService) }

// count is the number of instances in a state, or on its way through the hooks.
func (g *Group) count(s State) int {
	n := 0
	for _, i := range g.Instances {
		if i.State.Stage() == s {
			n++
		}
	}
	return n
}

// inZone is the capacity in a zone.
func (g *Group) inZone(zone string) int {
	n := 0
	for _, i := range g.Instances {
		if s := i.State.Stage(); i.Zone == zone && (s == Pending || s == InService) {
			n++
		}
	}
	return n
}

// emptiest is the zone with the fewest instances by a count, of several the
// first named [az]; "" if there are none.
func emptiest(zones []string, count func(zone string) int) string {
	best, least := "", 0
	for _, z := range zones {
		if n := count(z); best == "" || n < least {
			best, least = z, n
		}
	}
	return best
}

// forget removes an instance from where it was.
func (g *Group) forget(i *Instance) {
	for _, list := range []*[]*Instance{&g.Instances, &g.Pool, &g.Retained} {
		if k := slices.Index(*list, i); k >= 0 {
			*list = slices.Delete(*list, k, k+1)
		}
	}
}
