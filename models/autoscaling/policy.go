package autoscaling

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/timeline"
)

// policy is a scaling policy of a group.
type policy struct {
	name     string
	law      law
	warmup   engine.Time // of the instances that it launches
	cooldown engine.Time // after its activities
}

// law is what a kind of policy asks for when an alarm invokes it, and the
// arithmetic behind that in words.
type law interface {
	wish(s situation, a *cloudwatch.Alarm) wish
	explain(w wish) string
}

// trigger is what invokes a policy, with what became of it.
type trigger struct {
	policy  *policy
	alarm   *cloudwatch.Alarm // nil if the policy has a clock of its own
	episode *episode          // nil without an alarm
	wish    wish
	said    verdict // what the timeline has been told last of this episode

	interval engine.Time // between two invocations
	noted    *timeline.Answer
}

// episode is one stay of an alarm in ALARM.
type episode struct {
	number  int // of the alarm's transitions
	scaling *timeline.Scaling
}

// cause is the change that the trigger brings about.
func (t *trigger) cause(g *Group) *cause {
	return &cause{
		name: t.policy.name, text: t.arithmetic(g), actor: t.actor(),
		warmup: t.policy.warmup, cooldown: t.policy.cooldown, episode: t.episode,
	}
}

// actor is what made the policy act, in the words of AWS's activity history.
func (t *trigger) actor() string {
	if t.alarm == nil {
		return "policy " + t.policy.name + " acted"
	}
	return "alarm " + BriefAlarm(t.alarm.Name) + " in ALARM invoked policy " + t.policy.name
}

// arithmetic is how the policy came to the capacity that it asks for, and which
// bound of the group cut it.
func (t *trigger) arithmetic(g *Group) string {
	text := t.policy.law.explain(t.wish)
	switch {
	case t.wish.target > g.Max && t.wish.capacity == g.Max:
		text += fmt.Sprintf(", limited to max %d", g.Max)
	case t.wish.target < g.Min && t.wish.capacity == g.Min:
		text += fmt.Sprintf(", limited to min %d", g.Min)
	}
	return text
}

// addPolicy makes a policy with its alarms.
func (g *Group) addPolicy(name string, s *PolicySpec) {
	metric := g.Metric(s.Follows())
	p := &policy{name: name, warmup: g.instanceWarmup, cooldown: g.defaultCooldown}
	if s.Type == "target_tracking" {
		g.addTracking(p, s, metric)
		return
	}
	rule := s.Alarm.Rule()
	if s.Type == "simple" {
		g.manual[name] = p
		p.law = &simple{s.Adjustment, s.MinAdjustmentMagnitude}
		if s.Cooldown != nil {
			p.cooldown = s.Cooldown.Time()
		}
	} else {
		p.warmup = g.policyWarmup(s)
		p.law = newStepwise(s)
	}
	g.watch(p, name, metric, rule)
}

// policyWarmup is the warm-up of instances that a step or target tracking
// policy launches: its own, else the group's, else the cooldown [warmtab].
func (g *Group) policyWarmup(s *PolicySpec) engine.Time {
	switch {
	case s.EstimatedInstanceWarmup != nil:
		return s.EstimatedInstanceWarmup.Time()
	case g.spec.InstanceWarmup != nil:
		return g.instanceWarmup
	default:
		return g.defaultCooldown
	}
}

// watch makes an alarm that invokes the policy.
func (g *Group) watch(p *policy, name string, m *cloudwatch.Metric, r cloudwatch.Rule) *cloudwatch.Alarm {
	t := &trigger{policy: p, episode: &episode{}, interval: r.Interval()}
	t.alarm = cloudwatch.NewAlarm(g.sim, m, cloudwatch.Definition{
		Name: name, Fleet: g.Name, Rule: r, Log: g.events,
		Action: func(a *cloudwatch.Alarm) { g.invoke(t, a) },
	})
	g.Alarms = append(g.Alarms, t.alarm)
	return t.alarm
}

// invoke takes the message of an alarm, which comes every minute in ALARM.
func (g *Group) invoke(t *trigger, a *cloudwatch.Alarm) {
	if t.episode.number != a.Episode {
		t.episode, t.said = g.newEpisode(t, a), 0
	}
	g.inbox.triggers = append(g.inbox.triggers, t)
	g.decideNow()
}

// tell writes to the timeline what became of an invocation: once per stay in
// ALARM, until the answer is another one.
func (t *trigger) tell(g *Group, s situation, winner *trigger) {
	t.note(g, s, winner)
	if t.wish.verdict == t.said && t.said != applied {
		return
	}
	t.said = t.wish.verdict
	g.log(timeline.Policy, t.policy.name, nil, t.answer(g, s, winner))
}

// answer is what became of an invocation, in words.
func (t *trigger) answer(g *Group, s situation, winner *trigger) string {
	switch t.wish.verdict {
	case muted:
		return "ignored: AlarmNotification is suspended"
	case inProgress:
		return "ignored: a scaling activity is in progress: " + s.activity(g)
	case cooling:
		return "ignored: cooldown until " + text(s.cooldown)
	case warmingUp:
		return "ignored: no scale-in while " + s.activity(g)
	case notAll:
		return "ignored: no scale-in until " + t.wish.waitsFor + " is ready for it too"
	case noData:
		return "ignored: there is no datapoint to compute with"
	case noStep:
		return fmt.Sprintf("ignored: no step adjustment found for %s, %+.1f from the threshold", cloudwatch.Figure(t.wish.metric),
			t.wish.metric.Float64()-t.alarm.Rule.Threshold.Float64())
	}
	switch t.wish.verdict {
	case outbid:
		return fmt.Sprintf("outbid by %s, which asks for %d: %s", winner.policy.name, winner.wish.capacity, t.arithmetic(g))
	case unchanged:
		return fmt.Sprintf("no change, desired is %d: %s", s.desired, t.arithmetic(g))
	case bounded:
		return fmt.Sprintf("no change, desired %d is at its bound (min %d, max %d): %s", s.desired, g.Min, g.Max, t.policy.law.explain(t.wish))
	default:
		return fmt.Sprintf("applied, asks for %d: %s", t.wish.capacity, t.arithmetic(g))
	}
}

// activity says which scaling activity is in progress.
func (s *situation) activity(g *Group) string {
	switch {
	case s.warming != nil:
		return s.warming.warmth()
	case s.draining != nil:
		return s.draining.ID + " is being deregistered"
	default:
		return fmt.Sprintf("desired is %d, capacity %d", s.desired, g.alive())
	}
}

// warmth says how far an instance is from being warm.
func (i *Instance) warmth() string {
	if i.State == Pending {
		return i.ID + " is pending"
	}
	return i.ID + " warms up until " + text(i.warmsUntil)
}
