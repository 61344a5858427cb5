package experiments

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/experiments/output"
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

// Refused is that a scenario refuses points of a design.
type Refused struct {
	First    scenario.Problems // of the first point that is refused
	Point    string            // that point
	Refused  int
	Of       int
	affected map[string]bool // the flags "--set KEY=VALUE" that are the design's
}

// Error names the first point's problems, a line each, and how many points are
// refused.
func (e *Refused) Error() string {
	lines := make([]string, len(e.First))
	for i, p := range e.First {
		if e.affected[p.File] {
			p.File = "--vary" + strings.TrimPrefix(p.File, "--set")
		}
		lines[i] = p.Error()
	}
	return fmt.Sprintf("%s\n%d of %d points are refused, the first is %s", strings.Join(lines, "\n"), e.Refused, e.Of, e.Point)
}

// Sweep lays a design out over a scenario and tries every point: nothing is
// simulated before all are known to be right. The error is scenario.Problems
// where the scenario itself is wrong, and *Refused where points are.
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
		return nil, fmt.Errorf("the design %w", err)
	}
	if cells := w.Matrix.Len() * w.Replications; cells > greatestCells {
		return nil, fmt.Errorf("the design has %d points of %d replications, more than %d cells in all", w.Matrix.Len(), w.Replications, greatestCells)
	}
	if err := w.tryPoints(ctx); err != nil {
		return nil, err
	}
	return w, w.chooseResponses()
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
			key, _, _ := strings.Cut(set, "=")
			if design.Within(strings.TrimSpace(key), f.Key) {
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
	var refused *Refused
	columns := make(map[string]string)
	var last []string
	for i := range s.Matrix.Len() {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		study, err := s.point(i)
		if err != nil {
			if refused, err = s.refuse(refused, i, err); err != nil {
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
	if refused != nil {
		return refused
	}
	return nil
}

// refuse counts a point that the scenario refuses.
func (s *Sweep) refuse(before *Refused, point int, err error) (*Refused, error) {
	problems, ok := err.(scenario.Problems)
	switch {
	case !ok:
		return nil, err
	case before != nil:
		before.Refused++
		return before, nil
	}
	r := &Refused{First: problems, Point: strings.Join(s.Matrix.Sets(point), ", "), Refused: 1, Of: s.Matrix.Len(), affected: make(map[string]bool)}
	for _, set := range s.Matrix.Sets(point) {
		r.affected["--set "+set] = true
	}
	return r, nil
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

// cellsInBlock is how many cells are simulated, and held with all that is known
// of them, before the figures of their points are taken: enough that no
// processor waits long at its end.
const cellsInBlock = 1000

// Extend simulates the points for which mine holds (nil: all), in blocks, and
// gives each point's trial to done, in the order of the points. Finished cells
// are in the runner's store, so that after an error, and when the context is
// cancelled, the same again goes on from there.
func (s *Sweep) Extend(ctx context.Context, r Runner, mine func(point int) bool, done func(point int, t *Trial) error) error {
	points, all := s.share(mine)
	var before float64
	progress := r.Progress
	for block := range slices.Chunk(points, max(1, cellsInBlock/s.Replications)) {
		trials, unlike, err := s.trials(block)
		if err != nil {
			return err
		}
		var work float64
		for _, t := range unlike {
			work += t.work()
		}
		if progress != nil {
			r.Progress = func(share float64) { progress(math.Min(1, (before+float64(share*work))/all)) }
		}
		if err := r.Extend(ctx, s.Replications, unlike...); err != nil {
			return err
		}
		before += work
		for k, i := range block {
			if err := done(i, trials[k]); err != nil {
				return err
			}
		}
	}
	return nil
}

// share are the points for which mine holds, and the work that they need; a
// point that is there again needs none.
func (s *Sweep) share(mine func(point int) bool) (points []int, work float64) {
	seen := make(map[string]bool)
	for i := range s.Matrix.Len() {
		if mine != nil && !mine(i) {
			continue
		}
		points = append(points, i)
		if name := strings.Join(s.Matrix.Sets(i), "\n"); !seen[name] {
			seen[name] = true
			work += s.work[i]
		}
	}
	return points, work
}

// trials are those of the points of a block, and those of them that are not
// alike: a sample of keys with few values has points more than once.
func (s *Sweep) trials(block []int) (trials, unlike []*Trial, err error) {
	known := make(map[string]*Trial)
	for _, i := range block {
		name := strings.Join(s.Matrix.Sets(i), "\n")
		if known[name] == nil {
			study, err := s.point(i)
			if err != nil {
				return nil, nil, err
			}
			known[name] = NewTrial(study)
			unlike = append(unlike, known[name])
		}
		trials = append(trials, known[name])
	}
	return trials, unlike, nil
}

// SweepResult is what the points of a sweep gave.
type SweepResult struct {
	*Sweep
	Points []SweepPoint

	values []float64 // of the columns, cell by cell
	told   []Effects // nil until they are asked for
}

// SweepPoint is what one point gave.
type SweepPoint struct {
	Sets         []Set // the point's own
	Digests      []uint64
	Expectations map[string]Expectation
	Warnings     int // how many its result has

	responses [][]float64 // of each response, in each replication
}

// Take adds what a point gave; points come in their order.
func (r *SweepResult) Take(point int, t *Trial) error {
	p := SweepPoint{Sets: readSets(r.Matrix.Sets(point)), Expectations: make(map[string]Expectation), Warnings: len(warnings(t.Cells))}
	for _, f := range t.Cells {
		p.Digests = append(p.Digests, f.Digest)
	}
	for _, name := range t.expectationNames() {
		p.Expectations[name] = t.Judge(name)
	}
	for _, response := range r.responses {
		values := t.Values(response.Metric)
		if e, ok := p.Expectations[response.expectation]; ok {
			values = e.Each
		}
		if values == nil {
			values = slices.Repeat([]float64{math.NaN()}, len(t.Cells))
		}
		p.responses = append(p.responses, values)
	}
	if r.Points == nil {
		r.Points = make([]SweepPoint, 0, r.Matrix.Len())
		r.values = make([]float64, 0, r.Matrix.Len()*r.Replications*len(r.columns))
	}
	r.Points = append(r.Points, p)
	r.keep(t)
	return nil
}

// keep adds the metrics of a point's cells.
func (r *SweepResult) keep(t *Trial) {
	for _, f := range t.Cells {
		at := 0
		for _, name := range r.columns {
			v := math.NaN()
			if at < len(t.metrics) && t.metrics[at] == name {
				v = f.Windows[0].Values[at]
				at++
			}
			r.values = append(r.values, v)
		}
	}
}

// Digest is folded over the digests of all cells in their order.
func (r *SweepResult) Digest() string {
	h := fnv.New64a()
	for _, p := range r.Points {
		for _, d := range p.Digests {
			fmt.Fprintf(h, "%016x", d)
		}
	}
	return fmt.Sprintf("%016x", h.Sum64())
}

// Columns are the names of all metrics that any point has, sorted.
func (r *SweepResult) Columns() []string { return r.columns }

// Units are those of the columns.
func (r *SweepResult) Units() map[string]string { return r.units }

// Value is a column's in a cell; NaN without a sample.
func (r *SweepResult) Value(point, replication, column int) float64 {
	return r.values[(point*r.Replications+replication)*len(r.columns)+column]
}

// Estimate is a column's over the replications of a point.
func (r *SweepResult) Estimate(point, column int) output.Estimate {
	values := make([]float64, r.Replications)
	for replication := range values {
		values[replication] = r.Value(point, replication, column)
	}
	return output.Interval(values, output.Level)
}

// EstimateOf is a metric's over the replications of a point; of no replication
// where no point has the metric.
func (r *SweepResult) EstimateOf(point int, metric string) output.Estimate {
	column := r.column(metric)
	if column < 0 {
		return output.Interval(nil, output.Level)
	}
	return r.Estimate(point, column)
}

// Responses are the figures whose effects are told.
func (r *SweepResult) Responses() []Response { return r.responses }

// ResponseNumber is that of a response by its name, or -1.
func (r *SweepResult) ResponseNumber(name string) int {
	return slices.IndexFunc(r.responses, func(known Response) bool { return known.Name == name })
}

// Response is what the points gave of a response.
func (r *SweepResult) Response(response int) design.Response {
	all := make(design.Response, len(r.Points))
	for i, p := range r.Points {
		all[i] = p.responses[response]
	}
	return all
}

// column is the number of the column of a metric, or -1.
func (r *SweepResult) column(metric string) int {
	at, ok := slices.BinarySearch(r.columns, metric)
	if !ok {
		return -1
	}
	return at
}

// Response is what the point gave of a response, in each replication.
func (p SweepPoint) Response(response int) []float64 { return p.responses[response] }

// Holds reports whether the point has expectations, and all of them hold.
func (p SweepPoint) Holds() bool {
	return len(p.Expectations) > 0 && p.Verdict() == output.Pass
}

// Verdict of a point: the worst of its expectations'.
func (p SweepPoint) Verdict() output.Verdict {
	worst := output.Pass
	for _, e := range p.Expectations {
		worst = min(worst, e.Verdict)
	}
	return worst
}
