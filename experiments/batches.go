package experiments

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/models/site"
)

// cut divides the measured run into the batches that the study asks for.
func (s *Study) cut(measured site.Span) []site.Span {
	n := s.options.Batches
	if n == 0 {
		return nil
	}
	length := (measured.To - measured.From) / engine.Time(n)
	list := make([]site.Span, n)
	for i := range list {
		from := measured.From + engine.Time(i)*length
		list[i] = site.Span{From: from, To: from + length}
	}
	list[n-1].To = measured.To
	return list
}

// batches are what those of the run tell of an average, with an interval of the
// level given.
func (t *Trial) batches(metric string, level float64) output.BatchMeans {
	first := 1 + len(t.windows())
	values := make([]float64, t.options.Batches)
	for i := range values {
		values[i] = t.values(first+i, metric)[0]
	}
	return output.Batches(t.Values(metric)[0], values, level)
}

// correlated are the warnings about intervals that batches make too narrow.
func (t *Trial) correlated() []string {
	var list []string
	for _, a := range t.aims() {
		if t.options.Batches == 0 || a.window > 0 || !t.Spec.Average(a.metric) {
			continue
		}
		if b := t.batches(a.metric, output.Level); b.Correlated() {
			list = append(list, fmt.Sprintf("%s: neighbouring batches resemble each other (correlation %.2f), so that its interval is too narrow: take a longer run, or fewer batches",
				a.metric, b.Correlation))
		}
	}
	return list
}
