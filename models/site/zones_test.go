package site

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// twoZones is high availability over two zones, of which one is lost for ten
// minutes.
const twoZones = `
	duration = "40m"
	[clients.visitors]
	target  = "lb"
	rate    = "300/s"
	timeout = "5s"
	[routes.index]
	demand.web = "exponential(5ms)"
	[balancers.lb]
	kind    = "application"
	targets = ["web"]
	health_check = { interval = "10s", timeout = "5s", unhealthy_threshold = 2, healthy_threshold = 2 }
	[fleets.web]
	instance = "c6i.large"
	zones = ["a", "c"]
	min = 2
	max = 4
	desired = 2
	boot = "40s"
	startup = "20s"
	health_check_type = "ELB"
	server = { software = "nginx" }
	[faults.zone]
	at = "10m"
	for = "10m"
	zone = "c"
	effect = "crash"
`

// zoneRun runs the scenario with a seed. Windows are those of the loss: before it,
// the minute in which the lost node is in DNS, the rest of it, and from four
// minutes after the zone's return to the end.
func zoneRun(t *testing.T, seed uint64, sets ...string) *Outcome {
	spec := read(t, twoZones, nil, sets...)
	c := whole(spec, Span{0, 10 * engine.Minute}, Span{10 * engine.Minute, 11 * engine.Minute}, Span{11 * engine.Minute, 20 * engine.Minute}, Span{24 * engine.Minute, 40 * engine.Minute})
	c.Seed = seed
	o, err := Build(spec, c).Run(onward)
	require.NoError(t, err)
	return o
}

// TestTwoZones is what the scenario claims of the loss of a zone, over ten seeds:
// with and without balancing across zones, and with servers to spare, the site is
// whole again four minutes after the zone's return, and the group is even.
func TestTwoZones(t *testing.T) {
	seeds := uint64(10)
	if testing.Short() {
		seeds = 1
	}
	for name, sets := range map[string][]string{"base": nil, "spare": {"fleets.web.desired=4"}, "no-cross-zone": {"balancers.lb.cross_zone=false"}} {
		for seed := range seeds {
			o := zoneRun(t, seed, sets...)
			require.GreaterOrEqual(t, o.Windows[4].Metrics["availability"], 0.999, "%s, seed %d", name, seed)
			before, lost := o.Windows[1].Metrics, o.Windows[2].Metrics
			require.Greater(t, before["availability"], 0.9999, "but for what is in flight when the zone goes")
			require.Less(t, lost["availability"], 0.55, "%s: half of the clients know the lost node only, for 60 s", name)
			require.EqualValues(t, o.Windows[1].Metrics["fleets.web.instances.mean"], o.Windows[4].Metrics["fleets.web.instances.min"], name)
		}
	}
}

// TestZoneLoss is what the comment on zone loss in the contract says, event by
// event: instances and node stop; EC2 checks see it at the next pass, 30 s later;
// launches are made in the other zone; on return the group launches there first.
func TestZoneLoss(t *testing.T) {
	o := zoneRun(t, 1)
	second := engine.Second
	var story []string
	for _, e := range o.Events {
		switch e.Kind {
		case timeline.FaultStart, timeline.Replace, timeline.Launch, timeline.LaunchFail, timeline.Rebalance, timeline.Terminate, timeline.FaultEnd:
			text, _, _ := strings.Cut(e.Text, ":")
			text, _, _ = strings.Cut(text, ";")
			story = append(story, e.Instance+" "+text)
		}
	}
	require.Equal(t, []string{
		" crash", " node c stops", "web-2 stops with zone c",
		"web-2 EC2 no longer reports it as running", "web-2 terminating in zone c", " InsufficientInstanceCapacity", "web-3 launched in zone a",
		" crash is over", " node c is back", "web-1 instances in zone a", "web-1 instances in zone a",
		"web-4 launched in zone c", "web-1 terminating in zone a",
	}, story)
	require.Equal(t, 630*second, at(o, timeline.Replace)[0])
	require.Equal(t, 1200*second, at(o, timeline.Rebalance)[0])
	late := o.Windows[3].Metrics
	require.EqualValues(t, 1, late["availability"], "who comes after 60 s is led to the other node")
}

// TestLostNodeIsLeftByDNS: new sessions come to a lost node for 60 s (spec 1.9
// [ELB-HOW], 2.8), and nobody comes to it after that; so half of them fail in that
// time, within the 99.9 % interval of their number, and nobody of those who can
// use the other zone's servers after a minute.
func TestLostNodeIsLeftByDNS(t *testing.T) {
	o := zoneRun(t, 3, "balancers.lb.cross_zone=false")
	lost := o.Windows[2].Metrics
	n := lost["requests.offered"]
	require.InDelta(t, 0.5, lost["requests.failed"]/n, 3.29*0.5/134, "of about 18000 requests") // sqrt(18000) = 134
	require.InDelta(t, 18000, n, 3.29*134+1)
}

// TestNetworkDelays: a chain over two zones, call by call: node to target and
// instance to what it calls, within a zone and between zones; the client's own way
// costs nothing.
func TestNetworkDelays(t *testing.T) {
	const text = `
	duration = "2m"
	[clients.visitors]
	target = "lb"
	arrivals = "even"
	rate = "1/s"
	[routes.page]
	demand = { web = "1ms", app = "2ms", db = "4ms" }
	[balancers.lb]
	kind = "application"
	targets = ["web"]
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 1
	upstream = "inner"
	[balancers.inner]
	kind = "application"
	targets = ["app"]
	[fleets.app]
	vcpus = 1
	zones = ["c"]
	min = 1
	max = 1
	calls = ["db"]
	[services.db]
	kind = "station"
	[network]
	within_zone = "500us"
	between_zones = "3ms"
	`
	chain := simulate(t, text).Windows[0].Metrics
	require.InDelta(t, 0.007+3*0.0005+0.003, chain["latency.mean"], 1e-9)
	require.InDelta(t, 0.007+3*0.0005+0.003, chain["latency.max"], 0.0001)
	direct := simulate(t, strings.Replace(text, `upstream = "inner"`, `upstream = "app"`, 1)).Windows[0].Metrics
	require.InDelta(t, 0.007+2*0.0005+0.003, direct["latency.mean"], 1e-9, "a fleet addressed directly: to its instance's zone")
	near := simulate(t, strings.Replace(text, `zones = ["c"]`, `zones = ["a"]`, 1)).Windows[0].Metrics
	require.InDelta(t, 0.007+4*0.0005, near["latency.mean"], 1e-9)
	none := simulate(t, text[:strings.Index(text, "[network]")]).Windows[0].Metrics
	require.InDelta(t, 0.007, none["latency.mean"], 1e-9)
}
