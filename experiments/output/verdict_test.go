package output_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/output"
)

func TestJudge(t *testing.T) {
	const pass, fail, inconclusive = output.Pass, output.Fail, output.Inconclusive
	near := []float64{1, 2, 3} // interval -0.48 to 4.48
	atMost := func(x float64) output.Bound { return output.NewBound(output.AtMost, 0, x) }
	atLeast := func(x float64) output.Bound { return output.NewBound(output.AtLeast, x, 0) }
	between := func(a, b float64) output.Bound { return output.NewBound(output.Between, a, b) }
	equals := func(x float64) output.Bound { return output.NewBound(output.Equals, x, 0) }
	for _, c := range []struct {
		name   string
		bound  output.Bound
		values []float64
		want   output.Verdict
	}{
		{"interval below", atMost(4.5), near, pass},
		{"interval across, mean below", atMost(4.4), near, inconclusive},
		{"interval across, mean above", atMost(1), near, inconclusive},
		{"interval above", atMost(-0.5), near, fail},
		{"at least: above", atLeast(-0.5), near, pass},
		{"at least: across", atLeast(0), near, inconclusive},
		{"at least: below", atLeast(4.5), near, fail},
		{"between: inside", between(-1, 5), near, pass},
		{"between: over one edge", between(0, 5), near, inconclusive},
		{"between: over both", between(0, 4), near, inconclusive},
		{"between: above", between(-9, -1), near, fail},
		{"between: below", between(5, 9), near, fail},
		{"one replication is compared plainly", atMost(3), []float64{3}, pass},
		{"one replication fails plainly", atMost(3), []float64{3.0001}, fail},
		{"one sample among replications", atLeast(3), []float64{math.NaN(), 3}, inconclusive},
		{"one sample among replications, outside", atLeast(3), []float64{2, math.NaN()}, inconclusive},
		{"one replication without a sample", atLeast(3), []float64{math.NaN()}, fail},
		{"agreeing replications are plain too", atMost(0.1), []float64{0.1, 0.1, 0.1}, pass},
		{"no replication", atMost(3), nil, fail},
		{"no sample", atMost(3), []float64{math.NaN(), math.NaN()}, fail},
		{"equals in all", equals(2), []float64{2, 2, 2}, pass},
		{"equals in all but one", equals(2), []float64{2, 2, 3}, fail},
		{"equals on average only", equals(2), near, fail},
		{"equals with a sample missing", equals(2), []float64{2, math.NaN()}, fail},
		{"equals with nothing", equals(0), nil, fail},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, c.bound.Judge(c.values))
		})
	}
}

// A higher level takes more to be sure.
func TestJudgeAt(t *testing.T) {
	near := []float64{1, 2, 3} // mean 2, standard error 1/sqrt(3); 90 %: 0.31 to 3.69, 95 %: -0.48 to 4.48
	atMost := output.NewBound(output.AtMost, 0, 4)
	require.Equal(t, output.Pass, atMost.JudgeAt(near, 0.9))
	require.Equal(t, output.Inconclusive, atMost.JudgeAt(near, 0.95))
	require.Equal(t, output.Fail, output.NewBound(output.AtMost, 0, 0.3).JudgeAt(near, 0.9))
	require.Equal(t, output.Pass, output.NewBound(output.Equals, 2, 0).JudgeAt([]float64{2, 2}, 0.999))
}

func TestNames(t *testing.T) {
	require.Equal(t, "pass fail inconclusive", output.Pass.String()+" "+output.Fail.String()+" "+output.Inconclusive.String())
	for r, want := range map[output.Relation]string{
		output.AtMost: "at_most", output.AtLeast: "at_least", output.Between: "between", output.Equals: "equals",
	} {
		require.Equal(t, want, r.String())
	}
}
