package autoscaling

import (
	"slices"

	"github.com/headroom-sim/headroom/engine"
)

// following is how a group goes after its desired capacity.
type following struct {
	cause     *cause   // of the latest change that the group has yet to follow, or upkeep
	upkeep    *cause   // keeping to the desired capacity
	owed      []*cause // of launches that take the place of instances that have gone, one each
	protected obstacle // scale-in protection

	reconciling engine.Notice
	reconciled  *engine.Routine[struct{}]
}

// reconcileSoon makes the group launch or terminate what desired and present
// capacity differ by, after the reconcile delay. One that is under way already
// takes account of every change until it happens.
func (g *Group) reconcileSoon() {
	if !g.sim.Pending(g.reconciling) {
		g.reconciling = g.reconciled.After(g.spec.ReconcileDelay.Time(), struct{}{})
	}
}

// catchUp reconciles what something has kept the group from so far.
func (g *Group) catchUp() {
	if !g.upToDate() || g.spec.WarmPool != nil && g.pooled() != g.poolSize() {
		g.reconcileSoon()
	}
}

func (g *Group) reconcile(struct{}) {
	if g.excess() > 0 {
		g.scaleIn()
	} else {
		g.protected = ""
	}
	g.launchMissing()
	if g.upToDate() {
		g.cause, g.owed = g.upkeep, g.owed[:0]
	}
	g.fillPool()
	g.advance()
}

// owe has the group launch an instance in place of one that has gone, for a
// cause of its own.
func (g *Group) owe(why *cause) { g.owed = append(g.owed, why) }

// launchOne launches an instance that desired asks for: first in place of those
// that have gone, then for what has changed desired. It reports whether it could.
func (g *Group) launchOne() bool {
	if len(g.owed) == 0 {
		return g.launch(g.cause) != nil
	}
	if g.launch(g.owed[0]) == nil {
		return false
	}
	g.owed = slices.Delete(g.owed, 0, 1)
	return true
}

// upToDate reports whether there are as many instances as desired and
// replacements ask for.
func (g *Group) upToDate() bool {
	paired, missing := g.extra()
	return missing == 0 && g.alive() == g.Desired+paired
}

// excess is how many instances there are above desired, beside those that have
// their substitutes launched before they go.
func (g *Group) excess() int {
	paired, _ := g.extra()
	return g.alive() - g.Desired - paired
}

// launchMissing launches the substitutes that old instances wait for, and as many
// others as desired asks for: first what takes the place of old instances that
// have gone.
func (g *Group) launchMissing() {
	_, substitutes := g.extra()
	desired := max(0, -g.excess())
	if n := desired + substitutes; n > 0 && g.prevents(Launch, "%d more desired, none launched", n) {
		return
	}
	for _, r := range g.replacements {
		switch {
		case r.substitute != nil || !r.old.present() && desired == 0:
			continue
		case !r.old.present():
			desired--
		}
		i := g.launch(r.launch)
		if i == nil {
			return
		}
		r.substitute, i.replacement = i, r
	}
	g.owed = g.owed[:min(len(g.owed), desired)] // desired may have fallen
	for ; desired > 0; desired-- {
		if !g.launchOne() {
			return
		}
	}
	g.drop()
}

// alive is the present capacity: instances that are or will be in service.
func (g *Group) alive() int { return g.Count(Pending) + g.Count(InService) }

// Count is the number of instances that are Pending or Terminating, both with
// the wait for hooks, InService, in Standby or on the way there, or ready in the
// warm pool, whatever the state is that they have there.
func (g *Group) Count(s State) int { return int(g.books.level(s).Value()) }

// forget removes an instance from where it was.
func (g *Group) forget(i *Instance) {
	for _, list := range []*[]*Instance{&g.Instances, &g.Pool, &g.Retained} {
		if k := slices.Index(*list, i); k >= 0 {
			*list = slices.Delete(*list, k, k+1)
		}
	}
}
