package experiments

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/experiments/output"
)

func TestFrontier(t *testing.T) {
	arm := func(name string, cost, latency float64) Arm {
		noise := []float64{-0.01, 0, 0.01}
		around := func(v float64, by float64) []float64 {
			list := slices.Clone(noise)
			for i := range list {
				list[i] = v + by*list[i]
			}
			return list
		}
		return madeUp(t, name, map[string][]float64{
			"cost.per_hour": around(cost, 0), "latency.mean": around(latency, latency/10), "availability": {1, 1, 1},
		})
	}
	uncertain := madeUp(t, "uncertain", map[string][]float64{
		"cost.per_hour": {1, 1, 1}, "latency.mean": {7, 15, 11}, "availability": {1, 1, 1},
	})
	c := Compare([]Arm{arm("base", 1, 10), arm("dearer", 2, 10), arm("fast", 2, 5), arm("cheap", 0.5, 20), arm("twin", 1.0005, 10), uncertain})
	require.Equal(t, []string{"cost.per_hour", "latency.mean", "availability"}, []string{
		c.Frontier.Objectives[0].Metric, c.Frontier.Objectives[1].Metric, c.Frontier.Objectives[2].Metric,
	})
	for i, want := range []Standing{
		{},
		{DominatedBy: []string{"base", "fast", "twin"}, ChallengedBy: nil},
		{}, {},
		{AlikeTo: []string{"base"}},
		{ChallengedBy: []string{"base", "twin"}},
	} {
		if i == 0 {
			want.AlikeTo = []string{"twin"}
		}
		require.True(t, math.IsNaN(c.Frontier.Standings[i].Sure), "nothing is expected of it")
		c.Frontier.Standings[i].Sure = 0
		require.Equal(t, want, c.Frontier.Standings[i], c.Arms[i].Name)
	}
	require.True(t, c.Frontier.Standings[5].On())
	require.False(t, c.Frontier.Standings[1].On())
}

// The cheapest is as sure as no other that keeps its expectations costs less, by more
// than the tolerance: one that costs the same in each replication is no rival, and one
// that does not keep them is none either.
func TestSureOfTheCheapest(t *testing.T) {
	base := costing(t, "base", 1, 1, 1.2, 1.1, 1.3)
	dearer := costing(t, "dearer", 1, 1.05, 1.15, 1.25, 1.35)
	twin, slow := costing(t, "twin", 1, 1, 1.2, 1.1, 1.3), costing(t, "slow", 30, 0.1, 0.1, 0.1, 0.1)
	const tolerance = 0.001 * 1.15
	of := func(by float64) float64 { // the saving is 0.05, -0.05, 0.15 and 0.05
		return output.Compare([]float64{0, 0, 0, 0}, []float64{0.05 + by, -0.05 + by, 0.15 + by, 0.05 + by}, 0.95).P / 2
	}
	c := Compare([]Arm{base, dearer, twin, slow})
	for i, want := range []float64{1 - of(tolerance), 1 - 2*(1-of(-tolerance)), 1 - of(tolerance)} { // the dearer has two rivals
		require.InDelta(t, max(0, want), c.Frontier.Standings[i].Sure, 1e-12, c.Arms[i].Name)
	}
	require.True(t, math.IsNaN(c.Frontier.Standings[3].Sure))
	alone := Compare([]Arm{costing(t, "base", 1, 1), costing(t, "dearer", 1, 2)})
	require.True(t, math.IsNaN(alone.Frontier.Standings[0].Sure), "of one replication")
}

// costing is an arm with a latency and costs that is expected to answer in 20 s.
func costing(t *testing.T, name string, latency float64, costs ...float64) Arm {
	same := slices.Repeat([]float64{latency}, len(costs))
	return madeUp(t, name, map[string][]float64{"cost.per_hour": costs, "latency.mean": same, "availability": same}, "expectations.fast.metric=latency.mean", "expectations.fast.at_most=20s")
}

// Of costs that vary by luck nobody is sure, however near their means are: no nearer
// than a little farther apart.
func TestNoiseMakesNobodySure(t *testing.T) {
	for _, last := range []float64{1, 1.004, 1.05} {
		c := Compare([]Arm{costing(t, "base", 1, 1, 2, 3, 4, 5), costing(t, "other", 1, 5, 4, 3, 2, last)})
		for i := range c.Arms {
			require.InDelta(t, 0.5, c.Frontier.Standings[i].Sure, 0.01, "%s, the other's last %g", c.Arms[i].Name, last)
		}
	}
}

// What luck hardly moves is alike within the tolerance, and sure to be; beyond it the
// dearer is sure not to be the cheapest. Differences without a spread have the sign test.
func TestSureOfAlikeCosts(t *testing.T) {
	costs := []float64{1, 2, 3, 4, 5} // the base's mean is 3, the tolerance 0.003
	for _, row := range []struct {
		name       string
		more       [5]float64
		base, than float64
	}{
		{"within", [5]float64{0.0010, 0.0011, 0.0012, 0.0011, 0.0010}, 1, 1},
		{"beyond", [5]float64{0.0110, 0.0111, 0.0112, 0.0111, 0.0110}, 1, 0},
		{"equal", [5]float64{0.011, 0.011, 0.011, 0.011, 0.011}, 1 - 1.0/32, 1.0 / 32},
	} {
		var other []float64
		for i, cost := range costs {
			other = append(other, cost+row.more[i])
		}
		c := Compare([]Arm{costing(t, "base", 1, costs...), costing(t, "other", 1, other...)})
		require.InDelta(t, row.base, c.Frontier.Standings[0].Sure, 1e-5, row.name)
		require.InDelta(t, row.than, c.Frontier.Standings[1].Sure, 1e-5, row.name)
	}
}

// Where an arm in truth costs more than the tolerance allows, few samples make one
// surer of it than they should: with a confidence of 0.9 at most a tenth.
func TestSureIsAConfidence(t *testing.T) {
	const runs, tolerance = 4000, 0.1
	arm, other := costing(t, "arm", 1, 100, 100, 100, 100, 100, 100).Trial, costing(t, "other", 1, 0, 0, 0, 0, 0, 0).Trial
	cost, _ := slices.BinarySearch(other.metrics, CostRate)
	sure := 0
	for run := range runs {
		luck := random.NewStream(1, run, "costs")
		for i, cell := range other.Cells {
			cell.Windows[0].Values[cost] = 100 - tolerance + random.NormalQuantile(luck.Uniform(uint64(i), 0))
		}
		if dearer(arm, other, tolerance) < 0.1 {
			sure++
		}
	}
	require.InDelta(t, 0.1*runs, sure, 3.29*math.Sqrt(0.1*0.9*runs))
}

// Without a cost there are latency and availability; with one objective alone
// there is no frontier.
func TestFrontierObjectives(t *testing.T) {
	free := map[string][]float64{"latency.mean": {1, 2}, "availability": {1, 1}}
	c := Compare([]Arm{madeUp(t, "base", free), madeUp(t, "arm", free)})
	require.Len(t, c.Frontier.Objectives, 2)
	none := map[string][]float64{"latency.mean": {nan, nan}, "availability": {1, 1}}
	c = Compare([]Arm{madeUp(t, "base", free), madeUp(t, "arm", none)})
	require.Empty(t, c.Frontier)
}
