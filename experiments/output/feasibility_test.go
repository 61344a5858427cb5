package output_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/output"
)

func TestNextLook(t *testing.T) {
	var looks []int
	for n := output.NextLook(0); n < 150; n = output.NextLook(n) {
		looks = append(looks, n)
	}
	require.Equal(t, []int{3, 5, 8, 12, 18, 27, 41, 62, 93, 140}, looks)
	require.Equal(t, 3, output.NextLook(2))
	require.Equal(t, 12, output.NextLook(10))
}

func TestFeasibility(t *testing.T) {
	const pass, fail, inconclusive = output.Pass, output.Fail, output.Inconclusive
	// One limit, 5 % each, of which the first look may spend 1 %: t(0.99, 2) =
	// 6.965 and a standard error of 1/sqrt(3) make 4.02 either way of the mean 2.
	near := []float64{1, 2, 3}
	atMost := func(x, tolerance float64) output.Constraint {
		return output.Constraint{Bound: output.NewBound(output.AtMost, 0, x), Tolerance: tolerance}
	}
	atLeast := func(x, tolerance float64) output.Constraint {
		return output.Constraint{Bound: output.NewBound(output.AtLeast, x, 0), Tolerance: tolerance}
	}
	between := func(lo, hi float64) output.Constraint {
		return output.Constraint{Bound: output.NewBound(output.Between, lo, hi)}
	}
	counts := func(x float64) output.Constraint { c := atMost(x, 0); c.Step = 1; return c }
	equals := output.Constraint{Bound: output.NewBound(output.Equals, 2, 0)}
	for _, c := range []struct {
		name       string
		constraint output.Constraint
		values     []float64
		want       output.Verdict
	}{
		{"clearly below", atMost(6.1, 0), near, pass},
		{"perhaps below", atMost(6, 0), near, inconclusive},
		{"clearly above", atMost(-2.1, 0), near, fail},
		{"perhaps above", atMost(-2, 0), near, inconclusive},
		{"the bound's tolerance lies inside", atMost(-2, 0.1), near, fail},
		{"at least: clearly above", atLeast(-2.1, 0), near, pass},
		{"at least: clearly below", atLeast(6.1, 0), near, fail},
		{"at least: the tolerance lies inside", atLeast(6, 0.1), near, fail},
		{"between", between(-2.1, 6.1), near, pass},
		{"between: over one limit", between(-2.1, 6), near, inconclusive},
		{"between: below", between(20, 30), near, fail},
		{"before the first look", atMost(1000, 0), near[:2], inconclusive},
		{"between looks nothing is decided", atMost(6, 0), []float64{1, 2, 3, 2}, inconclusive},
		{"a decision stays", atMost(6.1, 0), append(near, 99, 99, 99), pass},
		{"the second look decides", atMost(6, 0), append(near, 2, 2), pass},
		{"no spread shows nothing", atMost(0.1, 0), []float64{0, 0, 0}, inconclusive},
		{"no spread, above, shows nothing either", atMost(0.1, 0), []float64{0.2, 0.2, 0.2}, inconclusive},
		{"counts, far enough", counts(1.6), []float64{0, 0, 0}, pass}, // ln(100) / 3 = 1.54
		{"counts, too near", counts(1.5), []float64{0, 0, 0}, inconclusive},
		{"counts, far above", counts(3), []float64{5, 5, 5}, fail},
		{"nearly all are equal", atMost(0.1, 0), slices.Repeat([]float64{0.1}, 27), pass}, // 1 - 0.0034^(1/27) = 0.19
		{"too many may differ", atMost(0.1, 0), slices.Repeat([]float64{0.1}, 26), inconclusive},
		{"no sample", atMost(0.1, 0), []float64{missing, missing, missing}, fail},
		{"no sample yet", atMost(0.1, 0), []float64{missing, missing}, inconclusive},
		{"one sample", atMost(9, 0), []float64{missing, 1, missing}, inconclusive},
		{"equals", equals, slices.Repeat([]float64{2}, 27), pass},
		{"equals, three say little", equals, []float64{2, 2, 2}, inconclusive},
		{"equals, too early to tell", equals, []float64{2, 2}, inconclusive},
		{"equals, once not", equals, []float64{2, 3}, fail},
		{"nothing simulated", equals, nil, inconclusive},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := output.Feasibility{Constraints: []output.Constraint{c.constraint}, Accept: 0.05, Reject: 0.05}
			if c.constraint.Relation == output.Between {
				f.Reject *= 2 // so that each of the two limits has 5 %
			}
			require.Equal(t, c.want, f.Judge([][]float64{c.values}))
		})
	}
}

func TestFeasibilityOfSeveral(t *testing.T) {
	const pass, fail, inconclusive = output.Pass, output.Fail, output.Inconclusive
	good, bad, open := []float64{1, 1.01, 1}, []float64{3, 3.01, 3}, []float64{1, 2, 3}
	for _, c := range []struct {
		name string
		a, b []float64
		want output.Verdict
	}{
		{"both keep", good, good, pass},
		{"one breaks", good, bad, fail},
		{"one is open", good, open, inconclusive},
		{"one breaks, one is open", open, bad, fail},
	} {
		t.Run(c.name, func(t *testing.T) {
			bound := output.Constraint{Bound: output.NewBound(output.AtMost, 0, 2)}
			f := output.Feasibility{Constraints: []output.Constraint{bound, bound}, Accept: 0.05, Reject: 0.05}
			require.Equal(t, c.want, f.Judge([][]float64{c.a, c.b}))
		})
	}
	require.Equal(t, pass, output.Feasibility{}.Judge(nil), "what asks for nothing has it")
}

// Without chance three replications tell all.
func TestFeasibilityWithoutChance(t *testing.T) {
	at := func(r output.Relation, x float64) output.Verdict {
		f := output.Feasibility{Constraints: []output.Constraint{{Bound: output.NewBound(r, x, x)}}, Accept: 0.05, Reject: 0.05, Certain: true}
		return f.Judge([][]float64{{5, 5, 5}})
	}
	require.Equal(t, output.Pass, at(output.AtMost, 5))
	require.Equal(t, output.Fail, at(output.AtMost, 4.9))
	require.Equal(t, output.Pass, at(output.Equals, 5))
	require.Equal(t, output.Fail, at(output.Equals, 4))
}

// Counts of which most replications have none keep the error, though they are not
// normal: three zeros no longer pass for a mean of nothing.
func TestFeasibilityOfRareCounts(t *testing.T) {
	const experiments, bound, truth = 2000, 0.1, 0.3
	f := output.Feasibility{Constraints: []output.Constraint{{Bound: output.NewBound(output.AtMost, 0, bound), Step: 1}}, Accept: 0.05, Reject: 0.05}
	accepted := share(experiments, func(e int) bool {
		var values []float64
		for _, z := range newLuck("rare", e).normals(62, 0, 1) {
			count := 0.0
			if z > 0.5244 { // with a probability of 0.3
				count = 1
			}
			values = append(values, count)
		}
		return f.Judge([][]float64{values}) == output.Pass
	})
	require.LessOrEqual(t, accepted, 0.05+chance(0.05, experiments))
}

// configuration is one whose metrics are normal around the means, and its end.
func configuration(e int, f output.Feasibility, means ...float64) (verdict output.Verdict, replications int) {
	l := newLuck("configuration", e)
	metrics := make([][]float64, len(means))
	for {
		verdict = f.Judge(metrics)
		if verdict != output.Inconclusive || replications > 3000 {
			return verdict, replications
		}
		add := output.NextLook(replications) - replications
		replications += add
		for i, m := range means {
			metrics[i] = append(metrics[i], l.normals(add, m, 1)...)
		}
	}
}

// The worst cases keep the errors: a configuration just beyond its bound, and
// ones that keep several by just the tolerance. One that asks the plain interval
// at each look does not. In between it ends too.
func TestFeasibilityErrors(t *testing.T) {
	const experiments, tolerance = 1500, 1.0
	bound := output.Constraint{Bound: output.NewBound(output.AtMost, 0, 10), Tolerance: tolerance}
	one := output.Feasibility{Constraints: []output.Constraint{bound}, Accept: 0.05, Reject: 0.10}
	three := output.Feasibility{Constraints: []output.Constraint{bound, bound, bound}, Accept: 0.05, Reject: 0.10}
	judged := func(f output.Feasibility, want output.Verdict, means ...float64) float64 {
		return share(experiments, func(e int) bool { v, _ := configuration(e, f, means...); return v == want })
	}
	const edge = 10 - tolerance
	require.LessOrEqual(t, judged(one, output.Pass, 10), 0.05+chance(0.05, experiments))
	require.LessOrEqual(t, judged(one, output.Fail, edge), 0.10+chance(0.10, experiments))
	require.LessOrEqual(t, judged(three, output.Pass, 5, 5, 10), 0.05+chance(0.05, experiments))
	require.LessOrEqual(t, judged(three, output.Fail, edge, edge, edge), 0.10+chance(0.10, experiments))
	require.Zero(t, judged(one, output.Inconclusive, 10-tolerance/2))

	naive := share(experiments, func(e int) bool {
		values := newLuck("naive", e).normals(140, 10, 1)
		for n := 3; n <= len(values); n = output.NextLook(n) {
			if v := output.Interval(values[:n], 0.90); v.Hi <= 10 || v.Lo > 10 {
				return v.Hi <= 10
			}
		}
		return false
	})
	require.Greater(t, naive, 0.05+chance(0.05, experiments))
}

// A clear case costs three replications, even at a small error, and the cost
// grows as the margin shrinks, here in standard deviations: what the page on
// statistics says.
func TestFeasibilityCost(t *testing.T) {
	bound := output.Constraint{Bound: output.NewBound(output.AtMost, 0, 100), Tolerance: 0.1}
	cost := func(margin, accept, reject float64) float64 {
		f := output.Feasibility{Constraints: []output.Constraint{bound}, Accept: accept, Reject: reject}
		total := 0
		for e := range 300 {
			_, n := configuration(e, f, 100-margin)
			total += n
		}
		return float64(total) / 300
	}
	for margin, want := range map[float64]float64{10: 3, 3: 4, 2: 6, 1: 13, 0.5: 42} {
		require.InEpsilon(t, want, cost(margin, 0.05, 0.05), 0.12, "%g", margin)
	}
	require.Less(t, cost(-50, 0.001, 0.025), 3.3)
	require.Less(t, cost(-10, 0.001, 0.025), 4.5)
	require.Less(t, cost(2, 0.001, 0.025), 16.0)
}
