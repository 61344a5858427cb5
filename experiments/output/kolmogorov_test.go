package output_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/output"
)

// Percentage points of Kolmogorov's distribution: Smirnov (1948), table; two
// samples of 2 m values have a statistic of sqrt(m) times their distance.
func TestKolmogorovTable(t *testing.T) {
	const m = 1_000_000
	for x, want := range map[float64]float64{
		0.40: 0.997192, 0.50: 0.963945, 0.83: 0.496192, 1.00: 0.270000, 1.17: 0.129421, 1.19: 0.117738,
		1.3581: 0.05, 1.6276: 0.01, 1.9495: 0.001,
	} {
		more := uint64(math.Round(x / math.Sqrt(m) * 2 * m))
		s := output.KolmogorovSmirnov([]uint64{m + more, m - more}, []uint64{m, m})
		require.InDelta(t, x/math.Sqrt(m), s.Distance, 1e-6)
		require.InDelta(t, want, s.P, 2e-4, "%g", x)
	}
}

func TestKolmogorovSmirnov(t *testing.T) {
	for _, c := range []struct {
		name        string
		a, b        []uint64
		distance, p float64
	}{
		{"nothing", nil, nil, missing, missing},
		{"one sample empty", []uint64{1}, []uint64{0, 0}, missing, missing},
		{"the same", []uint64{5, 5}, []uint64{5, 5}, 0, 1},
		{"the same shares", []uint64{5, 5}, []uint64{50, 50}, 0, 1},
		{"apart", []uint64{100}, []uint64{0, 100}, 1, 2 * math.Exp(-100)},
		{"missing cells are empty", []uint64{1, 3}, []uint64{1, 1, 1, 1}, 0.5, 0.699374},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := output.KolmogorovSmirnov(c.a, c.b)
			same(t, c.distance, s.Distance)
			if math.IsNaN(c.p) {
				require.True(t, math.IsNaN(s.P))
				return
			}
			require.InDelta(t, c.p, s.P, 1e-5)
		})
	}
}

// counted draws n values around a mean that they share, and counts them in cells
// of a twentieth from -8 to 8.
func counted(l *luck, n int, shared, sd float64) []uint64 {
	counts := make([]uint64, 320)
	for range n {
		counts[min(319, max(0, int(20*(l.normal(shared, sd)+8))))]++
	}
	return counts
}

// Independent values of one law are found to differ in at most 5 % of the
// experiments; an equal median with another spread is found.
func TestKolmogorovSmirnovOfIndependentValues(t *testing.T) {
	const experiments = 2000
	found := func(sd float64) float64 {
		return share(experiments, func(e int) bool {
			l := newLuck("two samples", e)
			return output.KolmogorovSmirnov(counted(l, 200, 0, 1), counted(l, 200, 0, sd)).P < 0.05
		})
	}
	same := found(1)
	require.LessOrEqual(t, same, 0.05+chance(0.05, experiments))
	require.Greater(t, same, 0.02)
	require.Greater(t, found(1.7), 0.8)
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
			s := output.PairedShift(c.base, c.other)
			if !math.IsNaN(c.distance) {
				require.InDelta(t, c.distance, s.Distance, 1e-12)
			}
			same(t, c.p, s.P)
		})
	}
}

// The values of a replication have something in common, and pairs have: equal
// systems are found to differ in 5 % of the experiments, by the test for
// independent values in most; an equal median with another spread is found.
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
		return share(experiments, func(e int) bool { return output.PairedShift(draw(e, sd)).P < 0.05 })
	}
	require.InDelta(t, 0.05, found(1), 0.01+chance(0.05, experiments))
	require.Greater(t, found(1.7), 0.8)
	pooled := func(list [][]uint64) []uint64 {
		sum := make([]uint64, 320)
		for _, counts := range list {
			for i, c := range counts {
				sum[i] += c
			}
		}
		return sum
	}
	wrong := share(experiments, func(e int) bool {
		base, other := draw(e, 1)
		return output.KolmogorovSmirnov(pooled(base), pooled(other)).P < 0.05
	})
	require.Greater(t, wrong, 0.5)
}
