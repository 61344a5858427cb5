package experiments

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/experiments/output"
)

// counter is clockwork with expectations that follow by hand: each request
// takes 250 ms, in the variant 500 ms.
const counter = clockwork + `
[expectations.fast]
metric  = "latency.mean"
at_most = "300ms"
[expectations.served]
metric   = "availability"
at_least = "99%"
during   = "30s..1m"
[variants.slow.routes.tick]
demand.desk = "500ms"
[variants.patient.expectations.fast]
at_most = "1s"
`

// suiteOf is the test suite of a text.
func suiteOf(t *testing.T, text string, sets ...string) *Suite {
	t.Helper()
	file, err := parse("counter.toml", []byte(text), nil)
	require.NoError(t, err)
	s, err := file.Suite(Options{Sets: sets})
	require.NoError(t, err)
	return s
}

// checked is what a check of a text finds.
func checked(t *testing.T, c Criteria, text string, sets ...string) *Checked {
	t.Helper()
	s := suiteOf(t, text, sets...)
	require.NoError(t, s.Run(context.Background(), new(Runner)))
	return s.Judge(c)
}

var byDefault = Criteria{Level: DefaultLevel, Tolerance: DefaultTolerance}

func lines(findings []Finding) string {
	text := ""
	for _, f := range findings {
		text += f.String() + "\n"
	}
	return text
}

// The base comes first, then the variants as the file has them; each finding is
// at the line that the newest text has for its expectation.
func TestCheckJudgesAllConfigurations(t *testing.T) {
	c := checked(t, byDefault, counter)
	require.Equal(t, `counter.toml:13: base: fast: pass: latency.mean is 250 ± 0 ms, must be ≤ 300 ms (met in 10 of 10)
counter.toml:16: base: served: pass: availability in 30s..1m is 100 ± 0 %, must be ≥ 99 % (met in 10 of 10)
counter.toml:13: slow: fast: fail: latency.mean is 500 ± 0 ms, must be ≤ 300 ms (met in 0 of 10)
counter.toml:16: slow: served: pass: availability in 30s..1m is 100 ± 0 %, must be ≥ 99 % (met in 10 of 10)
counter.toml:22: patient: fast: pass: latency.mean is 250 ± 0 ms, must be ≤ 1 s (met in 10 of 10)
counter.toml:16: patient: served: pass: availability in 30s..1m is 100 ± 0 %, must be ≥ 99 % (met in 10 of 10)
`, lines(c.Findings()))
	require.Equal(t, output.Fail, c.Verdict())
	require.Equal(t, []int{5, 1, 0}, []int{c.Count(output.Pass), c.Count(output.Fail), c.Count(output.Inconclusive)})
}

func TestCheckReplications(t *testing.T) {
	for _, c := range []struct {
		name         string
		sets         []string
		fewest, most int
	}{
		{"without a word", nil, 10, 10},
		{"the scenario's", []string{"replications=3"}, 3, 3},
		{"a variant's own", []string{"variants.slow.replications=4"}, 4, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			fewest, most := checked(t, byDefault, counter, c.sets...).Replications()
			require.Equal(t, c.fewest, fewest)
			require.Equal(t, c.most, most)
		})
	}
}

// A suite that tests nothing is wrong; one of whose configurations do is not.
func TestCheckOfNothing(t *testing.T) {
	file, err := parse("counter.toml", []byte(clockwork), nil)
	require.NoError(t, err)
	_, err = file.Suite(Options{})
	require.EqualError(t, err, "counter.toml: has no expectations: there is nothing to check (a table [expectations.NAME] says what must hold)")
	require.Len(t, checked(t, byDefault, clockwork+"[variants.x.expectations.fast]\nmetric = \"latency.mean\"\nat_most = \"1s\"\n").Findings(), 1)
}

// A trial of made-up values of a metric: one a replication.
func made(t *testing.T, text, metric string, values ...float64) *Trial {
	t.Helper()
	trial := NewTrial(study(t, text))
	extended(t, new(Runner), 1, trial)
	of := trial.Cells[0]
	trial.Cells = nil
	for _, v := range values {
		f := *of
		f.Windows = []Window{{Values: append([]float64(nil), of.Windows[0].Values...), Latency: of.Windows[0].Latency}}
		for i, name := range trial.metrics {
			if name == metric {
				f.Windows[0].Values[i] = v
			}
		}
		trial.Cells = append(trial.Cells, &f)
	}
	return trial
}

// The level decides how sure a verdict must be; metrics keep their 95 %.
func TestCheckLevel(t *testing.T) {
	trial := made(t, clockwork+"[expectations.fast]\nmetric = \"latency.mean\"\nat_most = \"4s\"\n", "latency.mean", 1, 2, 3) // 90 %: 0.31 to 3.69 s, 95 %: -0.48 to 4.48 s
	suite := &Suite{Scenario: &Scenario{File: trial.file, Name: "x", Source: "x"}, Trials: []*Trial{trial}}
	require.Equal(t, output.Pass, suite.Judge(Criteria{Level: 0.9}).Verdict())
	c := suite.Judge(Criteria{Level: 0.95})
	require.Equal(t, output.Inconclusive, c.Verdict())
	ninety := suite.Judge(Criteria{Level: 0.9}).Judgements[0]
	require.Less(t, ninety.Expectations["fast"].Hi, ninety.Metrics["latency.mean"].Hi)
	require.Equal(t, c.Judgements[0].Expectations["fast"].Hi, ninety.Metrics["latency.mean"].Hi)
}

func TestCheckJSON(t *testing.T) {
	data, err := json.Marshal(checked(t, byDefault, counter))
	require.NoError(t, err)
	var c struct {
		Schema, Verdict              string
		Level                        float64
		Passed, Failed, Inconclusive int
		Baseline                     any
		Variants                     map[string]struct {
			Schema       string
			Expectations map[string]struct{ Verdict string }
		}
	}
	require.NoError(t, json.Unmarshal(data, &c))
	require.Equal(t, "headroom.check/1 fail 0.95 5 1 0 <nil>", fmt.Sprint(c.Schema, " ", c.Verdict, " ", c.Level, " ", c.Passed, " ", c.Failed, " ", c.Inconclusive, " ", c.Baseline))
	require.Equal(t, "headroom.result/1", c.Variants["base"].Schema)
	require.Equal(t, "fail", c.Variants["slow"].Expectations["fast"].Verdict)
}

// recorder is a test that remembers what it is told.
type recorder struct{ logged, failed []string }

func (r *recorder) Helper()         {}
func (r *recorder) Log(args ...any) { r.logged = append(r.logged, fmt.Sprint(args...)) }
func (r *recorder) Errorf(format string, args ...any) {
	r.failed = append(r.failed, fmt.Sprintf(format, args...))
}

var _ TestingT = (*testing.T)(nil)

func TestCheckInGo(t *testing.T) {
	policy := filepath.Join(t.TempDir(), "policy.toml")
	require.NoError(t, os.WriteFile(policy, []byte(counter), 0o644))
	var r recorder
	require.False(t, Check(&r, policy, CheckOptions{}))
	require.Len(t, r.logged, 5)
	require.Len(t, r.failed, 1)
	require.Contains(t, r.failed[0], ":13: slow: fast: fail: latency.mean is 500 ± 0 ms, must be ≤ 300 ms (met in 0 of 10)")

	r = recorder{}
	require.True(t, Check(&r, policy, CheckOptions{Sets: []string{"expectations.fast.at_most=600ms", "replications=2"}}))
	require.Empty(t, r.failed)
	require.Contains(t, strings.Join(r.logged, "\n"), "(met in 2 of 2)")

	for name, o := range map[string]CheckOptions{"no such baseline": {Baseline: policy + ".json"}, "there is no metric": {Sets: []string{"expectations.fast.metric=speed"}}} {
		r = recorder{}
		require.False(t, Check(&r, policy, o))
		require.Len(t, r.failed, 1)
		require.Contains(t, r.failed[0], name)
	}
	r = recorder{}
	require.False(t, Check(&r, "no-such.toml", CheckOptions{}))
	require.Contains(t, r.failed[0], "no such file")
}

// station is a queue with luck: M/M/1 at utilization 0.6.
const station = `
duration = "5m"
discard  = "1m"
[clients.visitors]
target = "desk"
rate   = "6/s"
[routes.page]
demand.desk = "exponential(100ms)"
[services.desk]
kind = "station"
`

// bounded gives the station expectations whose bounds are the truth itself, as a
// few hundred other seeds have it: all hold, and none could be closer.
func bounded(t *testing.T, seeds int) string {
	t.Helper()
	metrics := []string{"latency.mean", "latency.p95", "services.desk.utilization"}
	var trials []*Trial
	for seed := range seeds {
		trials = append(trials, NewTrial(study(t, station, fmt.Sprintf("seed=%d", 100_000+seed))))
	}
	require.NoError(t, new(Runner).Extend(context.Background(), CheckReplications, trials...))
	text := station
	for i, metric := range metrics {
		var all []float64
		for _, trial := range trials {
			all = append(all, trial.Values(metric)...)
		}
		truth := output.Interval(all, output.Level).Mean
		figure := fmt.Sprintf(`"%.0fns"`, truth*1e9)
		if metric == "services.desk.utilization" {
			figure = fmt.Sprint(truth)
		}
		text += fmt.Sprintf("[expectations.e%d]\nmetric = %q\nat_most = %s\n", i, metric, figure)
	}
	return text
}

// Of twenty independent expectations, each with its bound at the truth, two checks
// in five have one that fails at its 95 %: the check as a whole fails in 5 % of
// them at most. What fails beyond luck fails it.
func TestCheckOfManyExpectations(t *testing.T) {
	const checks, k, n = 1000, 20, 10
	var metrics []string
	text := clockwork
	for i := range k {
		metrics = append(metrics, fmt.Sprintf("services.s%d.utilization", i))
		text += fmt.Sprintf("[services.s%d]\nkind = \"station\"\n[expectations.e%d]\nmetric = %q\nat_most = 0.5\n", i, i, metrics[i])
	}
	trial := made(t, text, "", make([]float64, n)...)
	suite := &Suite{Scenario: &Scenario{File: trial.file, Name: "x", Source: "x"}, Trials: []*Trial{trial}}
	draw := func(check uint64, first float64) *Checked {
		chance := random.NewStream(check, 0, "many expectations")
		for r, f := range trial.Cells {
			for i, metric := range metrics {
				at, _ := slices.BinarySearch(trial.metrics, metric)
				f.Windows[0].Values[at] = 0.5 + 0.01*random.NormalQuantile(chance.Uniform(uint64(r), uint64(i)))
				if i == 0 {
					f.Windows[0].Values[at] += first
				}
			}
		}
		return suite.Judge(byDefault)
	}
	var some, whole float64
	for check := range uint64(checks) {
		c := draw(check, 0)
		if c.Count(output.Fail) > 0 {
			some++
		}
		if c.Verdict() == output.Fail {
			whole++
		}
		require.NotEqual(t, output.Pass, c.Verdict())
	}
	chance := func(p float64) float64 { return 3.3 * math.Sqrt(p*(1-p)/checks) }
	require.InDelta(t, 1-math.Pow(0.975, k), some/checks, chance(0.4))
	require.LessOrEqual(t, whole/checks, 0.05+chance(0.05))
	sure := draw(0, 0.1)
	require.InDelta(t, 0.995, sure.Family(), 1e-12)
	require.Equal(t, output.Fail, sure.Verdict())
}

// A check with another seed is another draw. Where every expectation holds, and
// only just, at most 5 % of the checks fail for one of them: 2.5 % is what a
// 95 % interval leaves on one side.
func TestCheckSeldomFailsWhatPasses(t *testing.T) {
	seeds := 200
	if testing.Short() {
		seeds = 40
	}
	text := bounded(t, seeds)
	by := map[string]*[3]int{"the check": {}}
	for seed := range seeds {
		c := checked(t, byDefault, text, fmt.Sprintf("seed=%d", seed))
		by["the check"][c.Verdict()]++
		for _, f := range c.Findings() {
			if by[f.Name] == nil {
				by[f.Name] = new([3]int)
			}
			by[f.Name][f.Verdict]++
		}
	}
	require.Len(t, by, 4)
	// 5 %; of few checks 2.5 % and what luck may add to it, its 99.9 % bound.
	most := max(0.05*float64(seeds), 0.025*float64(seeds)+3.3*math.Sqrt(0.025*0.975*float64(seeds)))
	if seeds >= 200 {
		most = 0.05 * float64(seeds)
	}
	for name, n := range by {
		t.Logf("%s: %d fail, %d inconclusive, %d pass of %d", name, n[output.Fail], n[output.Inconclusive], n[output.Pass], seeds)
		require.LessOrEqual(t, float64(n[output.Fail]), most)
		require.Greater(t, n[output.Inconclusive], seeds/2, "a bound at the truth cannot be told from it")
	}
}
