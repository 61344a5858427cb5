package output_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/output"
)

func TestNotWorse(t *testing.T) {
	const pass, fail, inconclusive = output.Pass, output.Fail, output.Inconclusive
	const lower, higher = output.LowerIsBetter, output.HigherIsBetter
	base := []float64{10, 20, 30}
	more := []float64{11, 22, 33} // interval of the difference: -0.48 to 4.48
	for _, c := range []struct {
		name        string
		base, other []float64
		tolerance   float64
		better      output.Direction
		want        output.Verdict
	}{
		{"wholly within the tolerance", base, more, 4.5, lower, pass},
		{"across the tolerance", base, more, 4.4, lower, inconclusive},
		{"wholly beyond", base, []float64{110, 121, 132}, 90, lower, fail},
		{"much better", more, []float64{1, 12, 22}, 0, lower, pass},
		{"the other way round", more, base, 4.5, higher, pass},
		{"the other way round, across", more, base, 4.4, higher, inconclusive},
		{"more is better", base, []float64{110, 121, 132}, 0, higher, pass},
		{"less is worse", []float64{110, 121, 132}, base, 90, higher, fail},
		{"nothing has changed", base, base, 0, lower, pass},
		{"nothing has changed, higher", base, base, 0, higher, pass},
		{"one pair, plainly", []float64{10}, []float64{11}, 1, lower, pass},
		{"one pair, plainly worse", []float64{10}, []float64{11}, 0.9, lower, fail},
		{"no pair", []float64{missing, 1}, []float64{1, missing}, 9, lower, inconclusive},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, output.Compare(c.base, c.other, 0.95).NotWorse(c.tolerance, c.better))
		})
	}
}

// A system that is worse by just the tolerance passes in 2.5 % of the
// experiments and fails in as many.
func TestNotWorseErrors(t *testing.T) {
	const experiments, tolerance = 5000, 0.4
	verdicts := func(want output.Verdict) float64 {
		return share(experiments, func(e int) bool {
			base, other := newLuck("not worse", e).paired(5, 0.7)
			for i := range other {
				other[i] += tolerance
			}
			return output.Compare(base, other, 0.95).NotWorse(tolerance, output.LowerIsBetter) == want
		})
	}
	require.InDelta(t, 0.025, verdicts(output.Pass), chance(0.025, experiments))
	require.InDelta(t, 0.025, verdicts(output.Fail), chance(0.025, experiments))
}
