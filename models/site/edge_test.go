package site

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/models/timeline"
)

// simulateVariant runs a variant of a scenario that is given as text.
func simulateVariant(t testing.TB, text, variant string, during ...Span) *Outcome {
	t.Helper()
	file, problems := scenario.Parse("test.toml", []byte(text), nil)
	require.NoError(t, problems.Err())
	spec, problems := file.Spec(variant, nil)
	require.NoError(t, problems.Err())
	o, err := Build(spec, whole(spec, during...)).Run(onward)
	require.NoError(t, err)
	return o
}

// resizing has a burst of five minutes for functions or a fleet.
const resizing = `
	duration = "40m"
	[clients.uploads]
	target  = "resize"
	rate    = ["0m 2/s", "20m 2/s", "20m30s 120/s", "25m 120/s", "25m30s 2/s"]
	timeout = "30s"
	[routes.image]
	demand.resize = "lognormal(400ms, scv=1)"
	[services.resize]
	kind   = "function"
	memory = "1769MiB"
	concurrency = 1000
	scaling  = "1000 per 10s"
	cold_start = "lognormal(350ms, p95=800ms)"
	idle_timeout = "10m"
	[variants.servers.clients.uploads]
	target = "lb"
	[variants.servers.balancers.lb]
	kind    = "application"
	targets = ["workers"]
	[variants.servers.routes.image]
	demand.workers = "lognormal(400ms, scv=1)"
	[variants.servers.fleets.workers]
	instance = "c6i.xlarge"
	zones = ["a"]
	min = 1
	max = 20
	desired = 1
	boot = "40s"
	startup = "20s"
	monitoring = "detailed"
	server = { software = "pool", threads = 4, accept_count = 100 }
	[variants.servers.fleets.workers.policies.cpu]
	kind   = "target_tracking"
	metric = "ASGAverageCPUUtilization"
	target = 50
	[variants.small.services.resize]
	concurrency = 20
	[variants.behind.clients.uploads]
	target = "lb"
	[variants.behind.services.resize]
	concurrency = 20
	[variants.behind.balancers.lb]
	kind    = "application"
	targets = ["resize"]
	[variants.behind.balancers.lb.health_check]
	interval = "300s"`

var burst = Span{20 * engine.Minute, 26 * engine.Minute}

// A burst of five minutes is over before a tracked fleet has grown, and most of
// it fails there; functions pay a cold start and serve it all.
func TestFunctionsServeABurst(t *testing.T) {
	functions := simulate(t, resizing, burst)
	m := functions.Windows[1].Metrics
	require.InDelta(t, 1, m["availability"], 0)
	require.Positive(t, m["services.resize.delayed"])
	require.Less(t, m["services.resize.delayed"], 0.01, "under 1 % of invocations [L-COLD]")
	require.Less(t, m["latency.mean"], 0.45)

	servers := simulateVariant(t, resizing, "servers", burst)
	require.Less(t, servers.Windows[1].Metrics["availability"], 0.5)
	for _, s := range servers.Scalings {
		if s.Reached(timeline.AtUsable) {
			require.Greater(t, s.At[timeline.AtUsable], 25*engine.Minute)
		}
	}
	require.Equal(t, functions.Windows[1].Metrics["requests.offered"], servers.Windows[1].Metrics["requests.offered"])
}

// Little's law: environments in use are requests a second times their time.
func TestFunctionObeysLittlesLaw(t *testing.T) {
	m := simulate(t, resizing).Windows[0].Metrics
	require.InEpsilon(t, m["throughput"]*m["latency.mean"], m["services.resize.number.mean"], 0.001)
	require.InEpsilon(t, m["services.resize.number.mean"]/1000, m["services.resize.utilization"], 1e-6)
}

// What the quotas forbid is a 429; an application balancer makes a 502 of it
// [ALB-TS].
func TestThrottledRequests(t *testing.T) {
	small, behind := simulateVariant(t, resizing, "small").Windows[0].Metrics, simulateVariant(t, resizing, "behind").Windows[0].Metrics
	require.Positive(t, small["errors.429"])
	require.Equal(t, small["errors.429"], small["services.resize.throttled"])
	require.Zero(t, behind["errors.429"])
	require.Positive(t, behind["errors.502"])
}

// offload is a fleet with or without a content delivery network before it.
const offload = `
	duration = "40m"
	discard  = "25m"
	[clients.visitors]
	target   = "lb"
	rate     = "16/s"
	requests = "geometric(10)"
	think    = "exponential(3s)"
	routes   = { image = 0.8, page = 0.2 }
	timeout  = "10s"
	[routes.image]
	demand.web = "exponential(1.5ms)"
	size = "120KiB"
	cacheable = "95%"
	[routes.page]
	demand.web = "exponential(6ms)"
	size = "15KiB"
	[balancers.lb]
	kind    = "application"
	targets = ["web"]
	[fleets.web]
	vcpus = 2
	speed = 0.1
	zones = ["a", "c"]
	min = 2
	max = 8
	desired = 2
	boot = "40s"
	startup = "15s"
	monitoring = "detailed"
	server = { software = "nginx" }
	[fleets.web.policies.cpu]
	kind   = "target_tracking"
	metric = "ASGAverageCPUUtilization"
	target = 50
	[variants.cdn.clients.visitors]
	target = "cdn"
	[variants.cdn.cdns.cdn]
	origin = "lb"
	hit_ratio = 0.9
	latency = "lognormal(15ms, p95=40ms)"`

// spec 7 [CF-COST]: what a content delivery network saves the web tier.
func TestOffloadToACDN(t *testing.T) {
	before, after := simulate(t, offload).Windows[0].Metrics, simulateVariant(t, offload, "cdn").Windows[0].Metrics
	require.Equal(t, 1.0, before["availability"])
	require.Equal(t, 1.0, after["availability"])
	n := after["cdns.cdn.requests"]
	want := 0.8*0.95*0.9 + 0.2*0.9
	require.InDelta(t, want, after["cdns.cdn.hit_ratio"], 5*math.Sqrt(want*(1-want)/n), "cacheable x hit ratio; 5 standard deviations since pages and images vary by session")
	require.Equal(t, 4.0, before["fleets.web.instances.mean"])
	require.Equal(t, 2.0, after["fleets.web.instances.mean"])
	images, pages := 0.8*120*1024, 0.2*15*1024
	require.InEpsilon(t, n*(images+pages), after["cdns.cdn.bytes"], 0.01)
	work := (0.8*0.0015*(1-0.95*0.9) + 0.2*0.006*(1-0.9)) * n / (15 * 60) / 0.1 / 4
	require.InEpsilon(t, work, after["fleets.web.cpu.mean"], 0.05)
}

// Contract, "Scenario language": what a variant leaves unused costs nothing; none
// of its hours is billed.
func TestWhatIsNotUsedIsNotBilled(t *testing.T) {
	text := strings.Replace(twoSites, `target = "www"`, `target = "second"`, 1)
	require.Equal(t, []string{"blue", "first", "www"}, read(t, text, nil).Unused())
	m := simulate(t, text).Windows[0].Metrics
	require.Zero(t, m["fleets.blue.instances.hours"])
	require.Zero(t, m["cost.balancers.first"])
	require.InDelta(t, 0.5, m["fleets.amber.instances.hours"], 1e-9)
	require.Positive(t, m["cost.balancers.second"])
}

// The share of cold starts is one of the requests that a function has worked on:
// what is refused or fails at once began with none.
func TestShareOfColdStartsInTrouble(t *testing.T) {
	m := simulate(t, `
	duration = "10m"
	[clients.visitors]
	target = "f"
	arrivals = "even"
	rate = "0.5/s"
	[routes.page]
	demand.f = "10ms"
	[services.f]
	kind = "function"
	idle_timeout = "1s"
	[faults.strike]
	at = "5m"
	service = "f"
	effect = "refuse"`).Windows[0].Metrics
	require.InDelta(t, 0.5, m["availability"], 0.01)
	require.Greater(t, m["services.f.delayed"], 0.9, "most that ran came after more than a second")
}

// A network whose answers take long goes on to answer when hardly a request comes
// any more: its hit ratio stays a share, of what it answers.
func TestHitRatioOfSlowAnswersIsAShare(t *testing.T) {
	o := simulate(t, `duration = "3m"
	[clients.c]
	target = "edge"
	rate = ["0s 5/s", "1m 5/s", "61s 6/min"]
	[cdns.edge]
	origin = "web"
	hit_ratio = 1
	latency = "15s"
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 1
	[routes.r]
	cacheable = 1`)
	require.Less(t, o.Series.Column("cdns.edge.requests")[1], 20.0)
	for _, ratio := range o.Series.Column("cdns.edge.hit_ratio") {
		require.EqualValues(t, 1, ratio)
	}
}
