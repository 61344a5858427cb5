package experiments

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/experiments/output"
)

// kept is what a check of a text keeps as a baseline, read from a file.
func kept(t *testing.T, text string, sets ...string) *Baseline {
	t.Helper()
	s := suiteOf(t, text, sets...)
	require.NoError(t, s.Run(context.Background(), new(Runner)))
	b := NewBaseline()
	b.Add(s)
	var to bytes.Buffer
	require.NoError(t, b.Write(&to))
	read, err := ReadBaseline(file(t, to.String()))
	require.NoError(t, err)
	return read
}

// file is one with that content, called baseline.json.
func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "baseline.json")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
	return path
}

// against are the criteria of a check against a baseline.
func against(b *Baseline) Criteria {
	return Criteria{Level: DefaultLevel, Tolerance: DefaultTolerance, Baseline: b}
}

// The same again is no worse; half as fast is, and the drift in it is exact.
func TestBaseline(t *testing.T) {
	before := kept(t, counter)
	same := checked(t, against(before), counter)
	require.Empty(t, same.Uncompared)
	require.Equal(t, 1, same.Count(output.Fail), "the expectation that failed before, against its bound")
	require.Equal(t, output.Pass, same.Judgements[1].Drifts[0].Verdict, "and not against the baseline")

	slower := checked(t, against(before), counter, `routes.tick.demand.desk="280ms"`)
	base := slower.Judgements[0]
	require.Equal(t, output.Pass, base.Expectations["fast"].Verdict)
	d := base.Drifts[0]
	require.Equal(t, output.Fail, d.Verdict)
	require.InDelta(t, 0.25, d.Was, 1e-12)
	require.InDelta(t, 0.03, d.Mean, 1e-12)
	require.InDelta(t, 0.0125, d.Allowed, 1e-12)
	require.Equal(t, 10, d.N)
	require.Equal(t, output.Fail, base.Latency.Verdict)
	require.InDelta(t, 1, base.Latency.Slower, 1e-12)
	require.Contains(t, lines(base.Findings()), "counter.toml:13: base: fast as before: fail: latency.mean was 250 ms: +30 ± 0 ms (+12 %), allowed +12.5 ms\n")
	require.Contains(t, strings.Join(slower.Uncompared, "\n"), "base, slow, patient: another load than in the baseline")
}

// Between two builds of one version models may differ: that is told, and compared
// even so.
func TestBaselineOfAnotherBuild(t *testing.T) {
	before := kept(t, counter)
	require.Equal(t, Model(), before.Model)
	before.Model = Version + "+abc"
	c := checked(t, against(before), counter)
	require.Len(t, c.Uncompared, 1)
	require.Contains(t, c.Uncompared[0], "was kept by another build of headroom ("+Version+"+abc; this is "+Model()+")")
	require.Equal(t, output.Pass, c.Judgements[0].Drifts[0].Verdict)
}

// What is new, what is gone and what has other replications is told; what is in
// both is compared.
func TestBaselineOfOtherConfigurations(t *testing.T) {
	before := kept(t, counter, "replications=4")
	after := strings.Replace(counter, "[variants.patient", "[variants.eager", 1) + "[expectations.busy]\nmetric = \"services.desk.utilization\"\nat_most = 0.9\n[expectations.late]\nmetric = \"latency.p99\"\nat_most = \"1s\"\n"
	c := checked(t, against(before), after)
	require.Equal(t, []string{
		"base, slow: 10 replications, 4 in the baseline: the first 4 are compared",
		"base, slow: busy is not in the baseline: services.desk.utilization",
		"base, slow: distributions of latencies are not compared: that takes 6 replications with requests",
		"eager: not in the baseline",
		"patient: in the baseline only",
	}, c.Uncompared)
	names := ""
	for _, d := range c.Judgements[0].Drifts {
		names += d.Expectation + " "
		require.Equal(t, 4, d.N)
	}
	require.Equal(t, "fast late served ", names, "late names a headline, which is kept anyway")
	require.Nil(t, c.Judgements[0].Latency, "four pairs show nothing")
	require.Empty(t, c.Judgements[2].Drifts)
}

func TestBaselineRefused(t *testing.T) {
	var whole bytes.Buffer
	require.NoError(t, kept(t, counter, "replications=2").Write(&whole))
	text := whole.String()
	replaced := func(old, replacement string) string {
		require.Contains(t, text, old)
		return strings.Replace(text, old, replacement, 1)
	}
	for _, c := range []struct {
		name, content, want string
		sets                []string
	}{
		{"torn", text[:len(text)/2], "is no baseline, or a torn one: unexpected end of JSON input", nil},
		{"empty", "", "is no baseline, or a torn one: unexpected end of JSON input", nil},
		{"something else", "duration = \"2m\"\n", "is no baseline, or a torn one: invalid character 'd' looking for beginning of value", nil},
		{"another schema", `{"schema":"headroom.result/1"}`, `is no baseline (schema "headroom.result/1", want "headroom.baseline/1")`, nil},
		{"another version", replaced(`"version":"`+Version, `"version":"0.0.1`), "is a baseline of Headroom 0.0.1, and this is " + Version + ": models differ, save it anew", nil},
		{"an unknown key", replaced(`"seed":1`, `"sede":1`), `is a broken baseline: json: unknown field "sede"`, nil},
		{"a value missing", replaced(`"values":[0.25,0.25]`, `"values":[0.25]`), "is a broken baseline: counter, base: latency.mean has 1 values of 2 replications", nil},
		{"no replications", replaced(`"replications":2`, `"replications":0`), "is a broken baseline: counter, base: has no replications", nil},
		{"no latencies", replaced(`"first":`, `"first":-`), "is a broken baseline: counter, base: has no latencies of 2 replications", nil},
		{"another scenario", replaced(`{"counter":`, `{"shop":`), "is a baseline of shop, not of counter: keep one of counter with --save-baseline, or, if it was renamed and changed, write its new name into the file", []string{"routes.tick.demand.desk=300ms"}},
		{"another seed", text, "has seed 1 of base, and this check seed 2: other random numbers", []string{"seed=2"}},
		{"another duration", text, "has 2m of base, and this check 1m 30s: --duration sets it, or save the baseline anew", []string{"duration=90s"}},
		{"nothing in common", replaced(`"base":`, `"other":`), "has nothing to compare counter with: no expectation of a configuration that is in both", []string{"expectations.fast.during=1m..2m", "expectations.served.during=0s..1m"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := file(t, c.content)
			b, err := ReadBaseline(path)
			if err == nil {
				err = b.Fits(suiteOf(t, counter, c.sets...))
			}
			require.EqualError(t, err, path+": "+c.want)
		})
	}
	_, err := ReadBaseline("no-such.json")
	require.EqualError(t, err, "no-such.json: no such baseline (headroom check --save-baseline writes one)")
	_, err = ReadBaseline(t.TempDir())
	require.ErrorContains(t, err, "is a folder")
}

// A scenario that was renamed, and says what it said, is compared under its new
// name; the check tells so.
func TestBaselineOfARenamedScenario(t *testing.T) {
	b := kept(t, counter, "replications=2")
	b.Scenarios = map[string]map[string]*Past{"other": {"base": b.Scenarios["counter"]["base"]}, "shop": b.Scenarios["counter"]}
	s := suiteOf(t, counter, "replications=2")
	require.NoError(t, b.Fits(s))
	require.NoError(t, s.Run(t.Context(), new(Runner)))
	c := s.Judge(Criteria{Level: DefaultLevel, Baseline: b, Tolerance: DefaultTolerance})
	require.Contains(t, c.Uncompared, "was kept of shop, which says the same as counter: taken for it")
	require.NotEmpty(t, c.Judgements[0].Drifts)
	require.NotContains(t, strings.Join(c.Uncompared, " "), "not in the baseline")
	delete(b.Scenarios, "shop")
	require.Error(t, b.Fits(s), "the variants are missing")
}

func TestDrift(t *testing.T) {
	atMost, atLeast := output.NewBound(output.AtMost, 0, 10), output.NewBound(output.AtLeast, 5, 0)
	between, nothing := output.NewBound(output.Between, 5, 10), output.NewBound(output.Equals, 0, 0)
	available := output.NewBound(output.AtLeast, 0.99, 0)
	const pass, fail, inconclusive = output.Pass, output.Fail, output.Inconclusive
	for _, c := range []struct {
		name      string
		bound     output.Bound
		unit      string
		past, now []float64
		allowed   float64
		want      output.Verdict
	}{
		{"equal", atMost, "", []float64{8, 8}, []float64{8, 8}, 0.4, pass},
		{"better", atMost, "", []float64{8, 9}, []float64{1, 2}, 0.425, pass},
		{"a little higher", atMost, "", []float64{8, 8}, []float64{8.3, 8.3}, 0.4, pass},
		{"higher", atMost, "", []float64{8, 8}, []float64{8.5, 8.5}, 0.4, fail},
		{"perhaps higher", atMost, "", []float64{8, 8}, []float64{8, 9}, 0.4, inconclusive},
		{"far apart, but by the same in each pair", atMost, "", []float64{1, 9}, []float64{1.1, 9.1}, 0.25, pass},
		{"higher where that is good", atLeast, "", []float64{8, 8}, []float64{9, 9}, 0.4, pass},
		{"lower where that is bad", atLeast, "", []float64{8, 8}, []float64{7, 7}, 0.4, fail},
		{"higher where either is bad", between, "", []float64{8, 8}, []float64{9, 9}, 0.4, fail},
		{"lower where either is bad", between, "", []float64{8, 8}, []float64{7, 7}, 0.4, fail},
		{"about the same where either is bad", between, "", []float64{8, 8}, []float64{8.1, 8.1}, 0.4, pass},
		{"a zero kept", nothing, "", []float64{0, 0}, []float64{0, 0}, 0, pass},
		{"a zero lost", nothing, "", []float64{0, 0}, []float64{1, 1}, 0, fail},
		{"from zero, within the tolerance of the bound", atMost, "", []float64{0, 0}, []float64{0.5, 0.5}, 0.5, pass},
		{"from zero, beyond it", atMost, "", []float64{0, 0}, []float64{0.6, 0.6}, 0.5, fail},
		{"an availability within its error budget", available, "share", []float64{1, 1}, []float64{0.9996, 0.9996}, 0.0005, pass},
		{"an availability that spends it", available, "share", []float64{1, 1}, []float64{0.999, 0.999}, 0.0005, fail},
		{"an availability below its bound", available, "share", []float64{0.9, 0.9}, []float64{0.896, 0.896}, 0.005, pass},
		{"one pair is compared plainly", atMost, "", []float64{8}, []float64{8.5}, 0.4, fail},
		{"a pair without a sample", atMost, "", []float64{8, math.NaN(), 8}, []float64{8.5, 1, 8.5}, 0.4, fail},
	} {
		t.Run(c.name, func(t *testing.T) {
			if len(c.now) > 1 { // six pairs and more, so that equal differences are sure
				c.past, c.now = slices.Repeat(c.past, 3), slices.Repeat(c.now, 3)
			}
			d := drift("e", Expectation{Metric: "m", Unit: c.unit, Bound: c.bound, Each: c.now}, c.past, byDefault)
			require.Equal(t, c.want, d.Verdict)
			require.InDelta(t, c.allowed, d.Allowed, 1e-12)
		})
	}
}

// Limits are written in the direction in which the metric gets worse; changes as
// shares of what was, unless that tells nothing.
func TestDriftWords(t *testing.T) {
	change := output.Difference{Estimate: output.Estimate{Mean: 0.1, Lo: 0.05, Hi: 0.15, N: 10}}
	for _, c := range []struct {
		name          string
		was           float64
		unit          string
		relation      output.Relation
		change, limit string
	}{
		{"higher is worse", 2, "s", output.AtMost, "+5.0 ± 2.5 %", "+5 %"},
		{"lower is worse", -2, "s", output.AtLeast, "+5.0 ± 2.5 %", "-5 %"},
		{"either is worse", 2, "s", output.Between, "+5.0 ± 2.5 %", "±5 %"},
		{"from nothing", 0, "s", output.AtMost, "+100 ± 50 ms", "+100 ms"},
		{"a share", 0.5, "share", output.AtLeast, "+10.0 ± 5.0 pp", "-10 pp"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Drift{Unit: c.unit, Was: c.was, Allowed: 0.1, Bound: output.NewBound(c.relation, 1, 2), Difference: change}
			require.Equal(t, []string{c.change, c.limit}, []string{d.Change(), d.Limit()})
		})
	}
}

// spread counts n latencies of evenly many milliseconds around a median.
func spread(n, median, half int) []uint64 {
	h := new(tally.Histogram)
	for i := range n {
		h.Add(int64(1e6 * (float64(median) + float64(half)*(2*float64(i)/float64(n-1)-1))))
	}
	return cellCounts(h, 0)
}

func TestLatencyDrift(t *testing.T) {
	repeat := func(n int, counts ...[]uint64) *Distribution {
		d := &Distribution{}
		for i := range n {
			d.Counts = append(d.Counts, counts[i%len(counts)])
		}
		return d
	}
	before := repeat(10, spread(1000, 100, 20), spread(1100, 101, 20))
	for _, c := range []struct {
		name string
		now  *Distribution
		want output.Verdict
	}{
		{"the same", before, output.Pass},
		{"wider, with the same median", repeat(10, spread(1000, 100, 60), spread(1100, 101, 60)), output.Fail},
		{"narrower", repeat(10, spread(1000, 100, 18), spread(1100, 101, 18)), output.Pass},
		{"faster", repeat(10, spread(1000, 50, 20), spread(1100, 51, 20)), output.Pass},
		{"slower", repeat(10, spread(1000, 120, 20), spread(1100, 121, 20)), output.Fail},
		{"slower by too little to matter", repeat(10, spread(1000, 101, 20), spread(1100, 102, 20)), output.Pass},
		{"slower as often as faster", repeat(10, spread(1000, 110, 20), spread(1100, 91, 20)), output.Inconclusive},
		{"slower in one of ten", repeat(10, spread(1000, 160, 20), spread(1100, 101, 20), spread(1000, 100, 20), spread(1100, 101, 20), spread(1000, 100, 20), spread(1100, 101, 20), spread(1000, 100, 20), spread(1100, 101, 20), spread(1000, 100, 20), spread(1100, 101, 20)), output.Inconclusive},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, latencyDrift(before, c.now, byDefault).Verdict, "%+v", latencyDrift(before, c.now, byDefault))
		})
	}
	sure := Criteria{Level: 0.9999, Tolerance: 0.05}
	require.Equal(t, output.Fail, latencyDrift(repeat(15, before.Counts[0]), repeat(15, spread(1000, 200, 20)), sure).Verdict)
	require.Nil(t, latencyDrift(repeat(15, before.Counts[0]), repeat(15, spread(1000, 200, 20)), Criteria{Level: 0.99999}), "no number shows it")
	require.Equal(t, "no number of replications shows a change at a level of 99.999 %", whatItTakes(0.99999))
	require.Nil(t, latencyDrift(before, repeat(5, spread(1000, 200, 20)), byDefault), "five pairs show nothing")
	require.Nil(t, latencyDrift(before, repeat(10, nil), byDefault), "no requests")
	require.Equal(t, output.Fail, latencyDrift(before, repeat(6, spread(1000, 200, 20)), byDefault).Verdict, "six do")
	require.Nil(t, latencyDrift(before, repeat(7, spread(1000, 200, 20)), Criteria{Level: 0.99, Tolerance: 0.05}))
	require.Equal(t, output.Fail, latencyDrift(before, repeat(8, spread(1000, 200, 20)), Criteria{Level: 0.99, Tolerance: 0.05}).Verdict, "99 %% take eight")
}

// Each latency is in the cell that begins at or below it, and ends above it.
func TestLatencyCells(t *testing.T) {
	for _, ns := range []int64{0, 1, 7, 8, 15, 16, 17, 255, 256, 1e6, 123_456_789, math.MaxInt64} {
		cell := latencyCell(ns)
		require.LessOrEqual(t, latencyEdge(cell), ns)
		if ns < math.MaxInt64 {
			require.Greater(t, latencyEdge(cell+1), ns)
		}
	}
	for cell := 1; cell < 400; cell++ {
		require.Equal(t, cell, latencyCell(latencyEdge(cell)))
		require.Equal(t, cell-1, latencyCell(latencyEdge(cell)-1))
	}
}
