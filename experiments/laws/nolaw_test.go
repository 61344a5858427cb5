package laws_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/gallery"
	"github.com/headroom-sim/headroom/experiments/laws"
)

// lawless is a built-in case with an override of which no law is known, and the reason.
type lawless struct{ name, set, want string }

func refused(t *testing.T, cases []lawless) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name+" "+c.set, func(t *testing.T) {
			_, err := of(t, c.name, c.set)
			require.ErrorContains(t, err, c.want)
		})
	}
}

// Where theory is at its end, it says why.
func TestNoLaw(t *testing.T) {
	refused(t, []lawless{
		{"mm4", "routes.visit.demand.desk=lognormal(20ms, scv=2)", "no law is known of 4 servers with demands of lognormal(20ms, scv=2): only exponential demands have one"},
		{"mg1-h2", "services.desk.queue=3", "no law is known of a queue that has an end with demands of "},
		{"mg1-h2", "services.desk.discipline=lifo", "no law is known of a queue that is not first in, first out with demands of "},
		{"erlang-a", "services.desk.queue=3", "no law is known of patience in a queue that has an end"},
		{"mm1", "clients.visitors.rate=100/s", "M/M/1 at 1: there is no steady state"},
		{"shortest-4", "fleets.desks.max=5", "no law is known of poisson arrivals at lb with these settings"},
		{"shortest-2", "clients.visitors.rate=81/s", "no law is known of least_outstanding_requests above a load of 0.8 (have 0.81)"},
		{"power-of-two", "clients.visitors.rate=149.99/s", "above a load of 0.8"},
		{"mmck", "services.desk.queue=1000000000", "no law is known of a queue with more than 1000000 places"},
		{"mmpp", "clients.visitors.rate=99.9999/s", "no steady state"},
		{"mmpp", "services.desk.servers=1000000", "cannot be computed: too many states, or too near to capacity"},
		{"erlang-a", "services.desk.patience=exponential(10000h)", "cannot be computed"},
		{"power-of-two", "fleets.desks={ min = 5, max = 5 }", "no law is known of power_of_two with more than 4 servers (have 5)"},
		{"jackson", "routes.page.demand.app=10ms", "no law is known of poisson arrivals at app with these settings"},
		{"late-scale-out", "balancers.lb.algorithm=random", "no law is known of even arrivals and the algorithm random"},
		{"mm1", "clients.visitors.rate=0/s", "no law is known of a client that sends nothing"},
		{"late-scale-out", "fleets.desks.provision=uniform(1s, 2s)", "the fleet must have one schedule"},
	})
}

// It says which key is in the way.
func TestNoLawOfKeys(t *testing.T) {
	refused(t, []lawless{
		{"mm1", "clients.visitors.timeout=1s", "--set clients.visitors.timeout=1s: clients.visitors.timeout: no law accounts for this key here"},
		{"mm1", "routes.visit.wait={ desk = \"1s\" }", "no law accounts for this key here"},
		{"erlang-a", "services.desk.patience=40ms", "patience: must be exponential here for a law to be known (have 40ms)"},
		{"erlang-a", "routes.visit.demand.desk=20ms", "must be exponential here"},
		{"cache", "services.desk.latency=1ms", "services.desk.latency: must be 0s"},
		{"database-pool", "services.desk.pool=5", "services.desk.pool: must not exceed vcpus"},
		{"round-robin", "balancers.lb.health_check.demand=1ms", "balancers.lb.health_check.demand: no law accounts for this key here"},
		{"repair", "clients.operators.think=0s", "think: must be above 0s here for a law to be known"},
		{"mmpp", "routes.visit.demand.desk=10ms", "must be exponential"},
		{"jackson", "routes.page.demand.store=10ms", "the demand of store: must be exponential"},
		{"closed-tiers", "services.store.servers=2", "services.store.servers: must be 1 here for a law to be known (have 2)"},
		{"time-varying", "services.desk.servers=2500", "services.desk.servers: must be at least 2812 here: of a rate that changes a law is known only where nobody waits for a server (have 2500)"},
		{"time-varying", "routes.visit.demand.desk=60s", "must be exponential"},
		{"setup", "services.resize.concurrency=2", "services.resize.concurrency: must be 1 here"},
		{"setup", "routes.image.demand.resize=exponential(200ms)", "must take 100ms at least"},
		{"jackson", "fleets.app.server.threads=3", "fleets.app.server: must be a pool with 190 threads and 46718 max_connections at least"},
		{"jackson", "fleets.app.server.max_connections=46000", "must be a pool"},
		{"jackson", `fleets.app.calls=["web", "logic", "web"]`, "fleets.app.calls: must call each station once"},
		{"closed-tiers", "fleets.app.server.threads=1", "must be a pool with 30 threads and 30 max_connections at least"},
		{"closed-tiers", "fleets.app.server.max_connections=29", "must be a pool"},
		{"closed-tiers", "fleets.app.min=0", "fleets.app.min: must be at least 1"},
		{"late-scale-out", `clients.visitors.rate=["0m 80/s","5m 120/s","9m 60/s"]`, "servers that were added must be kept busy"},
		{"database-pool", "services.desk.max_connections=2", "services.desk.max_connections: must not be less than vcpus or pool"},
		{"database", "services.desk.max_connections=3", "services.desk.max_connections: must not be less"},
		{"nginx", "clients.visitors.keep_alive=true", "keep_alive must be false"},
		{"jackson", "clients.visitors.keep_alive=false", "no law accounts for this key here"},
		{"mm1", "routes.visit.demand.desk=exponential(1ns)", "the demand of desk: must be 1us at least for a law to be known: the clock has nanoseconds (have exponential(1ns))"},
		{"erlang-a", "services.desk.patience=exponential(1ns)", "patience: must be 1us at least"},
		{"overload", "routes.page.demand.desk=exponential(10ms)", "the demand must be constant"},
		{"overload", "duration=8m", "what waits must be worked off before the end"},
		{"round-robin", "routes.page.demand.desks=20ms", "must be exponential"},
	})
}

// A limit that is a default is one as well: where it is near, the law's figures are not
// those of a run.
func TestNoLawNearLimits(t *testing.T) {
	refused(t, []lawless{
		{"round-robin", "balancers.lb.idle_timeout=1s", "balancers.lb.idle_timeout: must be at least 2s here for a law to be known (have 1)"},
		{"round-robin", "clients.visitors.rate=198/s", "balancers.lb.health_check.timeout: must be at least 26s here"},
		{"random", `balancers.lb={ kind = "haproxy", targets = ["desks"], algorithm = "random", health_check = { interval = "1s" } }`, "balancers.lb.health_check.timeout: must be at least 2s here"},
		{"late-scale-out", "fleets.desks.schedules.more.desired=1", "balancers.lb.server_timeout: must be at least 85s here for a law to be known (have 60)"},
		{"late-scale-out", "balancers.lb.kind=application", "balancers.lb.kind: must be nginx or haproxy here for a law to be known: a target of one that is application waits for its checks"},
		{"database-pool", "services.desk.pool_timeout=500ms", "services.desk.pool_timeout: must be at least 1s here"},
		{"setup", "routes.image.demand.resize=uniform(500s, 1500s)", "services.resize.timeout: must be at least 1500s here for a law to be known (have 900)"},
		{"nginx", "fleets.web.server.worker_connections=30", "fleets.web.server.worker_connections: must be at least "},
		{"cache", "clients.visitors.rate=999.99/s", "services.desk.engine (connections): must be at least "},
	})
}

// Where the mean is small a number is more than a few times the mean often enough.
func TestNoLawNearLimitsOfFew(t *testing.T) {
	for _, c := range []struct {
		name string
		sets []string
		want string
	}{
		{"jackson", []string{"clients.visitors.rate=0.3/s", "duration=24h", "fleets.app.server.threads=1"}, "must be a pool with 21 threads and "},
		{"time-varying", []string{`clients.visitors.rate=["0m 0.015/s", "1m 0.015/s"]`, "routes.visit.demand.desk=exponential(1s)", "services.desk.servers=1"}, "services.desk.servers: must be at least 21 here"},
		{"nginx", []string{"clients.visitors.rate=1/s", "duration=6h", "fleets.web.server.worker_connections=3"}, "fleets.web.server.worker_connections: must be at least 21 here"},
	} {
		_, err := of(t, c.name, c.sets...)
		require.ErrorContains(t, err, c.want)
	}
}

// Users who think alike stay in step, few long pauses decide about a run, and between
// stations that are equally slow they drift by chance: all of it takes longer than a round.
func TestNoLawOfUsersWhoRemember(t *testing.T) {
	refused(t, []lawless{
		{"repair", `clients.operators.think="hyperexponential(1s, scv=1000)"`, "think: must not vary by more than scv=4"},
		{"repair", `clients.operators.think="constant(10s)"`, "must discard"},
		{"closed-tiers", `clients.visitors.think="constant(10s)"`, "must discard"},
	})
	_, err := of(t, "closed-tiers", "clients.visitors.users=1000", "clients.visitors.think=0s", "duration=30m", "discard=2m",
		`routes.page.demand={ web = "exponential(10ms)", logic = "exponential(10ms)", store = "exponential(10ms)" }`)
	require.ErrorContains(t, err, "closed, 1000 users of 3 stations: must discard")
}

// What a run shows too seldom is left out, and told; the rest is compared.
func TestRareFigures(t *testing.T) {
	for _, c := range []lawless{
		{"erlang-b", "clients.visitors.rate=10/s", "availability"},
		{"jackson", "services.logic.servers=20", "services.logic.wait.mean"},
		{"mm4", "services.desk.servers=40", "services.desk.delayed"},
		{"mm4", "services.desk.servers=40", "services.desk.wait.mean"},
		{"mmpp", "services.desk.servers=10", "services.desk.wait.mean"},
		{"database-full", "services.desk.vcpus=1", "services.desk.utilization"},
		{"mm1", "duration=5m", "latency.sd"},
		{"mm1", "clients.visitors.rate=50.01/s", "services.desk.wait.p50"},
		{"mm1", "clients.visitors.rate=5.001/s", "services.desk.wait.p95"},
		{"mg1-ln", "routes.visit.demand.desk=lognormal(10ms, scv=2)", "latency.sd"},
		{"time-varying", `expectations.x={ metric = "requests.offered", during = "6m..360001ms", at_least = 0 }`, "requests.offered"},
	} {
		t.Run(c.name+" "+c.want, func(t *testing.T) {
			l, err := of(t, c.name, c.set)
			require.NoError(t, err)
			require.NotEmpty(t, l.Figures)
			require.True(t, slices.ContainsFunc(l.Rare, func(told string) bool { return strings.HasPrefix(told, c.want+" is left out: ") }), "%v", l.Rare)
			require.False(t, slices.ContainsFunc(l.Figures, func(f laws.Figure) bool {
				return f.Metric == c.want && (f.Expectation == "x" || c.name != "time-varying")
			}))
		})
	}
}

// A run must last, and show, what a law says.
func TestNoLawOfShortRuns(t *testing.T) {
	refused(t, []lawless{
		{"mm1", "clients.visitors.rate=99/s", "M/M/1 at 0.99: must discard "},
		{"mm1", "discard=0s", "M/M/1 at 0.8: must discard 4.537s at least and measure 1m31s at least for its steady state to be seen (have 0s and 20m)"},
		{"mm1", "clients.visitors.rate=99.99999/s", "have "},
		{"mm1", "clients.visitors.rate=99.999999999/s", "M/M/1 at 1: must discard more than can be simulated at least"},
		{"mm1", "duration=90s", "measure 1m31s at least"},
		{"mm1", "clients.visitors.rate=99.99999999666802/s", "must discard more than can be simulated at least"},
		{"queue", "routes.visit.demand.desk=1m", "must discard 5m"},
		{"mg1-ln", "routes.visit.demand.desk=pareto(1ms, 1000s, alpha=1.05)", "must discard"},
		{"repair", "discard=5s", "M/M/1//12: must discard"},
		{"jackson", "discard=1s", "must discard"},
		{"closed-tiers", "discard=4s", "must discard"},
		{"mmpp", "discard=1s", "must discard"},
		{"setup", "discard=5s", "must discard"},
		{"nginx", "discard=0s", "must discard"},
		{"round-robin", "discard=0s", "must discard"},
		{"database-full", "services.desk.max_connections=1000000", "must discard"},
		{"mm1", "clients.visitors.rate=1/h", "too rare to be seen"},
		{"erlang-b", "discard=auto", "discard: must be a duration for a law to be known (have auto)"},
		{"overload", "discard=auto", "discard: must be a duration for a law to be known (have auto)"},
		{"overload", "discard=1m", "nothing discarded"},
		{"overload", "routes.page.demand.desk=constant(6.7ms)", "no law is known of so few requests or so short a backlog: latency.mean is known within "},
	})
}

// A route may have demand for other places only.
func TestNoDemand(t *testing.T) {
	for name, place := range map[string]string{
		"mm1": "desk", "repair": "desk", "mmpp": "desk", "time-varying": "desk", "overload": "desk",
		"setup": "resize", "nginx": "web", "shortest-2": "desks", "jackson": "logic",
	} {
		t.Run(name, func(t *testing.T) {
			src, _ := gallery.Scenario(gallery.Verify + "/" + name)
			demand := regexp.MustCompile(`(demand.*)\b` + place + `(\s*=)`)
			require.Regexp(t, demand, string(src))
			src = append(demand.ReplaceAll(src, []byte("${1}other$2")), "\n[services.other]\nkind = \"station\"\n"...)
			_, err := laws.Of(read(t, name, src))
			require.ErrorContains(t, err, "no law")
		})
	}
}
