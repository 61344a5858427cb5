package experiments_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/timeline"
)

// The claims of the scenarios that compare two ways to build a site.

// figure is the mean of a metric, which there must be.
func figure(t *testing.T, r *experiments.Result, name string) float64 {
	t.Helper()
	m, ok := r.Metrics[name]
	require.True(t, ok && m.N > 0, name)
	return m.Mean
}

// work is the CPU time that a fleet's servers with so many vCPUs spent while in
// service, in seconds.
func work(t *testing.T, r *experiments.Result, fleet string, vCPUs float64) float64 {
	t.Helper()
	p := "fleets." + fleet + "."
	return figure(t, r, p+"cpu.mean") * figure(t, r, p+"instances.mean") * vCPUs * (r.DurationS - r.DiscardS)
}

// signIns are the windows of sticky-vs-shared: before the crash, at its instant
// and after it; and the minutes after the scale-out.
var signIns = []window{
	{"before", "sessions.lost", "0s..40m"}, {"stays", "sessions.moved", "0s..40m"}, {"crash", "sessions.lost", "40m..2400.001s"},
	{"after", "sessions.lost", "2400.001s..60m"}, {"started", "sessions.started", "0s..40m"}, {"ended", "sessions.ended", "0s..40m"},
	{"busiest", "fleets.web.share.max", "17m..20m"},
}

func TestStickyOrShared(t *testing.T) {
	if testing.Short() {
		t.Skip("millions of requests")
	}
	for seed := range seeds(1, 3) {
		sticky := once(t, "sticky-vs-shared", "", seed, signIns)
		shared := once(t, "sticky-vs-shared", "shared", seed, signIns)
		neither := once(t, "sticky-vs-shared", "neither", seed, signIns)

		require.Zero(t, value(sticky, "before"), "users stay where they are signed in")
		require.Zero(t, value(sticky, "stays"))
		require.Greater(t, value(sticky, "busiest"), 0.35, "old users are on two of four servers")
		require.Greater(t, figure(t, sticky, "balancers.lb.share_lag.mean"), 60.0)
		signedIn := value(sticky, "started") - value(sticky, "ended")
		require.InDelta(t, signedIn/4, value(sticky, "crash"), signedIn/10, "those on one of four servers")
		require.Zero(t, value(sticky, "after"), "it counts once")

		require.Zero(t, figure(t, shared, "sessions.lost"))
		require.Greater(t, value(shared, "stays"), value(shared, "started"), "they move freely")
		require.InDelta(t, 0.25, value(shared, "busiest"), 0.01, "new servers have their share at once")
		require.Less(t, figure(t, shared, "balancers.lb.share_lag.mean"), 5.0)
		pays(t, sticky, shared)

		require.Greater(t, value(neither, "before"), 10*value(neither, "ended"), "signed out again and again")
	}
}

// pays checks the price of a shared store: each request makes one call, of 0.4
// ms, by Little's law; and the node is rented.
func pays(t *testing.T, sticky, shared *experiments.Result) {
	t.Helper()
	calls := figure(t, shared, "services.session-cache.number.mean") * shared.DurationS / 0.0004
	require.InEpsilon(t, figure(t, shared, "requests.completed"), calls, 0.01)
	require.InDelta(t, 0.0004, figure(t, shared, "latency.p50")-figure(t, sticky, "latency.p50"), 0.0002)
	require.Equal(t, 0.017, figure(t, shared, "cost.services.session-cache"))
	require.Greater(t, figure(t, shared, "cost.total"), figure(t, sticky, "cost.total"))
}

// evening is scale-up-vs-scale-out in a sixth of the time, with the same peak.
var evening = []string{"duration=1h", `clients.visitors.rate=["0m 60/s", "20m 250/s", "30m 250/s", "50m 60/s"]`}

// All have the same arrivals and the same sizes; one large machine has less
// latency than many small ones that cost as much, and growing costs less than
// to have the peak's servers all the time.
func TestScaleUpOrScaleOut(t *testing.T) {
	if testing.Short() {
		t.Skip("millions of requests")
	}
	for seed := range seeds(1, 3) {
		grows := once(t, "scale-up-vs-scale-out", "", seed, nil, evening...)
		eight := once(t, "scale-up-vs-scale-out", "eight-large-fixed", seed, nil, evening...)
		small := once(t, "scale-up-vs-scale-out", "one-2xlarge", seed, nil, evening...)
		large := once(t, "scale-up-vs-scale-out", "one-4xlarge", seed, nil, evening...)
		demand := work(t, large, "web", 16)
		for _, c := range []struct {
			*experiments.Result
			vCPUs float64
		}{{grows, 2}, {eight, 2}, {small, 8}, {large, 16}} {
			holds(t, c.Result)
			require.InEpsilon(t, figure(t, large, "requests.offered"), figure(t, c.Result, "requests.offered"), 1e-5)
			require.InEpsilon(t, demand, work(t, c.Result, "web", c.vCPUs), 2e-3)
		}
		require.Equal(t, figure(t, eight, "cost.fleets.web"), figure(t, large, "cost.fleets.web"))
		require.LessOrEqual(t, figure(t, large, "latency.mean"), figure(t, eight, "latency.mean"))
		require.Less(t, figure(t, small, "cost.fleets.web"), figure(t, grows, "cost.fleets.web"))
		require.Less(t, figure(t, grows, "cost.fleets.web"), figure(t, eight, "cost.fleets.web"))
		require.Less(t, figure(t, large, "latency.p99"), figure(t, small, "latency.p99"))
		require.Equal(t, figure(t, eight, "cost.transfer"), figure(t, large, "cost.transfer"))
	}
}

// Whose session has one request does not depend on answers at all: they come at
// the same instants, and ask for the same work.
func TestScaleUpAndScaleOutMeetTheSameArrivals(t *testing.T) {
	sets := []string{"duration=12m", "clients.visitors.requests=1", "discard=0s"}
	base := once(t, "scale-up-vs-scale-out", "", 0, nil, sets...)
	arrivals := base.Detail.Series.Column("offered")
	for _, variant := range []string{"eight-large-fixed", "one-2xlarge", "one-4xlarge"} {
		r := once(t, "scale-up-vs-scale-out", variant, 0, nil, sets...)
		require.Equal(t, arrivals, r.Detail.Series.Column("offered"), variant)
		require.Equal(t, figure(t, base, "latency.max"), figure(t, r, "latency.max"), "the largest of them all, alone on its CPU: %s", variant)
	}
}

// A content delivery network takes servers, capacity units and all transfers from
// the web tier; its own bill is another matter.
func TestStaticOffload(t *testing.T) {
	if testing.Short() {
		t.Skip("millions of requests")
	}
	for seed := range seeds(1, 3) {
		nginx := once(t, "static-offload", "", seed, nil, "duration=30m")
		cdn := once(t, "static-offload", "cdn", seed, nil, "duration=30m")
		require.Zero(t, figure(t, nginx, "requests.failed")+figure(t, cdn, "requests.failed"))
		hits := figure(t, cdn, "cdns.cdn.hit_ratio")
		require.InDelta(t, 0.8*0.95*0.9+0.2*0.9, hits, 0.005)
		require.InEpsilon(t, 0.1*0.2*6+(1-0.95*0.9)*0.8*1.5, 1e3*work(t, cdn, "web", 2)/figure(t, cdn, "requests.offered"), 0.02, "ms of CPU a request")
		require.InEpsilon(t, 0.2*6+0.8*1.5, 1e3*work(t, nginx, "web", 2)/figure(t, nginx, "requests.offered"), 0.02)
		require.InEpsilon(t, 0.5, figure(t, cdn, "cost.fleets.web")/figure(t, nginx, "cost.fleets.web"), 0.02, "two servers instead of four")
		require.Less(t, figure(t, cdn, "cost.balancers.lb"), 0.25*figure(t, nginx, "cost.balancers.lb"))
		require.Zero(t, figure(t, cdn, "cost.transfer"))
		require.InEpsilon(t, figure(t, nginx, "cost.transfer"), figure(t, cdn, "cost.cdns.cdn"), 0.05, "delivery costs what transfers did")
		require.Less(t, figure(t, cdn, "cost.total"), figure(t, nginx, "cost.total"))
	}
}

func TestServerlessResize(t *testing.T) {
	burst := []window{{"burst", "availability", "20m..1530s"}, {"later", "availability", "30m..60m"}}
	for seed := range seeds(1, 3) {
		functions := once(t, "serverless-resize", "", seed, burst)
		require.Zero(t, figure(t, functions, "requests.failed"), "functions serve it all")
		require.Positive(t, figure(t, functions, "services.resize.delayed"))
		require.Less(t, figure(t, functions, "services.resize.delayed"), 0.01)
		require.Less(t, figure(t, functions, "latency.p99"), 3.0)

		servers := once(t, "serverless-resize", "servers", seed, burst)
		require.Less(t, value(servers, "burst"), 0.1, "most of it fails")
		require.Equal(t, 1.0, value(servers, "later"))
		s := storyOf(t, servers)
		launch := s.next(timeline.Launch, "", "workers-2")
		minutes(t, launch.At, 22, 25, "launch")
		require.Greater(t, s.next(timeline.Healthy, "lb", "workers-2").At, 25*engine.Minute, "the burst is over")
	}
}

// The same work, within the luck of the draw, and three fleets that grow by
// themselves.
func TestMonolithOrMicroservices(t *testing.T) {
	if testing.Short() {
		t.Skip("millions of requests")
	}
	for seed := range seeds(1, 3) {
		whole := once(t, "monolith-vs-microservices", "", seed, nil)
		split := once(t, "monolith-vs-microservices", "split", seed, nil)
		require.Zero(t, figure(t, whole, "requests.failed")+figure(t, split, "requests.failed"))
		require.Equal(t, figure(t, whole, "requests.offered"), figure(t, split, "requests.offered"))
		parts := work(t, split, "shop", 2) + work(t, split, "catalog", 2) + work(t, split, "payment", 2)
		require.InEpsilon(t, work(t, whole, "shop", 2), parts, 0.01)
		for _, fleet := range []string{"catalog", "payment"} {
			require.Greater(t, figure(t, split, "fleets."+fleet+".instances.max"), 1.0, fleet)
		}
		require.Equal(t, 2.0, figure(t, split, "fleets.shop.instances.max"), "it has little left to do")
	}
}
