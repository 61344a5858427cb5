package experiments

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever a baseline's file holds, it is refused, or is one that can be written
// and read again.
func FuzzBaseline(f *testing.F) {
	b := NewBaseline()
	b.Scenarios["shop"] = map[string]*Past{"": {Seed: 1, Replications: 2, DurationS: 60,
		Measurements: []Measurement{{Metric: "latency.mean", Values: []number{0.1, 0.2}}, {Metric: "availability", During: &[2]float64{0, 30}, Values: []number{1, 1}}}}}
	for _, seed := range []*Baseline{b, NewBaseline()} {
		var file bytes.Buffer
		require.NoError(f, seed.Write(&file))
		f.Add(file.Bytes())
	}
	f.Add([]byte(`{"schema": "headroom.baseline/1"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		read := new(Baseline)
		if read.decode(data) != nil {
			return
		}
		var file bytes.Buffer
		require.NoError(t, read.Write(&file))
		require.NoError(t, new(Baseline).decode(file.Bytes()))
	})
}
