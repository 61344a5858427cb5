package autoscaling

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/timeline"
)

// inbox collects what comes in at one instant.
type inbox struct {
	schedules []*schedule
	health    bool // a pass over the instances' health is due
	triggers  []*trigger
}

// decideNow makes the group decide at the present instant, after everything
// else that has been scheduled for it: all alarms of the minute are then in.
func (g *Group) decideNow() {
	if !g.sim.Pending(g.deciding) {
		g.deciding = g.decision.After(0, struct{}{})
	}
}

// decide acts on what has come in. AWS does not say in which order things of
// one instant happen; here it is scheduled actions, health, alarms.
func (g *Group) decide(struct{}) {
	for _, s := range g.inbox.schedules {
		g.carryOut(s)
	}
	if g.inbox.health {
		g.replaceUnhealthy()
	}
	if len(g.inbox.triggers) > 0 {
		g.followPolicies(g.situation())
	}
	g.inbox.schedules = g.inbox.schedules[:0]
	g.inbox.triggers = g.inbox.triggers[:0]
	g.inbox.health = false
}

// situation is what policies see of the group.
type situation struct {
	now      engine.Time
	desired  int
	warm     int         // in service and warmed up: the capacity that policies start from
	leaving  int         // terminating
	warming  *Instance   // the last that is pending or warming up, or nil
	short    bool        // launches that desired asks for are yet to begin
	draining *Instance   // the last that is being deregistered, or nil
	changing bool        // desired has changed, and the group has yet to follow
	cooldown engine.Time // runs until
}

func (g *Group) situation() situation {
	s := situation{now: g.sim.Now(), desired: g.Desired, changing: g.sim.Pending(g.reconciling), cooldown: g.cooldown}
	s.short = g.alive() < g.Desired && !g.suspended(Launch)
	for _, i := range g.Instances {
		switch {
		case i.State == InService && i.Warm:
			s.warm++
		case i.State == Terminating:
			s.leaving++
			s.draining = i
		case i.State == EnteringStandby:
			s.draining = i
		case i.State == Standby:
		default:
			s.warming = i
		}
	}
	return s
}

// verdict is what becomes of one invocation of a policy.
type verdict uint8

const (
	asks      verdict = iota + 1 // not blocked; it becomes one of these four
	applied                      // desired changes
	unchanged                    // desired is what it asks for
	bounded                      // desired is at the bound that stops it
	outbid                       // another policy asks for more

	inProgress // simple: a scaling activity or replacement is in progress
	cooling    // simple: a cooldown runs
	warmingUp  // scale-in: an instance warms up
	notAll     // target tracking scale-in: another tracking policy is not ready
	noStep     // step: the value is outside every step
	noData     // there is no datapoint to compute with
	muted      // AlarmNotification is suspended
)

// wish is what a policy makes of an invocation, with the figures behind it.
type wish struct {
	verdict  verdict
	capacity int // if it asks
	current  int // capacity that it starts from
	target   int // before any comparison with desired
	metric   cloudwatch.Reading
	goal     cloudwatch.Value // target tracking: what metric was divided by
	step     Step
	waitsFor string // another policy
}

// followPolicies is who wins. Each policy whose alarm is in ALARM either is
// blocked or asks for a capacity: a scale-out for at least the desired one, a
// scale-in for at most that. The largest capacity wins, for out and for in
// [dyn]; so a scale-out that has nothing to add still stops a scale-in at the
// same instant [kb-trouble].
func (g *Group) followPolicies(s situation) {
	var winner *trigger
	for _, t := range g.inbox.triggers {
		t.wish = g.ask(t, s)
		if t.wish.verdict != asks {
			continue
		}
		t.wish.capacity = min(max(t.wish.capacity, g.Min), g.Max)
		if winner == nil || t.wish.capacity > winner.wish.capacity {
			winner = t
		}
	}
	for _, t := range g.inbox.triggers {
		if t.wish.verdict == asks {
			t.wish.verdict = t.outcome(s, winner)
		}
		t.tell(g, s, winner)
	}
	if winner != nil && winner.wish.verdict == applied {
		g.setDesired(winner.wish.capacity, winner.cause(g))
	}
}

// ask is what a policy makes of its invocation. While AlarmNotification is
// suspended no alarm is heard; once it is resumed, the next message of those in
// ALARM is [susp].
func (g *Group) ask(t *trigger, s situation) wish {
	if t.alarm != nil && g.suspended(AlarmNotification) {
		return wish{verdict: muted}
	}
	return t.policy.law.wish(s, t.alarm)
}

// outcome is what becomes of a policy that is not blocked.
func (t *trigger) outcome(s situation, winner *trigger) verdict {
	switch {
	case t == winner && t.wish.capacity != s.desired:
		return applied
	case t.wish.capacity != s.desired:
		return outbid
	case t.wish.target != s.desired && t.wish.current == s.desired:
		return bounded // all are warm and none leaves, so only a bound is in the way
	default:
		return unchanged
	}
}

// setDesired changes the desired capacity, and soon after the group.
func (g *Group) setDesired(n int, why *cause) {
	if n == g.Desired {
		return
	}
	g.log(timeline.Desired, why.name, nil, fmt.Sprintf("desired %d, was %d: %s", n, g.Desired, why.text))
	if e := why.episode; e != nil {
		e.scaling.Reach(timeline.AtDesired, g.sim.Now())
	}
	if why.actor != "" {
		why.story = fmt.Sprintf("%s, changing desired from %d to %d", why.actor, g.Desired, n)
	}
	g.books.act(g.sim.Now(), n-g.Desired)
	g.Desired = n
	g.cause = why
	g.reconcileSoon()
}
