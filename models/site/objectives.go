package site

import (
	"slices"
	"strings"
)

// judge counts a minute in which some objective does not hold in the windows
// that hold all of it.
func (m *meter) judge(minute Span) {
	if !slices.ContainsFunc(m.sys.config.Objectives, func(o Objective) bool { return m.violated(&o, minute) }) {
		return
	}
	for _, w := range m.windows {
		if w.includes(minute) {
			w.violations++
		}
	}
}

// violated reports whether an objective does not hold in a minute for which it
// is asked. Of requests none of which was completed no latency holds: as in
// verdicts, no sample is a fail. Those that had no answer yet at the end of the run
// tell nothing but that they have waited so long.
func (m *meter) violated(o *Objective, minute Span) bool {
	if o.During != (Span{}) && !o.During.includes(minute) {
		return false
	}
	c, name := requestsOf(m.sys, &m.clients, o.Metric)
	latency, ok := strings.CutPrefix(name, "latency.")
	switch v := availability(&c); {
	case !ok:
		return v < o.Lo || v > o.Hi
	case c.Latency.Count() > 0:
		v = statistic(&c.Latency, latency)
		return v < o.Lo || v > o.Hi
	case c.Failed() > 0:
		return true
	}
	return c.Offered > 0 && (m.end-minute.To).Seconds() > o.Hi
}
