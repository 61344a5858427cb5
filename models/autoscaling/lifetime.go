package autoscaling

import (
	"slices"

	"github.com/headroom-sim/headroom/engine"
)

// shortestLifetime is the least maximum instance lifetime [api-create].
const shortestLifetime = 24 * engine.Hour

// maxLifetime is how long an instance may be in service.
func (s *Spec) maxLifetime() engine.Time {
	if s.MaxInstanceLifetime == nil || *s.MaxInstanceLifetime == 0 {
		return engine.Forever
	}
	return s.MaxInstanceLifetime.Time()
}

// retireOld replaces instances that have been in service for the maximum
// lifetime, as many at a time as the maintenance policy allows, else 10 % of
// desired and at least one; AWS says one at a time, and up to 10 % where the
// lifetime leaves no time for that, so the pace is UNSOURCED. What is protected
// from scale-in stays until it is not [api-create].
func (g *Group) retireOld() {
	limit, now := g.spec.maxLifetime(), g.sim.Now()
	if now < g.expiry {
		return
	}
	r := g.room(g.bounds(), everyOccasion)
	g.expiry = now + limit                        // of what enters service from now on, at the earliest
	for _, i := range slices.Clone(g.Instances) { // terminate may shorten the list
		if i.State == InService && !(i.Since+limit <= now && g.retire(i, &r)) {
			g.expiry = min(g.expiry, i.Since+limit)
		}
	}
}

// retire replaces an instance that has reached its maximum lifetime, if it can.
func (g *Group) retire(i *Instance, r *room) bool {
	if i.replacement != nil || i.Protected || !g.mayReplace("instances beyond their lifetime stay") {
		return false
	}
	launchFirst, ok := r.take(g.fit(i))
	if ok {
		g.replace(&replacement{
			old: i, launchFirst: launchFirst, occasion: ofLifetime, launch: g.arrival(i),
			reason: "in service for " + text(g.sim.Now()-i.Since) + ", the maximum lifetime is " + text(g.spec.maxLifetime()),
		})
	}
	return ok
}

func everyOccasion(*replacement) bool { return true }

// mayReplace reports whether the group can both launch and terminate, as a
// replacement needs it that nothing urges.
func (g *Group) mayReplace(otherwise string) bool {
	return !g.prevents(Launch, "%s", otherwise) && !g.prevents(Terminate, "%s", otherwise)
}
