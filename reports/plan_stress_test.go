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

// The loss of a zone tells how many requests are answered, whether there was another
// zone, and which expectations do not hold.
func TestLossIsTold(t *testing.T) {
	p := &experiments.Plan{Asked: experiments.PlanOptions{Confidence: 0.95}, Loss: &experiments.Loss{
		Zone: "a", Only: true, AtS: 660, Replications: 3, Availability: output.Estimate{Mean: 0.9898, Lo: 0.9890, Hi: 0.9906, N: 3},
		Verdicts: map[string]output.Verdict{"fast": output.Pass, "available": output.Fail, "cheap": output.Inconclusive},
	}}
	require.Equal(t, "Zone a, the only one with servers, is lost at 11m and does not come back: 98.980 ± 0.080 % of the requests are answered, "+
		"1 of 3 expectations hold, available fails, cheap is undecided (3 replications, each 95 % sure).", lossText(p))
	p.Loss.Only = false
	require.Contains(t, lossText(p), "Zone a, which has most servers, is lost")
}

// Growth under which all expectations hold tells where few requests are answered.
func TestGrowthOfAnOutage(t *testing.T) {
	p := &experiments.Plan{Growth: []experiments.Grown{{Factor: 4, Verdict: output.Pass, Availability: output.Estimate{Mean: 0.002, Lo: 0.001, Hi: 0.003, N: 3}}}}
	require.Equal(t, "It holds with 4 times the load, the most that was tried; 0.20 ± 0.10 % of the requests are answered then.", growthText(p))
	p.Growth[0].Availability.Mean = 0.995
	require.Equal(t, "It holds with 4 times the load, the most that was tried.", growthText(p))
}
