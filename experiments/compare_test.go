package experiments

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

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
