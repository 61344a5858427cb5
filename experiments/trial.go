package experiments

import (
	"slices"
	"time"
)

// Trial is a configuration with the replications of it that are done.
type Trial struct {
	*Study
	Cells []*Figures // of the first replications, in their order

	history *history      // what is kept of them minute by minute; nil: nothing
	spent   time.Duration // on simulating them, by all processors
}

// NewTrial begins a trial, without any replications.
func NewTrial(s *Study) *Trial { return &Trial{Study: s} }

// Spent is the time that simulating the replications took, by all processors;
// those that were stored took none.
func (t *Trial) Spent() time.Duration { return t.spent }

// Values are a metric's over the measured run, one a replication; NaN without a
// sample. They are nil where the scenario does not have the metric.
func (t *Trial) Values(metric string) []float64 { return t.values(0, metric) }

// values are a metric's in a window.
func (t *Trial) values(window int, metric string) []float64 {
	at, ok := slices.BinarySearch(t.metrics, metric)
	if !ok {
		return nil
	}
	list := make([]float64, len(t.Cells))
	for i, f := range t.Cells {
		list[i] = f.Windows[window].Values[at]
	}
	return list
}
