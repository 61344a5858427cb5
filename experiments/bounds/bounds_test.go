package bounds

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/models/client"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/scenario"
)

func spec(t *testing.T, text string) *scenario.Spec {
	t.Helper()
	file, problems := scenario.Parse("site.toml", []byte(text), nil)
	require.NoError(t, problems.Err())
	s, problems := file.Spec("", nil)
	require.NoError(t, problems.Err())
	return s
}

// know is what is known of the metric of the expectation e.
func know(t *testing.T, text string) (Figure, bool) {
	t.Helper()
	s := spec(t, text)
	return Of(s, s.Expectations["e"])
}

// tiny is a fleet of one vCPU for three vCPUs' worth of requests.
const tiny = `
start    = "2026-03-02T00:00:00Z"
duration = "1h"
discard  = "1m"
[clients.visitors]
target  = "lb"
rate    = "120/s"
timeout = "5s"
[routes.page]
demand.web = "exponential(25ms)"
[balancers.lb]
kind    = "application"
targets = ["web"]
[expectations.e]
metric   = "availability"
at_least = 0.99
[fleets.web]
vcpus = 1
zones = ["a"]
min   = 1
max   = 1
`

func TestCapacityBoundsAvailability(t *testing.T) {
	f, ok := know(t, tiny)
	require.True(t, ok)
	require.Less(t, f.Hi, 0.8, "a third of the work, in which the short requests are more than a third")
	require.Greater(t, f.Hi, 1.0/3)
}

// Where there may be more instances than max nothing is known.
func TestCapacityIsUnknownWhereMaxMayRise(t *testing.T) {
	for name, more := range map[string]string{
		"predictive scaling raises max [api-pred]": "[fleets.web.policies.p]\nkind = \"predictive\"\nmetric = \"ASGCPUUtilization\"\ntarget = 50\nmode = \"ForecastAndScale\"\nmax_capacity_breach_behavior = \"IncreaseMaxCapacity\"\nmax_capacity_buffer = 10\n",
		"what drains works on":                     "[fleets.web.policies.p]\nkind = \"target_tracking\"\nmetric = \"ASGAverageCPUUtilization\"\ntarget = 50\n",
		"a schedule sets max":                      "[fleets.web.schedules.s]\nat = \"5m\"\nmax = 8\n",
		"an operator":                              "[fleets.web.operations.o]\nat = \"5m\"\nkind = \"terminate_instance\"\ninstances = 1\n",
		"a step down":                              "[fleets.web.policies.p]\nkind = \"step\"\nsteps = [\"..0 -1\"]\nalarm = { metric = \"CPUUtilization\", threshold = 40, comparison = \"<\", period = \"60s\", evaluation_periods = 3 }\n",
		"a refresh":                                "[deployments.d]\nkind = \"rolling\"\nat = \"5m\"\nfleet = \"web\"\n",
		"checks of the balancer":                   "health_check_type = \"ELB\"\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, ok := know(t, tiny+more)
			require.False(t, ok)
		})
	}
	_, ok := know(t, tiny+"[fleets.web.policies.p]\nkind = \"target_tracking\"\nmetric = \"ASGAverageCPUUtilization\"\ntarget = 50\ndisable_scale_in = true\n")
	require.True(t, ok, "it only grows to max")
}

// slow is a site where one request of 13 needs four minutes.
func slow(duration, timeout string) string {
	return fmt.Sprintf(`
duration = %q
[clients.visitors]
target = "lb"
rate   = "50/s"
%s
routes = { page = 0.925, export = 0.075 }
[routes.page]
demand.web = "1ms"
[routes.export]
demand.web = "240s"
[balancers.lb]
kind    = "application"
targets = ["web"]
[fleets.web]
vcpus = 1024
zones = ["a"]
min   = 1
max   = 1
[expectations.e]
metric  = "latency.p95"
at_most = "1s"
[expectations.available]
metric   = "availability"
at_least = 0.99
`, duration, timeout)
}

// What is not over at the end has no latency: those are the long ones.
func TestLatencyBoundLeavesOutWhatMayBeInFlight(t *testing.T) {
	_, ok := know(t, slow("10m", `timeout = "5m"`))
	require.False(t, ok && boundAbove(t, slow("10m", `timeout = "5m"`), 1))
	_, ok = know(t, slow("10m", ""))
	require.False(t, ok)
	require.True(t, boundAbove(t, slow("10d", `timeout = "5m"`), 200), "they are few in ten days")
}

func boundAbove(t *testing.T, text string, seconds float64) bool {
	f, ok := know(t, text)
	return ok && f.Lo > seconds
}

func desk(duration string, rate float64, during string) string {
	return fmt.Sprintf(`
duration = %q
[clients.visitors]
target = "desk"
rate   = "%g/s"
[routes.counter]
demand.desk = "exponential(100ms)"
[services.desk]
kind    = "station"
servers = 3
[expectations.e]
metric  = "services.desk.wait.mean"
at_most = "1.5s"
%s`, duration, rate, during)
}

// A queue is judged in its steady state where a run is long against its relaxation
// time (Morse 1955): at 2.97 erlangs on three servers 1/(sqrt(30) - sqrt(29.7))^2 =
// 1,327 s, of which 25 are 9.2 h; at 2 erlangs it is 1 s, and one service.
func TestSteadyStateIsForLongRuns(t *testing.T) {
	for _, c := range []struct {
		duration, during string
		rate             float64
		steady           bool
	}{
		{"4m", "", 29.7, false},
		{"9h", "", 29.7, false},
		{"10h", "", 29.7, true},
		{"4m", "", 20, true},
		{"4m", "during = \"1m..2m\"\n", 20, false},
		{"10h", "", 30, false},
		{"10h", "", 60, true},
	} {
		f, _ := know(t, desk(c.duration, c.rate, c.during))
		require.Equal(t, c.steady, f.Steady, "%v", c)
	}
}

// The closed forms are the sums over the requests of a session.
func TestLaterIsTheSumOverTheRequests(t *testing.T) {
	for _, law := range []string{"1", "7", "geometric(1)", "geometric(4)"} {
		n, err := quantity.ParseNumber(law, nil)
		require.NoError(t, err)
		think, err := quantity.ParseSpan("exponential(2s)", nil)
		require.NoError(t, err)
		c := &client.Spec{Requests: n, Think: think}
		var first, second float64
		left := 1.0
		for k := 1.0; k < 1000; k++ {
			if mean := n.Mean(); n.Variance() > 0 || mean == 1 {
				left *= 1 - 1/mean
			} else if k >= mean {
				left = 0
			}
			first += left * k * 5
			second += left * (k*4 + 25*k*k) / 2
		}
		require.InEpsilon(t, 1+first, 1+later(c, 3, 1), 1e-9, law)
		require.InEpsilon(t, 1+second, 1+later(c, 3, 2), 1e-9, law)
	}
	n, err := quantity.ParseNumber("geometric(1000000)", nil)
	require.NoError(t, err)
	think, err := quantity.ParseSpan("0s", nil)
	require.NoError(t, err)
	require.InEpsilon(t, 1e12-1e6, later(&client.Spec{Requests: n, Think: think}, 1, 1), 1e-9, "no request is left out")
}
