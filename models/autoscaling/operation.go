package autoscaling

import (
	"fmt"
	"slices"

	"github.com/headroom-sim/headroom/models/timeline"
)

// operation is an operation on its clock.
type operation struct {
	*OperationSpec
	name    string
	calling string      // the API's name of its present call
	touched []*Instance // the instances that it has changed
	zones   []string    // of the group before it
	over    bool        // it is to be undone
}

// call is a call of the API. It reports whether it was accepted.
type call func(*Group, *operation) bool

// calls are what the kinds of operations do, and what undoes them.
var calls = map[string]struct {
	do, undo call
	inverse  string // the API's name of what undoes it
}{
	"set_desired_capacity":    {do: (*Group).setDesiredCapacity},
	"terminate_instance":      {do: (*Group).terminateInstances},
	"enter_standby":           {(*Group).enterStandby, (*Group).exitStandby, "exit_standby"},
	"set_instance_protection": {(*Group).setProtection, (*Group).unsetProtection, "set_instance_protection"},
	"set_instance_health":     {do: (*Group).setHealth},
	"suspend_processes":       {(*Group).suspendProcesses, (*Group).resumeProcesses, "resume_processes"},
	"resume_processes":        {do: (*Group).resumeProcesses},
	"set_zones":               {(*Group).setZones, (*Group).resetZones, "set_zones"},
	"execute_policy":          {do: (*Group).executePolicy},
	"start_instance_refresh":  {do: (*Group).startInstanceRefresh},
}

// onOperation makes the call of an operation, and sees to it that it is undone.
func (g *Group) onOperation(o *operation) {
	o.calling = o.Call
	if calls[o.Call].do(g, o) && o.For != nil {
		g.undone.After(o.For.Time(), o)
	}
}

// onUndo makes the call that undoes an operation.
func (g *Group) onUndo(o *operation) {
	o.calling, o.over = calls[o.Call].inverse, true
	calls[o.Call].undo(g, o)
}

// tell adds an event about an operation, and about an instance unless it is nil.
func (o *operation) tell(g *Group, i *Instance, format string, args ...any) {
	g.log(timeline.Operation, o.name, i, o.calling+": "+fmt.Sprintf(format, args...))
}

// refuse tells that a call has failed with one of the API's errors.
func (o *operation) refuse(g *Group, err, format string, args ...any) bool {
	o.tell(g, nil, "refused, %s: %s", err, fmt.Sprintf(format, args...))
	return false
}

// choose picks the instances that an operation touches. None is an event.
func (g *Group) choose(o *operation) bool {
	all := g.Longest()
	o.touched = all[:o.Instances.Of(len(all))]
	if len(o.touched) == 0 {
		o.tell(g, nil, "no instance is in service")
	}
	return len(o.touched) > 0
}

// order is the cause of what an operator asks for. It never starts the cooldown
// of a policy, but the group's [cool].
func (g *Group) order(o *operation, text string) *cause {
	return &cause{name: o.name, text: text, actor: "an operator called " + o.Call + " (" + o.name + ")", warmup: g.instanceWarmup, cooldown: g.defaultCooldown}
}

// setDesiredCapacity is manual scaling: it ignores cooldowns unless told to
// honor them [cool, api-setdesired].
func (g *Group) setDesiredCapacity(o *operation) bool {
	if o.HonorCooldown && g.busy(o) {
		return false
	}
	switch {
	case o.Desired > g.Max:
		return o.refuse(g, validationError, "desired %d is above max %d", o.Desired, g.Max)
	case o.Desired < g.Min:
		return o.refuse(g, validationError, "desired %d is below min %d", o.Desired, g.Min)
	}
	o.tell(g, nil, "desired %d, was %d", o.Desired, g.Desired)
	g.setDesired(o.Desired, g.order(o, "an operator sets it"))
	return true
}

// Errors of the API.
const (
	validationError = "ValidationError"
	scalingActivity = "ScalingActivityInProgress"
)

// busy refuses a call that honors cooldowns while an activity is in progress or
// a cooldown runs.
func (g *Group) busy(o *operation) bool {
	s := g.situation()
	switch {
	case s.warming != nil || s.draining != nil || s.changing:
		return !o.refuse(g, scalingActivity, "%s", s.activity(g))
	case s.now < s.cooldown:
		return !o.refuse(g, scalingActivity, "cooldown until %s", g.clockText(s.cooldown))
	}
	return false
}

// executePolicy invokes a simple policy by hand. An activity in progress stops
// it as it stops an alarm; a cooldown does so only if it is to be honored
// [api-execute].
func (g *Group) executePolicy(o *operation) bool {
	p := g.manual[o.Policy]
	s := g.situation()
	if !o.HonorCooldown {
		s.cooldown = s.now
	}
	t := &trigger{policy: p, wish: p.law.wish(s, nil)}
	switch t.wish.verdict {
	case inProgress:
		return o.refuse(g, scalingActivity, "%s", s.activity(g))
	case cooling:
		return o.refuse(g, scalingActivity, "cooldown until %s", g.clockText(s.cooldown))
	}
	t.wish.asked, t.wish.capacity = t.wish.capacity, g.within(t.wish.capacity, s)
	o.tell(g, nil, "%s asks for %d: %s", p.name, t.wish.capacity, t.arithmetic(g))
	g.setDesired(t.wish.capacity, t.cause(g))
	return true
}

// terminateInstances ends instances at an operator's word, in spite of scale-in
// protection and a suspended Terminate [prot; that the latter does not matter is
// UNSOURCED], and with the draining and hooks of every termination. Each is a
// call of its own.
func (g *Group) terminateInstances(o *operation) bool {
	g.choose(o)
	for _, i := range o.touched {
		if o.Decrement && g.Desired <= g.Min {
			return o.refuse(g, validationError, "desired %d equals min: without a replacement the group would fall below it", g.Desired)
		}
		o.tell(g, i, "%s", o.decrementing())
		why := g.order(o, "an operator terminates it")
		g.terminate(i, why)
		g.rebalanceSoon()
		if o.Decrement {
			g.setDesired(g.Desired-1, why)
		} else {
			g.fillUp(o, "replaces", i)
		}
	}
	return true
}

func (o *operation) decrementing() string {
	if o.Decrement {
		return "desired falls with it"
	}
	return "to be replaced"
}

// fillUp has the group launch another instance for one that an operation has
// taken from it.
func (g *Group) fillUp(o *operation, text string, i *Instance) {
	g.owe(g.order(o, text+" "+i.ID))
	g.reconcileSoon()
}

// setProtection protects instances from scale-in, or no longer [prot].
func (g *Group) setProtection(o *operation) bool {
	if !g.choose(o) {
		return false
	}
	return g.protect(o, o.Protect)
}

func (g *Group) unsetProtection(o *operation) bool { return g.protect(o, !o.Protect) }

func (g *Group) protect(o *operation, protected bool) bool {
	for _, i := range o.touched {
		aside := i.State == EnteringStandby || i.State == Standby // the setting outlives standby [prot]
		if i.State != InService && !aside || i.Protected == protected {
			continue
		}
		i.Protected = protected
		o.tell(g, i, "%s", protection(protected))
	}
	if !protected {
		g.catchUp()
	}
	return true
}

func protection(on bool) string {
	if on {
		return "protected from scale-in"
	}
	return "no longer protected from scale-in"
}

// setHealth is the operator's own word on instances. One that is unhealthy is
// replaced at once and without the throttle of mass failures; but within its
// grace period the call counts for nothing unless told otherwise [hc].
func (g *Group) setHealth(o *operation) bool {
	g.choose(o)
	for _, i := range o.touched {
		if o.Health == "Unhealthy" && o.RespectGrace && g.inGrace(i) {
			o.tell(g, i, "Unhealthy ignored, in its grace period until %s", g.clockText(i.Since+g.spec.HealthCheckGracePeriod.Time()))
			continue
		}
		o.tell(g, i, "%s", o.Health)
		g.report(i, o.Health == "Healthy")
	}
	return true
}

// setZones changes the zones that the group launches in.
func (g *Group) setZones(o *operation) bool {
	o.zones = g.zones
	return g.moveTo(o, o.Zones)
}

func (g *Group) resetZones(o *operation) bool { return g.moveTo(o, o.zones) }

func (g *Group) moveTo(o *operation, zones []string) bool {
	o.tell(g, nil, "%q, was %q", zones, g.zones)
	g.zones = slices.Clone(zones)
	g.rebalanceSoon()
	return true
}
