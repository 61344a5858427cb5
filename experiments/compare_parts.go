package experiments

import (
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
)

// A part is a metric in the part of the run in which an expectation judges it.
type part struct {
	aim
	name string // that of the metric, and when: "latency.p99 during 25m..1h"
}

// inPart stands between the metric and the part.
const inPart = " during "

// partName is what a metric is called over some seconds of the run; its own name
// where they are nil, over all of it.
func partName(metric string, during *[2]float64) string {
	if during == nil {
		return metric
	}
	return metric + inPart + units.Span(during[0]) + ".." + units.Span(during[1])
}

// wholeName is the metric that a name of partName is about.
func wholeName(name string) string {
	metric, _, _ := strings.Cut(name, inPart)
	return metric
}

// parts are those that the expectations judge, in the order of their names.
func (s *Study) parts() []part {
	var list []part
	for _, expectation := range s.expectationNames() {
		metric, during := s.asked(expectation)
		p := part{aim{s.window(s.Spec.Expectations[expectation]), metric}, partName(metric, during)}
		if during != nil && !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list
}

// compared are the names of all that is compared: the metrics over the whole
// run, and in the parts that expectations judge.
func (s *Study) compared() []string {
	list := slices.Clone(s.metrics)
	for _, p := range s.parts() {
		list = append(list, p.name)
	}
	return list
}

// sample are a metric's values by the name that partName gives; nil where the
// configuration has no such metric, or no expectation about that part.
func (t *Trial) sample(name string) []float64 {
	for _, p := range t.parts() {
		if p.name == name {
			return t.values(p.window, p.metric)
		}
	}
	return t.Values(name)
}

// withParts adds to a result what its metrics are in the parts.
func (t *Trial) withParts(r *Result) *Result {
	for _, p := range t.parts() {
		r.Metrics[p.name] = metric(t.unit(p.metric), t.estimate(p.window, p.metric, output.Level))
	}
	return r
}
