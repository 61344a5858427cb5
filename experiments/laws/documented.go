package laws

import (
	"cmp"
	"maps"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/scenario"
)

// isDocumented tells of a scenario whose expectations say exactly what comes of it,
// all of them.
func isDocumented(s *scenario.Spec) bool {
	for _, e := range s.Expectations {
		if relation, _, _ := e.Bound(); relation != scenario.Equals {
			return false
		}
	}
	return len(s.Expectations) > 0
}

// documented is the law of one, whose notes name the document: what comes of it in
// the end, and then what went before.
func documented(s *scenario.Spec) *Law {
	l := &Law{Name: "documented", Source: s.Notes, Certain: true}
	begins := func(name string) engine.Time {
		if during := s.Expectations[name].During; during != nil {
			return during.From.Time()
		}
		return 0
	}
	names := slices.Sorted(maps.Keys(s.Expectations))
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(begins(b), begins(a)) })
	for _, name := range names {
		e := s.Expectations[name]
		_, want, _ := e.Bound()
		l.Figures = append(l.Figures, Figure{Metric: e.Metric, Expectation: name, Formula: name, Exact: want})
	}
	return l
}
