package autoscaling

import (
	"cmp"
	"fmt"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
)

type terminationPolicy func(g *Group, a, b *Instance) int

// terminationPolicies say by their names in the API which of two instances goes
// first: the lesser one. A list of policies is applied in order, each to what the
// ones before leave equal [term].
var terminationPolicies = map[string]terminationPolicy{
	"Default": func(g *Group, a, b *Instance) int {
		return cmp.Or(a.compareTemplate(b), g.compareBillingHour(a, b))
	},
	"OldestInstance":            func(_ *Group, a, b *Instance) int { return cmp.Compare(a.Launched, b.Launched) },
	"NewestInstance":            func(_ *Group, a, b *Instance) int { return cmp.Compare(b.Launched, a.Launched) },
	"ClosestToNextInstanceHour": (*Group).compareBillingHour,
	"OldestLaunchTemplate":      func(_ *Group, a, b *Instance) int { return a.compareTemplate(b) },
	// A group has one launch template and one type of instance: to these two all
	// instances are the same.
	"OldestLaunchConfiguration": func(*Group, *Instance, *Instance) int { return 0 },
	"AllocationStrategy":        func(*Group, *Instance, *Instance) int { return 0 },
}

func (i *Instance) compareTemplate(other *Instance) int {
	return cmp.Compare(i.Template, other.Template)
}

func (g *Group) compareBillingHour(a, b *Instance) int {
	return cmp.Compare(g.toBillingHour(a), g.toBillingHour(b))
}

// toBillingHour is the time until an instance begins another hour.
func (g *Group) toBillingHour(i *Instance) engine.Time {
	return engine.Hour - (g.sim.Now()-i.Launched)%engine.Hour
}

// scaleIn terminates instances in service. What is pending is spared: the group
// comes back to it when it runs. So are those protected from scale-in, until
// they no longer are: desired does not wait for that [prot].
func (g *Group) scaleIn() {
	if g.Count(InService) == 0 || g.prevents(Terminate, "%d of %d too many, none terminated", g.excess(), g.alive()) {
		return
	}
	// A victim that makes way for a substitute leaves the excess as it was.
	for surplus := g.excess(); surplus > 0; surplus = g.excess() {
		i := g.victim()
		if i == nil {
			g.tellProtected(surplus)
			return
		}
		if g.inZone(i.Zone) < g.inZone(g.fullestZone()) {
			g.rebalanceSoon() // not its zone chose it, but what is protected (DERIVED: as by hand [az])
		}
		i.returns = g.goesBack(i)
		g.terminate(i, g.cause)
	}
	g.protected = ""
}

func (g *Group) tellProtected(surplus int) {
	if n := g.Count(InService); n > 0 {
		g.protected.tell(g, "", fmt.Sprintf("wants to terminate %d, all %d in service are protected from scale-in", surplus, n))
	}
}

// victim chooses the instance in service that a scale-in terminates [term]: of
// the zones with an unprotected one those with the most instances, for balance
// goes before every policy; then what the group's policies say; then, where AWS
// draws at random, the lowest ordinal. A substitute whose old instance is still
// there is spared: another would have to be launched. It is nil if there is none.
func (g *Group) victim() *Instance {
	var best *Instance
	for _, i := range g.Instances {
		if i.State != InService || i.Protected || i.takesOver() {
			continue
		}
		if best == nil || g.goesBefore(i, best, i.place.serving-best.place.serving) {
			best = i
		}
	}
	return best
}

// goesBefore reports whether an instance is terminated rather than one of a
// lower ordinal, whose zone has fewer instances by the surplus given.
func (g *Group) goesBefore(i, best *Instance, surplus int) bool {
	if surplus != 0 {
		return surplus > 0
	}
	for _, compare := range g.termination {
		if c := compare(g, i, best); c != 0 {
			return c < 0
		}
	}
	return false
}

// checkTermination reports lists of policies that AWS would refuse.
func (s *Spec) checkTermination(report quantity.Report) {
	if len(s.TerminationPolicies) == 0 {
		report("termination_policies", "must name at least one policy")
	}
	for k, name := range s.TerminationPolicies {
		if name == "Default" && k < len(s.TerminationPolicies)-1 {
			report("termination_policies", "Default must be the last")
		}
	}
}
