package experiments

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/scenario"
)

// SweepOptions say what is varied, and how.
type SweepOptions struct {
	Options
	Design design.Design
	// Metrics are those whose effects are told; none: those that expectations
	// name, else latency, and the cost.
	Metrics []string
	// DesignFile is the one that the design was read from; "": none.
	DesignFile string
	// Tried is told how many of the points have been tried; may be nil.
	Tried func(points, of int)
}

// Sweep is a design of experiments over keys of a scenario, each of whose
// points is a configuration that the scenario accepts.
type Sweep struct {
	*Scenario
	SweepOptions
	Base         *Study // what the points are variations of
	Matrix       *design.Matrix
	Replications int // of every point

	columns   []string          // names of all metrics that any point has, sorted
	units     map[string]string // of the columns
	responses []Response
	work      []float64 // that each point's cells need, in requests or so
	first     *Study    // of the first point
}

// sweepReplications are how many a sweep has where nobody says.
const sweepReplications = 10

// Response is a figure whose dependence on the factors is told.
type Response struct {
	Name   string // the metric, with the window where it has one
	Metric string
	Unit   string

	expectation string // whose window it is in; "": the measured run
}

// Sweep lays a design out over a scenario and tries every point: nothing is
// simulated before all are known to be right. The error is scenario.Problems
// where the scenario itself is wrong, and *[Refused] where points are.
func (s *Scenario) Sweep(ctx context.Context, o SweepOptions) (*Sweep, error) {
	base, err := s.Study(o.Options)
	if err != nil {
		return nil, err
	}
	w := &Sweep{Scenario: s, SweepOptions: o, Base: base, Replications: base.Replications(sweepReplications)}
	if err := w.checkKeys(); err != nil {
		return nil, err
	}
	if w.Matrix, err = o.Design.Build(); err != nil {
		return nil, ofDesign(err)
	}
	if cells := w.Matrix.Len() * w.Replications; cells > greatestCells {
		return nil, fmt.Errorf("the design has %d points of %d replications, more than %d cells in all", w.Matrix.Len(), w.Replications, greatestCells)
	}
	if err := w.tryPoints(ctx); err != nil {
		return nil, err
	}
	return w, w.chooseResponses()
}

// Doubts are those of the base, and the keys that its variant sets in vain, since
// they are varied at every point.
func (s *Sweep) Doubts() scenario.Problems {
	doubts := s.Base.Doubts()
	if s.Design.Kind == design.OneAtATime {
		return doubts // its first point is the variant as it is
	}
	for _, f := range s.Design.Factors {
		doubts = append(doubts, s.Overruled(s.Options.Variant, []string{f.Key + "=0"})...)
	}
	return doubts
}

// Undone is that a key is varied which an override has set.
type Undone struct {
	Key  string
	Flag string // the override, "--set KEY=VALUE"
}

func (e *Undone) Error() string {
	return fmt.Sprintf("--vary %s: %s would have no effect", e.Key, e.Flag)
}

// greatestCells is the number of cells of the largest sweep: its figures are
// held in memory.
const greatestCells = 1_000_000

// checkKeys finds keys that a design cannot vary, and overrides that it would
// undo.
func (s *Sweep) checkKeys() error {
	for _, f := range s.Design.Factors {
		switch f.Key {
		case "seed", "replications":
			return fmt.Errorf("--vary %s: every point has the same seed and number of replications, which pairs them", f.Key)
		}
		for _, set := range s.Options.Sets {
			if s.undoes(f, set) {
				return &Undone{Key: f.Key, Flag: "--set " + set}
			}
		}
	}
	return nil
}

// point is the study of a point.
func (s *Sweep) point(i int) (*Study, error) {
	o := s.Options
	o.Sets = slices.Concat(o.Sets, s.Matrix.Sets(i))
	return s.Study(o)
}

func (s *Sweep) tryPoints(ctx context.Context) error {
	refused := &Refused{Of: s.Matrix.Len()}
	columns := make(map[string]string)
	var last []string
	for i := range s.Matrix.Len() {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		study, err := s.point(i)
		if s.Tried != nil {
			s.Tried(i+1, s.Matrix.Len())
		}
		if err != nil {
			if err := refused.add(s.Matrix.Sets(i), err); err != nil {
				return err
			}
			continue
		}
		if s.first == nil {
			s.first = study
		}
		s.work = append(s.work, study.work())
		if !slices.Equal(last, study.metrics) {
			last = study.metrics
			for name, unit := range study.units {
				columns[name] = string(unit)
			}
		}
	}
	s.columns, s.units = slices.Sorted(maps.Keys(columns)), columns
	if refused.Refused > 0 {
		return refused
	}
	return nil
}

// chooseResponses finds the figures whose effects are told.
func (s *Sweep) chooseResponses() error {
	for _, name := range s.Metrics {
		if _, ok := s.units[name]; !ok {
			return fmt.Errorf("--metric: the scenario has no metric %q%s", name, meant(name, s.columns))
		}
		s.respond(Response{Name: name, Metric: name})
	}
	if len(s.responses) > 0 {
		return nil
	}
	for _, name := range s.first.expectationNames() {
		e := s.first.Spec.Expectations[name]
		r := Response{Name: e.Metric, Metric: e.Metric}
		if e.During != nil {
			r.Name, r.expectation = fmt.Sprintf("%s during %s", e.Metric, e.During), name
		}
		s.respond(r)
	}
	if len(s.responses) == 0 {
		s.respond(Response{Name: "latency.mean", Metric: "latency.mean"})
		s.respond(Response{Name: "latency.p99", Metric: "latency.p99"})
	}
	s.respond(Response{Name: "cost.total", Metric: "cost.total"})
	return nil
}

// meant names the candidate that was probably meant.
func meant(name string, candidates []string) string {
	if near := quantity.Nearest(name, candidates); near != "" {
		return fmt.Sprintf(" (did you mean %q?)", near)
	}
	return ""
}

// respond adds a response that is not there yet.
func (s *Sweep) respond(r Response) {
	r.Unit = s.units[r.Metric]
	if !slices.ContainsFunc(s.responses, func(known Response) bool { return known.Name == r.Name }) {
		s.responses = append(s.responses, r)
	}
}

// ofDesign tells what is wrong with a design, or with the range of one key.
func ofDesign(err error) error {
	var factor *design.FactorError
	if errors.As(err, &factor) {
		return fmt.Errorf("--vary %w", err)
	}
	return fmt.Errorf("the design %w", err)
}
