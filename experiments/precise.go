package experiments

import (
	"fmt"
	"math"
	"slices"

	"github.com/headroom-sim/headroom/experiments/output"
)

// fewestPrecise are the replications before an interval's width is believed.
const fewestPrecise = 10

// An aim is a metric in a window of which a run is to tell.
type aim struct {
	window int
	metric string
}

// aims are what the expectations name, in the order of their names, or the mean
// latency where there are none. What must be equal to a number is judged in each
// replication, and needs no interval.
func (s *Study) aims() []aim {
	if len(s.Spec.Expectations) == 0 {
		return []aim{{0, "latency.mean"}}
	}
	var list []aim
	for _, name := range s.expectationNames() {
		e := s.Spec.Expectations[name]
		a := aim{s.window(e), e.Metric}
		if bound(e).Relation != output.Equals && !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	return list
}

func (s *Study) precision() output.Precision {
	return output.Precision{Relative: s.options.Precision, Level: output.Level, Least: s.Replications(fewestPrecise), Most: s.options.Most}
}

// next is the number of replications after which to look again at how precise
// they are; that of those there are where there is no need.
func (t *Trial) next() int {
	next := len(t.Cells)
	if t.options.Precision == 0 {
		return next
	}
	for _, a := range t.aims() {
		if values := t.values(a.window, a.metric); sampled(values) {
			next = max(next, t.precision().Judge(values).Next)
		}
	}
	return next
}

// sampled reports whether there is a sample in any replication. A metric that has
// none in the first ten is not waited for.
func sampled(values []float64) bool {
	return slices.ContainsFunc(values, func(v float64) bool { return !math.IsNaN(v) })
}

// imprecise are the warnings about what is less precise than was asked.
func (t *Trial) imprecise() []string {
	if t.options.Precision == 0 {
		return nil
	}
	var list []string
	for _, a := range t.aims() {
		g := t.precision().Judge(t.values(a.window, a.metric))
		switch {
		case g.Reached:
		case math.IsNaN(g.Width):
			list = append(list, fmt.Sprintf("%s: fewer than two of %d replications have a sample, so that its precision is not known", a.metric, len(t.Cells)))
		default:
			list = append(list, fmt.Sprintf("%s: its interval is ± %.3g %% of its mean after %d replications, and not ± %.3g %% as a precision of %.3g %% needs; at most %d are allowed",
				a.metric, 100*g.Width, len(t.Cells), 100*t.precision().Half(), 100*t.options.Precision, t.options.Most))
		}
	}
	return list
}
