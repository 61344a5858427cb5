package output_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/output"
)

// counted draws n values around a mean that they share, and counts them in cells
// of a twentieth from -8 to 8.
func counted(l *luck, n int, shared, sd float64) []uint64 {
	counts := make([]uint64, 320)
	for range n {
		counts[min(319, max(0, int(20*(l.normal(shared, sd)+8))))]++
	}
	return counts
}

func TestPairedShift(t *testing.T) {
	low, high, none := []uint64{9, 1}, []uint64{1, 9}, []uint64{0, 0}
	repeat := func(counts []uint64, n int) (list [][]uint64) {
		for range n {
			list = append(list, counts)
		}
		return list
	}
	for _, c := range []struct {
		name        string
		base, other [][]uint64
		distance, p float64
	}{
		{"no pair", nil, nil, missing, missing},
		{"no whole pair", [][]uint64{low, none}, [][]uint64{none, low}, missing, missing},
		{"one pair", repeat(low, 1), repeat(high, 1), 0.8, 1},
		{"five pairs: at best 1 of 16", repeat(low, 5), repeat(high, 5), 0.8, 2.0 / 32},
		{"six pairs: at best 1 of 32", repeat(low, 6), repeat(high, 7), 0.8, 2.0 / 64},
		{"thirty pairs, of which chance tries some", repeat(low, 30), repeat(high, 30), 0.8, 1.0 / 4096},
		{"the same", repeat(low, 6), repeat(low, 6), 0, 1},
		{"to and fro", [][]uint64{low, high}, [][]uint64{high, low}, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := output.PairedShift(c.base, c.other, 0.95)
			if !math.IsNaN(c.distance) {
				require.InDelta(t, c.distance, s.Distance, 1e-12)
			}
			same(t, c.p, s.P)
		})
	}
}

func shiftOf(base, other [][]uint64) output.Shift { return output.PairedShift(base, other, 0.95) }

// As many pairs as are said to be enough for a level show a clear shift at it, one
// less does not, and far more do too, though not all ways to swap them are tried.
func TestPairsToShow(t *testing.T) {
	far := func(n int, level float64) float64 {
		return output.PairedShift(slices.Repeat([][]uint64{{9, 1}}, n), slices.Repeat([][]uint64{{1, 9}}, n), level).P
	}
	for level, want := range map[float64]int{0.5: 3, 0.95: 6, 0.99: 8, 0.999: 11, 0.9998: 14, 0.9999: 15} {
		n, ok := output.PairsToShow(level)
		require.True(t, ok)
		require.Equal(t, want, n)
		require.Less(t, far(n, level), 1-level)
		require.GreaterOrEqual(t, far(n-1, level), 1-level)
		require.Less(t, far(n+20, level), 1-level, "%g", level)
	}
	_, ok := output.PairsToShow(0.99999)
	require.False(t, ok, "no number of pairs does")
}

// The values of a replication have something in common, and pairs have: equal
// systems are found to differ in 5 % of the experiments, by Kolmogorov and
// Smirnov's test for independent values in most; an equal median with another spread is found.
func TestPairedShiftOfDependentValues(t *testing.T) {
	const experiments, pairs, values = 300, 8, 300
	draw := func(e int, sd float64) (base, other [][]uint64) {
		l := newLuck("paired shift", e)
		for range pairs {
			pair := l.normal(0, 0.3)
			base = append(base, counted(l, values, pair+l.normal(0, 0.2), 1))
			other = append(other, counted(l, values, pair+l.normal(0, 0.2), sd))
		}
		return base, other
	}
	found := func(sd float64) float64 {
		return share(experiments, func(e int) bool { return shiftOf(draw(e, sd)).P < 0.05 })
	}
	require.InDelta(t, 0.05, found(1), 0.01+chance(0.05, experiments))
	require.Greater(t, found(1.7), 0.8)
	wrong := share(experiments, func(e int) bool { // by the asymptotic 5 % point for independent values
		return shiftOf(draw(e, 1)).Distance > 1.3581*math.Sqrt(2.0/(pairs*values))
	})
	require.Greater(t, wrong, 0.5)
}
