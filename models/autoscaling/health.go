package autoscaling

import (
	"fmt"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// mark is what a group holds of an instance's health. One that is marked is
// replaced; it never recovers by itself [hc].
type mark uint8

const (
	healthy    mark = iota
	notRunning      // EC2 no longer reports it as running
	failsELB        // the load balancer finds it unhealthy
	reported        // an operator or a check of one's own said so
)

// condition is what a group knows of an instance's health.
type condition struct {
	mark      mark             // its own verdict
	stopped   bool             // EC2 says that it does not run
	ended     engine.Time      // since when, if so
	unhealthy bool             // the load balancer says so
	usable    bool             // a balancer could use it once
	turned    engine.Time      // since when it is ready, or not
	spared    *timeline.Answer // the grace period keeps it from being replaced
}

// ready reports whether the instance can take requests, for all that is known:
// a balancer could use it, or it serves, and has not been found unhealthy since.
func (c *condition) ready() bool { return c.usable && !c.unhealthy }

// found changes what is known of the instance's readiness.
func (c *condition) found(now engine.Time, usable, unhealthy bool) {
	before := c.ready()
	c.usable, c.unhealthy = usable, unhealthy
	if c.ready() != before {
		c.turned = now
	}
}

// Verdict tells what the load balancer thinks of an instance: unhealthy, or
// not (any more). A target whose first checks are still under way is not
// unhealthy. The group looks at verdicts at its next pass.
func (g *Group) Verdict(i *Instance, healthy bool) {
	i.found(g.sim.Now(), i.usable, !healthy)
	g.suspicious = g.suspicious || i.unhealthy
	if healthy {
		g.unspare(i)
		g.advance()
	}
}

// Stopped tells that EC2 no longer reports an instance as running, nor bills it.
// The group replaces it at its next pass, also within the grace period [hc, grace];
// a pass at the same instant comes too early to know.
func (g *Group) Stopped(i *Instance) {
	i.stopped, i.ended, g.suspicious = true, g.sim.Now(), true
	g.books.bill(g.sim.Now(), i, false)
}

// Restarted tells that an instance which had stopped starts again, and is billed
// again. False: the group terminates it already, and it must stay as it is.
func (g *Group) Restarted(i *Instance) bool {
	switch i.State.Stage() {
	case Terminating, TerminatingRetained, WarmedTerminating, WarmedTerminatingRetained:
		return false
	}
	i.stopped, i.serving = false, false
	g.books.bill(g.sim.Now(), i, true)
	return true
}

// report takes the word of an operator, or of a check of one's own, on an
// instance: SetInstanceHealth. One that is unhealthy is replaced at once; whether
// the grace period is respected is the caller's business [hc].
func (g *Group) report(i *Instance, well bool) {
	i.mark = healthy
	if !well {
		i.mark, g.suspicious = reported, true
		g.passNow()
	}
}

// passNow makes the group look at its instances before the next periodic pass.
func (g *Group) passNow() {
	g.inbox.pass = true
	g.decideNow()
}

// onHealthCheck is the periodic pass over the instances.
func (g *Group) onHealthCheck(struct{}) {
	g.checked.Start(struct{}{})
	if g.suspicious || g.uneven || len(g.replacements) > 0 || g.refresh != nil || g.sim.Now() >= g.expiry {
		g.passNow()
	}
}

// checkHealth marks instances that are unhealthy and replaces those marked.
func (g *Group) checkHealth() {
	if !g.suspicious {
		return
	}
	g.suspicious = false
	g.checkPool()
	marked := 0
	for _, i := range g.Instances {
		if !i.present() {
			continue
		}
		if i.mark == healthy {
			i.mark = g.examine(i)
		}
		if i.mark != healthy {
			marked++
		}
		g.suspicious = g.suspicious || i.mark != healthy || i.stopped || i.unhealthy
	}
	if marked > 0 && !g.prevents(ReplaceUnhealthy, "%d unhealthy, none replaced", marked) && !g.prevents(Terminate, "%d unhealthy, none replaced", marked) {
		g.replaceUnhealthy()
	}
}

// checkPool terminates what does not run any more in the warm pool, where it
// should [wp].
func (g *Group) checkPool() {
	for _, i := range slices.Clone(g.Pool) {
		if !i.stopped || i.State.Stage() == WarmedTerminating {
			continue
		}
		if i.ended == g.sim.Now() || g.suspended(HealthCheck) || g.prevents(Terminate, "%s stays in the warm pool, though it does not run", i.ID) {
			g.suspicious = true
			continue
		}
		g.discard(i, &cause{text: "EC2 no longer reports it as running"})
		g.reconcileSoon()
	}
}

// examine is what the group makes of what it has been told of an instance: that
// EC2 does not report it as running, also within the grace period; after that
// what the load balancer says, if the group has ELB checks [hc, grace].
func (g *Group) examine(i *Instance) mark {
	switch {
	case g.suspended(HealthCheck):
		return healthy
	case i.stopped && i.ended < g.sim.Now():
		return notRunning
	case !i.unhealthy || g.spec.HealthCheckType != "ELB" || i.State != InService:
		return healthy
	case g.inGrace(i):
		g.spare(i)
		return healthy
	default:
		return failsELB
	}
}

// spare tells that an instance is not replaced because of its grace period.
func (g *Group) spare(i *Instance) {
	if i.spared != nil {
		return
	}
	end := i.Since + g.spec.HealthCheckGracePeriod.Time()
	i.spared = &timeline.Answer{
		Fleet: g.Name, Policy: "health check", Reason: timeline.InGrace, By: i.ID, From: g.sim.Now(), To: end,
	}
	g.events.Answer(i.spared)
	g.log(timeline.Prevented, "health check", i, "the load balancer finds it unhealthy: not replaced, in its grace period until "+g.clockText(end))
}

// unspare ends that when the instance is well, or leaves.
func (g *Group) unspare(i *Instance) {
	if i.spared != nil {
		i.spared.To = min(i.spared.To, g.sim.Now())
		i.spared = nil
	}
}

func (g *Group) inGrace(i *Instance) bool {
	return g.sim.Now() < i.Since+g.spec.HealthCheckGracePeriod.Time()
}

// replaceUnhealthy replaces the instances that are marked: those that do not run
// at once, and terminated first whatever the maintenance policy says [imp]; those
// that the load balancer calls unhealthy in batches; those that were reported
// like those if there is a maintenance policy, and at once if not [hc].
func (g *Group) replaceUnhealthy() {
	r := g.batch()
	for _, i := range slices.Clone(g.Instances) { // terminate may shorten the list
		switch {
		case i.mark == healthy || !i.present():
		case i.replacement != nil:
			g.replaceAgain(i)
		case i.mark == failsELB, i.mark == reported && g.spec.Maintenance != nil:
			if launchFirst, ok := r.take(false); ok {
				g.replaceOne(i, launchFirst)
			}
		default:
			g.replaceOne(i, false)
		}
	}
}

func (g *Group) replaceOne(i *Instance, launchFirst bool) {
	g.replace(&replacement{old: i, launchFirst: launchFirst, occasion: ofHealth, reason: g.diagnosis(i), launch: g.arrival(i)})
}

// replaceAgain sees to an unhealthy instance that is part of a replacement: a
// substitute goes, and the replacement gets another; what makes way and does not
// run any more goes at once.
func (g *Group) replaceAgain(i *Instance) {
	if r := i.replacement; r.old != i {
		r.substitute, i.replacement = nil, nil
		again := *r.launch
		again.text = "replaces " + i.ID
		r.launch = &again
	} else if i.mark != notRunning {
		return
	}
	g.log(timeline.Replace, "", i, g.diagnosis(i)+"; terminated first")
	g.terminate(i, &cause{text: "to be replaced", cooldown: g.defaultCooldown})
	g.reconcileSoon()
}

// batch is how many instances a pass may replace on the load balancer's word:
// 10 % of desired, rounded down (UNSOURCED), or what the maintenance policy
// allows, and at least one. It is none before the batch before is ready for use,
// nor while an activity is in progress in a group 10 % or more below desired; it
// is fewer when all are unhealthy [hc].
func (g *Group) batch() room {
	if g.replacing(ofHealth) > 0 || g.struggles() {
		return room{}
	}
	r := g.room(g.bounds(), func(r *replacement) bool { return r.occasion == ofHealth })
	if g.allUnhealthy() {
		few := g.spec.AllUnhealthyBatch
		r.launch = min(r.launch, few)
		r.terminate = min(r.terminate, few-r.launch)
	}
	return r
}

// struggles reports whether the group is 10 % or more below desired with an
// activity in progress.
func (g *Group) struggles() bool {
	if 10*g.Count(InService) > 9*g.Desired {
		return false
	}
	return slices.ContainsFunc(g.Instances, func(i *Instance) bool {
		return i.State.Stage() == Terminating || i.present() && (i.State != InService || !i.Warm)
	})
}

func (g *Group) allUnhealthy() bool {
	return !slices.ContainsFunc(g.Instances, func(i *Instance) bool { return i.State == InService && i.mark != failsELB })
}

// diagnosis is why an instance is replaced, with the figures that tell a server
// that has failed from a grace period that is too short.
func (g *Group) diagnosis(i *Instance) string {
	switch i.mark {
	case notRunning:
		return "EC2 no longer reports it as running"
	case reported:
		return "it was set to Unhealthy"
	}
	record := "it has passed a check before"
	if !i.usable {
		record = "it has never passed a check"
	}
	return fmt.Sprintf("the load balancer finds it unhealthy: in service for %s, grace period %s, %s",
		text(g.sim.Now()-i.Since), text(g.spec.HealthCheckGracePeriod.Time()), record)
}
