package laws_test

import (
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
	file, problems := scenario.Parse(name, src, gallery.Trace)
	require.NoError(t, problems.Err())
	spec, problems := file.Spec("", sets)
	require.NoError(t, problems.Err())
	return laws.Of(spec)
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
		{"database", []string{"services.desk.max_connections=4"}, "M/G/4/4-PS at 0.85", "latency.mean", 0.02},
	} {
		t.Run(c.law, func(t *testing.T) {
			l, err := of(t, c.name, c.sets...)
			require.NoError(t, err)
			require.Equal(t, c.law, l.Name)
			require.InEpsilon(t, c.want, figure(t, l, c.at), 1e-12)
		})
	}
}

// Where theory is at its end, it says why.
func TestNoLaw(t *testing.T) {
	for _, c := range []struct{ name, set, want string }{
		{"mm1", "clients.visitors.timeout=1s", "--set clients.visitors.timeout=1s: clients.visitors.timeout: no law accounts for this key here"},
		{"mm1", "routes.visit.wait={ desk = \"1s\" }", "no law accounts for this key here"},
		{"mm4", "routes.visit.demand.desk=lognormal(20ms, scv=2)", "no law is known of 4 servers"},
		{"mg1-h2", "services.desk.queue=3", "no law is known of 1 servers"},
		{"erlang-a", "services.desk.patience=40ms", "patience: must be exponential here for a law to be known (have 40ms)"},
		{"erlang-a", "routes.visit.demand.desk=20ms", "the demand: must be exponential here"},
		{"erlang-a", "services.desk.queue=3", "no law is known of patience in a queue that has an end"},
		{"cache", "services.desk.latency=1ms", "services.desk.latency: must be 0s"},
		{"database-pool", "services.desk.pool=5", "services.desk.pool: must not exceed vcpus"},
		{"round-robin", "balancers.lb.health_check.demand=1ms", "balancers.lb.health_check.demand: no law accounts for this key here"},
		{"round-robin", "routes.page.demand.desks=20ms", "the demand: must be exponential"},
	} {
		t.Run(c.name+" "+c.set, func(t *testing.T) {
			_, err := of(t, c.name, c.set)
			require.ErrorContains(t, err, c.want)
		})
	}
}

// Every built-in case has a law, and the figure that stands for it has no slack:
// where laws are judged together that would count as agreement.
func TestCasesHaveLaws(t *testing.T) {
	for _, name := range gallery.Verified() {
		t.Run(name, func(t *testing.T) {
			l, err := of(t, name[len(gallery.Verify)+1:])
			require.NoError(t, err)
			require.NotEmpty(t, l.Source)
			require.NotEmpty(t, l.Figures)
			if !l.Certain {
				require.Zero(t, l.Figures[0].Within)
			}
			for _, f := range l.Figures {
				require.Positive(t, f.Exact, f.Metric)
				require.NotEmpty(t, f.Formula)
			}
		})
	}
}
