package experiments

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/experiments/output"
)

var nan = math.NaN()

// madeUp is an arm whose replications gave these values of some metrics, and
// zeros of all others.
func madeUp(t *testing.T, name string, values map[string][]float64, sets ...string) Arm {
	t.Helper()
	trial := NewTrial(study(t, `
duration = "2m"
[clients.c]
target = "lb"
rate = "1/s"
[routes.page]
demand.web = "1ms"
[balancers.lb]
kind = "application"
targets = ["web"]
[fleets.web]
vcpus = 1
price = 1.0
zones = ["a"]
max = 1
min = 1
`, sets...))
	n := 0
	for _, list := range values {
		n = len(list)
	}
	for i := range n {
		f := &Figures{Windows: []Window{{make([]float64, len(trial.metrics)), new(tally.Histogram)}}}
		for metric, list := range values {
			at, known := slices.BinarySearch(trial.metrics, metric)
			require.True(t, known, metric)
			f.Windows[0].Values[at] = list[i]
		}
		trial.Cells = append(trial.Cells, f)
	}
	return Arm{name, trial}
}

// Differences are paired by replication, with their own interval and with one
// that is corrected for all that are shown.
func TestCompare(t *testing.T) {
	latency, other := []float64{1, 2, 3, 4}, []float64{1.5, 2.6, 3.4, 4.5}
	count, more := []float64{1, 2, 3, 4}, []float64{2, 3, 4, 5}
	base := madeUp(t, "base", map[string][]float64{"latency.mean": latency, "cost.total": {0.1, 0.1, 0.1, 0.1}, "requests.offered": count})
	arm := madeUp(t, "arm", map[string][]float64{"latency.mean": other, "cost.total": {0.3, 0.1 + 0.2, 0.3, 0.3}, "requests.offered": more})
	c := Compare([]Arm{base, arm})
	require.Equal(t, []string{"latency.mean", "latency.p95", "latency.p99", "availability", "requests.failed", "cost.total"}, c.Shown)
	require.Equal(t, len(c.Shown), c.Comparisons)
	require.Equal(t, 4, c.Replications())

	d := c.Changes[0].Metrics["latency.mean"]
	alone := output.Compare(latency, other, output.Level)
	require.Equal(t, alone, d.Difference)
	require.InDelta(t, 0.5, d.Mean, 1e-15)
	require.Equal(t, output.Compare(latency, other, 1-0.05/6).Estimate, d.Simultaneous, "Bonferroni")
	require.InDelta(t, 5*d.P, d.Holm, 1e-12, "Holm: the differences of cost are surer, those of the other four are no differences")
	require.Equal(t, Higher, d.Shows())
	share, ok := d.Relative(d.Simultaneous)
	require.True(t, ok)
	require.InDelta(t, 0.2, share.Mean, 1e-15, "0.5 of 2.5")

	cost := c.Changes[0].Metrics["cost.total"]
	require.Equal(t, Higher, cost.Shows(), "what fixed servers cost is no luck")
	require.Equal(t, cost.Lo, cost.Hi, "what sums were rounded to is no luck")
	require.Zero(t, cost.P)
	require.Equal(t, Same, c.Changes[0].Metrics["requests.failed"].Shows())

	require.Equal(t, None, c.Changes[0].Metrics["requests.offered"].Shows(), "four equal differences are no proof")
	offered := c.Changes[0].Metrics["requests.offered"]
	require.True(t, math.IsNaN(offered.Simultaneous.Mean) && math.IsNaN(offered.Holm), "it is not shown")
}

func TestWhatADifferenceShows(t *testing.T) {
	for name, c := range map[string]struct {
		base, arm []float64
		want      Showing
	}{
		"one replication":    {[]float64{1}, []float64{2}, Unknown},
		"one pair":           {[]float64{1, nan}, []float64{2, 2}, Unknown},
		"no pair":            {[]float64{1, nan}, []float64{nan, 2}, Unknown},
		"the same":           {[]float64{1, 2}, []float64{1, 2}, Same},
		"the same but sums":  {[]float64{0.3, 0.1}, []float64{0.1 + 0.2, 0.1}, Same},
		"luck":               {[]float64{1, 2, 3}, []float64{2, 1, 4}, None},
		"lower":              {[]float64{1, 2, 3}, []float64{0, 1, 2.001}, Lower},
		"higher, by a hair":  {[]float64{1, 2, 3, 4, 5, 6}, []float64{1.0001, 2.0001, 3.0001, 4.0001, 5.0001, 6.0001}, Higher},
		"equal, and too few": {[]float64{0, 0, 0, 0, 0}, []float64{1, 1, 1, 1, 1}, None},
		"half of them valid": {[]float64{1, nan, 3, 4}, []float64{2, 3, 4.01, nan}, Higher},
	} {
		t.Run(name, func(t *testing.T) {
			d := Compare([]Arm{
				madeUp(t, "base", map[string][]float64{"throughput": c.base}), madeUp(t, "arm", map[string][]float64{"throughput": c.arm}),
			}).Changes[0].Metrics["throughput"]
			require.Equal(t, c.want, d.Shows())
		})
	}
}

// A step from one bucket of the histogram to the next is no difference yet, however
// often it is seen.
func TestCompareQuantiles(t *testing.T) {
	shows := func(metric string, base, arm float64) Showing {
		list := func(v float64) map[string][]float64 {
			return map[string][]float64{metric: slices.Repeat([]float64{v}, 10)}
		}
		d := Compare([]Arm{madeUp(t, "base", list(base)), madeUp(t, "arm", list(arm))}).Changes[0].Metrics[metric]
		require.Equal(t, d.P < 1-output.Level, d.Lo > 0 || d.Hi < 0, "p agrees with the interval")
		require.False(t, d.Shows() == None && d.Holm < 1-output.Level, "and Holm with what is shown")
		return d.Shows()
	}
	require.Equal(t, None, shows("latency.p95", 1, 1.007))
	require.Equal(t, Higher, shows("latency.p95", 1, 1.009))
	require.Equal(t, Same, shows("latency.p95", 1, 1))
	require.Equal(t, Lower, shows("latency.mean", 1, 0.999))
	require.Equal(t, Higher, shows("fleets.web.cpu.p95", 0.5, 0.501), "no histogram")
	require.Equal(t, None, shows("routes.page.latency.p999", 1, 0.995))
	require.Equal(t, None, shows("clients.c.latency.p50", 1, 0.995))
}

// Replications that not all arms have are left out.
func TestCompareWhatAllHave(t *testing.T) {
	base := madeUp(t, "base", map[string][]float64{"latency.mean": {1, 2, 3}})
	arm := madeUp(t, "arm", map[string][]float64{"latency.mean": {2, 4}})
	c := Compare([]Arm{base, arm})
	require.Equal(t, 2, c.Replications())
	require.Equal(t, 1.5, c.Arms[0].Metrics["latency.mean"].Mean)
	require.Len(t, base.Cells, 3, "the trial keeps them")
}

func TestCompareTellsOfMissingValues(t *testing.T) {
	base := madeUp(t, "base", map[string][]float64{"latency.mean": {1, 2, 3}, "latency.p95": {1, 2, 3}})
	arm := madeUp(t, "arm", map[string][]float64{"latency.mean": {nan, 2, 3}, "latency.p95": {nan, 2, 3}})
	c := Compare([]Arm{base, arm})
	require.Equal(t, []string{"2 of 3 replications have a value both in base and in arm of latency.mean, latency.p95"}, c.Warnings)
	require.Equal(t, 2.5, c.Changes[0].Metrics["latency.mean"].Base, "of the pairs")
}

// A cost that leaves something out is not set beside one that does not without a
// word.
func TestCompareTellsOfWhatHasNoPrice(t *testing.T) {
	priced := NewTrial(study(t, seventy, "duration=2m"))
	free := NewTrial(study(t, seventy, "duration=2m", "services.cache.kind=cache", "routes.page.demand.cache=1ms", "fleets.web.calls=[\"cache\"]"))
	require.NoError(t, new(Runner).Extend(context.Background(), 1, priced, free))
	c := Compare([]Arm{{"base", priced}, {"cached", free}})
	require.Equal(t, []string{"the cost of cached leaves out what has no price: cache"}, c.Warnings)
}

// Where an expectation judges a part of the run, the difference is that of this
// part; where a variant judges another, each arm has its own.
func TestCompareJudgedParts(t *testing.T) {
	const text = seventy + "[expectations.late]\nmetric = \"latency.p99\"\nat_most = \"1s\"\nduring = \"2m..4m\"\n"
	base, tuned := NewTrial(study(t, text)), NewTrial(study(t, text, "routes.page.demand.web=exponential(9ms)"))
	other := NewTrial(study(t, text, "expectations.late.during=1m..3m"))
	require.NoError(t, (&Runner{Jobs: 2}).Extend(context.Background(), 3, base, tuned, other))
	c := Compare([]Arm{{"base", base}, {"tuned", tuned}, {"other", other}})
	const late, early = "latency.p99 during 2m..4m", "latency.p99 during 1m..3m"
	require.Equal(t, []string{late, early, "latency.mean", "latency.p95", "latency.p99"}, c.Shown[:5])
	d := c.Changes[0].Metrics[late]
	require.InDelta(t, c.Arms[1].Result.Expectations["late"].Value-c.Arms[0].Result.Expectations["late"].Value, d.Mean, 1e-12)
	require.Equal(t, "s", d.Unit)
	require.False(t, math.IsNaN(d.Simultaneous.Lo), "it is corrected as one of those that are shown")
	require.Equal(t, c.Arms[0].Result.Expectations["late"].Value, c.Arms[0].Metrics[late].Mean)
	require.NotContains(t, c.Changes[1].Metrics, late)
	require.Contains(t, c.Changes[1].OnlyBase, late)
	require.Contains(t, c.Changes[1].OnlyArm, early)
	better, known := Better(late)
	require.True(t, known)
	require.Equal(t, output.LowerIsBetter, better)
	require.True(t, isQuantile(late))
	require.Equal(t, "latency.mean", c.Frontier.Objectives[1].Metric, "the first that all arms have")
}

// What only one side has is named.
func TestCompareOtherMetrics(t *testing.T) {
	base, arm := NewTrial(study(t, clockwork)), NewTrial(study(t, lively, "duration=2m", "expectations.later.during=10s..20s"))
	require.NoError(t, new(Runner).Extend(context.Background(), 2, base, arm))
	c := Compare([]Arm{{"base", base}, {"arm", arm}})
	require.Contains(t, c.Changes[0].OnlyBase, "services.desk.utilization")
	require.Contains(t, c.Changes[0].OnlyArm, "fleets.web.cpu.mean")
	require.Contains(t, c.Changes[0].Metrics, "latency.mean")
	require.Equal(t, []string{"latency.p95", "availability during 10s..20s"}, c.Shown[:2], "what expectations name comes first")
}

func TestFrontier(t *testing.T) {
	arm := func(name string, cost, latency float64) Arm {
		noise := []float64{-0.01, 0, 0.01}
		around := func(v float64, by float64) []float64 {
			list := slices.Clone(noise)
			for i := range list {
				list[i] = v + by*list[i]
			}
			return list
		}
		return madeUp(t, name, map[string][]float64{
			"cost.per_hour": around(cost, 0), "latency.mean": around(latency, latency/10), "availability": {1, 1, 1},
		})
	}
	uncertain := madeUp(t, "uncertain", map[string][]float64{
		"cost.per_hour": {1, 1, 1}, "latency.mean": {7, 15, 11}, "availability": {1, 1, 1},
	})
	c := Compare([]Arm{arm("base", 1, 10), arm("dearer", 2, 10), arm("fast", 2, 5), arm("cheap", 0.5, 20), arm("twin", 1.0005, 10), uncertain})
	require.Equal(t, []string{"cost.per_hour", "latency.mean", "availability"}, []string{
		c.Frontier.Objectives[0].Metric, c.Frontier.Objectives[1].Metric, c.Frontier.Objectives[2].Metric,
	})
	for i, want := range []Standing{
		{},
		{DominatedBy: []string{"base", "fast", "twin"}, ChallengedBy: nil},
		{}, {},
		{AlikeTo: []string{"base"}},
		{ChallengedBy: []string{"base", "twin"}},
	} {
		if i == 0 {
			want.AlikeTo = []string{"twin"}
		}
		require.True(t, math.IsNaN(c.Frontier.Standings[i].Sure), "nothing is expected of it")
		c.Frontier.Standings[i].Sure = 0
		require.Equal(t, want, c.Frontier.Standings[i], c.Arms[i].Name)
	}
	require.True(t, c.Frontier.Standings[5].On())
	require.False(t, c.Frontier.Standings[1].On())
}

// The cheapest is as sure as no other that keeps its expectations costs less, by more
// than the tolerance: one that costs the same in each replication is no rival, and one
// that does not keep them is none either.
func TestSureOfTheCheapest(t *testing.T) {
	base := costing(t, "base", 1, 1, 1.2, 1.1, 1.3)
	dearer := costing(t, "dearer", 1, 1.05, 1.15, 1.25, 1.35)
	twin, slow := costing(t, "twin", 1, 1, 1.2, 1.1, 1.3), costing(t, "slow", 30, 0.1, 0.1, 0.1, 0.1)
	const tolerance = 0.001 * 1.15
	of := func(by float64) float64 { // the saving is 0.05, -0.05, 0.15 and 0.05
		return output.Compare([]float64{0, 0, 0, 0}, []float64{0.05 + by, -0.05 + by, 0.15 + by, 0.05 + by}, 0.95).P / 2
	}
	c := Compare([]Arm{base, dearer, twin, slow})
	for i, want := range []float64{1 - of(tolerance), 1 - 2*(1-of(-tolerance)), 1 - of(tolerance)} { // the dearer has two rivals
		require.InDelta(t, max(0, want), c.Frontier.Standings[i].Sure, 1e-12, c.Arms[i].Name)
	}
	require.True(t, math.IsNaN(c.Frontier.Standings[3].Sure))
	alone := Compare([]Arm{costing(t, "base", 1, 1), costing(t, "dearer", 1, 2)})
	require.True(t, math.IsNaN(alone.Frontier.Standings[0].Sure), "of one replication")
}

// costing is an arm with a latency and costs that is expected to answer in 20 s.
func costing(t *testing.T, name string, latency float64, costs ...float64) Arm {
	same := slices.Repeat([]float64{latency}, len(costs))
	return madeUp(t, name, map[string][]float64{"cost.per_hour": costs, "latency.mean": same, "availability": same}, "expectations.fast.metric=latency.mean", "expectations.fast.at_most=20s")
}

// Of costs that vary by luck nobody is sure, however near their means are: no nearer
// than a little farther apart.
func TestNoiseMakesNobodySure(t *testing.T) {
	for _, last := range []float64{1, 1.004, 1.05} {
		c := Compare([]Arm{costing(t, "base", 1, 1, 2, 3, 4, 5), costing(t, "other", 1, 5, 4, 3, 2, last)})
		for i := range c.Arms {
			require.InDelta(t, 0.5, c.Frontier.Standings[i].Sure, 0.01, "%s, the other's last %g", c.Arms[i].Name, last)
		}
	}
}

// What luck hardly moves is alike within the tolerance, and sure to be; beyond it the
// dearer is sure not to be the cheapest. Differences without a spread have the sign test.
func TestSureOfAlikeCosts(t *testing.T) {
	costs := []float64{1, 2, 3, 4, 5} // the base's mean is 3, the tolerance 0.003
	for _, row := range []struct {
		name       string
		more       [5]float64
		base, than float64
	}{
		{"within", [5]float64{0.0010, 0.0011, 0.0012, 0.0011, 0.0010}, 1, 1},
		{"beyond", [5]float64{0.0110, 0.0111, 0.0112, 0.0111, 0.0110}, 1, 0},
		{"equal", [5]float64{0.011, 0.011, 0.011, 0.011, 0.011}, 1 - 1.0/32, 1.0 / 32},
	} {
		var other []float64
		for i, cost := range costs {
			other = append(other, cost+row.more[i])
		}
		c := Compare([]Arm{costing(t, "base", 1, costs...), costing(t, "other", 1, other...)})
		require.InDelta(t, row.base, c.Frontier.Standings[0].Sure, 1e-5, row.name)
		require.InDelta(t, row.than, c.Frontier.Standings[1].Sure, 1e-5, row.name)
	}
}

// Where an arm in truth costs more than the tolerance allows, few samples make one
// surer of it than they should: with a confidence of 0.9 at most a tenth.
func TestSureIsAConfidence(t *testing.T) {
	const runs, tolerance = 4000, 0.1
	arm, other := costing(t, "arm", 1, 100, 100, 100, 100, 100, 100).Trial, costing(t, "other", 1, 0, 0, 0, 0, 0, 0).Trial
	cost, _ := slices.BinarySearch(other.metrics, CostRate)
	sure := 0
	for run := range runs {
		luck := random.NewStream(1, run, "costs")
		for i, cell := range other.Cells {
			cell.Windows[0].Values[cost] = 100 - tolerance + random.NormalQuantile(luck.Uniform(uint64(i), 0))
		}
		if dearer(arm, other, tolerance) < 0.1 {
			sure++
		}
	}
	require.InDelta(t, 0.1*runs, sure, 3.29*math.Sqrt(0.1*0.9*runs))
}

// What an override does wrong in a variant alone is told with the variant's name.
func TestOverridesOfVariants(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.toml")
	require.NoError(t, os.WriteFile(path, []byte(clockwork+"[variants.closed.clients.clock]\narrivals = \"closed\"\nusers = 3\n"), 0o644))
	_, _, err := Lineup([]string{path}, Options{Sets: []string{"clients.clock.rate=3/s"}})
	require.ErrorContains(t, err, `--set clients.clock.rate=3/s: clients.clock.rate: in variant closed: cannot be used with arrivals = "closed"`)
	_, _, err = Lineup([]string{path}, Options{Sets: []string{"services.desk.servers=x"}})
	require.ErrorContains(t, err, "--set services.desk.servers=x: services.desk.servers: must be")
	require.NotContains(t, err.Error(), "in variant")
}

// Without a cost there are latency and availability; with one objective alone
// there is no frontier.
func TestFrontierObjectives(t *testing.T) {
	free := map[string][]float64{"latency.mean": {1, 2}, "availability": {1, 1}}
	c := Compare([]Arm{madeUp(t, "base", free), madeUp(t, "arm", free)})
	require.Len(t, c.Frontier.Objectives, 2)
	none := map[string][]float64{"latency.mean": {nan, nan}, "availability": {1, 1}}
	c = Compare([]Arm{madeUp(t, "base", free), madeUp(t, "arm", none)})
	require.Empty(t, c.Frontier)
}

// One replication: no interval is made up.
func TestCompareOneReplication(t *testing.T) {
	c := Compare([]Arm{
		madeUp(t, "base", map[string][]float64{"latency.mean": {1}}), madeUp(t, "arm", map[string][]float64{"latency.mean": {2}}),
	})
	var printed struct {
		Variants    map[string]struct{ Schema string }
		Differences map[string]map[string]struct{ Mean, Lo, Hi, P *float64 }
	}
	text, err := json.Marshal(c)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &printed))
	d := printed.Differences["arm - base"]["latency.mean"]
	require.Equal(t, 1.0, *d.Mean)
	require.Nil(t, d.Lo)
	require.Nil(t, d.Hi)
	require.Nil(t, d.P)
	require.Equal(t, Schema, printed.Variants["base"].Schema)
	require.Zero(t, c.Comparisons)
	share, ok := c.Changes[0].Metrics["latency.mean"].Relative(c.Changes[0].Metrics["latency.mean"].Simultaneous)
	require.True(t, ok)
	require.Equal(t, 1.0, share.Mean, "the plain difference is shown")
}

// written puts scenarios into a folder, and goes there.
func written(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	}
}

func TestLineup(t *testing.T) {
	written(t, map[string]string{
		"one.toml": clockwork + "[variants.late]\nseed = 7\n[variants.fast.routes.tick]\ndemand.desk = \"1ms\"\n",
		"two.toml": "seed = 3\n" + clockwork, "base.toml": clockwork, "there/two.toml": clockwork,
	})
	for _, c := range []struct {
		name     string
		files    []string
		want     []string
		warnings int
	}{
		{"variants", []string{"one.toml"}, []string{"base", "late", "fast"}, 1},
		{"files", []string{"one.toml", "two.toml"}, []string{"one", "two"}, 1},
		{"of one name", []string{"two.toml", "there/two.toml"}, []string{"two.toml", "there/two.toml"}, 1},
		{"one called base", []string{"one.toml", "base.toml"}, []string{"one", "base.toml"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			arms, warnings, err := Lineup(c.files, Options{Sets: []string{"clients.clock.rate=2/s"}})
			require.NoError(t, err)
			require.Len(t, warnings, c.warnings)
			var names []string
			for _, a := range arms {
				names = append(names, a.Name)
				require.Equal(t, arms[0].Spec.Seed, a.Spec.Seed)
				require.Equal(t, "clients.clock.rate", a.Sets[0].Key)
			}
			require.Equal(t, c.want, names)
		})
	}
}

func TestWrongLineup(t *testing.T) {
	written(t, map[string]string{
		"lone.toml": clockwork, "short.toml": clockwork + "[variants.x]\nduration = \"1m\"\n",
		"bad.toml": clockwork + "sever = 1\n", "worse.toml": "duration = 7\n",
	})
	for _, c := range []struct {
		name  string
		files []string
		want  []string
	}{
		{"no variants", []string{"lone.toml"}, []string{"lone.toml: has no variants to compare its base with: add [variants.NAME], or name a second scenario"}},
		{"twice", []string{"lone.toml", "lone.toml"}, []string{"lone.toml: is named twice"}},
		{"unknown", []string{"x.toml", "lone.toml", "y.toml"}, []string{"x.toml: no such file", "y.toml: no such file"}},
		{"another duration", []string{"short.toml"}, []string{"x: duration: must be that of base, 2m (have 1m); --duration sets it for all"}},
		{"problems of all", []string{"bad.toml", "worse.toml"}, []string{"bad.toml:", "worse.toml:1: duration"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := Lineup(c.files, Options{})
			for _, want := range c.want {
				require.ErrorContains(t, err, want)
			}
		})
	}
}
