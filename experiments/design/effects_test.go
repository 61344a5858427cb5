package design_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/experiments/output"
)

// D.C. Montgomery, "Design and Analysis of Experiments", example 5.1: the life
// of batteries of three materials at three temperatures, four of each.
var batteries = design.Response{
	{130, 155, 74, 180}, {34, 40, 80, 75}, {20, 70, 82, 58},
	{150, 188, 159, 126}, {136, 122, 106, 115}, {25, 70, 58, 45},
	{138, 110, 168, 160}, {174, 120, 150, 139}, {96, 104, 82, 60},
}

func TestAnalysisOfBatteries(t *testing.T) {
	m := build(t, design.Design{}, "material=1,2,3", "temperature=15,70,125")
	v, ok := m.Analyse(batteries)
	require.True(t, ok)
	const model = 10683.72 + 39118.72 + 9613.78 // sums of squares of his table 5.5
	require.Equal(t, [][]int{{0}, {1}, {0, 1}}, [][]int{v.Shares[0].Factors, v.Shares[1].Factors, v.Shares[2].Factors})
	require.InDelta(t, 10683.72/model, v.Shares[0].Share, 1e-6)
	require.InDelta(t, 39118.72/model, v.Shares[1].Share, 1e-6)
	require.InDelta(t, 9613.78/model, v.Shares[2].Share, 1e-6)
	require.Zero(t, v.Higher)
}

func TestMainEffectsOfBatteries(t *testing.T) {
	m := build(t, design.Design{}, "material=1,2,3", "temperature=15,70,125")
	effects := m.MainEffects(batteries)
	require.Len(t, effects, 6)
	for i, want := range []float64{83.1667, 108.3333, 125.0833, 144.8333, 107.5833, 64.1667} {
		require.InDelta(t, want, effects[i].Mean.Mean, 1e-4)
		require.InDelta(t, want-105.5278, effects[i].Effect.Mean, 1e-4)
		require.Equal(t, 4, effects[i].Effect.N)
	}
}

// Montgomery, example 6.1: a 2^3 design for a plasma etching tool, two runs
// each. Here runs are replications, which are blocks.
var etching = design.Response{ // C slowest, then B, then A: (1), a, b, ab, c, ac, bc, abc
	{550, 604}, {669, 650}, {633, 601}, {642, 635}, {1037, 1052}, {749, 868}, {1075, 1063}, {729, 860},
}

func TestAnalysisOfEtching(t *testing.T) {
	m := build(t, design.Design{}, "C=-1,1", "B=-1,1", "A=-1,1")
	v, ok := m.Analyse(etching)
	require.True(t, ok)
	const model = 41310.5625 + 217.5625 + 374850.0625 + 2475.0625 + 94402.5625 + 18.0625 + 126.5625
	for i, squares := range []float64{374850.0625, 217.5625, 41310.5625, 18.0625, 94402.5625, 2475.0625} {
		require.InDelta(t, squares/model, v.Shares[i].Share, 1e-12)
	}
	require.InDelta(t, 126.5625/model, v.Higher, 1e-12)
	// his error of 18020.5 holds the difference between the runs, 249^2/16
	require.InDelta(t, (18020.5-249.*249/16)/model, v.Noise, 1e-12)
	require.InDelta(t, -101.625/2, m.MainEffects(etching)[5].Effect.Mean, 1e-9)
}

// What is the same in all points of a replication is no doubt about effects.
func TestMainEffectsArePaired(t *testing.T) {
	m := build(t, design.Design{}, "a=1,2", "b=1,2")
	luck := []float64{0, 1000, -500}
	r := make(design.Response, 4)
	for point := range r {
		for _, l := range luck {
			r[point] = append(r[point], float64(10*point)+l)
		}
	}
	low := m.MainEffects(r)[0]
	require.Equal(t, output.Estimate{Mean: -10, Lo: -10, Hi: -10, N: 3}, low.Effect)
	require.Greater(t, low.Mean.Hi-low.Mean.Lo, 1000.)
}

// A key that changes nothing has no effect, not one that rounding leaves.
func TestNoEffectIsZero(t *testing.T) {
	m := build(t, design.Design{}, "a=1,2", "b=1,2,3")
	effects := m.MainEffects(design.Response{{0.1, 0.7}, {0.1, 0.7}, {0.1, 0.7}, {0.3, 0.9}, {0.3, 0.9}, {0.3, 0.9}})
	for _, of := range effects[2:] {
		require.Equal(t, output.Estimate{N: 2}, of.Effect)
	}
	require.NotZero(t, effects[0].Effect.Mean)
}

func TestEffectsNeedSamples(t *testing.T) {
	m := build(t, design.Design{}, "a=1,2", "b=1,2")
	_, ok := m.Analyse(design.Response{{1}, {2}, {math.NaN()}, {4}})
	require.False(t, ok, "a point without a sample")
	_, ok = m.Analyse(design.Response{{1}, {1}, {1}, {1}})
	require.False(t, ok, "no variance to explain")
	effects := m.MainEffects(design.Response{{1, 1}, {2, 2}, {math.NaN(), 3}, {4, 4}})
	require.Equal(t, 1, effects[0].Mean.N)
	require.Equal(t, 1.5, effects[0].Mean.Mean)
}

func TestDifferences(t *testing.T) {
	m := build(t, design.Design{Kind: design.OneAtATime}, "a=1,2", "b=7")
	list := m.Differences(design.Response{{10, 20}, {11, 21}, {13, 27}, {5, 15}})
	require.Len(t, list, 3)
	require.Equal(t, output.Estimate{Mean: 1, Lo: 1, Hi: 1, N: 2}, list[0].Difference)
	require.Equal(t, 5., list[1].Difference.Mean)
	require.Equal(t, 20., list[1].Mean.Mean)
	require.Equal(t, [2]int{0, 1}, [2]int{list[1].Factor, list[1].Level})
	require.Equal(t, [2]int{1, 0}, [2]int{list[2].Factor, list[2].Level})
}

// response is a function of the values of the factors at each point.
func response(m *design.Matrix, f func(x []float64) float64) []float64 {
	values := make([]float64, m.Len())
	x := make([]float64, len(m.Factors))
	for point := range values {
		for i, factor := range m.Factors {
			level, _ := m.Level(point, i)
			x[i] = factor.Number(level)
		}
		values[point] = f(x)
	}
	return values
}

// ishigami is the test function of T. Ishigami and T. Homma, "An importance
// quantification technique in uncertainty analysis for computer models"
// (1990), with a = 7 and b = 0.1, between -pi and pi.
func ishigami(x []float64) float64 {
	s := math.Sin(x[1])
	return math.Sin(x[0]) + 7*s*s + 0.1*math.Pow(x[2], 4)*math.Sin(x[0])
}

// Its first-order indices in closed form.
var ishigamiIndices = func() [3]float64 {
	const a, b = 7, 0.1
	p4 := math.Pow(math.Pi, 4)
	v1, v2 := 0.5*(1+b*p4/5)*(1+b*p4/5), a*a/8.
	total := a*a/8. + b*p4/5 + b*b*p4*p4/18 + 0.5
	return [3]float64{v1 / total, v2 / total, 0}
}()

var ishigamiFactors = []string{"x1=-3.14159..3.14159", "x2=-3.14159..3.14159", "x3=-3.14159..3.14159"}

// The intervals of the indices hold the true ones about as often as they say.
func TestIndicesOfIshigami(t *testing.T) {
	require.InDelta(t, 0.3139, ishigamiIndices[0], 5e-5) // as the literature has them
	require.InDelta(t, 0.4424, ishigamiIndices[1], 5e-5)
	for _, kind := range []design.Kind{design.LatinHypercube, design.Sobol} {
		const designs = 100
		var covered [3]int
		for seed := range uint64(designs) {
			m := build(t, design.Design{Kind: kind, Points: 1024, Seed: seed}, ishigamiFactors...)
			list, ok := m.Sensitivities(response(m, ishigami))
			require.True(t, ok)
			for i, s := range list {
				require.InDelta(t, ishigamiIndices[i], s.Index.Mean, 0.1)
				if s.Index.Lo <= ishigamiIndices[i] && ishigamiIndices[i] <= s.Index.Hi {
					covered[i]++
				}
			}
		}
		for i, n := range covered {
			require.GreaterOrEqual(t, n, 85, "%v, factor %d: 95 less what chance allows at 99.9 %%", kind, i+1)
		}
	}
}

// A factor with few values, some of them names, has an index as well.
func TestIndexOfNames(t *testing.T) {
	m := build(t, design.Design{Kind: design.LatinHypercube, Points: 300}, "type=small,large,medium", "idle=1..8")
	list, ok := m.Sensitivities(response(m, func(x []float64) float64 { return []float64{1, 9, 4}[int(x[0])] }))
	require.True(t, ok)
	require.InDelta(t, 1, list[0].Index.Mean, 1e-12)
	require.True(t, math.IsNaN(list[0].Trend))
	require.InDelta(t, 0, list[1].Index.Mean, 0.1)
	classes := m.Classes(response(m, func(x []float64) float64 { return x[0] }), 0)
	require.Len(t, classes, 3)
	require.Len(t, classes[0].Points, 100)
}

func TestTrend(t *testing.T) {
	m := build(t, design.Design{Kind: design.Sobol, Points: 64}, "a=1..9", "b=0.0..1.0")
	list, ok := m.Sensitivities(response(m, func(x []float64) float64 { return math.Exp(-10 * x[1]) }))
	require.True(t, ok)
	require.InDelta(t, -1, list[1].Trend, 1e-12, "ranks see a fall, whatever its shape")
	require.InDelta(t, 0, list[0].Trend, 0.2)
}

func TestSensitivitiesNeedPoints(t *testing.T) {
	m := build(t, design.Design{Kind: design.Sobol, Points: 19}, "a=1..9")
	_, ok := m.Sensitivities(response(m, func(x []float64) float64 { return x[0] }))
	require.False(t, ok)
	m = build(t, design.Design{Kind: design.Sobol, Points: 64}, "a=1..9")
	_, ok = m.Sensitivities(response(m, func([]float64) float64 { return 3 }))
	require.False(t, ok)
}

// What a design cannot tell it says before any point is simulated.
func TestDoubt(t *testing.T) {
	for _, c := range []struct {
		design design.Design
		vary   []string
		want   string
	}{
		{design.Design{Kind: design.Sobol, Points: 19}, []string{"a=1..9"}, "has too few points to tell what the keys do: 20 with a sample are needed (have 19)"},
		{design.Design{Kind: design.LatinHypercube, Points: 3}, []string{"a=1..9", "b=1..9"}, "has too few points to tell what the keys do: 20 with a sample are needed (have 3)"},
		{design.Design{Kind: design.LatinHypercube, Points: 20}, []string{"a=1..9"}, ""},
		{design.Design{Kind: design.Sobol}, []string{"a=1..9"}, ""},
		{design.Design{Kind: design.Grid}, []string{"a=1", "b=2"}, "has a single point: nothing varies"},
		{design.Design{Kind: design.OneAtATime}, []string{"a=1"}, ""},
		{design.Design{Kind: design.Morris, Trajectories: 2}, []string{"a=1..2"}, ""},
	} {
		require.Equal(t, c.want, build(t, c.design, c.vary...).Doubt())
	}
}

// A linear response has its coefficients as effects, and nothing else; the
// jumps of a square cancel in mu and not in mu*.
func TestScreeningOfKnownFunctions(t *testing.T) {
	m := build(t, design.Design{Kind: design.Morris, Trajectories: 400}, "a=0.0..1.0", "b=0..10", "c=0.0..1.0", "d=0.0..1.0")
	list := m.Screen(response(m, func(x []float64) float64 {
		return 3*x[0] - 0.5*x[1] + 4*(x[2]-0.5)*(x[2]-0.5)
	}))
	require.InDelta(t, 3, list[0].Mu.Mean, 1e-3)
	require.InDelta(t, 3, list[0].MuStar.Mean, 1e-3)
	require.InDelta(t, 0, list[0].Sigma, 1e-3)
	require.InDelta(t, -5, list[1].Mu.Mean, 1e-9, "over its whole range")
	require.InDelta(t, 5, list[1].MuStar.Mean, 1e-9)
	require.Less(t, list[2].Mu.Lo, 0.)
	require.Greater(t, list[2].Mu.Hi, 0.)
	require.InDelta(t, 4./3, list[2].MuStar.Mean, 1e-3, "4/9 up or down over a jump of 1/3 between its midpoints and the centre")
	require.Zero(t, list[3].MuStar.Mean)
}

// Morris's own test function (1991, section 5): the factors 1 to 7 matter and
// interact or are not linear, 8 to 10 matter and are nearly linear, 11 to 20 do
// not matter.
func TestScreeningOfMorris(t *testing.T) {
	var factors []string
	for i := range 20 {
		factors = append(factors, fmt.Sprintf("x%d=0.0..1.0", i+1))
	}
	m := build(t, design.Design{Kind: design.Morris, Trajectories: 20}, factors...)
	list := m.Screen(response(m, morrisFunction))
	for i, s := range list {
		switch {
		case i < 7:
			require.Greater(t, s.MuStar.Mean+s.Sigma, 25., "factor %d", i+1)
			require.Greater(t, s.Sigma, 10., "factor %d", i+1)
		case i < 10:
			require.Greater(t, s.MuStar.Mean, 25., "factor %d", i+1)
			require.Less(t, s.Sigma, 15., "factor %d", i+1)
		default:
			require.Less(t, s.MuStar.Mean, 15., "factor %d", i+1)
		}
	}
}

func morrisFunction(x []float64) float64 {
	w := make([]float64, 20)
	for i, v := range x {
		w[i] = 2 * (v - 0.5)
		if i == 2 || i == 4 || i == 6 {
			w[i] = 2 * (1.1*v/(v+0.1) - 0.5)
		}
	}
	luck := random.NewStream(1, 0, "coefficients")
	normal := func(i, j int) float64 { return random.NormalQuantile(luck.Uniform(uint64(i), uint64(j))) }
	y := normal(20, 20)
	for i := range 20 {
		y += pick(i < 10, 20, normal(i, i)) * w[i]
		for j := i + 1; j < 20; j++ {
			y += pick(j < 6, -15, normal(i, j)) * w[i] * w[j]
			for l := j + 1; l < 5; l++ {
				y += -10 * w[i] * w[j] * w[l]
				for s := l + 1; s < 4; s++ {
					y += 5 * w[i] * w[j] * w[l] * w[s]
				}
			}
		}
	}
	return y
}

func pick(first bool, a, b float64) float64 {
	if first {
		return a
	}
	return b
}

// BenchmarkMainEffects has as many levels as a grid may have points, and ten
// replications.
func BenchmarkMainEffects(b *testing.B) {
	f, err := design.NewFactor("clients.visitors.users", "1..10000")
	require.NoError(b, err)
	m, err := design.Design{Kind: design.Grid, Factors: []design.Factor{f}}.Build()
	require.NoError(b, err)
	r := make(design.Response, m.Len())
	for point := range r {
		for replication := range 10 {
			r[point] = append(r[point], float64(point*(replication+1)%97))
		}
	}
	for b.Loop() {
		require.Len(b, m.MainEffects(r), 10_000)
	}
}
