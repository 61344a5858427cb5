package output_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/output"
)

func TestPrecision(t *testing.T) {
	inf := math.Inf(1)
	near := []float64{9, 10, 11} // half width 4.3027/sqrt(3) = 2.4841
	zeros := []float64{0, 0, 0}
	for _, c := range []struct {
		name        string
		relative    float64
		least, most int
		values      []float64
		width       float64
		reached     bool
		next        int
	}{
		{"nothing yet", 0.1, 10, 100, nil, missing, false, 10},
		{"one", 0.1, 2, 100, []float64{3}, missing, false, 2},
		{"no sample", 0.1, 2, 100, []float64{missing, missing, missing}, missing, false, 6},
		// 0.24841 <= g/(1+g) from g = 0.3305 on, although 0.24841 <= g from less
		{"just reached", 0.3306, 2, 100, near, 0.248414, true, 3},
		{"not quite", 0.3304, 2, 100, near, 0.248414, false, 4},
		{"reached too soon to be believed", 0.4, 10, 100, near, 0.248414, false, 10},
		{"twice as many at most", 0.01, 2, 100, near, 0.248414, false, 6},
		{"the cap", 0.01, 2, 5, near, 0.248414, false, 5},
		{"at the cap", 0.01, 2, 3, near, 0.248414, false, 3},
		{"beyond the cap", 0.01, 2, 2, near, 0.248414, false, 3},
		{"negative mean", 0.3306, 2, 100, []float64{-9, -10, -11}, 0.248414, true, 3},
		{"all zero", 0.1, 2, 100, zeros, 0, true, 3},
		{"all equal", 0.1, 2, 100, []float64{0.1, 0.1, 0.1}, 0, true, 3},
		{"around zero", 0.1, 2, 100, []float64{-1, 1}, inf, false, 4},
		// allowed is 0.054182/1.1: t(12)/sqrt(13) is 0.951 of t(11)/sqrt(12), t(13)/sqrt(14) 0.909
		{"a few more", 0.051811, 10, 100, append(near, 9, 10, 11, 9, 10, 11, 9, 10, 11), 0.054182, false, 14},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := output.Precision{Relative: c.relative, Level: 0.95, Least: c.least, Most: c.most}
			g := p.Judge(c.values)
			if math.IsNaN(c.width) || math.IsInf(c.width, 0) {
				same(t, c.width, g.Width)
			} else {
				require.InDelta(t, c.width, g.Width, 1e-5)
			}
			require.Equal(t, c.reached, g.Reached)
			require.Equal(t, c.next, g.Next)
		})
	}
}

// sequential adds replications of the mean 10 until they are precise.
func sequential(e int, p output.Precision) (values []float64, rounds int) {
	l := newLuck("sequential", e)
	for {
		g := p.Judge(values)
		if g.Reached || g.Next == len(values) {
			return values, rounds
		}
		values = append(values, l.normals(g.Next-len(values), 10, 3)...)
		rounds++
	}
}

// Replications are added until the error is within what is asked for in at least
// 95 % of the experiments, in few rounds, and with hardly more replications than
// a known variance would need: (1.96 x 3 / (10 g/(1+g)))^2. The interval that is
// left holds the truth in 95 % of them to within 1 %; who looks after each
// replication from the second on is left with one that does not.
func TestSequentialStopping(t *testing.T) {
	const experiments = 4000
	for relative, needed := range map[float64]float64{0.05: 152, 0.2: 12.4} {
		p := output.Precision{Relative: relative, Level: 0.95, Least: 10, Most: 10_000}
		var replications, rounds, precise int
		holds := share(experiments, func(e int) bool {
			values, r := sequential(e, p)
			replications += len(values)
			rounds += r
			got := output.Interval(values, 0.95)
			if math.Abs(got.Mean-10) <= 10*relative {
				precise++
			}
			return got.Lo <= 10 && 10 <= got.Hi
		})
		require.GreaterOrEqual(t, float64(precise)/experiments, 0.95-chance(0.95, experiments))
		require.GreaterOrEqual(t, holds, 0.94-chance(0.95, experiments))
		require.Less(t, float64(replications)/experiments, 1.1*needed+4)
		require.Less(t, float64(rounds)/experiments, 8.0)
	}
	hasty := share(experiments, func(e int) bool {
		values, l := []float64{}, newLuck("hasty", e)
		for !(output.Precision{Relative: 0.2, Level: 0.95, Most: 10_000}).Judge(values).Reached {
			values = append(values, l.normal(10, 3))
		}
		got := output.Interval(values, 0.95)
		return got.Lo <= 10 && 10 <= got.Hi
	})
	require.Less(t, hasty, 0.94-chance(0.95, experiments))
}
