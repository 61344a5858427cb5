package output_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/output"
)

func TestBonferroni(t *testing.T) {
	for _, c := range []struct {
		comparisons int
		want        float64
	}{{0, 0.95}, {1, 0.95}, {2, 0.975}, {5, 0.99}, {50, 0.999}} {
		require.InDelta(t, c.want, output.Bonferroni(0.95, c.comparisons), 1e-15)
	}
}

func TestHolm(t *testing.T) {
	for _, c := range []struct {
		name    string
		p, want []float64
	}{
		{"none", nil, nil},
		{"one", []float64{0.03}, []float64{0.03}},
		{"two, the greater first", []float64{0.04, 0.03}, []float64{0.06, 0.06}},
		{"step by step", []float64{0.01, 0.04, 0.03, 0.005}, []float64{0.03, 0.06, 0.06, 0.02}},
		{"at most one", []float64{0.6, 0.9}, []float64{1, 1}},
		{"no test does not count", []float64{missing, 0.02, missing, 0.01}, []float64{missing, 0.02, missing, 0.02}},
		{"equal", []float64{0.01, 0.01, 0.01}, []float64{0.03, 0.03, 0.03}},
		{"zero", []float64{0, 0.5}, []float64{0, 0.5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := slices.Clone(c.p)
			got := output.Holm(c.p)
			require.Len(t, got, len(c.want))
			for i := range got {
				same(t, c.want[i], got[i])
			}
			for i := range before {
				same(t, before[i], c.p[i])
			}
		})
	}
}

// Of twenty comparisons with one base in which nothing differs, some difference
// is found in at most 5 % of the experiments; uncorrected in far more, and with
// half the correction in more than 5 %.
func TestFamilywiseError(t *testing.T) {
	const experiments, comparisons = 2000, 20
	family := func(e int) []float64 {
		l := newLuck("family", e)
		base := l.normals(8, 0, 0.3)
		p := make([]float64, comparisons)
		for i := range p {
			p[i] = output.Compare(base, l.normals(8, 0, 1), 0.95).P
		}
		return p
	}
	bound := 0.05 + chance(0.05, experiments)
	corrected := share(experiments, func(e int) bool { return slices.Min(output.Holm(family(e))) < 0.05 })
	plain := share(experiments, func(e int) bool { return slices.Min(family(e)) < 0.05 })
	half := share(experiments, func(e int) bool { return slices.Min(output.Holm(family(e))) < 0.10 })
	require.LessOrEqual(t, corrected, bound)
	require.Greater(t, plain, 0.5)
	require.Greater(t, half, bound)
}
