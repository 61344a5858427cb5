package site

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/timeline"
)

// growing is a group whose first instance is hogged from 3 min on: the minute
// that ends at 4 min breaches, its datapoint is seen at 5 min, and the launch
// follows 6 s later.
const growing = `
	duration = "12m"
	[routes.page]
	demand.web = "1ms"
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 2
	provision = "5s"
	boot = "30s"
	startup = "15s"
	monitoring = "detailed"
	[fleets.web.policies.up]
	kind = "step"
	alarm = { metric = "CPUUtilization", period = "1m", comparison = ">=", threshold = 80 }
	steps = ["0.. +1"]
	[faults.hog]
	at = "3m"
	fleet = "web"
	effect = "cpu"
`

func TestLags(t *testing.T) {
	const seconds = engine.Second
	direct := simulate(t, growing+`
	[clients.visitors]
	target = "web"
	rate = "5/s"`)
	m := direct.Windows[0].Metrics
	require.EqualValues(t, 126, m["scaling.launch_lag.mean"])
	require.EqualValues(t, 126+5+30+15, m["scaling.lag.mean"], "without a balancer: until the server answers")
	require.Equal(t, []engine.Time{306 * seconds}, at(direct, timeline.Launch))
	require.Equal(t, []engine.Time{311 * seconds}, at(direct, timeline.Running))
	require.Equal(t, []engine.Time{356 * seconds}, at(direct, timeline.Serving))

	behind := simulate(t, growing+`
	[clients.visitors]
	target = "lb"
	rate = "5/s"
	[balancers.lb]
	kind = "application"
	targets = ["web"]
	health_check = { interval = "20s", timeout = "5s" }`)
	lag := behind.Windows[0].Metrics["scaling.lag.mean"]
	// Two checks fail while it boots; then it takes five good ones, 20 s apart.
	require.True(t, 176+80 <= lag && lag <= 176+100, "with one: until five checks have found it well, %g s", lag)
}

// Effects add up: a port is open when no fault keeps it closed, and hogs share
// the CPU.
func TestFaultsAddUp(t *testing.T) {
	const site = `
	duration = "10m"
	[clients.visitors]
	target = "web"
	arrivals = "even"
	rate = "2/s"
	[routes.page]
	demand.web = "100ms"
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 1
	`
	closed := simulate(t, site+`
	[faults.first]
	at = "2m"
	for = "3m"
	fleet = "web"
	effect = "refuse"
	[faults.second]
	at = "4m"
	for = "2m"
	fleet = "web"
	effect = "refuse"`)
	for minute, refused := range closed.Series.Column("errors.refused") {
		want := 0.0
		if 2 <= minute && minute < 6 {
			want = 120
		}
		require.Equal(t, want, refused, "minute %d", minute)
	}
	hogged := simulate(t, site+`
	[faults.first]
	at = "2m"
	for = "4m"
	fleet = "web"
	effect = "cpu"
	[faults.second]
	at = "4m"
	for = "4m"
	fleet = "web"
	effect = "cpu"
	load = 2.0`)
	for minute, latency := range hogged.Series.Column("latency.max") {
		threads := []float64{0, 0, 1, 1, 3, 3, 2, 2, 0, 0}[minute]
		require.InDelta(t, 0.1*(1+threads), latency, 0.11, "minute %d: shared with %g threads", minute, threads)
		require.GreaterOrEqual(t, hogged.Series.Column("fleets.web.cpu")[minute], min(0.198+threads, 1))
	}
}

// An instance behind two balancers is let go when the slower one is done.
func TestTwoBalancersLetGo(t *testing.T) {
	o := simulate(t, `
	duration = "10m"
	[clients.visitors]
	target = "fast"
	rate = "5/s"
	[clients.others]
	target = "slow"
	rate = "5/s"
	[routes.page]
	demand.web = "1ms"
	[balancers.fast]
	kind = "application"
	targets = ["web"]
	deregistration_delay = "10s"
	[balancers.slow]
	kind = "application"
	targets = ["web"]
	deregistration_delay = "60s"
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 2
	desired = 2
	reconcile_delay = "0s"
	[fleets.web.schedules.less]
	at = "2m"
	desired = 1`)
	require.Equal(t, []engine.Time{2 * engine.Minute}, at(o, timeline.Terminate))
	require.Equal(t, []engine.Time{2*engine.Minute + 10*engine.Second, 3 * engine.Minute}, at(o, timeline.Deregistered))
	require.Equal(t, []engine.Time{3 * engine.Minute}, at(o, timeline.Terminated))
	require.Zero(t, o.Windows[0].Metrics["requests.failed"])
	require.Equal(t, 2.0, o.Series.Column("balancers.fast.targets.healthy")[1])
	require.Equal(t, 1.0, o.Series.Column("balancers.slow.targets.healthy")[2])
	require.Equal(t, []float64{2, 2, 1}, o.Series.Column("fleets.web.in_service")[:3], "at the minute's end")
}

// The run tells when which limit bound.
func TestLimits(t *testing.T) {
	o := simulate(t, `
	duration = "10m"
	[clients.visitors]
	target = "web"
	arrivals = "even"
	rate = ["0m 0/s", "2m 10/s", "4m 0/s"]
	shape = "step"
	keep_alive = false
	[routes.page]
	demand.web = "200ms"
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 1`)
	require.Len(t, o.Limits, 1)
	l := o.Limits[0]
	require.Equal(t, "web", l.Place)
	require.Equal(t, "cpu", l.Name)
	require.Equal(t, []Span{{2 * engine.Minute, 6 * engine.Minute}}, l.Spans)
	require.InDelta(t, 240, o.Windows[0].Metrics["fleets.web.saturated_seconds.cpu"], 1)
}

// A limit binds where the fleet is short, not where some server of many always
// happens to be at it: each of 20 servers has two requests or more for a quarter of
// its time (M/M/1 at 50 %), and that any of them has is nearly always so.
func TestLimitsDoNotGrowWithTheFleet(t *testing.T) {
	const site = `
	duration = "10m"
	[clients.visitors]
	target = "web"
	rate = "%d/s"
	keep_alive = false
	[routes.page]
	demand.web = "exponential(100ms)"
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 20
	max = 20`
	o := simulate(t, fmt.Sprintf(site, 100))
	require.Greater(t, o.Windows[0].Metrics["fleets.web.saturated_seconds.cpu"], 570.0, "any server at its limit")
	require.Empty(t, o.Limits)

	o = simulate(t, fmt.Sprintf(site, 190))
	require.Len(t, o.Limits, 1, "at 95 %% of the CPU each server has two or more for nine tenths of its time")
	require.Equal(t, "cpu", o.Limits[0].Name)
}

// Alarms are in the series as they stand at the minute's end.
func TestAlarms(t *testing.T) {
	o := simulate(t, growing+`
	[clients.visitors]
	target = "web"
	rate = "5/s"`)
	require.Len(t, o.Alarms, 1)
	a := o.Alarms[0]
	require.Positive(t, a.Seen)
	a.Nearness = cloudwatch.Nearness{}
	require.Equal(t, Alarm{
		Fleet: "web", Name: "up", Metric: "CPUUtilization", Comparison: ">=", Threshold: 80, Column: "alarms.web.up",
		EvaluationPeriods: 1, DatapointsToAlarm: 1,
	}, a)
	// Measured at the end of a minute, before the alarms of that instant.
	require.Equal(t, []float64{-1, -1, 0, 0, 0, 1, 1}, o.Series.Column(a.Column)[:7])
}

// Who comes to a fleet without an instance that serves is refused.
func TestNobodyServes(t *testing.T) {
	m := simulate(t, `
	duration = "5m"
	[clients.visitors]
	target = "web"
	arrivals = "even"
	rate = "1/s"
	[routes.page]
	demand.web = "1ms"
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 0
	max = 1
	boot = "1m"
	reconcile_delay = "0s"
	provision = "0s"
	[fleets.web.schedules.one]
	at = "1m"
	desired = 1`).Windows[0].Metrics
	// The instance serves from 2 min on, before the arrival of that instant.
	require.EqualValues(t, 119, m["errors.refused"])
	require.EqualValues(t, 299-119, m["requests.completed"])
}
