package experiments

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/models/site"
)

// inBatches is the study of a queue that is to be run once, in batches.
func inBatches(t testing.TB, batches int, more string, sets ...string) *Study {
	s := study(t, open(70, "exponential(10ms)", "servers = 1")+more, sets...)
	s.options.Batches = batches
	return s
}

func TestCut(t *testing.T) {
	s := &Study{options: Options{Batches: 3}}
	const second = engine.Second
	require.Equal(t, []site.Span{{From: 10 * second, To: 20 * second}, {From: 20 * second, To: 30 * second}, {From: 30 * second, To: 40 * second}},
		s.cut(site.Span{From: 10 * second, To: 40 * second}))
	require.Equal(t, []site.Span{{From: 0, To: 3}, {From: 3, To: 6}, {From: 6, To: 10}}, s.cut(site.Span{From: 0, To: 10}), "what is left belongs to the last")
	require.Empty(t, new(Study).cut(site.Span{From: 0, To: 10}))
}

// One run has the figures that it has without batches; averages have intervals,
// and counts have none.
func TestBatches(t *testing.T) {
	const wide, narrow = `
[expectations.wide]
metric = "latency.mean"
at_most = "40ms"
[expectations.counted]
metric = "requests.failed"
at_most = 0
[expectations.part]
metric = "latency.mean"
during = "3m..9m"
at_most = "40ms"`, `
[expectations.narrow]
metric = "latency.mean"
between = ["33.3ms", "33.4ms"]`
	s := inBatches(t, 20, wide, "replications=5")
	r, plain := result(t, s, 2), result(t, inBatches(t, 0, wide), 1)
	require.Equal(t, 1, r.Replications)
	require.Equal(t, 20, r.Batches)
	for name, m := range r.Metrics {
		same := m.Mean == plain.Metrics[name].Mean || math.IsNaN(m.Mean) && math.IsNaN(plain.Metrics[name].Mean)
		require.True(t, same, name)
		if m.N > 1 {
			require.True(t, s.Spec.Average(name), name)
			require.InDelta(t, m.Mean, (m.Lo+m.Hi)/2, 1e-9, name)
		}
	}
	for _, name := range []string{"latency.mean", "latency.p99", "services.desk.utilization", "services.desk.wait.mean", "throughput", "availability"} {
		require.Equal(t, 20, r.Metrics[name].N, name)
	}
	for _, name := range []string{"requests.offered", "cost.total", "latency.max", "slo.violation_minutes"} {
		require.Equal(t, 1, r.Metrics[name].N, name)
	}
	require.Equal(t, output.Pass, r.Expectations["wide"].Verdict)
	require.Less(t, r.Expectations["wide"].Lo, r.Expectations["wide"].Hi)
	require.Equal(t, output.Pass, r.Expectations["counted"].Verdict, "a count is compared plainly")
	require.True(t, math.IsNaN(r.Expectations["part"].Lo), "and so is a part of the run")
	require.Equal(t, output.Inconclusive, result(t, inBatches(t, 20, narrow), 1).Expectations["narrow"].Verdict)
	require.Empty(t, r.Warnings)
}

// Batches of a second at a busy desk have much in common with their neighbours,
// and that is said.
func TestBatchesThatAreTooShort(t *testing.T) {
	s := inBatches(t, 100, "", `duration="220s"`, `clients.visitors.rate="95/s"`)
	r := result(t, s, 1)
	require.Len(t, r.Warnings, 1)
	require.Regexp(t, `^latency.mean: neighbouring batches resemble each other \(correlation 0\.[0-9]+\), so that its interval is too narrow: take a longer run, or fewer batches$`, r.Warnings[0])
}

// A cell with batches is another one than without, and comes back from the store
// as it was.
func TestStoredBatches(t *testing.T) {
	s := inBatches(t, 10, "", `discard="auto"`, `duration="60m"`)
	require.NotEqual(t, s.Key(0), inBatches(t, 12, "", `discard="auto"`, `duration="60m"`).Key(0))
	shelf := new(shelf)
	simulated, stored := NewTrial(s), NewTrial(s)
	want := extended(t, &Runner{Store: shelf}, 1, simulated)
	require.Len(t, shelf.kept, 1)
	shelf.full = context.Canceled // nothing is simulated again
	require.Equal(t, want, extended(t, &Runner{Store: shelf}, 1, stored))
}
