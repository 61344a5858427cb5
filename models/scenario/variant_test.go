package scenario_test

import (
	"testing"
	"time"

	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/stretchr/testify/require"
)

const site = `title = "Site"
duration = "1h"
[clients.visitors]
target = "lb"
rate = ["0m 50/s", "20m 100/s"]
[routes.page]
demand.web = "exponential(4ms)"
[balancers.lb]
kind = "classic"
targets = ["web"]
health_check = { interval = "10s" }
[fleets.web]
instance = "t3.small"
zones = ["a", "c"]
min = 1
max = 3
server = { software = "pool", threads = 50 }
[variants.big.fleets.web]
instance = "m5.large"
zones = ["b"]
server.threads = 80
[variants.flat]
clients.visitors.rate = "10/s"
[variants.second.fleets.app]
instance = "t3.small"
zones = ["a"]
min = 2
max = 2
`

func parse(t *testing.T, src string) *scenario.File {
	f, problems := scenario.Parse("site.toml", []byte(src), nil)
	require.NoError(t, problems.Err())
	return f
}

func configure(t *testing.T, variant string, sets ...string) *scenario.Spec {
	spec, problems := parse(t, site).Spec(variant, sets)
	require.NoError(t, problems.Err())
	return spec
}

func TestVariantsAreInTheOrderOfTheFile(t *testing.T) {
	require.Equal(t, []string{"big", "flat", "second"}, parse(t, site).Variants())
	require.Equal(t, "Site", parse(t, site).Title())
	require.Empty(t, parse(t, "title = 5").Title())
	require.Empty(t, parse(t, valid).Title())
}

func TestTablesMergeAndAllElseReplaces(t *testing.T) {
	base, big := configure(t, ""), configure(t, "big")
	require.Equal(t, "t3.small", base.Fleets["web"].Instance)
	require.Equal(t, "m5.large", big.Fleets["web"].Instance)
	require.Equal(t, []string{"b"}, big.Fleets["web"].Zones)
	require.Equal(t, 3, big.Fleets["web"].Max)
	require.Equal(t, "pool", big.Fleets["web"].Server.Software)
	require.Equal(t, 80, big.Fleets["web"].Server.Threads)
	require.Equal(t, 50, base.Fleets["web"].Server.Threads)
	require.Len(t, configure(t, "flat").Clients["visitors"].Rate.Points, 1)
	require.Len(t, base.Fleets, 1)
	require.Len(t, configure(t, "second").Fleets, 2)
}

func TestDefaultsFollowTheKind(t *testing.T) {
	lb := configure(t, "").Balancers["lb"]
	require.Equal(t, "least_outstanding_requests", lb.Algorithm)
	require.Equal(t, 10, lb.HealthCheck.HealthyThreshold)
	require.Equal(t, "/index.html", lb.HealthCheck.Path)
	require.Equal(t, quantity.Duration(10e9), lb.HealthCheck.Interval)
	lb = configure(t, "", "balancers.lb.kind=application").Balancers["lb"]
	require.Equal(t, "round_robin", lb.Algorithm)
	require.Equal(t, 5, lb.HealthCheck.HealthyThreshold)
	require.Zero(t, lb.SurgeQueue, "a key of classic balancers")
	require.Equal(t, 20e9, float64(configure(t, "").Fleets["web"].Server.KeepaliveTimeout), "of a pool, not of nginx")
}

func TestFlagsAreTOMLOrText(t *testing.T) {
	spec := configure(t, "big",
		"fleets.web.max=4", "seed = 7", "clients.visitors.rate=50/s", `title="Other"`, "discard=auto",
		`fleets.web.zones=["x", "y"]`, `fleets."web".server={ threads = 9 }`, "routes.page.demand={ web = 'constant(2ms)' }",
		"notes=a=b", "start=2026-03-02T08:00:00", "timezone=Asia/Seoul")
	require.Equal(t, 4, spec.Fleets["web"].Max)
	require.Equal(t, uint64(7), spec.Seed)
	require.Equal(t, "50/s", spec.Clients["visitors"].Rate.String())
	require.Equal(t, "Other", spec.Title)
	require.True(t, spec.Discard.Auto)
	require.Equal(t, []string{"x", "y"}, spec.Fleets["web"].Zones)
	require.Equal(t, 9, spec.Fleets["web"].Server.Threads)
	require.Equal(t, "constant(2ms)", spec.Routes["page"].Demand["web"].String())
	require.Equal(t, "a=b", spec.Notes)
	require.Equal(t, time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC), spec.Start.UTC())
}

// TestFlagsThatLookLikeNumbers: what is a number in TOML may be meant as text.
func TestFlagsThatLookLikeNumbers(t *testing.T) {
	spec := configure(t, "", "title=2026", "fleets.web.policies.out.kind=simple", "fleets.web.policies.out.adjustment=+1",
		`fleets.web.policies.out.alarm={ metric = "CPUUtilization", comparison = ">", threshold = 80 }`)
	require.Equal(t, "2026", spec.Title)
	require.Equal(t, "+1", spec.Fleets["web"].Policies["out"].Adjustment.String())
}

func TestTheLastFlagWins(t *testing.T) {
	require.Equal(t, uint64(3), configure(t, "", "seed=2", "seed=3").Seed)
}

func TestFlagsThatRepairTheFile(t *testing.T) {
	f := parse(t, site[len("title = \"Site\"\nduration = \"1h\"\n"):])
	_, problems := f.Spec("big", nil)
	require.Equal(t, "site.toml:1: duration: is required", problems.Error())
	spec, problems := f.Spec("big", []string{"duration=5m"})
	require.NoError(t, problems.Err())
	require.Equal(t, quantity.Duration(300e9), spec.Duration)
}

// TestWhatAFlagBreaksElsewhereIsNoProblem: flags hold for what is run, not for
// the other configurations of the file.
func TestWhatAFlagBreaksElsewhereIsNoProblem(t *testing.T) {
	f := parse(t, site+"[variants.wide.fleets.web]\nmin = 8\nmax = 9\n")
	_, problems := f.Spec("", []string{"fleets.web.max=2"})
	require.NoError(t, problems.Err())
	_, problems = f.Spec("wide", []string{"fleets.web.max=2"})
	require.Equal(t, "--set fleets.web.max=2: fleets.web.min: must not exceed max (min 8, max 2)", problems.Error())
}

func TestInstants(t *testing.T) {
	for text, want := range map[string]string{
		`"2026-03-02T08:00:00Z"`:      "2026-03-02T08:00:00Z",
		`2026-03-02T08:00:00Z`:        "2026-03-02T08:00:00Z",
		`2026-03-02T08:00:00+09:00`:   "2026-03-01T23:00:00Z",
		`"2026-03-02 08:00:00+09:00"`: "2026-03-01T23:00:00Z",
		`2026-03-02T08:00:00`:         "2026-03-02T07:00:00Z",
		`"2026-03-02 08:00:00"`:       "2026-03-02T07:00:00Z",
		`2026-07-02T08:00:00`:         "2026-07-02T06:00:00Z",
		`2026-03-02`:                  "2026-03-01T23:00:00Z",
	} {
		spec, problems := parse(t, "start = "+text+"\ntimezone = \"Europe/Berlin\"\n"+site).Spec("", nil)
		require.NoError(t, problems.Err(), text)
		require.Equal(t, want, spec.Start.UTC().Format(time.RFC3339), text)
	}
}

func TestBounds(t *testing.T) {
	const expectations = `
[expectations.a]
metric = "latency.p99"
at_most = "300ms"
[expectations.b]
metric = "availability"
at_least = "99.9%"
[expectations.c]
metric = "fleets.web.instances.max"
between = [1, 3]
during = "10m..20m"
[expectations.d]
metric = "errors.502"
equals = 0
`
	spec, problems := parse(t, site+expectations).Spec("second", nil)
	require.NoError(t, problems.Err())
	type bound struct {
		r      scenario.Relation
		lo, hi float64
	}
	for name, want := range map[string]bound{
		"a": {scenario.AtMost, 0, 0.3}, "b": {scenario.AtLeast, 0.999, 0},
		"c": {scenario.Between, 1, 3}, "d": {scenario.Equals, 0, 0},
	} {
		r, lo, hi := spec.Expectations[name].Bound()
		require.Equal(t, want, bound{r, lo, hi}, name)
	}
	require.Equal(t, "10m..20m", spec.Expectations["c"].During.String())
	unit, ok := spec.Unit("fleets.app.cpu.mean")
	require.True(t, ok)
	require.Equal(t, scenario.Share, unit)
	_, ok = spec.Unit("fleets.db.cpu.mean")
	require.False(t, ok)
}
