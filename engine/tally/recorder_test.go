package tally

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRecorder(t *testing.T) {
	var r Recorder
	require.Zero(t, r.Cut().Count())
	for n := range int64(5) {
		for v := range n {
			r.Add(v)
		}
		cut := r.Cut()
		r.Add(1000)
		require.EqualValues(t, n, cut.Count(), "what a cut returned does not change until the next one")
		require.Equal(t, max(n-1, 0), cut.Max())
		require.EqualValues(t, 1, r.Cut().Count())
	}
}

func TestRecorderAllocatesNothingInSteadyState(t *testing.T) {
	var r Recorder
	cycle := func() {
		r.Add(7)
		r.Cut()
	}
	cycle()
	cycle()
	require.Zero(t, testing.AllocsPerRun(100, cycle))
}
