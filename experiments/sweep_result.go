package experiments

import (
	"fmt"
	"hash/fnv"
	"math"
	"slices"

	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/experiments/output"
)

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
