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
	Cron    *quantity.Cron     `toml:"cron" doc:"Recurring instant in five fields, in the scenario's time zone; the scenario needs a start." source:"sched"`
	At      *quantity.Duration `toml:"at" doc:"A single instant of the run." source:"sched"`
	Min     *int               `toml:"min" range:"0..10000" doc:"New smallest capacity." source:"api-sched"`
	Max     *int               `toml:"max" range:"0..10000" doc:"New largest capacity." source:"api-sched"`
	Desired *int               `toml:"desired" range:"0..10000" doc:"New desired capacity." source:"api-sched"`
}

// Check reports what no single key shows.
func (s *ScheduleSpec) Check(report quantity.Report) {
	switch {
	case s.Cron == nil && s.At == nil:
		report("at", "is required, or cron")
	case s.Cron != nil && s.At != nil:
		report("at", "cannot be used together with cron")
	}
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

// schedule is a scheduled action on its clock.
type schedule struct {
	ScheduleSpec
	name string
	next time.Time // of a cron
}

// arm schedules the action for its first instant, which may be time zero.
func (g *Group) arm(s *schedule) {
	if s.At != nil {
		if at := s.At.Time(); at >= g.sim.Now() {
			g.scheduled.At(at, s)
		}
		return
	}
	s.next = s.Cron.Next(g.start.Add(-time.Nanosecond))
	g.armNext(s)
}

// armNext puts the cron's next instant on the clock, if there is one.
func (g *Group) armNext(s *schedule) {
	if after := s.next.Sub(g.start); !s.next.IsZero() && after < time.Duration(engine.Forever) {
		g.scheduled.At(engine.Time(after), s)
	}
}

func (g *Group) onSchedule(s *schedule) {
	if s.Cron != nil {
		s.next = s.Cron.Next(s.next)
		g.armNext(s)
	}
	if g.suspended(ScheduledActions) {
		g.log(timeline.Schedule, s.name, nil, "missed, and not replayed: ScheduledActions is suspended")
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
