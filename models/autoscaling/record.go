package autoscaling

import (
	"fmt"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/timeline"
)

// nextEpisode is what a transition into ALARM begins, or goes on with: while the
// run of breaching datapoints is unbroken that has led to a launch before, the
// alarm tells nothing new by coming back from INSUFFICIENT_DATA, and the breach
// has its sample.
func (g *Group) nextEpisode(t *trigger, a *cloudwatch.Alarm) *episode {
	if s := t.episode.scaling; s != nil && s.Reached(timeline.AtLaunched) && s.At[timeline.AtBreach] == a.Onset.Breach {
		t.episode.number = a.Episode
		return t.episode
	}
	return g.newEpisode(t, a)
}

// newEpisode begins the record of a stay in ALARM. How the alarm came about is
// known by now; the rest follows as it happens.
func (g *Group) newEpisode(t *trigger, a *cloudwatch.Alarm) *episode {
	s := timeline.NewScaling()
	s.Fleet, s.Alarm, s.Policy = g.Name, a.Name, t.policy.name
	s.Reach(timeline.AtBreach, a.Onset.Breach)
	s.Reach(timeline.AtPeriodEnd, a.Onset.PeriodEnd)
	s.Reach(timeline.AtPublished, a.Onset.Published)
	s.Reach(timeline.AtAlarmed, a.Onset.Alarmed)
	return &episode{number: a.Episode, scaling: s}
}

// sample takes the sample of a launch that is the first of its alarm's stay in
// ALARM, and follows the instance from here on, or the one that takes its place
// when a hook has abandoned it.
func (g *Group) sample(i *Instance) {
	e := i.cause.episode
	switch {
	case e == nil || i.cause.out == nil:
		return
	case !e.scaling.Reached(timeline.AtLaunched):
		e.scaling.Reach(timeline.AtLaunched, g.sim.Now())
		g.books.launchLags.add(e.scaling.LaunchLag())
		g.events.Scale(e.scaling)
	case !e.abandoned:
		return
	default:
		e.scaling.Again()
	}
	i.scaling, e.abandoned = e.scaling, false
	i.scaling.Instance = i.ID
}

// Booted tells that an instance's operating system is up.
func (g *Group) Booted(i *Instance) { i.scaling.Reach(timeline.AtBooted, g.sim.Now()) }

// Serving tells that an instance's server answers.
func (g *Group) Serving(i *Instance) {
	i.scaling.Reach(timeline.AtServing, g.sim.Now())
	i.serving = true
	g.completeAfterServing(i)
}

// Usable tells that a balancer may use an instance, or where there is none, that
// it serves. The first time ends the lag of a scale-out.
func (g *Group) Usable(i *Instance) {
	i.found(g.sim.Now(), true, i.unhealthy)
	if s := i.scaling; s != nil && !s.Reached(timeline.AtUsable) {
		s.Reach(timeline.AtUsable, g.sim.Now())
		if s.Reached(timeline.AtBreach) {
			g.books.lag.add(s.Lag())
		}
	}
	if i.awaited != nil {
		i.awaited.Use(g.sim.Now())
		i.awaited = nil
	}
	g.advance()
}

// note keeps an answer for the timeline: in one record as long as it stays the
// same, but for each change of desired in one of its own.
func (t *trigger) note(g *Group, s situation, winner *trigger) {
	reason, by := t.reason(g, s, winner)
	if a := t.noted; a == nil || a.Reason != reason || a.By != by || reason == timeline.Applied {
		t.record(g, timeline.Answer{Reason: reason, By: by})
		return
	}
	t.noteAgain(g)
}

// noteAgain prolongs the latest answer; after a pause it is another one.
func (t *trigger) noteAgain(g *Group) {
	now := g.sim.Now()
	if t.noted.To < now {
		t.record(g, timeline.Answer{Reason: t.noted.Reason, By: t.noted.By})
		return
	}
	t.noted.To = now + t.interval
}

// record begins an answer.
func (t *trigger) record(g *Group, a timeline.Answer) {
	now := g.sim.Now()
	t.unheard(now)
	a.Fleet, a.Policy, a.From, a.To = g.Name, t.policy.name, now, now+t.interval
	if t.alarm != nil {
		a.Alarm = t.alarm.Name
	}
	t.noted = &a
	g.events.Answer(&a)
}

// unheard ends the latest answer when the alarm changes its state: nothing is
// asked any more.
func (t *trigger) unheard(now engine.Time) {
	if t.noted != nil {
		t.noted.To = min(t.noted.To, now)
	}
}

// reasons are what the timeline calls the verdicts.
var reasons = map[verdict]timeline.Reason{
	applied: timeline.Applied, unchanged: timeline.NoNeed, awaited: timeline.Awaiting, bounded: timeline.AtBound, outbid: timeline.Outbid,
	inProgress: timeline.InActivity, cooling: timeline.InCooldown, warmingUp: timeline.InWarmup,
	notAll: timeline.WaitsForAll, noStep: timeline.OffTheSteps, noData: timeline.NoDatapoint,
	muted: timeline.Unheard, foreseen: timeline.Foreseen, silent: timeline.ForecastOnly,
}

// reason is what became of an invocation, and what stood in the way.
func (t *trigger) reason(g *Group, s situation, winner *trigger) (reason timeline.Reason, by string) {
	reason, known := reasons[t.wish.verdict]
	switch {
	case t.wish.verdict == stands:
		return t.wish.reason, t.wish.by
	case !known:
		return timeline.Refused, strings.TrimPrefix(t.words(g, s, winner), "ignored: ")
	case reason == timeline.AtBound:
		return reason, t.bound(g)
	case reason == timeline.Awaiting:
		by, _ = g.awaiting()
		return reason, by
	case reason == timeline.Outbid:
		return reason, winner.policy.name
	case reason == timeline.WaitsForAll:
		return reason, t.wish.waitsFor
	case reason == timeline.Foreseen:
		return reason, s.expected.policy
	case reason == timeline.InActivity || reason == timeline.InWarmup:
		return reason, s.holder()
	}
	return reason, ""
}

// bound is the bound at which desired is, when that stops a policy: "max 3".
func (t *trigger) bound(g *Group) string {
	if t.wish.target > g.Max {
		return fmt.Sprintf("max %d", g.Max)
	}
	return fmt.Sprintf("min %d", g.Min)
}

// holder names what is in progress.
func (s *situation) holder() string {
	switch {
	case s.warming != nil:
		return s.warming.ID
	case s.draining != nil:
		return s.draining.ID
	default:
		return ""
	}
}

// sentence says why the group launches or terminates, as AWS's activity history
// does: what invoked what, and what that changed [verify].
func (c *cause) sentence() string {
	if c.story != "" {
		return c.story
	}
	return c.text
}
