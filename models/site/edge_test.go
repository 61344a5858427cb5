package site

import (
	"fmt"
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

// twoSites are two balancers with a name for both.
const twoSites = `
	duration = "30m"
	[clients.visitors]
	target = "www"
	rate   = "20/s"
	keep_alive = false
	requests = 40
	think  = "10s"
	timeout = "5s"
	retry = { attempts = 20, wait = "constant(10s)" }
	[routes.page]
	demand = { blue = "1ms", amber = "1ms" }
	[balancers.first]
	kind = "application"
	targets = ["blue"]
	[balancers.second]
	kind = "application"
	targets = ["amber"]
	[fleets.blue]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 1
	[fleets.amber]
	vcpus = 1
	zones = ["b"]
	min = 1
	max = 1
	[faults.outage]
	at = "10m"
	for = "10m"
	fleet = "blue"
	effect = "refuse"
	[dns.www]
	kind = "failover"
	primary = "first"
	secondary = "second"
	health_check = { interval = "30s" }`

// spec 4, INFERRED from R53-API and ELB-HOW: detection takes 60 to 90 s, and all
// clients are over after 60 to 150 s.
func TestFailoverTakesDetectionAndTimeToLive(t *testing.T) {
	o := simulate(t, twoSites, Span{10*engine.Minute + 150*engine.Second, 20 * engine.Minute})
	var found engine.Time
	for _, e := range events(o, timeline.Unhealthy).about("www") {
		found = e.At - 10*engine.Minute
		require.Equal(t, "record first: 3 of 3 checks failed: 502; answered is second, clients ask again within 1m", e.Text)
	}
	require.Greater(t, found, 60*engine.Second)
	require.LessOrEqual(t, found, 90*engine.Second)
	require.Less(t, o.Windows[0].Metrics["latency.max"], 150.0)
	require.Greater(t, o.Windows[0].Metrics["latency.max"], 110.0)
	require.Less(t, o.Windows[1].Metrics["latency.max"], 1.0, "all clients are over")
	minutes := func(balancer string) []float64 { return o.Series.Column("balancers." + balancer + ".requests") }
	require.Less(t, minutes("second")[9], 3.0, "health checks alone")
	require.Less(t, minutes("first")[13], 3.0)
	require.Less(t, minutes("second")[28], 3.0, "the primary is back")
	require.Equal(t, 1.0, o.Series.Column("dns.www.records.healthy")[15])
	require.InDelta(t, 1+20.0/30, o.Windows[0].Metrics["dns.www.records.healthy.mean"], 0.05)
}

// An alias record looks at the balancer's targets and not at its answers.
func TestAliasOfABalancer(t *testing.T) {
	text := strings.Replace(twoSites, `health_check = { interval = "30s" }`, "evaluate_target_health = true", 1)
	o := simulate(t, text)
	found := events(o).about("www").instants()
	require.Len(t, found, 2)
	require.Less(t, found[0], 11*engine.Minute+20*engine.Second, "2 checks of the balancer, at 30 s, and a look every 10 s")
	require.Zero(t, o.Series.Column("balancers.second.requests")[9], "nobody asks the records")
}

// Weighted records share clients, sessions by sessions; a name may lead to a
// network and to a fleet.
func TestWeightedName(t *testing.T) {
	text := strings.Replace(twoSites, `kind = "failover"
	primary = "first"
	secondary = "second"
	health_check = { interval = "30s" }`, `weights = { edge = 30, amber = 10 }
	[cdns.edge]
	origin = "first"
	hit_ratio = 0.5`, 1)
	o := simulate(t, strings.Replace(text, `"10m"`, `"29m"`, 1), Span{15 * engine.Minute, 25 * engine.Minute})
	m := o.Windows[0].Metrics
	share := m["cdns.edge.requests"] / m["requests.attempts"]
	require.InDelta(t, 0.75, share, 0.02)
	require.InDelta(t, 0.5, m["cdns.edge.hit_ratio"], 0.02)
	// A thousand resolvers with 7.8 visitors each, who need a connection every 10 s:
	// the first of them after 1.25 s on average has a new answer for all.
	require.InEpsilon(t, 1000*600/61.25, o.Windows[1].Metrics["dns.www.queries"], 0.02)
}

// standby is a name that leads to a second site from minute 10 on, as soon as each
// visitor's resolver has heard of it.
const standby = `
	duration = "20m"
	[clients.visitors]
	target   = "www"
	arrivals = "even"
	rate     = "20/s"
	[routes.page]
	demand = { blue = "1ms", amber = "1ms" }
	[balancers.first]
	kind = "application"
	targets = ["blue"]
	[fleets.blue]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 1
	[fleets.amber]
	vcpus = 1
	zones = ["b"]
	min = 1
	max = 1
	[faults.outage]
	at = "10m"
	for = "10m"
	fleet = "blue"
	effect = "refuse"
	[dns.www]
	kind = "failover"
	primary = "first"
	secondary = "amber"
	evaluate_target_health = true
`

// Theory: 20 visitors a second with one request each, among 1000 resolvers. Up to
// the verdict all fail. From then on those fail whose resolver has an answer from
// before: with probability x / (1 + x), x = 0.02 T the visitors of a resolver in a
// time to live T, at an age spread evenly over T. So there fail, in the time D that
// is left,
//
//	20 x / (1 + x) (D - D^2 / 2T),   D at most T
func TestFailoverAtEachTimeToLive(t *testing.T) {
	for _, ttl := range []float64{1, 60, 3600} {
		spec := read(t, standby+fmt.Sprintf("ttl = \"%gs\"", ttl), nil)
		const runs, students = 20, 3.8834 // 99.95 % quantile of Student's t with 19 degrees of freedom
		var mean, square float64
		for run := range runs {
			config := whole(spec)
			config.Replication = run
			o, err := Build(spec, config).Run(onward)
			require.NoError(t, err)
			verdict := events(o, timeline.Unhealthy).about("www")[0].At
			x, left := 0.02*ttl, min(ttl, (20*engine.Minute-verdict).Seconds())
			want := 20 * ((verdict - 10*engine.Minute).Seconds() + x/(1+x)*(left-left*left/(2*ttl)))
			off := o.Windows[0].Metrics["requests.failed"] - want
			mean += off / runs
			square += off * off
		}
		half := students * math.Sqrt(max(square-runs*mean*mean, 0)/(runs-1)/runs)
		require.InDelta(t, 0, mean, half+1, "ttl %g s; arrivals are whole", ttl)
		require.Less(t, half, 100.0)
	}
}

// What no client asks for costs nothing, and does nothing.
func TestNameThatNobodyAsksFor(t *testing.T) {
	text := strings.Replace(twoSites, `target = "www"`, `target = "second"`, 1)
	o := simulate(t, text)
	require.Empty(t, events(o).about("www"))
	require.Zero(t, o.Windows[0].Metrics["dns.www.queries"])
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
