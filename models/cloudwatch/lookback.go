package cloudwatch

import (
	"sort"

	"github.com/headroom-sim/headroom/engine"
)

// Keep makes the metric keep its datapoints for a span after their publication,
// for [Metric.Between].
func (m *Metric) Keep(span engine.Time) { m.span = max(m.span, span) }

// Between sums up the datapoints whose periods start from one instant on and
// before another, as far as they are published.
func (m *Metric) Between(from, to, now engine.Time) StatisticSet {
	var all StatisticSet
	first := sort.Search(len(m.points), func(i int) bool { return m.points[i].start >= from })
	for i := first; i < len(m.points) && m.points[i].start < to; i++ {
		if p := &m.points[i]; m.published(p, now) {
			all.Merge(p.StatisticSet)
		}
	}
	return all
}
