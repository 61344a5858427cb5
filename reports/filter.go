package reports

import (
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/site"
	"github.com/headroom-sim/headroom/models/timeline"
)

// Filter chooses a part of the timeline. A list that is empty admits all; what
// is shown must be admitted by every list.
type Filter struct {
	Fleets    []string
	Alarms    []string // by their full names, or as the timeline shows them
	Policies  []string
	Instances []string
	Kinds     []timeline.Kind // of events only
	From, To  engine.Time     // nanoseconds since the start of the run; To 0 is its end
}

// account is the part of the timeline that is to be told, over from..to.
type account struct {
	*experiments.Result
	from, to engine.Time
	events   []timeline.Event
	scalings []*timeline.Scaling
	outs     []*timeline.ScaleOut
	answers  []*timeline.Answer
	alarms   []site.Alarm
	fleets   []string
}

// tell keeps what the filter admits of the first replication.
func tell(r *experiments.Result, f Filter) *account {
	a := &account{Result: r, from: f.From, to: engine.Time(r.DurationS * float64(engine.Second))}
	if f.To > 0 {
		a.to = min(a.to, f.To)
	}
	for _, e := range r.Detail.Events {
		if a.within(e.At, e.At) && f.admits(e) {
			a.events = append(a.events, e)
		}
	}
	for _, s := range r.Detail.Scalings {
		if a.within(s.At[timeline.AtBreach], s.At[timeline.AtLaunched]) && f.concerns(s.Fleet, s.Alarm, s.Policy) && among(f.Instances, s.Instance) {
			a.scalings = append(a.scalings, s)
		}
	}
	for _, o := range r.Detail.ScaleOuts {
		if a.within(o.First.Begin(), o.First.At[timeline.AtLaunched]) && f.concerns(o.Fleet, o.Alarm, o.By) && among(f.Instances, o.First.Instance) {
			a.outs = append(a.outs, o)
		}
	}
	for _, v := range r.Detail.Answers {
		if a.within(v.From, v.To) && f.concerns(v.Fleet, v.Alarm, v.Policy) {
			a.answers = append(a.answers, v)
		}
	}
	for _, v := range r.Detail.Alarms {
		if f.concerns(v.Fleet, v.Name, policyOf(v.Name)) {
			a.alarms = append(a.alarms, v)
		}
	}
	a.fleets = slices.DeleteFunc(members(r, "fleets.", ".instances.max"), func(name string) bool { return !among(f.Fleets, name) })
	return a
}

// within reports whether a stretch of time touches the part that is told.
func (a *account) within(from, to engine.Time) bool { return from <= a.to && to >= a.from }

// admits reports whether an event is to be told.
func (f *Filter) admits(e timeline.Event) bool {
	return among(f.Fleets, e.Fleet) && among(f.Kinds, e.Kind) && among(f.Instances, e.Instance) &&
		named(f.Alarms, e.Subject) && among(f.Policies, policyOf(e.Subject))
}

// concerns reports whether an alarm with its policy is to be told of.
func (f *Filter) concerns(fleet, alarm, policy string) bool {
	return among(f.Fleets, fleet) && named(f.Alarms, alarm) && among(f.Policies, policy)
}

// among reports whether a list admits a value.
func among[T comparable](list []T, v T) bool { return len(list) == 0 || slices.Contains(list, v) }

// named reports whether a list of alarms admits one, by either of its names.
func named(list []string, alarm string) bool {
	return among(list, alarm) || slices.Contains(list, autoscaling.BriefAlarm(alarm))
}

// span is a stretch of the run.
type span struct{ from, to engine.Time }

// clip cuts a stretch to the part that is told.
func (a *account) clip(from, to engine.Time) span { return span{max(from, a.from), min(to, a.to)} }

func (s span) length() engine.Time { return max(s.to-s.from, 0) }

// stay is a stretch of time in a state of an alarm.
type stay struct {
	span
	state string
}

// inAlarm and without are the states of an alarm that stand out.
const (
	inAlarm = "ALARM"
	without = "INSUFFICIENT_DATA"
)

// stays are the states of an alarm over the part that is told.
func (a *account) stays(v site.Alarm) []stay {
	state, since := without, engine.Time(0)
	var list []stay
	end := func(at engine.Time) {
		if s := a.clip(since, at); s.length() > 0 {
			list = append(list, stay{s, state})
		}
	}
	for _, e := range a.Detail.Events {
		if _, to, ok := e.Turned(); ok && e.Fleet == v.Fleet && e.Subject == v.Name {
			end(e.At)
			state, since = to, e.At
		}
	}
	end(a.to)
	return list
}

// total is how long an alarm stood in a state.
func total(stays []stay, state string) engine.Time {
	var sum engine.Time
	for _, s := range stays {
		if s.state == state {
			sum += s.length()
		}
	}
	return sum
}
