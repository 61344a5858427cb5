package cloudwatch

import (
	"time"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/timeline"
)

// Alarm watches one metric. The exported fields are for reading.
type Alarm struct {
	Status
	Rule   Rule
	Metric *Metric
	// Episode counts the transitions into ALARM.
	Episode int
	// Onset is how the latest of them came about.
	Onset Onset
	// Points are the datapoints that the latest evaluation judged, at most N,
	// the newest first. Missing ones are left out.
	Points []Reading
	// Nearness is over all evaluations.
	Nearness Nearness

	action func(*Alarm)
	acts   engine.Time // from when on the action may be called again
	warm   bool        // the alarm's warm-up is over
	view   view
	run    run
}

// Definition says what an alarm is.
type Definition struct {
	Name  string
	Fleet string // whose metric it is, for the timeline
	Rule  Rule
	Log   *timeline.Log
	// Action, unless nil, is called at the transition into ALARM and then once a
	// minute while the alarm stays there: so it is with Auto Scaling actions
	// [cw]. An alarm that is evaluated every ten seconds calls it every minute
	// too (DERIVED: the documentation says so of all). What is to happen at
	// transitions alone uses [Status.Follow].
	Action func(*Alarm)
	// Start is the wall-clock instant of time zero in the time zone of wall-clock
	// windows. The zero value is a midnight, the beginning of a week.
	Start time.Time
}

// NewAlarm returns an alarm in INSUFFICIENT_DATA that evaluates itself at its
// phase after each full minute, or each ten seconds for periods below a minute.
func NewAlarm(sim *engine.Sim, m *Metric, d Definition) *Alarm {
	a := &Alarm{
		Status: Status{Name: d.Name, Fleet: d.Fleet, events: d.Log},
		Rule:   d.Rule, Metric: m, action: d.Action,
		Points: make([]Reading, 0, d.Rule.EvaluationPeriods),
		warm:   d.Rule.WarmUp == 0,
		view:   newView(&d.Rule, d.Start),
	}
	if d.Rule.Statistic.isPercentile() {
		m.Percentiles = true
		a.view.slot.Samples = new(tally.Histogram)
	}
	m.span = max(m.span, a.view.length())
	interval := d.Rule.Interval()
	var evaluation *engine.Routine[struct{}]
	evaluation = engine.NewRoutine(sim, "evaluate alarm", engine.Control, func(struct{}) {
		evaluation.After(interval, struct{}{})
		a.evaluate(sim.Now())
	})
	evaluation.At(interval+d.Rule.Phase%interval, struct{}{})
	return a
}

// evaluate judges the range that ends at the newest instant whose data are
// published. Before one whole period of the run can have been published there
// is nothing to judge: that nothing is there yet is not that data are missing.
func (a *Alarm) evaluate(now engine.Time) {
	a.run.follow(a, now)
	if !a.view.reach(now-a.Metric.Delay, a.Metric.Period) {
		return
	}
	a.look(now)
	a.Nearness.observe(a)
	if !a.warm && !a.endWarmUp(now) {
		return
	}
	if state := a.judge(); state != a.State {
		a.change(now, state)
	}
	if a.State == InAlarm && a.action != nil && now >= a.acts {
		a.acts = now + engine.Minute
		a.action(a)
	}
}

// endWarmUp ends the alarm's warm-up, in which it is not evaluated, when its
// time is over, or as soon as N datapoints are there [cw-warm].
func (a *Alarm) endWarmUp(now engine.Time) bool {
	early := !a.Rule.WholeWarmUp && len(a.Points) == a.Rule.EvaluationPeriods
	a.warm = early || now >= a.Rule.WarmUp
	return a.warm
}

// judge is the state that follows from what the alarm has looked at. A
// percentile over too few samples may be told not to change it; that there are
// none at all is for the treatment of missing data (UNSOURCED).
func (a *Alarm) judge() State {
	few := 0 < a.view.samples && a.view.samples < a.Rule.Statistic.fewest()
	if a.Rule.IgnoreLowSamples && few {
		return a.State
	}
	return a.Rule.judge(a.view.marks, a.State)
}

func (a *Alarm) change(now engine.Time, state State) {
	if state == InAlarm {
		a.Episode++
		a.Onset = a.onset(now)
		a.acts = now
		a.logCause()
	}
	a.turn(now, state, a.evidence())
}
