package cloudwatch

import "github.com/headroom-sim/headroom/engine"

// Metric is a series of datapoints, one at the end of each native period that
// had samples. It keeps only as many as its alarms look back on.
type Metric struct {
	// Name is CloudWatch's name, such as "CPUUtilization".
	Name string
	// Period is the native period: 60 s detailed, 300 s basic [ec2-mon].
	// Periods end at its multiples.
	Period engine.Time
	// Delay is from the end of a period until its datapoint can be seen.
	Delay engine.Time

	points []datapoint // in order of time
	span   engine.Time // how far back alarms look
}

type datapoint struct {
	start, end engine.Time
	StatisticSet
}

// NewMetric returns a metric without datapoints.
func NewMetric(name string, period, delay engine.Time) *Metric {
	return &Metric{Name: name, Period: period, Delay: delay}
}

// Put adds the datapoint of the period that ends at the given instant, a
// multiple of the period later than any before. A set without samples is no
// datapoint.
func (m *Metric) Put(end engine.Time, s StatisticSet) {
	if end%m.Period != 0 || len(m.points) > 0 && end <= m.points[len(m.points)-1].end {
		panic("cloudwatch: datapoint of " + m.Name + " at " + end.String() + " is out of step")
	}
	if s.SampleCount == 0 {
		return
	}
	if len(m.points) == cap(m.points) {
		m.forget(end - m.span - m.Delay - 2*m.Period)
	}
	m.points = append(m.points, datapoint{end - m.Period, end, s})
}

// forget drops the datapoints that start before an instant, moving the rest to
// the front, so that a full table is reused.
func (m *Metric) forget(before engine.Time) {
	first := 0
	for first < len(m.points) && m.points[first].start < before {
		first++
	}
	m.points = m.points[:copy(m.points, m.points[first:])]
}

// published reports whether a datapoint can be seen.
func (m *Metric) published(p *datapoint, now engine.Time) bool { return p.end+m.Delay <= now }

// window fills slots, the newest first, with what is published of the periods
// of the given length up to an instant, the newest that can be. A datapoint belongs to the slot in which
// its period starts, as CloudWatch stamps it.
func (m *Metric) window(slots []StatisticSet, period, until, now engine.Time) {
	clear(slots)
	for i := len(m.points) - 1; i >= 0; i-- {
		p := &m.points[i]
		if !m.published(p, now) {
			continue
		}
		k := (until - 1 - p.start) / period
		if k >= engine.Time(len(slots)) {
			return
		}
		slots[k].Merge(p.StatisticSet)
	}
}
