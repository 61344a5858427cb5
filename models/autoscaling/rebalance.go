package autoscaling

import (
	"fmt"
	"slices"

	"github.com/headroom-sim/headroom/models/timeline"
)

// rebalanceSoon makes the group even out its zones at its next pass: the list of
// zones has changed, an instance was taken out by hand, or a zone has capacity
// again [az].
func (g *Group) rebalanceSoon() { g.uneven = true }

// rebalance moves capacity from the fullest zone to the emptiest, until none has
// two more than another, and out of zones that the group no longer uses. It
// launches before it terminates [az, imp].
func (g *Group) rebalance() {
	for g.uneven {
		i := g.misplaced()
		if i == nil || g.outageIn(g.emptiestZone()) != nil {
			g.uneven = false
			return
		}
		if g.prevents(AZRebalance, "zones stay uneven") || g.prevents(Launch, "zones stay uneven") || g.rebalanceRoom() <= 0 {
			return
		}
		reason := fmt.Sprintf("zone %s has %d instances, zone %s %d", i.Zone, g.inZone(i.Zone), g.emptiestZone(), g.inZone(g.emptiestZone()))
		g.log(timeline.Rebalance, "", i, reason)
		g.replace(&replacement{old: i, launchFirst: true, occasion: ofBalance, reason: reason, launch: g.arrival(i)})
	}
}

// rebalanceRoom is how many instances may be moved now. The group may exceed max
// by 10 % of it, or by one [az]; no more than that are moved at a time, since AWS
// says that it does so gradually. A maintenance policy bounds it as well [imp].
func (g *Group) rebalanceRoom() int {
	above := max(1, g.Max/10)
	paired, missing := g.extra()
	n := min(above-g.replacing(ofBalance), g.Max+above-(g.Desired+paired+missing))
	if g.spec.Maintenance != nil {
		n = min(n, g.room(g.bounds(), everyOccasion).launch)
	}
	return n
}

// misplaced is an instance in service that another zone should have, the longest
// running; nil if there is none.
func (g *Group) misplaced() *Instance {
	least, most := g.emptiestZone(), g.fullestZone()
	uneven := g.inZone(most) > g.inZone(least)+1
	for _, i := range g.Instances {
		if i.State != InService || i.replacement != nil || i.Protected {
			continue
		}
		if uneven && i.Zone == most || !slices.Contains(g.zones, i.Zone) {
			return i
		}
	}
	return nil
}

func (g *Group) fullestZone() string {
	best := g.zones[0]
	for _, z := range g.zones[1:] {
		if g.inZone(z) > g.inZone(best) {
			best = z
		}
	}
	return best
}
