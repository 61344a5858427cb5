package experiments

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"math"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/site"
)

// Figures are what one cell gave, that is one replication of one configuration,
// without the minutes behind them. They are what is stored of it.
type Figures struct {
	Digest   uint64
	Discard  engine.Time // initial transient left out of the first window
	Windows  []Window    // the measured run first, then those that expectations ask for, then the batches
	Warnings []site.Warning
	Limits   []site.Limit
}

// Window is a part of the run.
type Window struct {
	Values  []float64 // one for each of the scenario's metrics, in the order of their names; NaN without a sample
	Latency *tally.Histogram
}

// figures reduces an outcome.
func (s *Study) figures(o outcome) *Figures {
	f := &Figures{Digest: o.Digest, Discard: o.discard, Warnings: o.Warnings, Limits: o.Limits}
	for i := range o.Windows {
		w := &o.Windows[i]
		values := make([]float64, len(s.metrics))
		for k, name := range s.metrics {
			v, ok := w.Metrics[name]
			if !ok {
				v = math.NaN()
			}
			values[k] = v
		}
		f.Windows = append(f.Windows, Window{values, &w.Latency})
	}
	return f
}

// encode gives the form in which figures are stored.
func (f *Figures) encode() ([]byte, error) {
	var to bytes.Buffer
	if err := gob.NewEncoder(&to).Encode(f); err != nil {
		return nil, err
	}
	return to.Bytes(), nil
}

// decodeFigures reads what encode wrote of a cell of the study.
func (s *Study) decodeFigures(data []byte) (*Figures, error) {
	f := new(Figures)
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(f); err != nil {
		return nil, err
	}
	if have, want := len(f.Windows), 1+len(s.windows())+s.options.Batches; have != want {
		return nil, fmt.Errorf("has %d windows where the scenario has %d", have, want)
	}
	for _, w := range f.Windows {
		if have, want := len(w.Values), len(s.metrics); have != want || w.Latency == nil {
			return nil, fmt.Errorf("has %d metrics where the scenario has %d", have, want)
		}
	}
	return f, nil
}
