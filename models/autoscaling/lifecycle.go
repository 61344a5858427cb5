package autoscaling

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/timeline"
)

// activities are what takes instances from one state to the next.
type activities struct {
	launched        int // ordinals given out
	provision, wake random.Stream
	hooks           []*hook
	termination     []terminationPolicy

	running   *engine.Routine[*Instance]
	warmed    *engine.Routine[*Instance]
	hookEnded *engine.Routine[*action]
}

// cause is why the group launches or terminates.
type cause struct {
	name     string      // of the policy or schedule; "" for a replacement
	text     string      // in words, with the figures behind it
	actor    string      // who brought it about, in words, such as "scheduled action evening"; "" if nobody is to be named
	story    string      // what the actor did to desired, in words, once it has
	warmup   engine.Time // of the instances launched; 0: none
	cooldown engine.Time // that the activity starts when it is over
	episode  *episode    // the transition into ALARM behind it, or nil
	out      *scaleOut   // the change of desired, if it is a raise; or nil
	spreads  bool        // the launch has to go to the zone with the fewest instances, past the warm pool
}

// become changes the state of an instance.
func (g *Group) become(i *Instance, s State) {
	g.count(i, -1)
	i.State = s
	g.count(i, 1)
}

// join puts a new instance among those of the group or of its pool, in a state.
func (g *Group) join(list *[]*Instance, i *Instance, s State) {
	*list = append(*list, i)
	i.State = s
	g.count(i, 1)
}

// count adds to what is counted by the state of an instance.
func (g *Group) count(i *Instance, n int) {
	g.books.count(g.sim.Now(), i.State, int64(n))
	i.place.count(i.State, n)
}

// launch adds an instance to the group: one from the warm pool if there is one
// ready [wp], else a new one. It is nil if none can be had for now; the group
// then tries again by itself.
func (g *Group) launch(why *cause) *Instance {
	if !g.mayLaunch() {
		return nil
	}
	if i := g.nextOfPool(); i != nil && (!why.spreads || g.inZone(i.Zone) == g.inZone(g.emptiestZone())) {
		g.coolDown(why, begins)
		g.draw(i, why)
		return i
	}
	zone, ok := g.zoneWithCapacity(g.inZone)
	if !ok {
		return nil
	}
	i := g.request(zone, why)
	g.join(&g.Instances, i, Pending)
	g.coolDown(why, begins)
	g.log(timeline.Launch, why.name, i, "launched in zone "+i.Zone+": "+why.sentence())
	g.follow(i)
	return i
}

// request asks EC2 for a new instance.
func (g *Group) request(zone string, why *cause) *Instance {
	i := g.newInstance(zone, why)
	i.asked, i.Quiet = i.Launched, g.failing.hushed()
	g.books.launched++
	g.books.bill(g.sim.Now(), i, true)
	g.compute.Launch(i)
	delay := g.spec.Provision.Draw(g.provision.Uniform(uint64(i.Ordinal), 0))
	i.next = g.running.After(delay, i)
	return i
}

// onRunning takes an instance that EC2 reports as running. It boots from here
// on; a launch hook makes it wait meanwhile.
func (g *Group) onRunning(i *Instance) {
	now := g.sim.Now()
	i.scaling.Reach(timeline.AtRunning, now)
	said := "running after " + text(now-i.asked)
	if g.goesStraight(i) {
		said += ", in service"
	}
	if !i.runs {
		i.runs, said = true, said+"; boots now"
		g.compute.Run(i)
	}
	g.log(timeline.Running, "", i, said)
	state := PendingWait
	if i.State == WarmedPending {
		state = WarmedPendingWait
	}
	if !g.wait(i, state, launching) {
		g.proceed(i)
	}
}

// goesStraight reports whether an instance that runs is InService at once,
// before it has booted: nothing holds it up but a launch hook [life].
func (g *Group) goesStraight(i *Instance) bool { return i.State == Pending && !g.hooked(launching) }

// enterService makes a pending instance InService. It is registered first, and
// cooldown, grace period and warm-up all count from here [life, cool, grace].
func (g *Group) enterService(i *Instance) {
	now := g.sim.Now()
	if !g.balanced || !g.prevents(AddToLoadBalancer, "%s is not registered with the load balancer, nor will it be", i.ID) {
		g.registry.Register(i)
		i.registered = true
	}
	g.become(i, InService)
	i.Since, i.Protected = now, g.spec.ScaleInProtection
	i.scaling.Reach(timeline.AtInService, now)
	g.coolDown(i.cause, ends)
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
// the load balancer, and away once that and the hooks are done with it.
func (g *Group) terminate(i *Instance, why *cause) {
	said := "terminating in zone " + i.Zone
	if i.returns {
		said = "leaves zone " + i.Zone + " for the warm pool"
	}
	g.leave(i, Terminating, why)
	g.coolDown(why, begins)
	g.log(timeline.Terminate, why.name, i, said+": "+why.sentence())
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

// leave ends what an instance was about, for another state.
func (g *Group) leave(i *Instance, s State, why *cause) {
	g.sim.Cancel(i.next)
	g.forgetActions(i)
	g.become(i, s)
	i.cause, i.scaling = why, nil
	g.lose(i)
	g.unspare(i)
}

// Deregistered tells that the load balancer is done with an instance that the
// group asked it to deregister. The cooldown of a scale-in counts from here and
// does not wait for terminating hooks, which come next [cool, life].
func (g *Group) Deregistered(i *Instance) {
	if i.State == EnteringStandby {
		g.onStandby(i)
		return
	}
	if i.State != Terminating {
		panic("autoscaling: " + i.ID + " deregistered while " + i.State.String())
	}
	i.registered = false
	g.coolDown(i.cause, ends)
	switch {
	case i.returns && !i.stopped:
		g.takeBack(i)
	case !g.wait(i, TerminatingWait, terminating):
		g.finish(i)
	}
}

// finish ends an instance.
func (g *Group) finish(i *Instance) {
	g.become(i, Terminated)
	g.books.bill(g.sim.Now(), i, false)
	g.books.terminated++
	g.compute.Terminate(i)
	g.forget(i)
	g.log(timeline.Terminated, "", i, "gone after "+text(g.sim.Now()-i.Launched)+" in all")
}

// edge is one of the two ends of a scaling activity.
type edge bool

const (
	begins edge = false
	ends   edge = true
)

// coolDown starts the cooldown of a launch or a termination, at the end of it
// that the group's settings say. The last of a batch decides; one that still
// runs is never shortened.
func (g *Group) coolDown(why *cause, at edge) {
	if (g.spec.CooldownStart == "activity_start") == (at == begins) {
		g.cooldown = max(g.cooldown, g.sim.Now()+why.cooldown)
	}
}
