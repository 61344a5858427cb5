package laws_test

import (
	"math"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/gallery"
	"github.com/headroom-sim/headroom/experiments/laws"
	"github.com/headroom-sim/headroom/models/scenario"
)

// of is the law of a built-in case with overrides.
func of(t *testing.T, name string, sets ...string) (*laws.Law, error) {
	t.Helper()
	src, ok := gallery.Scenario(gallery.Verify + "/" + name)
	require.True(t, ok, name)
	return laws.Of(read(t, name, src, sets...))
}

// read is the scenario of a text with overrides.
func read(t *testing.T, name string, src []byte, sets ...string) *scenario.Spec {
	t.Helper()
	file, problems := scenario.Parse(name, src, gallery.Trace)
	require.NoError(t, problems.Err())
	spec, problems := file.Spec("", sets)
	require.NoError(t, problems.Err())
	return spec
}

// figure is the exact value of a metric.
func figure(t *testing.T, l *laws.Law, metric string) float64 {
	t.Helper()
	for _, f := range l.Figures {
		if f.Metric == metric {
			return f.Exact
		}
	}
	require.Fail(t, "no such figure", metric)
	return 0
}

// The law follows the scenario: its name, and its values.
func TestLawsFollowTheScenario(t *testing.T) {
	for _, c := range []struct {
		name string
		sets []string
		law  string
		at   string
		want float64
	}{
		{"mm1", nil, "M/M/1 at 0.8", "latency.mean", 0.05},
		{"mm1", []string{"clients.visitors.rate=50/s"}, "M/M/1 at 0.5", "latency.mean", 0.02},
		{"mm1", []string{"routes.visit.demand.desk=5ms"}, "M/D/1 at 0.4", "services.desk.wait.mean", 0.4 / 0.6 / 2 * 0.005},
		{"mm1", []string{"services.desk.discipline=ps"}, "M/G/1-PS at 0.8", "latency.mean", 0.05},
		{"mm1", []string{"services.desk.queue=0"}, "M/G/1/1 at 0.8", "availability", 1 / 1.8},
		{"mm1", []string{"services.desk.queue=1"}, "M/M/1/2 at 0.8", "availability", 1 - 0.64/2.44},
		{"mm4", []string{"services.desk.servers=2", "clients.visitors.rate=50/s"}, "M/M/2 at 0.5", "services.desk.delayed", 1.0 / 3},
		{"md1", []string{"routes.visit.demand.desk=uniform(5ms, 15ms)"}, "M/G/1 (uniform) at 0.7", "services.desk.wait.mean", 70 * (1e-4 + 1e-4/12) / 2 / 0.3},
		{"random", []string{"fleets.desks.speed=2", "clients.visitors.rate=200/s"}, "4 × M/M/1 at 0.5", "latency.mean", 0.02},
		{"repair", []string{"clients.operators.users=1"}, "M/M/1//1", "latency.mean", 0.1},
		{"shortest-3", []string{"fleets.desks.min=1", "fleets.desks.max=1", "clients.visitors.rate=25/s"}, "1 × M/M/1, shortest queue at 0.5", "latency.mean", 0.04},
		{"power-of-two", []string{"fleets.desks.min=1", "fleets.desks.max=1", "clients.visitors.rate=25/s"}, "1 × M/M/1, shorter of two at 0.5", "latency.mean", 0.04},
		{"mmpp", []string{"clients.visitors.burst_rate=40/s"}, "MMPP/M/1 at 0.4", "services.desk.wait.mean", 0.4 / 60},
		{"jackson", []string{"services.logic.servers=1", "clients.visitors.rate=20/s"}, "M/M/1 → M/M/1 → M/M/1", "latency.mean", 1.0/105 + 3.0/40 + 1.0/80},
		{"closed-tiers", []string{"clients.visitors.users=1"}, "closed, 1 users of 3 stations", "throughput", 1 / 0.848},
		{"time-varying", []string{`clients.visitors.rate=["0m 5/s", "1m 5/s"]`}, "Mt/M/∞", "requests.offered", 7500},
		{"setup", []string{"services.resize.memory=3538MiB", "routes.image.demand.resize=uniform(200ms, 600ms)"}, "M/G/1/1 with setup at 0.354", "latency.mean", 0.4 + 0.4/math.E},
		{"overload", []string{"services.desk.servers=2"}, "fluid", "latency.mean", 0.01},
		{"late-scale-out", []string{"fleets.desks.schedules.more.at=2m"}, "fluid", "latency.mean", 0.01},
		{"database", []string{"services.desk.max_connections=4"}, "M/G/4/4-PS at 0.85", "latency.mean", 0.02},
	} {
		t.Run(c.law, func(t *testing.T) {
			l, err := of(t, c.name, c.sets...)
			require.NoError(t, err)
			require.Equal(t, c.law, l.Name)
			require.InEpsilon(t, c.want, figure(t, l, c.at), 1e-9)
		})
	}
}

// What a document says is what is known of its worked example, the end first; of no
// other scenario is it known what its expectations say.
func TestDocumented(t *testing.T) {
	src, _ := gallery.Scenario(gallery.Verify + "/aws-track-out")
	l := laws.Documented(read(t, "aws-track-out", src))
	require.Equal(t, "worked example", l.Name)
	require.True(t, l.Certain())
	require.Equal(t, "five", l.Figures[0].Expectation)
	require.EqualValues(t, 5, l.Figures[0].Exact)
	_, err := of(t, "aws-track-out")
	require.ErrorContains(t, err, "no law")
	l, err = of(t, "mm1", `expectations.x={ metric = "errors.timeout", equals = 0 }`)
	require.NoError(t, err)
	require.Equal(t, "M/M/1 at 0.8", l.Name)
}

// Where the rarest demands decide a deviation, it is not compared.
func TestDeviationsOfHeavyTails(t *testing.T) {
	for demand, known := range map[string]bool{"lognormal(10ms, scv=1)": true, "lognormal(10ms, scv=2)": false, "hyperexponential(10ms, scv=4)": true} {
		l, err := of(t, "mg1-ln", "routes.visit.demand.desk="+demand)
		require.NoError(t, err)
		require.Equal(t, known, slices.ContainsFunc(l.Figures, func(f laws.Figure) bool { return f.Metric == "latency.sd" }), demand)
	}
}

// Where theory is at its end, it says why.
func TestNoLaw(t *testing.T) {
	for _, c := range []struct{ name, set, want string }{
		{"mm1", "clients.visitors.timeout=1s", "--set clients.visitors.timeout=1s: clients.visitors.timeout: no law accounts for this key here"},
		{"mm1", "routes.visit.wait={ desk = \"1s\" }", "no law accounts for this key here"},
		{"mm4", "routes.visit.demand.desk=lognormal(20ms, scv=2)", "no law is known of 4 servers with demands of lognormal(20ms, scv=2): only exponential demands have one"},
		{"mg1-h2", "services.desk.queue=3", "no law is known of a queue that has an end with demands of "},
		{"mg1-h2", "services.desk.discipline=lifo", "no law is known of a queue that is not first in, first out with demands of "},
		{"erlang-a", "services.desk.patience=40ms", "patience: must be exponential here for a law to be known (have 40ms)"},
		{"erlang-a", "routes.visit.demand.desk=20ms", "must be exponential here"},
		{"erlang-a", "services.desk.queue=3", "no law is known of patience in a queue that has an end"},
		{"cache", "services.desk.latency=1ms", "services.desk.latency: must be 0s"},
		{"database-pool", "services.desk.pool=5", "services.desk.pool: must not exceed vcpus"},
		{"round-robin", "balancers.lb.health_check.demand=1ms", "balancers.lb.health_check.demand: no law accounts for this key here"},
		{"mm1", "clients.visitors.rate=100/s", "M/M/1 at 1: there is no steady state"},
		{"shortest-4", "fleets.desks.max=5", "no law is known of what its requests meet"},
		{"shortest-2", "clients.visitors.rate=81/s", "no law is known of least_outstanding_requests above a load of 0.8 (have 0.81)"},
		{"power-of-two", "clients.visitors.rate=149.99/s", "above a load of 0.8"},
		{"mmck", "services.desk.queue=1000000000", "no law is known of a queue with more than 1000000 places"},
		{"mmpp", "clients.visitors.rate=99.9999/s", "no steady state"},
		{"mmpp", "services.desk.servers=1000000", "cannot be computed: too many states, or too near to capacity"},
		{"erlang-a", "services.desk.patience=exponential(10000h)", "cannot be computed"},
		{"repair", "clients.operators.think=0s", "think: must be above 0s here for a law to be known"},
		{"power-of-two", "fleets.desks={ min = 5, max = 5 }", "no law is known of power_of_two with more than 4 servers (have 5)"},
		{"mmpp", "routes.visit.demand.desk=10ms", "must be exponential"},
		{"jackson", "routes.page.demand.store=10ms", "the demand of store: must be exponential"},
		{"jackson", "routes.page.demand.app=10ms", "no law is known of what its requests meet"},
		{"closed-tiers", "services.store.servers=2", "services.store.servers: must be 1 here for a law to be known (have 2)"},
		{"time-varying", "services.desk.servers=2500", "services.desk.servers: must be at least 2792 here"},
		{"time-varying", "routes.visit.demand.desk=60s", "must be exponential"},
		{"setup", "services.resize.concurrency=2", "services.resize.concurrency: must be 1 here"},
		{"setup", "routes.image.demand.resize=exponential(200ms)", "must take 100ms at least"},
		{"jackson", "fleets.app.server.threads=3", "fleets.app.server: must be a pool with 170 threads and 90000 max_connections at least"},
		{"jackson", "fleets.app.server.max_connections=80000", "must be a pool"},
		{"jackson", `fleets.app.calls=["web", "logic", "web"]`, "fleets.app.calls: must call each station once"},
		{"closed-tiers", "fleets.app.server.threads=1", "must be a pool with 30 threads and 30 max_connections at least"},
		{"closed-tiers", "fleets.app.server.max_connections=29", "must be a pool"},
		{"closed-tiers", "fleets.app.min=0", "fleets.app.min: must be at least 1"},
		{"late-scale-out", "balancers.lb.algorithm=random", "no law is known of even arrivals and the algorithm random"},
		{"late-scale-out", `clients.visitors.rate=["0m 80/s","5m 120/s","9m 60/s"]`, "servers that were added must be kept busy"},
		{"database-pool", "services.desk.max_connections=2", "services.desk.max_connections: must not be less than vcpus or pool"},
		{"database", "services.desk.max_connections=3", "services.desk.max_connections: must not be less"},
		{"nginx", "clients.visitors.keep_alive=true", "keep_alive must be false"},
		{"jackson", "clients.visitors.keep_alive=false", "no law accounts for this key here"},
		{"mm1", "clients.visitors.rate=99/s", "M/M/1 at 0.99: must discard "},
		{"mm1", "discard=0s", "M/M/1 at 0.8: must discard 4.536 s at least and measure 90.72 s at least for its steady state to be seen (have 0 s and 1200 s)"},
		{"mm1", "duration=90s", "measure 90.72 s at least"},
		{"repair", "discard=5s", "M/M/1//12: must discard"},
		{"jackson", "discard=1s", "must discard"},
		{"closed-tiers", "discard=4s", "must discard"},
		{"mmpp", "discard=1s", "must discard"},
		{"setup", "discard=5s", "must discard"},
		{"nginx", "discard=0s", "must discard"},
		{"round-robin", "discard=0s", "must discard"},
		{"round-robin", "balancers.lb.idle_timeout=1s", "balancers.lb.idle_timeout: no law is known where answers may take longer: here 2 s"},
		{"late-scale-out", "fleets.desks.schedules.more.desired=1", "balancers.lb.idle_timeout: no law is known where answers may take longer: here "},
		{"database-full", "services.desk.max_connections=1000000", "must discard"},
		{"database-full", "services.desk.vcpus=1", "utilization is too rare to be seen"},
		{"mm1", "clients.visitors.rate=0/s", "no law is known of a client that sends nothing"},
		{"mm1", "clients.visitors.rate=1/h", "too rare to be seen"},
		{"erlang-b", "clients.visitors.rate=1/s", "availability is too rare to be seen"},
		{"mmpp", "services.desk.servers=10", "services.desk.delayed is too rare to be seen"},
		{"erlang-b", "discard=auto", "discard: must be a duration for a law to be known (have auto)"},
		{"mm1", "routes.visit.demand.desk=exponential(1ns)", "the demand of desk: must be 1us at least for a law to be known: the clock has nanoseconds (have exponential(1ns))"},
		{"erlang-a", "services.desk.patience=exponential(1ns)", "patience: must be 1us at least"},
		{"overload", "discard=auto", "discard: must be a duration for a law to be known (have auto)"},
		{"overload", "routes.page.demand.desk=exponential(10ms)", "the demand must be constant"},
		{"overload", "discard=1m", "nothing discarded"},
		{"overload", "duration=8m", "what waits must be worked off before the end"},
		{"late-scale-out", "fleets.desks.provision=uniform(1s, 2s)", "the fleet must have one schedule"},
		{"round-robin", "routes.page.demand.desks=20ms", "must be exponential"},
	} {
		t.Run(c.name+" "+c.set, func(t *testing.T) {
			_, err := of(t, c.name, c.set)
			require.ErrorContains(t, err, c.want)
		})
	}
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

// Every built-in case has a law, and the figure that stands for it has no slack:
// where laws are judged together that would count as agreement.
func TestCasesHaveLaws(t *testing.T) {
	for _, name := range gallery.Verified() {
		t.Run(name, func(t *testing.T) {
			src, _ := gallery.Scenario(name)
			spec := read(t, name, src)
			l, err := laws.Of(spec)
			if gallery.Documented(name) {
				require.ErrorContains(t, err, "no law", "no other law than the document")
				l = laws.Documented(spec)
				for _, e := range spec.Expectations {
					require.NotNil(t, e.Equals, e.Metric)
				}
			} else {
				require.NoError(t, err)
			}
			require.NotEmpty(t, l.Source)
			require.NotEmpty(t, l.Figures)
			if !l.Certain() {
				require.Zero(t, l.Figures[0].Within)
			}
			for _, f := range l.Figures {
				require.Positive(t, f.Exact, f.Metric)
				require.False(t, math.IsInf(f.Exact, 0), f.Metric)
				require.NotEmpty(t, f.Formula)
			}
		})
	}
}

// Whatever a key of a case is set to, or without it, there is a law whose figures are
// numbers, or an error.
func TestLawsOfHostileScenarios(t *testing.T) {
	if testing.Short() {
		t.Skip("ten seconds")
	}
	values := []string{"0", "0s", "0/s", "1", "1000000", "1ns", "1000000/s", "constant(0s)", "exponential(1ns)", "hyperexponential(1s, scv=1000)"}
	judge := func(t *testing.T, name string, src []byte, sets ...string) {
		file, problems := scenario.Parse(name, src, gallery.Trace)
		if problems.Err() != nil {
			return
		}
		spec, problems := file.Spec("", sets)
		if problems.Err() != nil {
			return
		}
		l, err := laws.Of(spec)
		if err != nil {
			return
		}
		for _, f := range l.Figures {
			require.Greater(t, f.Exact, 0.0, "%v: %s", sets, f.Metric)
			require.False(t, math.IsInf(f.Exact, 0), "%v: %s", sets, f.Metric)
		}
	}
	line := regexp.MustCompile(`(?m)^\[(.*)\]$|^([\w.-]+)\s*=.*\n`)
	for _, name := range slices.DeleteFunc(gallery.Verified(), gallery.Documented) {
		t.Run(name, func(t *testing.T) {
			src, _ := gallery.Scenario(name)
			table := ""
			for _, at := range line.FindAllSubmatchIndex(src, -1) {
				if at[2] >= 0 {
					table = string(src[at[2]:at[3]]) + "."
					continue
				}
				judge(t, name, slices.Concat(src[:at[0]], src[at[1]:]))
				for _, value := range values {
					judge(t, name, src, table+string(src[at[4]:at[5]])+"="+value)
				}
			}
		})
	}
}
