package autoscaling

import (
	"fmt"

	"github.com/headroom-sim/headroom/models/timeline"
)

// enterStandby takes instances out of service for a while; they stay in the
// group and are paid for [standby]. Either desired falls with them, which min
// may forbid to all, or others are launched in their place.
func (g *Group) enterStandby(o *operation) bool {
	if !g.choose(o) {
		return false
	}
	n := len(o.touched)
	if o.Decrement && g.Desired-n < g.Min {
		return o.refuse(g, validationError, "%d in standby: desired %d would fall below min %d", n, g.Desired-n, g.Min)
	}
	for _, i := range o.touched {
		o.tell(g, i, "%s", o.decrementing())
		g.toStandby(i, o)
		g.rebalanceSoon()
		if !o.Decrement {
			g.fillUp(o, "in place of", i)
		}
	}
	if o.Decrement {
		g.setDesired(g.Desired-n, g.order(o, fmt.Sprintf("%d in standby", n)))
	}
	return true
}

// toStandby has an instance deregistered; it is in Standby when its requests in
// flight are done with.
func (g *Group) toStandby(i *Instance, o *operation) {
	g.leave(i, EnteringStandby, i.cause)
	i.Warm, i.usable, i.standby = false, false, o
	g.leaveBalancer(i)
}

// onStandby makes an instance whose draining is over Standby. If that took so
// long that it is to come back already, it does.
func (g *Group) onStandby(i *Instance) {
	g.become(i, Standby)
	i.registered = false
	g.log(timeline.Standby, "", i, "in standby: out of service, not checked, and paid for")
	if i.standby.over {
		g.exit(i.standby, []*Instance{i})
	}
}

// exitStandby returns to service what the operation has put into standby.
func (g *Group) exitStandby(o *operation) bool {
	var there []*Instance
	for _, i := range o.touched {
		switch i.State {
		case Standby:
			there = append(there, i)
		case EnteringStandby:
			o.tell(g, i, "waits: the instance is still being deregistered")
		}
	}
	return g.exit(o, there)
}

// exit returns instances to service: by way of Pending, registered with the load
// balancer again, and with a fresh grace period [grace]. Desired rises as far as
// it has fallen for them, which max may forbid; otherwise there are now more
// instances than desired, and the termination policy chooses [standby; the API's
// reference has desired rise in both cases]. A suspended Launch stops it [susp].
func (g *Group) exit(o *operation, there []*Instance) bool {
	n := len(there)
	switch {
	case n == 0:
		return false
	case g.suspended(Launch):
		return o.refuse(g, validationError, "Launch is suspended: %s", remaining(there))
	case o.Decrement && g.Desired+n > g.Max:
		return o.refuse(g, validationError, "%d out of standby: desired %d would exceed max %d: %s", n, g.Desired+n, g.Max, remaining(there))
	}
	why := g.order(o, fmt.Sprintf("%d out of standby", n))
	why.cooldown = 0 // nothing is launched
	if o.Decrement {
		g.setDesired(g.Desired+n, why)
	}
	for _, i := range there {
		g.become(i, Pending)
		i.cause, i.standby, i.unhealthy = why, nil, false
		g.log(timeline.Standby, o.name, i, "out of standby: pending, then in service")
		protected := i.Protected
		g.enterService(i)
		i.Protected = protected // its own setting outlives standby: only detaching loses it [prot]
	}
	g.rebalanceSoon()
	g.suspicious = true // what has failed meanwhile went unnoticed
	return true
}

// remaining says what becomes of instances that cannot leave standby: nothing
// calls a second time.
func remaining(there []*Instance) string {
	var names timeline.Names
	for _, i := range there {
		names.Add(i.ID)
	}
	return fmt.Sprintf("%v %s in standby to the end, for nothing calls again; have the exit come when nothing forbids it", &names, names.Verb("stays", "stay"))
}
