package autoscaling

import (
	"slices"

	"github.com/headroom-sim/headroom/models/timeline"
)

// Verdict tells what the load balancer thinks of an instance: unhealthy, or
// not (any more). A target whose first checks are still under way is not
// unhealthy. The group looks at verdicts at its next pass.
func (g *Group) Verdict(i *Instance, healthy bool) { i.unhealthy = !healthy }

// Stopped tells that EC2 no longer reports an instance as running. The group
// replaces it at its next pass, also within the grace period [hc, grace].
func (g *Group) Stopped(i *Instance) { i.stopped = true }

// onHealthCheck is the periodic pass over the instances' health.
func (g *Group) onHealthCheck(struct{}) {
	g.checked.Start(struct{}{})
	for _, i := range g.Instances {
		if i.stopped || i.unhealthy || i.marked {
			g.inbox.health = true
			g.decideNow()
			return
		}
	}
}

// replaceUnhealthy terminates instances that fail a health check and launches
// others: the termination first, in activities of their own [hc]. Those that do
// not run go at once, those that the load balancer calls unhealthy in batches.
func (g *Group) replaceUnhealthy() {
	if n := g.unhealthy(); n == 0 || g.prevents(ReplaceUnhealthy, "%d unhealthy, none replaced", n) ||
		g.prevents(Terminate, "%d unhealthy, none replaced", n) {
		return
	}
	room := g.replaceable()
	for _, i := range slices.Clone(g.Instances) { // terminate may shorten the list
		switch {
		case g.gone(i):
			g.replace(i, "EC2 no longer reports it as running")
		case i.marked && i.State == InService:
			g.replace(i, "an operator has set its health to Unhealthy")
		case room > 0 && g.failsLoadBalancer(i):
			g.replace(i, "the load balancer finds it unhealthy")
			room--
		}
	}
}

// unhealthy is the number of instances to be replaced.
func (g *Group) unhealthy() int {
	n := 0
	for _, i := range g.Instances {
		if g.gone(i) || i.marked && i.State == InService || g.failsLoadBalancer(i) {
			n++
		}
	}
	return n
}

// gone reports whether the group notices that an instance does not run: not in
// standby, nor with HealthCheck suspended [hc, susp].
func (g *Group) gone(i *Instance) bool {
	return i.stopped && (i.State == InService || i.State.Stage() == Pending) && !g.suspended(HealthCheck)
}

// failsLoadBalancer reports whether a group with ELB checks holds the load
// balancer's verdict against an instance: only after its grace period [grace].
func (g *Group) failsLoadBalancer(i *Instance) bool {
	return g.spec.HealthCheckType == "ELB" && i.unhealthy && i.State == InService && !g.inGrace(i) && !g.suspended(HealthCheck)
}

func (g *Group) inGrace(i *Instance) bool {
	return g.sim.Now() < i.Since+g.spec.HealthCheckGracePeriod.Time()
}

// replaceable is how many instances a pass may replace on the load balancer's
// word: 10 % of desired, at least one; none before the batch before has warmed
// up and passed its first health check, nor while an activity is in progress in
// a group 10 % or more below desired [hc]. That 10 % is rounded down is
// UNSOURCED, as is a smaller number when all are unhealthy: there is none here.
func (g *Group) replaceable() int {
	below := 10*g.count(InService) <= 9*g.Desired && g.Desired > 0
	for _, i := range g.Instances {
		fresh := i.State.Stage() == Pending || i.State == InService && !i.Warm
		unproven := i.State == InService && !i.usable && g.inGrace(i)
		if i.cause.replaces && (fresh || unproven) || below && (fresh || i.State.Stage() == Terminating) {
			return 0
		}
	}
	return max(1, g.Desired/10)
}

// replace terminates one instance and lets the group launch another.
func (g *Group) replace(i *Instance, reason string) {
	g.log(timeline.Replace, "", i, reason)
	if !g.sim.Pending(g.reconciling) {
		g.cause = &cause{text: "replaces " + i.ID, warmup: g.instanceWarmup, cooldown: g.defaultCooldown, replaces: true}
	}
	g.terminate(i, &cause{text: reason, cooldown: g.defaultCooldown})
	g.reconcileSoon()
}
