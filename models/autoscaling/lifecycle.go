package autoscaling

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// cause is why the group launches or terminates.
type cause struct {
	name     string      // of the policy or schedule; "" for a replacement
	text     string      // in words, with the figures behind it
	actor    string      // who brought it about, in words, such as "scheduled action evening"; "" if nobody is to be named
	story    string      // what the actor did to desired, in words, once it has
	warmup   engine.Time // of the instances launched; 0: none
	cooldown engine.Time // that the activity starts when it is over
	episode  *episode    // the transition into ALARM behind it, or nil
}

// launch requests an instance.
func (g *Group) launch(why *cause) *Instance {
	i := g.newInstance(why)
	now := g.sim.Now()
	g.books.launched++
	g.books.enter(now, Pending)
	g.log(timeline.Launch, why.name, i, "launched in zone "+i.Zone+": "+why.sentence())
	g.follow(i)
	g.compute.Launch(i)
	delay := g.spec.Provision.Draw(g.provision.Uniform(uint64(i.Ordinal), 0))
	i.next = g.running.After(delay, i)
	return i
}

// onRunning makes an instance that EC2 reports as running InService: without a
// launch hook that is before it has booted.
func (g *Group) onRunning(i *Instance) {
	now := g.sim.Now()
	g.log(timeline.Running, "", i, "running after "+text(now-i.Launched)+", in service; boots now")
	g.compute.Run(i)
	g.enterService(i)
}

// enterService makes a pending instance InService. It is registered first, and
// cooldown, grace period and warm-up all count from here [life, cool, grace].
func (g *Group) enterService(i *Instance) {
	now := g.sim.Now()
	if !g.balanced || !g.prevents(AddToLoadBalancer, "%s is not registered with the load balancer, nor will it be", i.ID) {
		g.registry.Register(i)
		i.registered = true
	}
	g.books.move(now, i.State, InService)
	i.State, i.Since, i.Protected = InService, now, g.spec.ScaleInProtection
	i.scaling.Reach(timeline.AtRunning, now)
	i.scaling.Reach(timeline.AtInService, now)
	g.coolDown(i.cause)
	i.warmsUntil = now + i.cause.warmup
	if i.cause.warmup == 0 {
		i.Warm = true
		i.scaling.Reach(timeline.AtWarm, now)
	} else {
		i.next = g.warmed.At(i.warmsUntil, i)
	}
	if g.excess() > 0 {
		g.reconcileSoon() // desired fell while it was pending
	}
	g.advance()
}

func (g *Group) onWarm(i *Instance) {
	i.Warm = true
	i.scaling.Reach(timeline.AtWarm, g.sim.Now())
	g.log(timeline.WarmedUp, "", i, "warmed up for "+text(i.cause.warmup)+": counts in the group's metrics and capacity")
	g.advance()
}

// terminate takes an instance out of the group: out of its metrics now, out of
// the load balancer, and away once that is done with it.
func (g *Group) terminate(i *Instance, why *cause) {
	now := g.sim.Now()
	g.sim.Cancel(i.next)
	g.books.move(now, i.State, Terminating)
	i.State, i.cause, i.scaling = Terminating, why, nil
	g.log(timeline.Terminate, why.name, i, "terminating in zone "+i.Zone+": "+why.sentence())
	g.leaveBalancer(i)
}

// leaveBalancer has the load balancer let an instance go, if it knows it.
func (g *Group) leaveBalancer(i *Instance) {
	if i.registered {
		g.registry.Deregister(i)
	} else {
		g.Deregistered(i)
	}
}

// Deregistered tells that the load balancer is done with an instance that the
// group asked it to deregister. The cooldown of a scale-in counts from here
// [cool].
func (g *Group) Deregistered(i *Instance) {
	if i.State == EnteringStandby {
		g.onStandby(i)
		return
	}
	if i.State != Terminating {
		panic("autoscaling: " + i.ID + " deregistered while " + i.State.String())
	}
	now := g.sim.Now()
	i.State = Terminated
	g.coolDown(i.cause)
	g.books.leave(now)
	g.compute.Terminate(i)
	g.forget(i)
	g.log(timeline.Terminated, "", i, "gone after "+text(now-i.Launched)+" in all")
}

// coolDown starts the cooldown after a launch or a termination. The last of a
// batch decides; one that still runs is never shortened.
func (g *Group) coolDown(why *cause) {
	g.cooldown = max(g.cooldown, g.sim.Now()+why.cooldown)
}
