package laws_test

import (
	"errors"
	"fmt"
	"math"
	"path"
	"regexp"
	"slices"
	"strings"
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
		{"database-pool", []string{"services.desk.pool=2", "clients.visitors.rate=80/s"}, "M/M/2 at 0.8", "services.desk.utilization", 0.4},
		{"time-varying", []string{`clients.visitors.rate=["0m 5/s", "10m 5/s", "10m 40/s", "20m 10/s"]`, "discard=10m"}, "Mt/M/∞", "requests.offered", 600*(40+10)/2 + 600*10},
		{"mmpp", []string{"clients.visitors.burst_rate=40/s"}, "MMPP/M/1 at 0.4", "services.desk.wait.mean", 0.4 / 60},
		{"jackson", []string{"services.logic.servers=1", "clients.visitors.rate=20/s"}, "M/M/1 → M/M/1 → M/M/1", "latency.mean", 1.0/105 + 3.0/40 + 1.0/80},
		{"closed-tiers", []string{"clients.visitors.users=1"}, "closed, 1 users of 3 stations", "latency.mean", 0.048},
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

// Of 1,000 users most wait in line when the run ends, and have not been counted; of a
// line that is long against the run it is not known what its requests come to.
func TestUnderWay(t *testing.T) {
	long, err := of(t, "mmck", "clients.visitors.rate=2000/s", "services.desk.queue=1000", "duration=2m", "discard=10s")
	require.NoError(t, err)
	require.Regexp(t, `^availability is left out: 1e\+03 of 2\.2e\+05 requests are under way`, long.Rare[0])
	require.Equal(t, "latency.mean", long.Figures[0].Metric)
	l, err := of(t, "repair", "clients.operators.users=1000", "duration=4h", "discard=30m")
	require.NoError(t, err)
	require.InEpsilon(t, 10-figure(t, l, "services.desk.number.mean")/12600, figure(t, l, "throughput"), 1e-9, "a server that is never idle")
}

// What a document says is what is known of its worked example, the end first; of no
// other scenario is it known what its expectations say.
func TestDocumented(t *testing.T) {
	src, _ := gallery.Scenario(gallery.Verify + "/aws-track-out")
	l, err := laws.Documented(read(t, "aws-track-out", src))
	require.NoError(t, err)
	require.Equal(t, "worked example", l.Name)
	require.True(t, l.Certain())
	require.Equal(t, "five", l.Figures[0].Expectation)
	require.EqualValues(t, 5, l.Figures[0].Exact)
	_, err = laws.Documented(read(t, "aws-track-out", src, `expectations.x={ metric = "latency.mean", at_most = "1s" }`))
	require.EqualError(t, err, "expectations.x: must have equals in a worked example")
	_, err = of(t, "aws-track-out")
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

// Where they decide a mean, it stands for nothing: utilization does, of which they
// decide less.
func TestMeansOfHeavyTails(t *testing.T) {
	for _, demand := range []string{"lognormal(10ms, scv=50)", "pareto(4ms, 100s, alpha=1.7)"} {
		l, err := of(t, "mg1-ln", "routes.visit.demand.desk="+demand, "duration=3h", "discard=20m")
		require.NoError(t, err)
		require.Equal(t, "services.desk.utilization", l.Figures[0].Metric, demand)
		require.ErrorContains(t, errors.New(strings.Join(l.Rare, "\n")), "latency.mean is left out: half of it lies with the ")
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
				l, err = laws.Documented(spec)
			}
			require.NoError(t, err)
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

// inert are keys that a law accounts for though no value of the test changes any of its
// figures.
var inert = []string{
	"title",                    // for readers
	"*/*/kind", "*/*/arrivals", // words: with another one keys of the case mean nothing
	"clients/*/target", "balancers/*/targets", "expectations/*/metric", // names
	"expectations/*/at_least",            // only the window counts
	"fleets/*/zones",                     // no network is between them
	"fleets/app/vcpus", "fleets/app/max", // the fleet has no work of its own, and does not grow
	"balancers/*/server_timeout", // far enough
}

// Whatever a key of a case is set to, or without it, there is a law whose figures are
// numbers, or an error; and something that it is set to makes a difference.
func TestLawsOfHostileScenarios(t *testing.T) {
	if testing.Short() {
		t.Skip("ten seconds")
	}
	values := []string{"0", "0s", "0/s", "1", "1000000", "1ns", "1000000/s", "constant(0s)", "exponential(1ns)", "hyperexponential(1s, scv=1000)", "45s", "65s", "2h", "3", "5", "random"}
	judge := func(t *testing.T, name string, src []byte, sets ...string) string {
		file, problems := scenario.Parse(name, src, gallery.Trace)
		if problems.Err() != nil {
			return ""
		}
		spec, problems := file.Spec("", sets)
		if problems.Err() != nil {
			return ""
		}
		l, err := laws.Of(spec)
		if err != nil {
			return err.Error()
		}
		for _, f := range l.Figures {
			require.Greater(t, f.Exact, 0.0, "%v: %s", sets, f.Metric)
			require.False(t, math.IsInf(f.Exact, 0), "%v: %s", sets, f.Metric)
		}
		return fmt.Sprint(l.Name, l.Figures)
	}
	line := regexp.MustCompile(`(?m)^\[(.*)\]$|^([\w.-]+)\s*=.*\n`)
	for _, name := range slices.DeleteFunc(gallery.Verified(), gallery.Documented) {
		t.Run(name, func(t *testing.T) {
			src, _ := gallery.Scenario(name)
			table, as := "", judge(t, name, src)
			for _, at := range line.FindAllSubmatchIndex(src, -1) {
				if at[2] >= 0 {
					table = string(src[at[2]:at[3]]) + "."
					continue
				}
				key := table + string(src[at[4]:at[5]])
				without := judge(t, name, slices.Concat(src[:at[0]], src[at[1]:]))
				differs := without != "" && without != as
				for _, value := range values {
					law := judge(t, name, src, key+"="+value)
					differs = differs || law != "" && law != as
				}
				require.True(t, differs || slices.ContainsFunc(inert, func(pattern string) bool {
					is, err := path.Match(pattern, strings.ReplaceAll(key, ".", "/"))
					return err == nil && is
				}), key)
			}
		})
	}
}
