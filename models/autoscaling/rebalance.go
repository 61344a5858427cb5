package autoscaling

import (
	"fmt"
	"slices"

	"github.com/headroom-sim/headroom/models/timeline"
)

// rebalanceSoon makes the group even out its zones at its next pass: the list of
// zones has changed, an instance was taken out that its zone did not choose, or a
// zone has capacity again [az].
func (g *Group) rebalanceSoon() { g.uneven = true }

// rebalance moves capacity from the fullest zone to the emptiest, until none has
// two more than another, and out of zones that the group no longer uses [az].
func (g *Group) rebalance() {
	if g.uneven && !g.suspended(AZRebalance) && !g.suspended(Terminate) {
		g.leaveZones()
	}
	for g.uneven {
		i, even := g.misplaced()
		g.uneven = !even && g.outageIn(g.emptiestZone()) == nil // its end is another occasion
		if i == nil || !g.uneven {
			return
		}
		if g.prevents(AZRebalance, "zones stay uneven") || g.prevents(Launch, "zones stay uneven") {
			return
		}
		space := g.rebalanceRoom()
		launchFirst, ok := space.take(g.fit(i))
		if !ok || !launchFirst && g.prevents(Terminate, "zones stay uneven") {
			return
		}
		g.immovable = ""
		reason := g.misfortune(i)
		g.log(timeline.Rebalance, "", i, reason)
		arrival := g.arrival(i)
		arrival.spreads = true
		g.replace(&replacement{old: i, launchFirst: launchFirst, occasion: ofBalance, reason: reason, launch: arrival})
	}
}

// misfortune is why an instance is moved to another zone.
func (g *Group) misfortune(i *Instance) string {
	if !g.uses(i.Zone) {
		return "the group no longer uses zone " + i.Zone
	}
	least := g.emptiestZone()
	return fmt.Sprintf("instances in zone %s: %d, in zone %s: %d", i.Zone, g.inZone(i.Zone), least, g.inZone(least))
}

func (g *Group) uses(zone string) bool { return slices.Contains(g.zones, zone) }

// leaveZones takes out of the warm pool what is in zones that the group no longer
// uses; others are launched for it.
func (g *Group) leaveZones() {
	for _, i := range slices.Clone(g.Pool) {
		if !g.uses(i.Zone) && i.State.Stage() != WarmedTerminating {
			g.discard(i, &cause{text: "the group no longer uses zone " + i.Zone})
			g.reconcileSoon()
		}
	}
}

// rebalanceRoom is how many instances may be moved now: what the maintenance
// policy allows [imp]. Without one the group launches before it terminates, and
// may exceed max by 10 % of it, or by one [az]; no more than that are moved at a
// time, since AWS says that it does so gradually.
func (g *Group) rebalanceRoom() room {
	if g.spec.Maintenance != nil {
		return g.room(g.bounds(), everyOccasion)
	}
	above := max(1, g.Max/10)
	paired, missing := g.extra()
	return room{launch: min(above-g.replacing(ofBalance), g.Max+above-(g.Desired+paired+missing))}
}

// misplaced is an instance that another zone should have: of those in zones that
// the group no longer uses, or else in the fullest one, the longest running that
// can be moved now. It is nil if all are to wait; there are none if even.
func (g *Group) misplaced() (found *Instance, even bool) {
	astray := func(i *Instance) bool { return !g.uses(i.Zone) }
	least, most := g.emptiestZone(), g.fullestZone()
	found, even = g.movable(astray)
	if found != nil || g.inZone(most) <= g.inZone(least)+1 {
		return found, even
	}
	found, balanced := g.movable(func(i *Instance) bool { return i.Zone == most })
	return found, even && balanced
}

// movable is the longest running of the instances concerned that can be moved
// now; none are concerned if even. It tells if all are protected from scale-in.
func (g *Group) movable(concerned func(*Instance) bool) (found *Instance, even bool) {
	left, protected := 0, 0
	for _, i := range g.Instances {
		switch {
		case !concerned(i) || !i.present() || i.makesWay():
			continue
		case i.Protected:
			protected++
		case i.State == InService && i.replacement == nil:
			return i, false
		}
		left++
	}
	if left > 0 && protected == left {
		g.immovable.tell(g, "", "zones stay uneven: instances that should move are protected from scale-in")
	}
	return nil, left == 0
}
