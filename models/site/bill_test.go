package site

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
)

// hourAt is one hour of a visitor a second, who asks a place for a page of 100 KB;
// another one does the work.
func hourAt(target, worker string) string {
	return strings.NewReplacer("TARGET", target, "WORKER", worker).Replace(anHour)
}

const anHour = `
	duration = "1h"
	[clients.visitors]
	target = "TARGET"
	arrivals = "even"
	rate = "1/s"
	[routes.page]
	demand.WORKER = "1ms"
	size = "100KB"
	request_size = "0B"
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 2
	`

// paid are the costs of a site, and how many requests it has served.
func paid(t *testing.T, target, worker, more string) (cost func(name string) float64, served float64) {
	o := simulate(t, hourAt(target, worker)+more)
	m := o.Windows[0].Metrics
	require.Zero(t, m["requests.failed"])
	return func(name string) float64 {
		v, ok := m["cost."+name]
		require.True(t, ok, name)
		return v
	}, m["requests.completed"]
}

// Spec 8, transfer [DT2]: what is sent to clients costs 0.09 USD a GB beyond 100
// GB a month, of which an hour has a 730th.
func TestAnswersToClientsAreTransfers(t *testing.T) {
	cost, served := paid(t, "web", "web", "")
	require.InDelta(t, 0.09*(served*100e3-100e9/730)/1e9, cost("transfer"), 1e-8)
	cost, _ = paid(t, "web", "web", "[prices]\ninternet = 0.2\ninternet_free = \"0B\"")
	require.InDelta(t, 0.2*served/1e4, cost("transfer"), 1e-8)
	require.Equal(t, cost("transfer"), cost("total"))
	require.InDelta(t, cost("total")*3600/3600, cost("per_hour"), 1e-9)
}

// Failures send nothing, and neither do answers for which nobody waits.
func TestFailuresAreNotTransferred(t *testing.T) {
	o := simulate(t, hourAt("web", "web")+"[prices]\ninternet_free = \"0B\"\n[faults.down]\nat = \"30m\"\nfleet = \"web\"\neffect = \"errors\"\nshare = 1")
	m := o.Windows[0].Metrics
	require.InDelta(t, 1800, m["requests.failed"], 2)
	require.InDelta(t, 0.09*m["requests.completed"]/1e4, m["cost.transfer"], 1e-8)
}

// Spec 7, CloudFront [CF-COST, CF-PRICE]: what a content delivery network sends is billed
// there, whether it was in the cache or not; nothing else is transferred.
func TestContentDeliveryIsBilledByItself(t *testing.T) {
	cost, served := paid(t, "edge", "web", "[cdns.edge]\norigin = \"web\"\nhit_ratio = 0.5\nfree = \"0B\"\nfree_requests = 0\n[prices]\ninternet_free = \"0B\"")
	require.InDelta(t, 0.085*served/1e4+0.01*served/1e4, cost("cdns.edge"), 1e-8)
	require.Zero(t, cost("transfer"))
	cost, _ = paid(t, "edge", "web", "[cdns.edge]\norigin = \"web\"\nhit_ratio = 0.5\nprice = 0.02\nfree = \"0B\"\nrequest_price = 0")
	require.InDelta(t, 0.02*served/1e4, cost("cdns.edge"), 1e-8)
	cost, _ = paid(t, "edge", "web", "[cdns.edge]\norigin = \"web\"\nhit_ratio = 0.5")
	require.Zero(t, cost("cdns.edge"), "0.36 GB and 3600 requests of the 1.37 GB and 13,699 that are free")
}

// Spec 8, ELB [PRICE-ELB]: a classic balancer is billed by the bytes, an
// application balancer by the dimension that has most: here 100 KB/s are 0.36 GB
// an hour against 0.04 of the units' connections.
func TestBalancersAreBilledByUse(t *testing.T) {
	for kind, hour := range map[string]float64{"classic": 0.025, "application": 0.0225} {
		cost, served := paid(t, "lb", "web", "[balancers.lb]\nkind = \""+kind+"\"\ntargets = [\"web\"]")
		require.InDelta(t, hour+0.008*served/1e4, cost("balancers.lb"), 1e-8, kind)
	}
	cost, served := paid(t, "lb", "web", "[balancers.lb]\nkind = \"network\"\ntargets = [\"web\"]")
	require.InDelta(t, 0.0225+0.006*served/1e4, cost("balancers.lb"), 1e-8)
	cost, _ = paid(t, "lb", "web", "[balancers.lb]\nkind = \"nginx\"\ntargets = [\"web\"]")
	require.Zero(t, cost("balancers.lb"), "it runs on a machine of one's own")
}

// Spec 2.12 [PRICE-ELB]: a capacity unit covers 0.4 GB an hour from functions.
func TestFunctionsBehindABalancerTakeMoreUnits(t *testing.T) {
	cost, served := paid(t, "lb", "api", "[balancers.lb]\nkind = \"application\"\ntargets = [\"api\"]\n[services.api]\nkind = \"function\"")
	require.InDelta(t, 0.0225+0.008*served/1e4/0.4, cost("balancers.lb"), 1e-8)
}

// Spec 7, Lambda [L-PRICE]: requests, and GB-seconds by the millisecond; arm64
// costs less.
func TestFunctionsAreBilledByRequestsAndTime(t *testing.T) {
	for architecture, price := range map[string]float64{"x86_64": 0.0000166667, "arm64": 0.0000133334} {
		cost, served := paid(t, "api", "api", "[services.api]\nkind = \"function\"\nmemory = \"1769MiB\"\nprovisioned = 1\narchitecture = \""+architecture+"\"")
		require.InDelta(t, served*(0.2e-6+price*1769/1024*0.001), cost("services.api"), 1e-8)
	}
}

// Spec 8, ElastiCache [PRICE-EC]: a begun hour of each node counts whole.
func TestCacheNodesAreBilledByTheHour(t *testing.T) {
	o := simulate(t, `
		duration = "61m"
		[clients.visitors]
		target = "store"
		rate = "1/s"
		[routes.page]
		demand.store = "1ms"
		[services.store]
		kind = "cache"
		node = "cache.t3.micro"
		nodes = 3
		hit_ratio = 1`)
	require.InDelta(t, 2*3*0.017, o.Windows[0].Metrics["cost.services.store"], 1e-12)
	require.InDelta(t, 3*0.017, o.Windows[0].Metrics["cost.per_hour"], 1e-9, "begun hours are no peaks")
}

// Spec 8, transfer [DT1]: 0.01 USD a GB in each direction for what goes from an
// instance to one in another zone; half of it stays in the zone.
func TestCallsBetweenZonesCost(t *testing.T) {
	const tiers = `
		[fleets.front]
		vcpus = 1
		zones = ["a"]
		min = 1
		max = 1
		calls = ["back"]
		[fleets.back]
		vcpus = 1
		zones = ["a", "b"]
		min = 2
		max = 2
		`
	between := func(more string) float64 {
		spec := read(t, hourAt("front", "back")+tiers+more, nil, "prices.internet=0")
		o, err := Build(spec, whole(spec)).Run(onward)
		require.NoError(t, err)
		m := o.Windows[0].Metrics
		return m["cost.transfer"] / (0.02 * m["requests.completed"] / 1e4)
	}
	share := 2.58 * math.Sqrt(0.25/3600) * 1.3
	require.InDelta(t, 0.5, between(""), share)
	require.InDelta(t, 0.5, between("[network]\nbetween_zones = \"2ms\""), share, "whether it takes time or not")
	require.Zero(t, between("[prices]\nbetween_zones = 0"))
}

// Which balancers include what goes to targets in other zones is UNSOURCED;
// spec 8: an application balancer does, a network balancer does not.
func TestBalancersBetweenZones(t *testing.T) {
	for kind, want := range map[string]float64{"application": 0, "classic": 0, "network": 0.5} {
		o := simulate(t, hourAt("lb", "pair")+`
		[prices]
		internet = 0
		[balancers.lb]
		kind = "`+kind+`"
		targets = ["pair"]
		cross_zone = true
		[fleets.pair]
		vcpus = 1
		zones = ["a", "b"]
		min = 2
		max = 2`)
		m := o.Windows[0].Metrics
		require.InDelta(t, want, m["cost.transfer"]/(0.02*m["requests.completed"]/1e4), 0.03, kind)
	}
}

// Spec 8, EC2 [EC2-BILL]: an instance is billed from its launch on, for a minute
// at least, and each start anew; in a warm pool while it runs.
func TestEachStartIsBilledForAMinute(t *testing.T) {
	hours := func(more string) float64 {
		return simulate(t, hourAt("web", "web")+more).Windows[0].Metrics["fleets.web.instances.hours"]
	}
	require.Equal(t, 1.0, hours(""))
	pool := hours("boot = \"3m\"\n[fleets.web.warm_pool]\nmin_size = 1")
	require.Equal(t, 1.0, pool, "a stopped instance in the pool costs nothing")
	running := hours("[fleets.web.warm_pool]\nmin_size = 1\npool_state = \"Running\"")
	require.Equal(t, 2.0, running)
	crashed := hours("[faults.crash]\nat = \"10m\"\nfor = \"10m\"\nfleet = \"web\"\neffect = \"crash\"")
	require.Less(t, crashed, 1.0, "what has crashed is not billed, until the group has replaced it")
	require.InDelta(t, 1, crashed, 0.02)
}

// A window is billed like a run of its own. Spec 8 [PRICE-ELB, PRICE-EC]: its
// begun hours count whole, wherever they lie in the run, and none is lost with
// what is discarded. Of what is free of transfer [DT2] it has its share.
func TestWindowsAreBilledLikeRuns(t *testing.T) {
	const site = `
		[clients.visitors]
		target = "lb"
		arrivals = "even"
		rate = "10/s"
		[routes.page]
		demand = { web = "1ms", store = "0ms" }
		size = "100KB"
		request_size = "0B"
		[balancers.lb]
		kind = "classic"
		targets = ["web"]
		[fleets.web]
		instance = "c6i.large"
		zones = ["a"]
		min = 2
		max = 2
		calls = ["store"]
		[services.store]
		kind = "cache"
		node = "cache.t3.micro"
		`
	const m = engine.Minute
	for _, c := range []struct {
		run, discard string
		measured     Span
		hours        float64 // begun
	}{
		{"30m", "0s", Span{0, 30 * m}, 1},
		{"30m", "10m", Span{10 * m, 30 * m}, 1},
		{"65m", "5m", Span{5 * m, 65 * m}, 1},
		{"90m", "10m", Span{10 * m, 90 * m}, 2},
		{"3h", "1h", Span{60 * m, 180 * m}, 2},
	} {
		spec := read(t, "duration = \""+c.run+"\"\ndiscard = \""+c.discard+"\"\n"+site, nil)
		config := whole(spec)
		config.Measured = c.measured
		o, err := Build(spec, config).Run(onward)
		require.NoError(t, err)
		got, span := o.Windows[0].Metrics, (c.measured.To-c.measured.From).Seconds()/3600
		gigabytes := 36_000 * span * 100e3 / 1e9
		require.InDelta(t, c.hours*0.017, got["cost.services.store"], 1e-9, c)
		require.InDelta(t, c.hours*0.025+0.008*gigabytes, got["cost.balancers.lb"], 2e-5, c)
		require.InDelta(t, 0.09*(gigabytes-100*span/730), got["cost.transfer"], 2e-5, c)
		require.InDelta(t, 2*span, got["fleets.web.instances.hours"], 1e-9, c)
		require.InDelta(t, 0.085*got["fleets.web.instances.hours"], got["cost.fleets.web"], 1e-8, c)
		parts := got["cost.services.store"] + got["cost.balancers.lb"] + got["cost.transfer"] + got["cost.fleets.web"]
		require.InDelta(t, parts, got["cost.total"], 1e-12, c)
		require.InDelta(t, parts/got["requests.completed"]*1e6, got["cost.per_million"], 1e-9, c)
		hour := 0.017 + 0.025 + 2*0.085 + (0.008*gigabytes+0.09*(gigabytes-100*span/730))/span
		require.InDelta(t, hour, got["cost.per_hour"], 2e-5, c)
	}
}

// What the minutes of the series cost by the hour is, part by part, what the run
// costs.
func TestCostOfMinutes(t *testing.T) {
	o := simulate(t, `
		duration = "1h"
		[clients.visitors]
		target = "lb"
		rate = "5/s"
		[routes.page]
		demand = { web = "1ms", mc = "1ms" }
		size = "100KB"
		[balancers.lb]
		kind = "application"
		targets = ["web"]
		[fleets.web]
		instance = "c6i.large"
		zones = ["a", "c"]
		min = 2
		max = 2
		calls = ["mc"]
		[services.mc]
		kind = "cache"
		node = "cache.t3.micro"`)
	whole := make([]float64, len(o.Series.Rows))
	for _, name := range []string{"transfer", "fleets.web", "balancers.lb", "services.mc"} {
		sum := 0.0
		for i, rate := range o.Series.Column("cost." + name + ".per_hour") {
			whole[i] += rate
			sum += rate / 60
		}
		require.Positive(t, sum, name)
		require.InDelta(t, o.Windows[0].Metrics["cost."+name], sum, 1e-6, name)
	}
	for i, rate := range o.Series.Column("cost.per_hour") {
		require.InDelta(t, whole[i], rate, 1e-9)
	}
}
