package output_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/output"
)

// shape is a series of the length given whose value at i is f(i).
func shape(length int, f func(i int) float64) []float64 {
	series := make([]float64, length)
	for i := range series {
		series[i] = f(i)
	}
	return series
}

// sawtooth deviates from zero with a mean of zero in every batch of five.
func sawtooth(i int) float64 { return float64(i%5) - 2 }

// ripple moves from batch to batch, as a stationary series does.
func ripple(i int) float64 { return float64(i / 5 % 2) }

func TestTransientOfKnownSeries(t *testing.T) {
	step := func(at int, after float64) func(int) float64 {
		return func(i int) float64 {
			if i < at {
				return 100
			}
			return after + ripple(i)
		}
	}
	for _, c := range []struct {
		name    string
		series  []float64
		cut     int
		settled bool
	}{
		{"constant", shape(100, func(int) float64 { return 3 }), 0, true},
		{"steady within batches", shape(100, sawtooth), 0, true},
		{"a step at a batch's edge", shape(200, step(40, 0)), 40, true},
		{"a step within a batch", shape(200, step(42, 0)), 45, true},
		{"a step just before half", shape(200, step(95, 0)), 95, true},
		{"a step after half", shape(200, step(150, 0)), 100, false},
		{"a trend without end", shape(200, func(i int) float64 { return float64(i) }), 100, false},
		{"too short", shape(49, step(10, 0)), 0, false},
		{"just long enough", shape(50, step(10, 0)), 10, true},
		{"empty", nil, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			cut, settled := output.Transient(c.series)
			require.Equal(t, c.cut, cut)
			require.Equal(t, c.settled, settled)
		})
	}
}

// The rule in its own words, term by term: the cut with the least sum of
// squared deviations over the square of the number kept.
func TestTransientMinimisesTheStandardError(t *testing.T) {
	for run := range 50 {
		series := autoregressive(run, 300, 0.8)
		for i := range series {
			series[i] += 20 / float64(1+i)
		}
		cut, settled := output.Transient(series)
		best, least := 0, 0.0
		for batches := 0; batches <= 55; batches++ {
			if e := mser(series[5*batches:]); batches == 0 || e < least {
				best, least = 5*batches, e
			}
		}
		require.Equal(t, min(best, 150), cut)
		require.Equal(t, best <= 150, settled)
	}
}

func mser(series []float64) float64 {
	n := float64(len(series) / 5)
	var mean, squares float64
	for i := 0; i < len(series); i += 5 {
		mean += (series[i] + series[i+1] + series[i+2] + series[i+3] + series[i+4]) / 5 / n
	}
	for i := 0; i < len(series); i += 5 {
		d := (series[i]+series[i+1]+series[i+2]+series[i+3]+series[i+4])/5 - mean
		squares += d * d
	}
	return squares / (n * n)
}
