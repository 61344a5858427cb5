package cloudwatch

import (
	"time"

	"github.com/headroom-sim/headroom/engine"
)

// view is what an alarm sees at an evaluation: the periods of its evaluation
// range, which ends at the newest instant whose data are published, and which
// of them speak against the metric.
type view struct {
	period   engine.Time
	interval engine.Time // between evaluations: a sliding window moves by it
	calendar *calendar   // of a wall-clock window; nil: the window slides

	until     engine.Time // the end of the newest period
	marks     []mark      // of the periods, the newest first
	samples   int64       // in the datapoints that were judged
	completed engine.Time // when the newest native datapoint of a breaching period ended; 0: none breaches

	slot  StatisticSet // of the period being added up
	ended engine.Time  // when its newest native datapoint did
}

func newView(r *Rule, start time.Time) view {
	v := view{period: r.Period, interval: r.Interval(), marks: make([]mark, r.evaluationRange())}
	if r.Window == WallClock {
		v.calendar = newCalendar(r.Period, start)
	}
	return v
}

// length is how far from what has been published the view may reach back. Days
// with the end of daylight saving time have 25 hours.
func (v *view) length() engine.Time {
	n := engine.Time(len(v.marks))
	if v.calendar == nil {
		return n*v.period + v.interval
	}
	return n*(v.period+engine.Hour) + v.period
}

// begin is the beginning of the period that ends at an instant.
func (v *view) begin(end engine.Time) engine.Time {
	if v.calendar == nil {
		return end - v.period
	}
	return v.calendar.begin(end - 1)
}

// reach moves the view to what has been published, and reports whether that is
// a whole period of the alarm's and of the metric's.
func (v *view) reach(published, native engine.Time) bool {
	if published < native {
		return false
	}
	if v.calendar == nil {
		v.until = published - published%v.interval
	} else {
		v.until = v.calendar.begin(published)
	}
	return v.begin(v.until) >= 0
}

// look judges the newest periods with data, N of them at most. A datapoint
// belongs to the period in which it starts, as CloudWatch stamps it.
func (a *Alarm) look(now engine.Time) {
	v, points := &a.view, a.Metric.points
	clear(v.marks)
	v.samples, v.completed, a.Points = 0, 0, a.Points[:0]
	age, begin := 0, v.begin(v.until)
	for i := len(points) - 1; i >= 0; i-- {
		p := &points[i]
		if !a.Metric.published(p, now) || p.start >= v.until {
			continue
		}
		for p.start < begin {
			a.closeSlot(age)
			age++
			if age == len(v.marks) || len(a.Points) == a.Rule.EvaluationPeriods {
				return
			}
			begin = v.begin(begin)
		}
		if v.slot.SampleCount == 0 {
			v.ended = p.end
		}
		v.slot.Merge(p.StatisticSet)
	}
	a.closeSlot(age)
}

// closeSlot judges the period that has been added up, if it has data.
func (a *Alarm) closeSlot(age int) {
	v := &a.view
	if v.slot.SampleCount == 0 {
		return
	}
	r := v.slot.Read(a.Rule.Statistic)
	a.Points = append(a.Points, r)
	v.samples += v.slot.SampleCount
	v.marks[age] = fine
	if a.Rule.Comparison.holds(r, a.Rule.Threshold) {
		v.marks[age] = breach
		v.completed = max(v.completed, v.ended)
	}
	v.slot.Reset()
}
