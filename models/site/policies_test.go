package site

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

const tracked = `
	duration = "45m"
	[clients.visitors]
	target = "web"
	rate = "1/s"
	[routes.page]
	demand.web = "1ms"
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 4
	boot = "30s"
	[faults.hog]
	at = "10m"
	fleet = "web"
	instances = 1
	effect = "cpu"
`

// TestTrackingOnBasicMonitoring: alarms of 60 s over datapoints of 5 min see one
// datapoint in five periods. It alone is old enough for an alarm when it appears,
// and out of the range a minute later (spec 2.4 and 3.3 [mon, cw]); so the policy
// acts at most once in five minutes.
func TestTrackingOnBasicMonitoring(t *testing.T) {
	o := simulate(t, tracked+`
	[fleets.web.policies.cpu]
	kind = "target_tracking"
	metric = "ASGAverageCPUUtilization"
	target = 40`)
	high := told(o, timeline.Alarm, "TargetTracking-web-AlarmHigh-cpu")
	// The datapoint of 10 to 15 min is published at 20 min.
	require.Contains(t, high, "20m0s INSUFFICIENT_DATA -> ALARM")
	require.Contains(t, high, "21m0s ALARM -> INSUFFICIENT_DATA")
	require.Equal(t, "20m0s desired 3, was 1", told(o, timeline.Desired, "cpu")[0])
}

// TestTrackingWithLongerPeriods: that the alarms have periods of 60 s with basic
// monitoring too is UNSOURCED, so a setting (spec 2.4). Three datapoints of 5 min
// from 10 to 25 min, published at 30 min.
func TestTrackingWithLongerPeriods(t *testing.T) {
	o := simulate(t, tracked+`
	[fleets.web.policies.cpu]
	kind = "target_tracking"
	metric = "ASGAverageCPUUtilization"
	target = 40
	alarm_period = "5m"`)
	require.Equal(t, "30m0s desired 3, was 1", told(o, timeline.Desired, "cpu")[0])
	require.NotContains(t, told(o, timeline.Alarm, "TargetTracking-web-AlarmHigh-cpu"), "31m0s ALARM -> INSUFFICIENT_DATA")
}

// TestTrackingQuickMetric: a metric of the fleet's own every 10 s has alarms of
// 10 s, by default of as many datapoints as those of 60 s [tt-hires, api-tt]. 3
// of them breach from 10:00 to 10:30, are there at 10:35 and seen at 10:40.
func TestTrackingQuickMetric(t *testing.T) {
	const quick = `
	[fleets.web.metrics.load]
	measure = "cpu"
	period = "10s"
	[fleets.web.policies.load]
	kind = "target_tracking"
	metric = "load"
	target = 60
	`
	first := func(text string) string { return told(simulate(t, tracked+quick+text), timeline.Desired, "load")[0] }
	require.Equal(t, "10m40s desired 2, was 1", first(""))
	require.Equal(t, "10m20s desired 2, was 1", first("high_evaluation_periods = 1"))
	require.Equal(t, "10m40s desired 2, was 1", first(`statistic = "Maximum"`))
}

// TestTrackingNetwork: the bytes that an instance sends in a minute, at 100 a
// second of 10 kB each, are held at 20 MB (60 / 20 = 3 instances).
func TestTrackingNetwork(t *testing.T) {
	o := simulate(t, `
	duration = "40m"
	[clients.visitors]
	target = "web"
	arrivals = "even"
	rate = "100/s"
	[routes.page]
	demand.web = "1ms"
	size = "10000B"
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 9
	monitoring = "detailed"
	[fleets.web.policies.out]
	kind = "target_tracking"
	metric = "ASGAverageNetworkOut"
	target = 20_000_000`)
	in := o.Series.Column("fleets.web.in_service")
	require.Equal(t, 3.0, in[len(in)-1])
}

// TestPredictiveSite: with two weeks of history the servers for the rush of 9:00
// are launched five minutes before, while nothing has happened yet; nobody waits.
// Without it target tracking comes after the fact.
func TestPredictiveSite(t *testing.T) {
	const site = `
	duration = "100m"
	start = "2026-03-02T08:00:00Z"
	[clients.visitors]
	target = "lb"
	rate = ["0m 2/s", "59m 2/s", "60m 20/s"]
	[routes.page]
	demand.web = "exponential(100ms)"
	[balancers.lb]
	kind = "application"
	targets = ["web"]
	health_check = { interval = "5s", timeout = "2s", healthy_threshold = 2 }
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 9
	boot = "90s"
	monitoring = "detailed"
	[fleets.web.policies.cpu]
	kind = "target_tracking"
	metric = "ASGAverageCPUUtilization"
	target = 50
	[fleets.web.policies.ahead]
	kind = "predictive"
	metric = "ALBRequestCount"
	target = 300
	mode = "ForecastAndScale"
	history = "load.csv"
	`
	var b strings.Builder
	for at := time.Date(2026, 2, 16, 0, 0, 0, 0, time.UTC); at.Before(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)); at = at.Add(time.Hour) {
		requests := 2 * 3600
		if at.Hour() >= 9 {
			requests = 20 * 3600
		}
		fmt.Fprintf(&b, "%s,%d\n", at.Format("2006-01-02 15:04:05"), requests)
	}
	run := func(mode string) *Outcome {
		spec := read(t, site, map[string]string{"load.csv": b.String()}, "fleets.web.policies.ahead.mode="+mode)
		o, err := Build(spec, whole(spec)).Run(onward)
		require.NoError(t, err)
		return o
	}
	ahead := run("ForecastAndScale")
	require.Equal(t, "55m0s desired 4, was 1", told(ahead, timeline.Desired, "ahead")[0], "ceil(20 x 60 / 300)")
	require.Equal(t, 55*engine.Minute+6*engine.Second, at(ahead, timeline.Launch)[0])
	only := run("ForecastOnly")
	require.Empty(t, told(only, timeline.Desired, "ahead"))
	require.NotEmpty(t, told(only, timeline.Forecast, "ahead"))
	require.Greater(t, at(only, timeline.Launch)[0], 60*engine.Minute)
	require.Less(t, 5*ahead.Windows[0].Metrics["latency.p99"], only.Windows[0].Metrics["latency.p99"])
}
