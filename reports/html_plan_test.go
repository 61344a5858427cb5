package reports

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/reports/page"
)

// quantile is an expectation of at most 150 ms with a value.
func quantile(v float64) experiments.Expectation {
	return experiments.Expectation{Metric: "latency.p95", Unit: "s", Value: v, Lo: math.NaN(), Hi: math.NaN(), Bound: output.NewBound(output.AtMost, 0, 0.15)}
}

// Under growth what is undecided looks like neither what holds nor what fails,
// on whichever side of the bound its mean lies.
func TestGrowthHasThreeLooks(t *testing.T) {
	require.Equal(t, page.Filled, loadPoint(1, quantile(0.1), output.Pass).Look)
	require.Equal(t, page.Empty, loadPoint(1.5, quantile(0.151), output.Inconclusive).Look)
	require.Equal(t, page.Empty, loadPoint(1.5, quantile(0.149), output.Inconclusive).Look)
	require.Equal(t, page.Square, loadPoint(2, quantile(0.3), output.Fail).Look)
}

// The scale is that of the choice and its bound: a hopeless point is drawn at the edge
// and marked, and one that just fails is told apart from the bound.
func TestScaleOfADecision(t *testing.T) {
	chart := page.Plane{Points: []page.Point{loadPoint(1, quantile(0.072), output.Pass), loadPoint(1, quantile(0.197), output.Fail), loadPoint(1, quantile(8), output.Fail)}}
	require.True(t, heldAgainst(&chart, "fast", quantile(0.072)))
	require.LessOrEqual(t, chart.Y.Max, 0.5)
	require.Equal(t, []string{page.Filled, page.Square, page.Beyond}, []string{chart.Points[0].Look, chart.Points[1].Look, chart.Points[2].Look})
	require.Equal(t, page.Beyond, chart.Key[len(chart.Key)-1].Look)

	chart = page.Plane{Points: chart.Points[:2]}
	require.True(t, heldAgainst(&chart, "fast", quantile(0.072)))
	require.Empty(t, chart.Key, "nothing is beyond")
}

// The tile of latency is of the metric that must keep to a bound.
func TestTileOfTheObjective(t *testing.T) {
	r := &experiments.Result{Metrics: map[string]experiments.Metric{"latency.p50": single(0.02, "s"), "latency.p95": single(0.072, "s"), "latency.p99": single(0.1504, "s")}}
	require.Equal(t, page.Figure{Name: "Latency p99", Value: "150 ms", Note: "p50 20 ms, p95 72 ms"}, latencyFigure(r))
	r.Expectations = map[string]experiments.Expectation{"fast": quantile(0.072)}
	require.Equal(t, page.Figure{Name: "Latency p95", Value: "72 ms", Note: "must be ≤ 150 ms; p50 20 ms, p99 150 ms"}, latencyFigure(r))
	e := quantile(0.072)
	e.During = &[2]float64{0, 60}
	r.Expectations["fast"] = e
	require.Equal(t, "Latency p99", latencyFigure(r).Name, "of a part of the run only")
}
