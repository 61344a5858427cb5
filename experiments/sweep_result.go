package experiments

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"slices"

	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/experiments/output"
)

// SweepResult is what the points of a sweep gave.
type SweepResult struct {
	Scenario, Source, Variant, Title string  // as [Result] has them
	Sets                             []Set   // overrides that hold at all points
	Options                          Options // by which the base was chosen
	Seed                             uint64
	DurationS                        float64
	Matrix                           *design.Matrix
	DesignFile                       string            // as [SweepOptions] has it
	Metrics                          []string          // as [SweepOptions] has them
	Responses                        []Response        // the figures whose effects are told
	Columns                          []string          // names of all metrics that any point has, sorted
	Units                            map[string]string // of the columns
	Replications                     int               // of every point
	Points                           []SweepPoint
	Values                           []float64 // of the columns, cell by cell; NaN without a sample

	told []Effects // nil until they are asked for
}

// NewSweepResult begins the result of a sweep, without any points.
func NewSweepResult(s *Sweep) *SweepResult {
	return &SweepResult{
		Scenario: s.Name, Source: s.Source, Variant: s.Base.Variant, Title: s.Base.Spec.Title,
		Sets: s.Base.Sets, Options: s.Base.options, Seed: s.Base.Spec.Seed, DurationS: s.Base.end().Seconds(),
		Matrix: s.Matrix, DesignFile: s.DesignFile, Metrics: s.Metrics,
		Responses: s.responses, Columns: s.columns, Units: s.units, Replications: s.Replications,
	}
}

// sound lays the design out, and finds what cannot be in the result of a sweep that
// is done.
func (r *SweepResult) sound() error {
	if r.Matrix == nil {
		return errors.New("it has no design")
	}
	if len(r.Values) != len(r.Points)*r.Replications*len(r.Columns) {
		return errors.New("its values are not those of its points")
	}
	for _, p := range r.Points {
		if len(p.Values) != len(r.Responses) {
			return errors.New("its responses are not those of its points")
		}
	}
	return r.Matrix.LayOut(len(r.Points))
}

// SweepPoint is what one point gave.
type SweepPoint struct {
	Sets         []Set // the point's own
	Digests      []uint64
	Expectations map[string]Expectation
	Warnings     int         // how many its result has
	Values       [][]float64 // of each response, in each replication
}

// Take adds what a point gave; points come in their order.
func (r *SweepResult) Take(point int, t *Trial) error {
	p := SweepPoint{Sets: readSets(r.Matrix.Sets(point)), Expectations: make(map[string]Expectation), Warnings: len(t.survivors()) + len(warnings(t.Cells))}
	for _, f := range t.Cells {
		p.Digests = append(p.Digests, f.Digest)
	}
	for _, name := range t.expectationNames() {
		p.Expectations[name] = t.Judge(name)
	}
	for _, response := range r.Responses {
		values := t.Values(response.Metric)
		if e, ok := p.Expectations[response.expectation]; ok {
			values = e.Each
		}
		if values == nil {
			values = slices.Repeat([]float64{math.NaN()}, len(t.Cells))
		}
		p.Values = append(p.Values, values)
	}
	if r.Points == nil {
		r.Points = make([]SweepPoint, 0, r.Matrix.Len())
		r.Values = make([]float64, 0, r.Matrix.Len()*r.Replications*len(r.Columns))
	}
	r.Points = append(r.Points, p)
	r.keep(t)
	return nil
}

// keep adds the metrics of a point's cells.
func (r *SweepResult) keep(t *Trial) {
	for _, f := range t.Cells {
		at := 0
		for _, name := range r.Columns {
			v := math.NaN()
			if at < len(t.metrics) && t.metrics[at] == name {
				v = f.Windows[0].Values[at]
				at++
			}
			r.Values = append(r.Values, v)
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

// Value is a column's in a cell; NaN without a sample.
func (r *SweepResult) Value(point, replication, column int) float64 {
	return r.Values[(point*r.Replications+replication)*len(r.Columns)+column]
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

// ResponseNumber is that of a response by its name, or -1.
func (r *SweepResult) ResponseNumber(name string) int {
	return slices.IndexFunc(r.Responses, func(known Response) bool { return known.Name == name })
}

// Response is what the points gave of a response.
func (r *SweepResult) Response(response int) design.Response {
	all := make(design.Response, len(r.Points))
	for i, p := range r.Points {
		all[i] = p.Values[response]
	}
	return all
}

// column is the number of the column of a metric, or -1.
func (r *SweepResult) column(metric string) int {
	at, ok := slices.BinarySearch(r.Columns, metric)
	if !ok {
		return -1
	}
	return at
}

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
