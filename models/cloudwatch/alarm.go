package cloudwatch

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// Alarm watches one metric. The exported fields are for reading.
type Alarm struct {
	Definition
	Metric *Metric
	// State is the state after the latest evaluation.
	State State
	// Episode counts the transitions into ALARM.
	Episode int
	// Breach is, in ALARM, the start of the first breaching datapoint of the
	// unbroken run of breaching datapoints that led there, in datapoints of the
	// metric's native period.
	Breach engine.Time
	// Points are the datapoints that the latest evaluation judged, at most N,
	// the newest first. Missing ones are left out.
	Points []Reading

	slots []StatisticSet // the evaluation range, the newest first
	marks []mark
	until engine.Time // the end of the evaluation range
	run   run
}

// Definition says what an alarm is.
type Definition struct {
	Name  string
	Fleet string // whose metric it is, for the timeline
	Rule  Rule
	Log   *timeline.Log
	// Action, unless nil, is called at every evaluation that finds the alarm in
	// ALARM, not only at the transition: so it is with Auto Scaling actions [cw].
	Action func(*Alarm)
}

// NewAlarm returns an alarm in INSUFFICIENT_DATA that evaluates itself at its
// phase after each full minute, or each ten seconds for periods below a minute.
func NewAlarm(sim *engine.Sim, m *Metric, d Definition) *Alarm {
	n := d.Rule.EvaluationPeriods + extraSlots
	a := &Alarm{
		Definition: d,
		Points:     make([]Reading, 0, d.Rule.EvaluationPeriods),
		Metric:     m,
		slots:      make([]StatisticSet, n),
		marks:      make([]mark, n),
	}
	m.span = max(m.span, engine.Time(n)*d.Rule.Period)
	var evaluation *engine.Routine[engine.Time]
	evaluation = engine.NewRoutine(sim, "evaluate alarm", engine.Control, func(interval engine.Time) {
		evaluation.After(interval, interval)
		a.evaluate(sim.Now())
	})
	interval := d.Rule.Interval()
	evaluation.At(interval+d.Rule.Phase%interval, interval)
	return a
}

// evaluate judges the range that ends at the newest instant whose data are
// published. Before one whole period of the run can have been published there
// is nothing to judge: that nothing is there yet is not that data are missing.
func (a *Alarm) evaluate(now engine.Time) {
	a.run.follow(a, now)
	period := a.Rule.Period
	published := now - a.Metric.Delay
	if published < max(period, a.Metric.Period) {
		return
	}
	a.until = published - published%min(period, engine.Minute)
	a.Metric.window(a.slots, period, a.until, now)
	a.Points = a.Points[:0]
	for i := range a.slots {
		a.marks[i] = a.read(&a.slots[i])
	}
	a.turn(now, a.Rule.judge(a.marks, a.State))
	if a.State == InAlarm && a.Action != nil {
		a.Action(a)
	}
}

// read says what a slot speaks for, and keeps the newest N readings.
func (a *Alarm) read(s *StatisticSet) mark {
	if s.SampleCount == 0 {
		return absent
	}
	r := s.Read(a.Rule.Statistic)
	if len(a.Points) < a.Rule.EvaluationPeriods {
		a.Points = append(a.Points, r)
	}
	if a.Rule.Comparison.holds(r, a.Rule.Threshold) {
		return breach
	}
	return fine
}

// turn changes the state and tells the timeline.
func (a *Alarm) turn(now engine.Time, state State) {
	if state == a.State {
		return
	}
	old := a.State
	a.State = state
	if state == InAlarm {
		a.Episode++
		a.Breach = a.firstBreach()
		a.logCause()
	}
	a.log(now, timeline.Alarm, old.String()+" -> "+state.String()+": "+a.evidence())
}

// firstBreach is the start of the run of breaching native datapoints behind
// the alarm. Where no native datapoint breaches by itself, as when a sum over a
// long period does, or when missing data count as breaching, it is the start of
// the oldest of the last N periods that is not against the alarm.
func (a *Alarm) firstBreach() engine.Time {
	n := engine.Time(a.Rule.EvaluationPeriods)
	if a.run.any && a.run.end > a.until-n*a.Rule.Period {
		return a.run.start
	}
	oldest := engine.Time(1)
	for i := range n {
		if a.marks[i] != fine {
			oldest = i + 1
		}
	}
	return max(0, a.until-oldest*a.Rule.Period)
}

// run is the latest unbroken run of breaching native datapoints.
type run struct {
	start, end engine.Time
	any        bool
	seen       engine.Time // end of the newest datapoint looked at
}

// follow extends the run by the datapoints published since the last time. A
// period without a datapoint breaks it.
func (r *run) follow(a *Alarm, now engine.Time) {
	points := a.Metric.points
	first := len(points)
	for first > 0 && points[first-1].end > r.seen {
		first--
	}
	for i := first; i < len(points) && a.Metric.published(&points[i], now); i++ {
		p := &points[i]
		r.seen = p.end
		if !a.Rule.Comparison.holds(p.Read(a.Rule.Statistic), a.Rule.Threshold) {
			continue
		}
		if !r.any || r.end != p.start {
			r.start, r.any = p.start, true
		}
		r.end = p.end
	}
}
