package autoscaling

import (
	"fmt"
	"strings"
	"time"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/timeline"
)

// ScheduleSpec describes a scheduled action, a [fleets.<f>.schedules.<name>]
// table. It sets what it names at its instant, in both directions, and ignores
// cooldowns [sched, cool].
type ScheduleSpec struct {
	Cron     *quantity.Cron     `toml:"cron" doc:"Recurring instant in five fields; the scenario needs a start. Where clocks are put forward an instant that does not exist is left out; where they are put back one that exists twice counts twice." source:"sched"`
	Timezone *quantity.Zone     `toml:"timezone" doc:"IANA name of the time zone of cron, and of from and until without an offset. Left out: the scenario's timezone (in AWS UTC)." source:"api-sched"`
	From     *quantity.Instant  `toml:"from" doc:"Wall-clock instant before which cron does nothing (StartTime)." source:"api-sched"`
	Until    *quantity.Instant  `toml:"until" doc:"Wall-clock instant after which cron does nothing (EndTime)." source:"api-sched"`
	At       *quantity.Duration `toml:"at" doc:"A single instant of the run." source:"sched"`
	Delay    quantity.Duration  `toml:"delay" default:"0s" range:"0s..2m" doc:"How late the action comes. Actions of a group keep their order: none overtakes another." source:"sched: within seconds, up to 2 min late"`
	Min      *int               `toml:"min" range:"0..10000" doc:"New smallest capacity." source:"api-sched"`
	Max      *int               `toml:"max" range:"0..10000" doc:"New largest capacity." source:"api-sched"`
	Desired  *int               `toml:"desired" range:"0..10000" doc:"New desired capacity." source:"api-sched"`
}

// Check reports what no single key shows.
func (s *ScheduleSpec) Check(report quantity.Report) {
	s.checkInstants(report)
	s.checkCapacity(report)
}

func (s *ScheduleSpec) checkInstants(report quantity.Report) {
	switch {
	case s.Cron == nil && s.At == nil:
		report("at", "is required, or cron")
	case s.At != nil:
		for _, k := range []struct {
			key string
			set bool
		}{{"timezone", s.Timezone != nil}, {"from", s.From != nil}, {"until", s.Until != nil}} {
			if k.set {
				report(k.key, "cannot be used together with at: it belongs to cron")
			}
		}
	case s.From != nil && s.Until != nil && !s.From.Before(s.Until.Time):
		report("until", "must come after from (from %s, until %s)", s.From.Format(time.RFC3339), s.Until.Format(time.RFC3339))
	}
}

func (s *ScheduleSpec) checkCapacity(report quantity.Report) {
	if s.Min == nil && s.Max == nil && s.Desired == nil {
		report("min", "is required, or max, or desired")
	}
	switch {
	case s.Min != nil && s.Max != nil && *s.Min > *s.Max:
		report("min", "must not exceed max (min %d, max %d)", *s.Min, *s.Max)
	case s.Desired != nil && s.Min != nil && *s.Desired < *s.Min:
		report("desired", "must not be less than min (desired %d, min %d)", *s.Desired, *s.Min)
	case s.Desired != nil && s.Max != nil && *s.Desired > *s.Max:
		report("desired", "must not exceed max (desired %d, max %d)", *s.Desired, *s.Max)
	}
}

// First is the first instant of a cron in a run that starts at the given one;
// zero if there is none.
func (s *ScheduleSpec) First(start time.Time) time.Time {
	zone := s.zone(start)
	earliest := start.In(zone)
	if s.From != nil {
		if from := settled(s.From, zone); from.After(earliest) {
			earliest = from.In(zone)
		}
	}
	return s.after(earliest.Add(-time.Nanosecond), start)
}

// after is the cron's next instant after one in its time zone; zero if there is
// none.
func (s *ScheduleSpec) after(t, start time.Time) time.Time {
	next := s.Cron.Next(t)
	if s.Until != nil && next.After(settled(s.Until, s.zone(start))) {
		return time.Time{}
	}
	return next
}

// zone is the time zone of the cron.
func (s *ScheduleSpec) zone(start time.Time) *time.Location {
	if s.Timezone != nil {
		return s.Timezone.Location
	}
	return start.Location()
}

// settled is an instant that is in the zone if it was written without an offset.
func settled(i *quantity.Instant, zone *time.Location) time.Time {
	copied := *i // Specs are shared by runs
	copied.Settle(zone)
	return copied.Time
}

// agenda is what a group does by the clock, and an operator to it.
type agenda struct {
	lastAction engine.Time // of the schedules: when it is carried out
	scheduled  *engine.Routine[*schedule]
	delayed    *engine.Routine[*schedule]
	operated   *engine.Routine[*operation]
	undone     *engine.Routine[*operation]
}

// schedule is a scheduled action on its clock.
type schedule struct {
	ScheduleSpec
	name string
	next time.Time // of a cron, in its time zone
}

// arm schedules the action for its first instant, which may be time zero.
func (g *Group) arm(s *schedule) {
	if s.At != nil {
		if at := s.At.Time(); at >= g.sim.Now() {
			g.scheduled.At(at, s)
		}
		return
	}
	s.next = s.First(g.start)
	g.armNext(s)
}

// armNext puts the cron's next instant on the clock, if there is one.
func (g *Group) armNext(s *schedule) {
	if after := s.next.Sub(g.start); !s.next.IsZero() && after < time.Duration(engine.Forever) {
		g.scheduled.At(engine.Time(after), s)
	}
}

// onSchedule is the instant for which an action is planned. It is carried out
// after its delay, and after those that were planned before it [sched].
func (g *Group) onSchedule(s *schedule) {
	if s.Cron != nil {
		s.next = s.after(s.next, g.start)
		g.armNext(s)
	}
	now := g.sim.Now()
	g.lastAction = max(g.lastAction, now+s.Delay.Time())
	if g.lastAction == now {
		g.act(s)
		return
	}
	g.delayed.At(g.lastAction, s)
}

// act carries an action out, unless it is suspended: then it is missed, and not
// replayed [susp].
func (g *Group) act(s *schedule) {
	if g.suspended(ScheduledActions) {
		g.log(timeline.Schedule, s.name, nil, "missed, and not replayed: "+ScheduledActions.String()+" is suspended")
		return
	}
	g.inbox.schedules = append(g.inbox.schedules, s)
	g.decideNow()
}

// carryOut sets what a scheduled action names. One that contradicts the bounds
// as they are fails as a whole; without a desired of its own it only moves the
// present one inside the new bounds.
func (g *Group) carryOut(s *schedule) {
	low, high, desired := valueOr(s.Min, g.Min), valueOr(s.Max, g.Max), valueOr(s.Desired, g.Desired)
	switch {
	case low > high:
		g.log(timeline.Schedule, s.name, nil, fmt.Sprintf("failed: min %d exceeds max %d", low, high))
		return
	case s.Desired != nil && (desired < low || desired > high):
		g.log(timeline.Schedule, s.name, nil, fmt.Sprintf("failed: desired %d is outside %d to %d", desired, low, high))
		return
	}
	g.log(timeline.Schedule, s.name, nil, "sets "+s.settings())
	g.Min, g.Max = low, high
	if g.spec.WarmPool != nil {
		g.reconcileSoon() // its size depends on max
	}
	g.setDesired(min(max(desired, low), high), &cause{
		name: s.name, text: "scheduled: " + s.settings(), actor: "scheduled action " + s.name + " set " + s.settings(), warmup: g.instanceWarmup, cooldown: g.defaultCooldown,
	})
}

// settings are what the action sets, in words.
func (s *ScheduleSpec) settings() string {
	var parts []string
	for _, p := range []struct {
		key   string
		value *int
	}{{"min", s.Min}, {"max", s.Max}, {"desired", s.Desired}} {
		if p.value != nil {
			parts = append(parts, fmt.Sprintf("%s %d", p.key, *p.value))
		}
	}
	return strings.Join(parts, ", ")
}

func valueOr(p *int, otherwise int) int {
	if p != nil {
		return *p
	}
	return otherwise
}
