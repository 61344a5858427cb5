package laws

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/scenario"
)

// Documented is the law of a worked example of a vendor's document, which its notes
// name: what its expectations say. What comes of it in the end is first, then what went
// before. It is an error if one says anything but that something equals a value.
func Documented(s *scenario.Spec) (*Law, error) {
	l := &Law{Name: "worked example", Source: s.Notes}
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
		if e.Equals == nil {
			return nil, fmt.Errorf("expectations.%s: must have equals in a worked example", name)
		}
		_, want, _ := e.Bound()
		l.Figures = append(l.Figures, Figure{Metric: e.Metric, Expectation: name, Formula: name, Exact: want, Certain: true})
	}
	return l, nil
}
