package site

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

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
