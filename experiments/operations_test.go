package experiments_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/timeline"
)

// The claims of the scenarios about deployments, lost zones and caches, and
// capacity by the clock.

// window is a metric during a part of a run.
type window struct{ name, metric, during string }

// once runs one replication from a seed and looks at windows of it.
func once(t *testing.T, name, variant string, seed int, windows []window, sets ...string) *experiments.Result {
	t.Helper()
	sets = append(sets, "replications=1", fmt.Sprint("seed=", seed+1))
	for _, w := range windows {
		sets = append(sets, watch(w.name, w.metric, w.during)...)
	}
	return run(t, name, variant, sets...)
}

func value(r *experiments.Result, name string) float64 { return r.Expectations[name].Value }

// poisson requires a count to lie within four standard deviations of its mean,
// where it has a Poisson distribution.
func poisson(t *testing.T, mean, count float64, what string, args ...any) {
	t.Helper()
	require.InDelta(t, mean, count, 4*math.Sqrt(mean), fmt.Sprintf(what, args...))
}

func TestBlueGreen(t *testing.T) {
	r := run(t, "blue-green", "")
	holds(t, r)
	require.Equal(t, 10, r.Replications)
	require.Zero(t, r.Metrics["requests.failed"].Mean)
	require.Equal(t, 10, r.Expectations["no-loss"].Met)
}

// Blue answers alone, then both in turn, then green alone; the group takes blue
// away when the balancer has let it go.
func TestBlueGreenHandsOver(t *testing.T) {
	for seed := range seeds(1, 3) {
		r := once(t, "blue-green", "", seed, []window{
			{"alone", "fleets.blue.cpu.mean", "1m..10m"}, {"blue", "fleets.blue.cpu.mean", "12m..20m"},
			{"green", "fleets.green.cpu.mean", "12m..20m"}, {"after", "fleets.green.cpu.mean", "22m..30m"},
			{"turns", "balancers.lb.imbalance", "12m..20m"},
		})
		require.Less(t, value(r, "turns"), 1e-3, "requests over the two targets, by turns")
		for _, half := range []string{"blue", "green"} {
			require.InEpsilon(t, 0.06, value(r, half), 0.05, "half of 40 requests a second, 3 ms each: %s", half)
		}
		for _, whole := range []string{"alone", "after"} {
			require.InEpsilon(t, 0.12, value(r, whole), 0.05, "all of them: %s", whole)
		}
		s := storyOf(t, r)
		require.Equal(t, 10*engine.Minute, s.next(timeline.Deployment, "beta", "").At)
		s.next(timeline.Launch, "beta", "green-1")
		serving := s.next(timeline.Serving, "", "green-1")
		usable := s.next(timeline.FirstServed, "lb", "green-1")
		minutes(t, usable.At-serving.At, 0, 10.0/60, "two checks, 5 s apart")
		require.Equal(t, 20*engine.Minute, s.next(timeline.Desired, "beta", "").At)
		begun := s.next(timeline.Draining, "lb", "blue-1")
		done := s.next(timeline.Deregistered, "lb", "blue-1")
		require.Equal(t, engine.Minute, done.At-begun.At)
		require.Contains(t, done.Text, "requests cut: 0")
		require.Equal(t, done.At, s.next(timeline.Terminated, "", "blue-1").At)
	}
}

// lostZone are the windows of the scenario two-zones: the load is 300 a second,
// half of it comes to the node in zone c as long as it is in DNS, 60 s [ELB-HOW].
var lostZone = []window{
	{"before", "requests.failed", "0s..594s"}, {"during", "requests.failed", "10m..11m"}, {"later", "requests.failed", "11m..40m"},
	{"p99", "latency.p99", "10m..12m"}, {"calm", "latency.p99", "2m..10m"},
}

// shunned is how long after the loss the node in zone a stops sending requests
// to an instance.
func shunned(t *testing.T, r *experiments.Result, instance string) float64 {
	t.Helper()
	out := storyOf(t, r).next(timeline.Unhealthy, "lb", instance)
	seconds := (out.At - 10*engine.Minute).Seconds()
	require.True(t, 15 < seconds && seconds <= 25, "%s: two checks of 5 s, 10 s apart: %g s", instance, seconds)
	return seconds
}

// A lost zone costs the requests that clients send to its balancer node for the
// minute for which the node stays in DNS, whatever the fleet; cross-zone
// balancing adds those that the other node sends to the lost instances until its
// checks fail (contract 3, zone loss).
func TestTwoZones(t *testing.T) {
	for _, c := range []struct {
		variant string
		lost    []string
		share   float64 // of the other node's 150 requests a second that each lost instance gets
	}{
		{"", []string{"web-2"}, 1.0 / 2}, {"spare", []string{"web-2", "web-4"}, 1.0 / 4}, {"no-cross-zone", nil, 0},
	} {
		t.Run(c.variant, func(t *testing.T) {
			for seed := range seeds(1, 3) {
				r := once(t, "two-zones", c.variant, seed, lostZone)
				holds(t, r)
				require.Zero(t, value(r, "before"))
				require.Zero(t, value(r, "later"), "a minute after the loss no request fails")
				mean := 60 * 150.0
				for _, instance := range c.lost {
					mean += 150 * c.share * shunned(t, r, instance)
				}
				poisson(t, mean, r.Metrics["requests.failed"].Mean, "seed %d: requests failed", seed+1)
				require.Less(t, r.Metrics["requests.failed"].Mean-r.Metrics["errors.timeout"].Mean, 30.0, "all but those in progress time out")
			}
		})
	}
}

// The group replaces the lost instance in the other zone from its next pass on,
// and launches before it terminates when the zone is back.
func TestTwoZonesGroup(t *testing.T) {
	for seed := range seeds(1, 3) {
		r := once(t, "two-zones", "", seed, nil)
		s := storyOf(t, r)
		lost := s.next(timeline.FaultStart, "zone", "")
		minutes(t, s.next(timeline.Replace, "", "web-2").At-lost.At, 0.0001, 0.5, "the next pass")
		s.next(timeline.LaunchFail, "c", "")
		require.Contains(t, s.next(timeline.Launch, "", "web-3").Text, "in zone a")
		require.Equal(t, lost.At+engine.Minute, s.next(timeline.DNS, "lb", "").At, "the node leaves DNS [ELB-HOW]")
		usable := s.next(timeline.FirstServed, "lb", "web-3")
		minutes(t, usable.At-lost.At, 1, 3, "the fleet is whole again")
		s.next(timeline.FaultEnd, "zone", "")
		s.next(timeline.Rebalance, "", "")
		require.Contains(t, s.next(timeline.Launch, "", "web-4").Text, "in zone c")
		healthy := s.next(timeline.Healthy, "lb", "web-4")
		require.GreaterOrEqual(t, s.next(timeline.Terminate, "", "web-1").At, healthy.At)
		require.EqualValues(t, 3, r.Metrics["fleets.web.instances.max"].Mean, "one more than desired while it rebalances")
	}
}

// Room to spare keeps the latency, not the requests: one server of two is at
// three quarters of its CPU while the zone is lost, two of four are where they
// were.
func TestTwoZonesSpare(t *testing.T) {
	for seed := range seeds(1, 3) {
		base, spare := once(t, "two-zones", "", seed, lostZone), once(t, "two-zones", "spare", seed, lostZone)
		require.Greater(t, value(base, "p99"), 1.5*value(base, "calm"))
		require.Less(t, value(spare, "p99"), value(base, "calm"))
		require.InDelta(t, base.Metrics["availability"].Mean, spare.Metrics["availability"].Mean, 0.002)
		require.Less(t, spare.Metrics["availability"].Mean, 0.99)
	}
}

// A hit of the cache spares the call to the database. Of 180 requests a second
// the database works 0.6 x 12 ms where the cache has nothing, 0.3 x 8 ms and
// 0.1 x 6 ms, on two vCPUs.
func TestThreeTier(t *testing.T) {
	const rest = 180 * (0.3*0.008 + 0.1*0.006) / 2
	const behind = 180 * 0.6 * 0.012 / 2
	for seed := range seeds(1, 3) {
		r := once(t, "three-tier", "cache-lost", seed, []window{
			{"before", "services.db.utilization", "10m..30m"}, {"lost", "services.db.utilization", "30m..40m"},
			{"after", "services.db.utilization", "42m..1h"}, {"hits", "services.mc.hit_ratio", "10m..30m"},
		})
		require.InDelta(t, rest+0.2*behind, value(r, "before"), 0.02, "about 40 %%")
		require.InDelta(t, rest+behind, value(r, "lost"), 0.05)
		require.Greater(t, value(r, "lost"), 0.88)
		require.InDelta(t, value(r, "before"), value(r, "after"), 0.02)
		require.InDelta(t, 0.8, value(r, "hits"), 0.01)
		require.Zero(t, r.Metrics["requests.failed"].Mean)
		require.Positive(t, r.Metrics["sessions.lost"].Mean, "those in the cache")
	}
}

// The producer does not wait for the consumers: how long they work changes
// nothing for who orders.
func TestThreeTierQueue(t *testing.T) {
	sets := []string{"duration=15m", "discard=0s"}
	few := once(t, "three-tier", "", 0, nil, sets...).Metrics
	many := once(t, "three-tier", "", 0, nil, append(sets, "services.mq.work=exponential(200ms)")...).Metrics
	require.InEpsilon(t, 0.1*180*0.12/4, few["services.mq.utilization"].Mean, 0.1)
	require.InEpsilon(t, 0.1*180*0.2/4, many["services.mq.utilization"].Mean, 0.1)
	require.Equal(t, few["routes.order.latency.mean"].Mean, many["routes.order.latency.mean"].Mean)
}

// Little's law over the tiers: a reverse proxy holds a request, and with it the
// connections to both sides, for as long as the tier behind it works, and that
// tier for as long as it waits for what it calls. Where each request waits 1 s,
// 180 are in progress on two servers of each tier.
func TestThreeTierHoldsConnections(t *testing.T) {
	sets := []string{"duration=10m", "discard=1m"}
	for _, route := range []string{"home", "search", "order"} {
		sets = append(sets, "routes."+route+".wait.app=1s")
	}
	r := once(t, "three-tier", "", 0, nil, sets...)
	held := r.Metrics["throughput"].Mean * r.Metrics["latency.mean"].Mean / 2
	require.InEpsilon(t, 90, held, 0.1)
	for tier, connections := range map[string]float64{"web": 2, "app": 1} {
		most := r.Detail.Series.Column("fleets." + tier + ".connections.max")[2:]
		require.Len(t, most, 8)
		for minute, n := range most {
			n /= connections
			require.True(t, held <= n && n <= held+5*math.Sqrt(held), "%s, minute %d: %g requests held", tier, minute+2, n)
		}
	}
}

// CPU tracking alone is late on every working day; a scheduled minimum loses
// nothing. The first working days of the week.
func TestOpeningHours(t *testing.T) {
	if testing.Short() {
		t.Skip("millions of requests")
	}
	const days = 2
	for seed := range 3 {
		base, scheduled := openDays(t, "", seed, days), openDays(t, "scheduled", seed, days)
		for day := range days {
			require.Greater(t, value(base, fmt.Sprint("day", day)), 1000.0, "seed %d: requests lost on day %d", seed+1, day+1)
		}
		minutes(t, engine.Time(base.Metrics["scaling.lag.mean"].Mean*float64(engine.Second)), 5, 15, "breach to a usable server")
		require.Zero(t, scheduled.Metrics["requests.failed"].Mean)
		require.Equal(t, base.Metrics["requests.offered"].Mean, scheduled.Metrics["requests.offered"].Mean)
	}
}

// openDays runs the first days of opening-hours and counts what fails on each
// between 8:25 and 9:00.
func openDays(t *testing.T, variant string, seed, days int) *experiments.Result {
	t.Helper()
	var mornings []window
	for day := range days {
		opening := 24*60*day + 8*60 + 25
		mornings = append(mornings, window{fmt.Sprint("day", day), "requests.failed", fmt.Sprintf("%dm..%dm", opening, opening+35)})
	}
	return once(t, "opening-hours", variant, seed, mornings, fmt.Sprintf("duration=%dd", days))
}

func TestOpeningHoursWeek(t *testing.T) {
	if testing.Short() {
		t.Skip("53 million requests")
	}
	base, scheduled := openDays(t, "", 0, 7), openDays(t, "scheduled", 0, 7)
	var mornings float64
	for day := range 7 {
		lost := value(base, fmt.Sprint("day", day))
		if mornings += lost; day < 5 {
			require.Greater(t, lost, 1000.0, "day %d", day+1)
		} else {
			require.Zero(t, lost, "weekend")
		}
	}
	require.Equal(t, base.Metrics["requests.failed"].Mean, mornings, "all that is lost is lost in the mornings")
	require.Zero(t, scheduled.Metrics["requests.failed"].Mean)
	require.EqualValues(t, 10, scheduled.Metrics["scaling.actions"].Mean, "up and down on five working days")
}
