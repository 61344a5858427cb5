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
	said    answer // what the timeline has been told last of this episode

	interval engine.Time // between two invocations
	noted    *timeline.Answer
}

// episode is one stay of an alarm in ALARM, or several for the same breach.
type episode struct {
	number    int // of the alarm's transitions
	scaling   *timeline.Scaling
	abandoned bool // the scaling's instance was, and no other has taken its place
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
	case t.wish.asked > g.Max && t.wish.capacity == g.Max:
		text += fmt.Sprintf(", limited to max %d", g.Max)
	case t.wish.asked < g.Min && t.wish.capacity == g.Min:
		text += fmt.Sprintf(", limited to min %d", g.Min)
	case t.wish.asked < t.wish.capacity:
		text += fmt.Sprintf(", limited to %d, which a predictive policy expects to need", t.wish.capacity)
	}
	return text
}

// addPolicy makes a policy with its alarms.
func (g *Group) addPolicy(name string, s *PolicySpec) {
	p := &policy{name: name, warmup: g.instanceWarmup, cooldown: g.defaultCooldown}
	switch s.Type {
	case "simple":
		g.addSimple(p, s)
	case "step":
		g.addStepwise(p, s)
	case "target_tracking":
		g.addTracking(p, s)
	case "predictive":
		g.addPredictive(p, s)
	case "hpa":
		g.addForeign(name, g.newHPA(s))
	case "gcp":
		g.addForeign(name, g.newGCP(s))
	default:
		g.addForeign(name, g.newAzure(s))
	}
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

// watchAlarm makes the alarm of a simple or step policy.
func (g *Group) watchAlarm(p *policy, s *PolicySpec) {
	g.watch(p, p.name, g.Metric(s.Alarm.Metric), s.Alarm.Rule())
}

// watch makes an alarm that invokes the policy.
func (g *Group) watch(p *policy, name string, m *cloudwatch.Metric, r cloudwatch.Rule) *cloudwatch.Alarm {
	t := &trigger{policy: p, episode: &episode{}, interval: engine.Minute}
	t.alarm = cloudwatch.NewAlarm(g.sim, m, cloudwatch.Definition{
		Name: name, Fleet: g.Name, Rule: r, Log: g.events, Start: g.start,
		Action: func(a *cloudwatch.Alarm) { g.invoke(t, a) },
	})
	t.alarm.Follow(func() { t.unheard(g.sim.Now()) })
	g.Alarms = append(g.Alarms, t.alarm)
	return t.alarm
}

// invoke takes the message of an alarm, which comes every minute in ALARM.
func (g *Group) invoke(t *trigger, a *cloudwatch.Alarm) {
	if t.episode.number != a.Episode {
		t.said = answer{}
		t.episode = g.nextEpisode(t, a)
	}
	g.inbox.triggers = append(g.inbox.triggers, t)
	g.decideNow()
}
