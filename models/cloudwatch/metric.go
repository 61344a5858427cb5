package cloudwatch

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
)

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
	// Percentiles says that an alarm judges by a percentile: datapoints must
	// carry the distribution of their samples. It is settled before the first.
	Percentiles bool

	points []datapoint // in order of time
	span   engine.Time // how far back alarms look
	spare  []*tally.Histogram
}

type datapoint struct {
	start, end engine.Time
	StatisticSet
}

// NewMetric returns a metric without datapoints.
func NewMetric(name string, period, delay engine.Time) *Metric {
	return &Metric{Name: name, Period: period, Delay: delay}
}

// NewSet returns an empty set for the metric's next datapoint. It keeps the
// distribution of its samples if an alarm needs that.
func (m *Metric) NewSet() StatisticSet {
	if !m.Percentiles {
		return StatisticSet{}
	}
	if n := len(m.spare) - 1; n >= 0 {
		h := m.spare[n]
		m.spare = m.spare[:n]
		return StatisticSet{Samples: h}
	}
	return StatisticSet{Samples: new(tally.Histogram)}
}

// Put adds the datapoint of the period that ends at the given instant, a
// multiple of the period later than any before. A set without samples is no
// datapoint. The metric keeps the set's distribution for itself.
func (m *Metric) Put(end engine.Time, s StatisticSet) {
	if end%m.Period != 0 || len(m.points) > 0 && end <= m.points[len(m.points)-1].end {
		panic("cloudwatch: datapoint of " + m.Name + " at " + end.String() + " is out of step")
	}
	if s.SampleCount == 0 {
		m.recycle(&s)
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
		m.recycle(&m.points[first].StatisticSet)
		first++
	}
	m.points = m.points[:copy(m.points, m.points[first:])]
}

// recycle keeps the memory of a distribution for a later datapoint.
func (m *Metric) recycle(s *StatisticSet) {
	if s.Samples != nil {
		s.Samples.Reset()
		m.spare = append(m.spare, s.Samples)
	}
}

// published reports whether a datapoint can be seen.
func (m *Metric) published(p *datapoint, now engine.Time) bool { return p.end+m.Delay <= now }
