package reports

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/models/site"
)

// What binds comes first: behind all that there is to say of what breaks it was cut off.
func TestWhatBindsComesFirst(t *testing.T) {
	e := experiments.Expectation{Metric: "latency.p95", Unit: "s", Value: 0.151, Lo: 0.137, Hi: 0.165, Bound: output.NewBound(output.AtMost, 0, 0.15), Met: 8, Each: make([]float64, 12)}
	g := experiments.Grown{
		Verdict: output.Inconclusive, Expectation: "fast", Expectations: map[string]experiments.Expectation{"fast": e},
		Binds: &experiments.Limit{Limit: site.Limit{Place: "web", Name: "cpu"}, Mean: 325},
	}
	require.Equal(t, "CPU of web for 5m 25s; fast: latency.p95 is 151 ± 14 ms, must be ≤ 150 ms: met in 8 of 12, too few to tell", breaks(new(experiments.Plan), g))
	g.Binds = nil
	require.Regexp(t, "^fast: .* too few to tell$", breaks(new(experiments.Plan), g))
}
