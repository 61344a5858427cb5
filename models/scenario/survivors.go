package scenario

import (
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/models/quantity"
)

// Notes list expectations on latency that an outage meets: latency is of the
// requests that were answered, and no expectation over the same part of the run, or
// more of it, says how many must be. Of several over one part the first is listed.
// There are none where there are problems.
func (f *File) Notes(variant string, sets []string) Problems {
	s := f.study(variant, sets)
	if len(s.problems) > 0 {
		return nil
	}
	var notes Problems
	var listed []quantity.Window
	spec := s.chosen.spec
	for _, name := range sorted(spec.Expectations) {
		e := spec.Expectations[name]
		if !e.ofLatency() || spec.judged(e.During, (*Expectation).ofFailures) || slices.Contains(listed, spec.part(e.During)) {
			continue
		}
		listed = append(listed, spec.part(e.During))
		notes = append(notes, s.chosen.locate(finding{
			path: []string{"expectations", name, "metric"},
			text: "is of the requests that were answered, and no expectation says how many must be: an outage may meet it. Add one of availability",
		}, base))
	}
	return notes.sort()
}

// JudgesFailures reports whether an expectation says how many of the requests of a
// part of the run may fail by a cause, such as "timeout", or by any. The part is all
// of it where during is nil.
func (s *Spec) JudgesFailures(cause string, during *quantity.Window) bool {
	return s.judged(during, func(e *Expectation) bool { return e.ofAnswers() || e.Metric == "errors."+cause })
}

// judged reports whether there is such an expectation over a part of the run, or over
// more of it.
func (s *Spec) judged(during *quantity.Window, such func(*Expectation) bool) bool {
	part := s.part(during)
	return some(s.Expectations, func(e *Expectation) bool {
		over := s.part(e.During)
		return such(e) && over.From <= part.From && over.To >= part.To
	})
}

// part is a part of the run, all of it where it is nil.
func (s *Spec) part(during *quantity.Window) quantity.Window {
	if during == nil {
		return quantity.Window{To: s.Duration}
	}
	return *during
}

func (e *Expectation) ofLatency() bool {
	return strings.HasPrefix(e.Metric, "latency.") || strings.Contains(e.Metric, ".latency.")
}

// ofAnswers reports whether it says how many requests are answered, or fail.
func (e *Expectation) ofAnswers() bool {
	return slices.Contains([]string{"availability", "requests.completed", "requests.failed", "throughput"}, e.Metric)
}

func (e *Expectation) ofFailures() bool {
	return e.ofAnswers() || strings.HasPrefix(e.Metric, "errors.")
}
