package output_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/output"
)

func TestSelect(t *testing.T) {
	for _, c := range []struct {
		name      string
		costs     [][]float64
		tolerance float64
		want      output.Selection
	}{
		{"nothing to choose", nil, 0, output.Selection{Best: -1, Next: 3}},
		{"before the first look", [][]float64{{1, 2}, {3, 4}}, 0, output.Selection{Best: -1, Surviving: []int{0, 1}, Next: 3}},
		{"only one", [][]float64{{1, 5, 9}}, 0, output.Selection{Best: 0, Surviving: []int{0}, Done: true, Next: 3}},
		{"fixed costs", [][]float64{{7, 7, 7}, {5, 5, 5}, {6, 6, 6}}, 0, output.Selection{Best: 1, Surviving: []int{1}, Done: true, Next: 3}},
		{"equal costs: the first", [][]float64{{5, 5, 5}, {5, 5, 5}}, 0, output.Selection{Best: 0, Surviving: []int{0, 1}, Done: true, Next: 3}},
		// differences of 1 throughout, although the costs themselves vary by far more
		{"the same luck", [][]float64{{11, 51, 31}, {10, 50, 30}}, 0, output.Selection{Best: 1, Surviving: []int{1}, Done: true, Next: 3}},
		// difference 2 with a standard error of 1/sqrt(3): 1 % on one side makes 4.02
		{"too close to tell", [][]float64{{1, 2, 3}, {0, 0, 0}}, 2, output.Selection{Best: 1, Surviving: []int{0, 1}, Next: 5}},
		{"too close to matter", [][]float64{{1, 2, 3}, {0, 0, 0}}, 2.1, output.Selection{Best: 1, Surviving: []int{0, 1}, Done: true, Next: 3}},
		{"those that are out need no more", [][]float64{{1, 2, 3, 2, 2}, {9, 9, 9}, {0, 0, 0, 0, 0}}, 0,
			output.Selection{Best: 2, Surviving: []int{2}, Done: true, Next: 5}},
		{"some that are in lack the next look", [][]float64{{1, 2, 3}, {9, 9, 9}, {0, 0, 0, 0, 0}}, 0,
			output.Selection{Best: 2, Surviving: []int{0, 2}, Next: 5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, output.Select(c.costs, 0.05, c.tolerance))
		})
	}
}

// selected runs a selection among alternatives with the mean costs given, whose
// replications share what makes up four fifths of their variance.
func selected(e int, means []float64, tolerance float64) (best, replications int) {
	own, common := newLuck("own", e), newLuck("common", e)
	costs := make([][]float64, len(means))
	for {
		s := output.Select(costs, 0.05, tolerance)
		if s.Done {
			return s.Best, replications
		}
		shared := common.normals(s.Next-len(costs[s.Surviving[0]]), 0, 2)
		for _, i := range s.Surviving {
			for _, luck := range shared {
				costs[i] = append(costs[i], own.normal(means[i]+luck, 1))
				replications++
			}
		}
	}
}

// With the best ahead of all others by just more than the tolerance, the hardest
// case, it is chosen in at least 95 % of the experiments; who takes the least
// mean after three replications is wrong more often.
func TestSelectionIsGood(t *testing.T) {
	const experiments, tolerance = 1000, 0.5
	means := []float64{10.51, 10.51, 10.51, 10, 10.51, 10.51}
	right := share(experiments, func(e int) bool { best, _ := selected(e, means, tolerance); return best == 3 })
	require.GreaterOrEqual(t, right, 0.95-chance(0.95, experiments))
	hasty := share(experiments, func(e int) bool {
		l := newLuck("hasty selection", e)
		var first []float64
		for _, m := range means {
			first = append(first, output.Interval(l.normals(3, m, 1), 0.95).Mean)
		}
		return slices.Index(first, slices.Min(first)) == 3
	})
	require.Less(t, hasty, 0.95-chance(0.95, experiments))
}

// Of two alternatives that look at the plain paired limit each time, without
// dividing the error among the looks, the worse is chosen too often.
func TestSelectionDividesItsError(t *testing.T) {
	const experiments, tolerance = 2000, 0.2
	means := []float64{10, 10.201}
	right := share(experiments, func(e int) bool { best, _ := selected(e, means, tolerance); return best == 0 })
	require.GreaterOrEqual(t, right, 0.95-chance(0.95, experiments))
	naive := share(experiments, func(e int) bool {
		l := newLuck("naive selection", e)
		var a, b []float64
		for {
			add := output.NextLook(len(a)) - len(a)
			a, b = append(a, l.normals(add, 10, 1)...), append(b, l.normals(add, 10.201, 1)...)
			switch d := output.Compare(a, b, 0.90); {
			case d.Lo > -tolerance && d.Mean >= 0:
				return true
			case d.Hi < tolerance && d.Mean < 0:
				return false
			}
		}
	})
	require.Less(t, naive, 0.95-chance(0.95, experiments))
}

// A clear choice among many costs three replications each.
func TestSelectionCost(t *testing.T) {
	means := make([]float64, 40)
	for i := range means {
		means[i] = 10 + 30*float64(i)
	}
	total := 0
	for e := range 100 {
		best, replications := selected(e, means, 0.5)
		require.Zero(t, best)
		total += replications
	}
	require.Less(t, float64(total)/100, 3.5*40)
}
