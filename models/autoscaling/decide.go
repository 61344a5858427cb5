package autoscaling

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/timeline"
)

// Who wins, and what blocks whom. All that changes the desired capacity comes
// together here, one instant at a time; setDesired at the end of this file is the
// only way to do so.
//
// At an instant an operator's calls come first, then scheduled actions, then the
// look at the instances' health and their replacement, then the policies (AWS
// names no order: UNSOURCED). An operator and a schedule set what they set; a
// replacement leaves desired as it is. All policies that speak at the instant
// are heard before one of them is followed, and each gets one answer, its
// verdict:
//
//   - A simple policy is deaf while a scaling activity or a replacement is in
//     progress, and while a cooldown runs [cool]. Nothing else knows of cooldowns:
//     not step, target tracking and predictive policies, not schedules, not
//     replacements, and an operator only with honor_cooldown [api-setdesired].
//   - A scale-out starts from the warm instances alone and never lowers desired:
//     what warms up has been asked for already [step, repost-tt].
//   - A scale-in, of any policy, is blocked while an instance is pending or warms
//     up, or is yet to be launched [step, tt].
//   - A target tracking scale-in waits for all target tracking policies whose
//     scale-in is enabled [tt]. A step scale-in waits for none of them [dyn], so
//     that a target tracking policy may take it back at once: a source of flaps.
//   - A predictive policy only scales out, before an hour begins, and lets no
//     policy go below what it expects of the hour: the larger of predictive and
//     dynamic capacity holds [pred].
//   - While AlarmNotification is suspended no policy hears of its alarm [susp].
//   - An autoscaler from outside AWS is alone in its group, and keeps to rules of
//     its own: its windows, rates and cooldowns hold it back, none of these here.
//
// Of what is asked for, the largest capacity wins, for out and for in [dyn],
// inside min and max. What became of each policy is told in the timeline, with
// what blocks it and until when: once, until the answer is another (answer.go).

// deciding is how the desired capacity comes about.
type deciding struct {
	inbox    inbox
	pending  engine.Notice // the decision of the present instant
	decision *engine.Routine[struct{}]

	defaultCooldown engine.Time
	instanceWarmup  engine.Time // of launches that no policy asks for; 0: off
	cooldown        engine.Time // runs until

	tracking   []*tracking
	predictive *predictive        // the one that scales, or nil
	manual     map[string]*policy // the simple policies, by their names
}

// inbox collects what comes in at one instant.
type inbox struct {
	schedules []*schedule
	pass      bool // the periodic look at the instances is due
	maintain  bool // replacements may go on
	triggers  []*trigger
}

// decideNow makes the group decide at the present instant, after everything
// else that has been scheduled for it: all alarms of the minute are then in.
func (g *Group) decideNow() {
	if !g.sim.Pending(g.pending) {
		g.pending = g.decision.After(0, struct{}{})
	}
}

// decide acts on what has come in.
func (g *Group) decide(struct{}) {
	for _, s := range g.inbox.schedules {
		g.carryOut(s)
	}
	if g.inbox.pass || g.inbox.maintain {
		g.maintain(g.inbox.pass)
	}
	if len(g.inbox.triggers) > 0 {
		g.followPolicies(g.situation())
	}
	g.inbox.schedules = g.inbox.schedules[:0]
	g.inbox.triggers = g.inbox.triggers[:0]
	g.inbox.pass, g.inbox.maintain = false, false
}

// situation is what policies see of the group.
type situation struct {
	now      engine.Time
	desired  int
	warm     int         // in service and warmed up: the capacity that policies start from
	leaving  int         // terminating
	warming  *Instance   // pending, or the one that warms up longest, or nil
	short    bool        // launches that desired asks for are yet to begin
	draining *Instance   // the last that is terminating, or nil
	changing bool        // desired has changed, and the group has yet to follow
	cooldown engine.Time // runs until
	expected expectation // of a predictive policy
}

func (g *Group) situation() situation {
	s := situation{now: g.sim.Now(), desired: g.Desired, changing: g.sim.Pending(g.reconciling) || len(g.replacements) > 0, cooldown: g.cooldown}
	s.short = g.alive() < g.Desired && !g.suspended(Launch) && g.failing.count == 0
	s.expected = g.expected(s.now)
	for _, i := range g.Instances {
		switch {
		case i.State == InService && i.Warm:
			s.warm++
		case i.State == Terminating:
			s.leaving++
			s.draining = i
		case i.State.Stage() == Terminating:
			s.leaving++ // for its hooks, which no activity waits for [cool]
		case i.State == EnteringStandby:
			s.draining = i
		case i.State == InService || i.State.Stage() == Pending:
			if s.warming == nil || i.warmAt() > s.warming.warmAt() {
				s.warming = i
			}
		}
	}
	return s
}

// warmAt is when an instance that is not warm will be; for ever if it is
// pending.
func (i *Instance) warmAt() engine.Time {
	if i.State != InService {
		return engine.Forever
	}
	return i.warmsUntil
}

// verdict is what becomes of one invocation of a policy.
type verdict uint8

const (
	asks      verdict = iota + 1 // not blocked: it becomes one of these six
	applied                      // desired changes
	unchanged                    // desired is what it asks for
	awaited                      // so it is, but not all of these instances are there yet
	bounded                      // desired is at the bound that stops it
	foreseen                     // scale-in: a predictive policy expects to need the capacity
	outbid                       // another policy asks for more

	inProgress // simple: a scaling activity or replacement is in progress
	cooling    // simple: a cooldown runs
	warmingUp  // scale-in: an instance warms up
	notAll     // target tracking scale-in: another tracking policy is not ready
	noStep     // step: the value is outside every step
	noData     // there is no datapoint to compute with
	muted      // AlarmNotification is suspended
	silent     // predictive: it forecasts only, or has nothing to forecast from
	stands     // outside AWS: the autoscaler leaves desired as it is
)

// wish is what a policy makes of an invocation, with the figures behind it.
type wish struct {
	verdict  verdict
	capacity int // if it asks
	asked    int // capacity before the bounds of the group
	current  int // capacity that it starts from
	target   int // before any comparison with desired
	metric   cloudwatch.Reading
	goal     cloudwatch.Value // target tracking: what metric was divided by
	step     Step
	waitsFor string          // another policy
	reason   timeline.Reason // why desired stands
	by       string          // what holds it
}

// followPolicies is who wins. Each policy whose alarm is in ALARM either is
// blocked or asks for a capacity: a scale-out for at least the desired one, a
// scale-in for at most that. The largest capacity wins, for out and for in
// [dyn]; so a scale-out that has nothing to add still stops a scale-in at the
// same instant [kb-trouble].
func (g *Group) followPolicies(s situation) {
	var winner *trigger
	for _, t := range g.inbox.triggers {
		if t.wish = g.ask(t, s); t.wish.verdict != asks {
			continue
		}
		t.wish.asked, t.wish.capacity = t.wish.capacity, g.within(t.wish.capacity, s)
		if winner == nil || t.wish.capacity > winner.wish.capacity {
			winner = t
		}
	}
	for _, t := range g.inbox.triggers {
		switch {
		case t.wish.verdict == asks:
			t.wish.verdict = t.outcome(s, winner)
		case t.wish.reason == timeline.NoNeed && s.wanting(t.wish):
			t.wish.verdict = awaited
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

// within cuts a capacity that a policy asks for to the bounds of the group, and
// a scale-in to what a predictive policy expects of the hour.
func (g *Group) within(capacity int, s situation) int {
	least := max(g.Min, min(s.expected.capacity, s.desired))
	return min(max(capacity, least), g.Max)
}

// outcome is what becomes of a policy that is not blocked.
func (t *trigger) outcome(s situation, winner *trigger) verdict {
	switch {
	case t == winner && t.wish.capacity != s.desired:
		return applied
	case t.wish.capacity != s.desired:
		return outbid
	case t.wish.asked < s.desired && s.expected.capacity >= s.desired:
		return foreseen
	case t.wish.asked != s.desired:
		return bounded
	case s.wanting(t.wish):
		return awaited
	default:
		return unchanged
	}
}

// wanting reports whether a policy that asks for no more than desired does not
// have that much capacity yet.
func (s *situation) wanting(w wish) bool { return s.warm < s.desired && s.warm < w.target }

// setDesired changes the desired capacity, and soon after the group.
func (g *Group) setDesired(n int, why *cause) {
	if n == g.Desired {
		return
	}
	g.log(timeline.Desired, why.name, nil, fmt.Sprintf("desired %d, was %d: %s", n, g.Desired, why.text))
	g.beginScaleOut(n, why)
	if why.actor != "" {
		why.story = fmt.Sprintf("%s, changing desired from %d to %d", why.actor, g.Desired, n)
	}
	g.books.act(g.sim.Now(), n-g.Desired)
	g.Desired = n
	g.cause = why
	g.reconcileSoon()
}
