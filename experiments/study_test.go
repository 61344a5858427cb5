package experiments

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/models/site"
)

// clockwork is a scenario without chance, whose figures follow by hand: 119
// requests, one a second from 1 s to 119 s, of 250 ms each.
const clockwork = `
title    = "Clockwork"
duration = "2m"
[clients.clock]
target   = "desk"
arrivals = "even"
rate     = "1/s"
[routes.tick]
demand.desk = "250ms"
[services.desk]
kind = "station"
`

// lively is a scenario in which chance has a part.
const lively = `
duration     = "6m"
replications = 4
[clients.visitors]
target  = "lb"
rate    = "40/s"
timeout = "500ms"
[routes.page]
demand.web = "lognormal(20ms, scv=3)"
[balancers.lb]
kind    = "application"
targets = ["web"]
[fleets.web]
instance = "t2.micro"
zones = ["a", "b"]
min = 1
max = 3
boot = "exponential(20s)"
monitoring = "detailed"
[fleets.web.policies.cpu]
kind   = "target_tracking"
metric = "ASGAverageCPUUtilization"
target = 50
estimated_instance_warmup = "60s"
[expectations.fast]
metric  = "latency.p95"
at_most = "200ms"
[expectations.later]
metric   = "availability"
at_least = "99%"
during   = "90s..5m30s"
`

func result(t testing.TB, s *Study, jobs int) *Result {
	t.Helper()
	r, err := (&Runner{Jobs: jobs}).Run(context.Background(), s)
	require.NoError(t, err)
	return r
}

// bytesOf is all that reports can be made of.
func bytesOf(t *testing.T, r *Result) string {
	t.Helper()
	object, err := json.Marshal(r)
	require.NoError(t, err)
	h := r.Detail.Latency
	return string(object) + fmt.Sprint(r.Detail.Series, r.Detail.Events, r.Detail.Limits, r.Detail.Alarms, h.Count(), h.Mean(), h.SD(), h.Quantile(0.3))
}

func TestSameBytes(t *testing.T) {
	want := bytesOf(t, result(t, study(t, lively), 1))
	for _, c := range []struct{ jobs, processors int }{{1, 1}, {2, 1}, {1, 2}, {2, 2}, {7, 2}} {
		t.Run(fmt.Sprintf("%d jobs on %d processors", c.jobs, c.processors), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(c.processors))
			got := bytesOf(t, result(t, study(t, lively), c.jobs))
			require.True(t, want == got, "%d bytes, and others than the %d of one job", len(got), len(want))
		})
	}
	t.Run("another seed", func(t *testing.T) {
		other := result(t, study(t, lively, "seed=2"), 1)
		require.NotEqual(t, result(t, study(t, lively), 1).Digest, other.Digest)
	})
	t.Run("fewer replications", func(t *testing.T) {
		fewer := result(t, study(t, lively, "replications=3"), 1)
		require.NotEqual(t, result(t, study(t, lively), 1).Digest, fewer.Digest)
		require.Equal(t, result(t, study(t, lively), 1).Detail.Events, fewer.Detail.Events, "the first replication is the same")
	})
}

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

func TestInterrupted(t *testing.T) {
	errEnough := errors.New("enough")
	for _, jobs := range []int{1, 2} {
		ctx, cancel := context.WithCancelCause(context.Background())
		s := study(t, lively)
		runner := &Runner{Jobs: jobs, Progress: func(done float64) {
			if done > 0.8 {
				cancel(errEnough)
			}
		}}
		r, err := runner.Run(ctx, s)
		require.ErrorIs(t, err, errEnough)
		if jobs > 1 && r == nil {
			continue // the machine gave the first replication's goroutine no time: nothing before it is finished
		}
		require.NotNil(t, r)
		require.Less(t, r.Replications, 4)
		require.Contains(t, r.Warnings[len(r.Warnings)-1], fmt.Sprintf("interrupted: %d of 4 replications", r.Replications))
		fewer := result(t, study(t, lively, fmt.Sprint("replications=", r.Replications)), 1)
		require.Equal(t, fewer.Digest, r.Digest)
		require.Equal(t, fmt.Sprint(fewer.Metrics), fmt.Sprint(r.Metrics))
	}
	t.Run("before anything is finished", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		r, err := (&Runner{Jobs: 2}).Run(ctx, study(t, lively))
		require.ErrorIs(t, err, context.Canceled)
		require.Nil(t, r)
	})
}

// An error of a replication is one of the whole.
func TestErrors(t *testing.T) {
	s := study(t, strings.Replace(clockwork, "arrivals = \"even\"\nrate     = \"1/s\"", "users = 3", 1))
	delete(s.Spec.Routes["tick"].Demand, "desk")
	r, err := (&Runner{Jobs: 2}).Run(context.Background(), s)
	require.Nil(t, r)
	require.ErrorContains(t, err, "replication 1: time stands still")
}

func TestProgress(t *testing.T) {
	var last float64
	runner := &Runner{Jobs: 1, Progress: func(done float64) {
		require.GreaterOrEqual(t, done, last)
		require.LessOrEqual(t, done, 1.0)
		last = done
	}}
	_, err := runner.Run(context.Background(), study(t, lively))
	require.NoError(t, err)
	require.EqualValues(t, 1, last)
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

func TestReplications(t *testing.T) {
	require.Equal(t, 4, study(t, lively).Replications(10))
	require.Equal(t, 10, study(t, clockwork).Replications(10))
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		return path
	}
	traced := strings.Replace(clockwork, "arrivals = \"even\"\nrate     = \"1/s\"", `trace = "visits.csv"`, 1)
	write("visits.csv", "0,7\n60,5\n")
	t.Run("a file", func(t *testing.T) {
		s, err := Open(write("clock.work.toml", clockwork), Options{Sets: []string{"seed=9"}})
		require.NoError(t, err)
		require.Equal(t, "clock.work", s.Name)
		require.EqualValues(t, 9, s.Spec.Seed)
		require.Equal(t, filepath.Join(dir, "clock.work.toml"), s.Source)
		require.Empty(t, s.Sets, "the seed is told anyway")
	})
	t.Run("with overrides", func(t *testing.T) {
		s, err := Open(write("clock.toml", clockwork), Options{Sets: []string{"clients.clock.rate=2/s", `duration="1m"`, "services.desk.servers = 2", "duration=90s"}})
		require.NoError(t, err)
		require.Equal(t, []Set{
			{"clients.clock.rate", "2/s", "clients.clock.rate=2/s"}, {"duration", "1m", `duration="1m"`},
			{"services.desk.servers", "2", "services.desk.servers = 2"}, {"duration", "90s", "duration=90s"},
		}, s.Sets)
		object, err := json.Marshal(result(t, s, 1))
		require.NoError(t, err)
		require.Contains(t, string(object), `"set":{"clients.clock.rate":"2/s","duration":"90s","services.desk.servers":"2"}`)
	})
	t.Run("with a file beside it", func(t *testing.T) {
		s, err := Open(write("traced.toml", traced), Options{})
		require.NoError(t, err)
		require.EqualValues(t, 12, result(t, s, 1).Metrics["requests.offered"].Mean)
	})
	t.Run("with a built-in trace", func(t *testing.T) {
		_, err := Open(write("cup.toml", strings.Replace(traced, "visits.csv", "worldcup98-1998-06-30.csv", 1)), Options{})
		require.NoError(t, err)
	})
	t.Run("without its file", func(t *testing.T) {
		_, err := Open(write("lost.toml", strings.Replace(traced, "visits.csv", "lost.csv", 1)), Options{})
		var problems scenario.Problems
		require.ErrorAs(t, err, &problems)
		require.ErrorContains(t, err, "no such file beside the scenario, nor a built-in trace of that name")
	})
	t.Run("a built-in one, where a folder has its name", func(t *testing.T) {
		t.Chdir(dir)
		require.NoError(t, os.Mkdir("bootcamp", 0o755))
		s, err := Open("bootcamp", Options{})
		require.NoError(t, err)
		require.Equal(t, "bootcamp", s.Name)
	})
	t.Run("a variant", func(t *testing.T) {
		s, err := Open("two-thousand-users", Options{Variant: "idle-3000"})
		require.NoError(t, err)
		require.Equal(t, 3000, s.Spec.Clients["users"].Users)
		_, err = Open("two-thousand-users", Options{Variant: "idle-300"})
		require.ErrorContains(t, err, `did you mean "idle-3000"?`)
	})
	t.Run("nothing of that name", func(t *testing.T) {
		_, err := Open("nowhere", Options{})
		require.ErrorContains(t, err, "nowhere: no such file, and no built-in scenario of that name (built in: blue-green, bootcamp, ")
	})
	t.Run("what is wrong with it", func(t *testing.T) {
		_, err := Open(write("wrong.toml", strings.Replace(clockwork, "1/s", "-1/s", 1)), Options{})
		var problems scenario.Problems
		require.ErrorAs(t, err, &problems)
	})
}

// study reads a scenario that is given as text.
func study(t testing.TB, text string, sets ...string) *Study {
	t.Helper()
	file, problems := scenario.Parse("test.toml", []byte(text), nil)
	require.NoError(t, problems.Err())
	s, err := (&Scenario{File: file, Name: "test"}).Study(Options{Sets: sets})
	require.NoError(t, err)
	return s
}

// open is a scenario of Poisson arrivals at the station "desk".
func open(rate float64, demand, desk string) string {
	return arrivals(rate, demand, "kind = \"station\"\n"+desk)
}

// arrivals is a scenario of Poisson arrivals at the service "desk".
func arrivals(rate float64, demand, desk string) string {
	return fmt.Sprintf(`
duration = "12m"
discard  = "2m"
[clients.visitors]
target = "desk"
rate   = "%g/s"
[routes.counter]
demand.desk = "%s"
[services.desk]
%s`, rate, demand, desk)
}

// The name of a scenario file names a folder of its own.
func TestNamesOfFiles(t *testing.T) {
	for file, want := range map[string]string{
		"shop.toml": "shop", "sites/shop.toml": "shop", "shop": "shop", ".toml": ".toml",
		"..toml": "..toml", "...toml": "...toml", "../..toml": "..toml", "shop..toml": "shop.",
	} {
		require.Equal(t, want, baseName(file), file)
	}
}
