package cloudwatch

import "github.com/headroom-sim/headroom/engine"

// Onset is how a transition into ALARM came about: the instants that add up to
// the time from the breach to the alarm.
type Onset struct {
	// Breach is the start of the first breaching datapoint of the unbroken run of
	// breaching datapoints that led there, in datapoints of the metric's native
	// period.
	Breach engine.Time
	// PeriodEnd is the end of the newest breaching datapoint behind the alarm; of
	// the evaluation range where missing data alone count as breaching.
	PeriodEnd engine.Time
	// Published is when that datapoint could be seen.
	Published engine.Time
	// Alarmed is the evaluation that found the alarm in ALARM. It is later than
	// Published by the wait for the next evaluation, or for further datapoints.
	Alarmed engine.Time
}

func (a *Alarm) onset(now engine.Time) Onset {
	end := a.view.completed
	if end == 0 {
		end = a.view.until
	}
	return Onset{Breach: a.firstBreach(), PeriodEnd: end, Published: end + a.Metric.Delay, Alarmed: now}
}

// firstBreach is the start of the run of breaching native datapoints behind
// the alarm. Where no native datapoint breaches by itself, as when a sum over a
// long period does, or when missing data count as breaching, it is the start of
// the oldest of the last N periods that is not against the alarm.
func (a *Alarm) firstBreach() engine.Time {
	begin := a.view.until
	oldest := a.view.begin(begin)
	for age := range a.Rule.EvaluationPeriods {
		begin = a.view.begin(begin)
		if a.view.marks[age] != fine {
			oldest = begin
		}
	}
	if a.run.any && a.run.end > begin {
		return a.run.start
	}
	return max(0, oldest)
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
