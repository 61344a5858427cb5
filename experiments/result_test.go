package experiments

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/models/site"
)

// The form of the contract with scripts, on figures that follow by hand.
func TestJSON(t *testing.T) {
	for _, n := range []string{"1", "2"} {
		t.Run(n+" replications", func(t *testing.T) {
			r := result(t, study(t, clockwork+`
[expectations.quick]
metric  = "latency.mean"
at_most = "300ms"
during  = "30s..90s"
[expectations.busy]
metric  = "services.desk.utilization"
between = ["20%", 0.3]
[expectations.lag]
metric   = "scaling.lag.mean"
at_least = "1s"
[expectations.all]
metric = "requests.failed"
equals = 0
`, "replications="+n), 1)
			require.Regexp(t, "^[0-9a-f]{16}$", r.Digest)
			r.Digest = "0123456789abcdef"
			got, err := json.MarshalIndent(r, "", "  ")
			require.NoError(t, err)
			name := filepath.Join("testdata", "clockwork-"+n+".json")
			if os.Getenv("UPDATE") != "" {
				require.NoError(t, os.WriteFile(name, append(got, '\n'), 0o644))
			}
			want, err := os.ReadFile(name)
			require.NoError(t, err)
			require.Equal(t, string(want), string(got)+"\n")
		})
	}
}

// What has no value is null, in numbers that JSON does not know too.
func TestJSONNull(t *testing.T) {
	r := &Result{
		Variant: "bigger", DiscardS: math.NaN(), Warnings: []string{"a doubt"},
		Metrics:      map[string]Metric{"m": {"s", math.NaN(), math.NaN(), math.Inf(1), 0}},
		Expectations: map[string]Expectation{"e": {Value: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), During: &[2]float64{1, 2.5}, Bound: output.NewBound(output.AtLeast, 3, 0)}},
	}
	got, err := json.Marshal(r)
	require.NoError(t, err)
	require.JSONEq(t, `{"schema": "headroom.result/1", "scenario": "", "source": "", "set": {}, "variant": "bigger", "title": "", "seed": 0, "batches": 0, "first_replication": 0, "replications": 0,
		"duration_s": 0, "discard_s": null, "metrics": {"m": {"unit": "s", "mean": null, "lo": null, "hi": null, "n": 0}},
		"expectations": {"e": {"verdict": "fail", "metric": "", "value": null, "lo": null, "hi": null, "during": [1, 2.5], "bound": {"at_least": 3}, "met": 0}},
		"warnings": ["a doubt"], "digest": "", "version": ""}`, string(got))
}

func TestVerdicts(t *testing.T) {
	lines := func(metric, bound string) string {
		return "[expectations.e]\nmetric = \"" + metric + "\"\n" + bound + "\n"
	}
	const pass, fail, inconclusive = output.Pass, output.Fail, output.Inconclusive
	for _, c := range []struct {
		name, metric, bound string
		want                output.Verdict
	}{
		{"at its upper bound", "latency.mean", `at_most = "250ms"`, pass},
		{"above", "latency.mean", `at_most = "249ms"`, fail},
		{"at its lower bound", "requests.completed", `at_least = 119`, pass},
		{"below", "requests.completed", `at_least = 120`, fail},
		{"between", "services.desk.utilization", `between = ["24%", "25%"]`, pass},
		{"not between", "services.desk.utilization", `between = [0.26, 0.3]`, fail},
		{"equal", "requests.failed", `equals = 0`, pass},
		{"not equal", "requests.failed", `equals = 1`, fail},
		{"no sample", "scaling.lag.mean", `at_most = "1h"`, fail},
		{"during", "requests.offered", "equals = 60\nduring = \"30s..90s\"", pass},
		{"during nothing", "requests.offered", "at_least = 1\nduring = \"0s..1s\"", fail},
	} {
		for _, n := range []int{1, 3} {
			t.Run(fmt.Sprintf("%s, %d replications", c.name, n), func(t *testing.T) {
				r := result(t, study(t, clockwork+lines(c.metric, c.bound), fmt.Sprint("replications=", n)), 2)
				require.Equal(t, c.want, r.Expectations["e"].Verdict)
				require.Equal(t, c.want == pass, r.Holds())
			})
		}
	}
	mean := result(t, study(t, lively), 2).Metrics["latency.mean"]
	for bound, want := range map[float64]output.Verdict{
		mean.Lo * 0.999: fail, mean.Lo * 1.001: inconclusive, mean.Mean: inconclusive, mean.Hi * 0.999: inconclusive, mean.Hi * 1.001: pass,
	} {
		r := result(t, study(t, lively+lines("latency.mean", fmt.Sprintf("at_most = \"%.9fs\"", bound))), 2)
		require.Equal(t, want, r.Expectations["e"].Verdict, "%g in %v", bound, mean)
	}
	t.Run("in every replication", func(t *testing.T) {
		r := result(t, study(t, lively+lines("requests.offered", fmt.Sprintf("equals = %g", result(t, study(t, lively, "replications=1"), 1).Metrics["requests.offered"].Mean))), 2)
		require.Equal(t, fail, r.Expectations["e"].Verdict)
	})
}

// An expectation knows each replication's value, and how many keep to it.
func TestEachReplication(t *testing.T) {
	const expectation = "[expectations.e]\nmetric = \"latency.mean\"\nat_most = \"%.9fs\"\n"
	each := result(t, study(t, lively+fmt.Sprintf(expectation, 1.0)), 2).Expectations["e"].Each
	require.Len(t, each, 4)
	for i, seen := range each {
		got := result(t, study(t, lively+fmt.Sprintf(expectation, seen+1e-9)), 2).Expectations["e"]
		require.Equal(t, each, got.Each)
		less := 0
		for _, v := range each {
			if v <= seen {
				less++
			}
		}
		require.Equal(t, less, got.Met, "replication %d", i+1)
	}
	r := result(t, study(t, lively), 2)
	require.Len(t, r.Digests, 4)
	require.Equal(t, result(t, study(t, lively, "replications=1"), 1).Digests[0], r.Digests[0])
}

func TestLimits(t *testing.T) {
	span := func(from, to engine.Time) site.Span {
		return site.Span{From: from * engine.Minute, To: to * engine.Minute}
	}
	with := func(limits ...site.Limit) *Figures { return &Figures{Limits: limits} }
	first := site.Limit{Place: "web", Name: "cpu", Spans: []site.Span{span(1, 3), span(5, 6)}}
	got := limits([]*Figures{
		with(first, site.Limit{Place: "web", Name: "backlog"}),
		with(site.Limit{Place: "app", Name: "cpu", Spans: []site.Span{span(0, 6)}}),
		with(site.Limit{Place: "web", Name: "cpu", Spans: []site.Span{span(0, 3)}}),
	})
	require.Equal(t, []Limit{
		{Limit: first, Bound: 2, Mean: 120},
		{Limit: site.Limit{Place: "web", Name: "backlog"}},
		{Limit: site.Limit{Place: "app", Name: "cpu"}, Bound: 1, Mean: 120},
	}, got)
}

func TestMetricsOverReplications(t *testing.T) {
	s := study(t, lively)
	r := result(t, s, 1)
	for name, m := range r.Metrics {
		if strings.HasSuffix(name, ".pooled") {
			continue
		}
		var sum, n float64
		for replication := range 4 {
			o, err := s.cell(context.Background(), replication, func(float64) {})
			require.NoError(t, err)
			if v, ok := o.Windows[0].Metrics[name]; ok {
				sum, n = sum+v, n+1
			}
		}
		require.EqualValues(t, n, m.N, name)
		require.InDelta(t, sum/n, m.Mean, 1e-12*math.Abs(m.Mean), name)
		require.Equal(t, n < 2, math.IsNaN(m.Lo), name)
		require.Equal(t, n < 2, math.IsNaN(m.Hi), name)
	}
}

// Twice the failures of twice the load are the same share: no doubt about it,
// where the counts leave much.
func TestFailuresAreShares(t *testing.T) {
	replication := func(offered, failed float64) *Figures {
		return &Figures{Windows: []Window{{Values: []float64{failed, offered}}}}
	}
	trial := Trial{
		Study: &Study{metrics: []string{"errors.502", "requests.offered"}},
		Cells: []*Figures{replication(100, 25), replication(200, 50), replication(0, 0)},
	}
	require.Equal(t, map[string]Metric{"502": {Unit: "share", Mean: 0.25, Lo: 0.25, Hi: 0.25, N: 2}}, trial.failures())
}

// The pooled quantile is that of the requests of all replications together.
func TestPooledQuantiles(t *testing.T) {
	r := result(t, study(t, lively), 2)
	require.EqualValues(t, 4*r.Metrics["requests.completed"].Mean, r.Detail.Latency.Count())
	for _, q := range []string{"p50", "p90", "p95", "p99", "p999"} {
		mean, pooled := r.Metrics["latency."+q], r.Metrics["latency."+q+".pooled"]
		require.Equal(t, "s", pooled.Unit)
		require.Equal(t, mean.N, pooled.N)
		require.InDelta(t, pooled.Mean, (pooled.Lo+pooled.Hi)/2, 1e-9, "%s: its interval is around the pooled one", q)
		require.GreaterOrEqual(t, pooled.Hi-pooled.Lo, (mean.Hi-mean.Lo)*(1-1e-9), "%s: the spread is around the pooled one", q)
		require.InEpsilon(t, mean.Mean, pooled.Mean, 0.5, q)
	}
	require.NotContains(t, result(t, study(t, lively, "replications=1"), 1).Metrics, "latency.p50.pooled")
	// Of replications with 100 requests of 1 s each and 300 of 2 s the median is 2 s.
	trial := NewTrial(study(t, clockwork))
	for _, requests := range []struct {
		latency int64
		count   uint64
	}{{1e9, 100}, {2e9, 300}} {
		w := Window{Values: make([]float64, len(trial.metrics)), Latency: new(tally.Histogram)}
		w.Latency.AddN(requests.latency, requests.count)
		trial.Cells = append(trial.Cells, &Figures{Windows: []Window{w}})
	}
	pooled := trial.Result()
	require.InEpsilon(t, 2.0, pooled.Metrics["latency.p50.pooled"].Mean, 0.005)
}

func TestDiscardAuto(t *testing.T) {
	// For ten minutes more comes than the desk can do; what has piled up is gone
	// two minutes later.
	const text = `
duration = "3h"
discard  = "auto"
replications = 3
[clients.visitors]
target = "desk"
rate   = ["0m 110/s", "10m 110/s", "10m 50/s"]
shape  = "step"
[routes.counter]
demand.desk = "exponential(10ms)"
[services.desk]
kind = "station"`
	r := result(t, study(t, text), 2)
	require.Empty(t, r.Warnings)
	require.GreaterOrEqual(t, r.DiscardS, 10*60.0)
	require.LessOrEqual(t, r.DiscardS, 30*60.0)
	require.InEpsilon(t, 0.02, r.Metrics["latency.mean"].Mean, 0.02, "the steady state is M/M/1 at 0.5")
	require.InEpsilon(t, 50*(10800-r.DiscardS), r.Metrics["requests.offered"].Mean, 0.01)
	require.Len(t, r.Detail.Series.Rows, 180, "the series shows the transient too")

	r = result(t, study(t, text, `duration="40m"`), 2)
	require.Len(t, r.Warnings, 1)
	require.Contains(t, r.Warnings[0], "no steady state")
}

func TestDiscardFixed(t *testing.T) {
	r := result(t, study(t, clockwork, "discard=\"30500ms\"", "replications=7"), 2)
	require.EqualValues(t, 30.5, r.DiscardS)
	require.EqualValues(t, 89, r.Metrics["requests.offered"].Mean)
}

func TestWarningsAreSaidOnce(t *testing.T) {
	with := func(list ...site.Warning) *Figures { return &Figures{Warnings: list} }
	queue := func(n int) site.Warning { return site.Warning{About: "in flight", Text: fmt.Sprint(n, " in flight")} }
	credits := site.Warning{About: "credits", Text: "no credits"}
	for _, c := range []struct {
		name  string
		cells []*Figures
		want  []string
	}{
		{"none", []*Figures{with(), with()}, nil},
		{"in all", []*Figures{with(credits), with(credits)}, []string{"no credits"}},
		{"in some", []*Figures{with(), with(credits)}, []string{"no credits (1 of 2 replications)"}},
		{"with other figures", []*Figures{with(queue(3)), with(), with(queue(4), credits)}, []string{"3 in flight (the first of 2 among 3 replications)", "no credits (1 of 3 replications)"}},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, warnings(c.cells)) })
	}
}
