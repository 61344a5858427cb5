package site

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/timeline"
)

// watched is the growing group with alarms that nobody acts on.
const watched = growing + `
	[clients.visitors]
	target = "web"
	rate = "5/s"
	[alarms.hot]
	fleet = "web"
	metric = "CPUUtilization"
	statistic = "Maximum"
	period = "1m"
	evaluation_periods = 2
	comparison = ">="
	threshold = 90
	[alarms.worst]
	fleet = "web"
	metric = "CPUUtilization"
	statistic = "p90"
	period = "1m"
	comparison = ">="
	threshold = 90
	[alarms.grown]
	fleet = "web"
	metric = "GroupInServiceInstances"
	period = "1m"
	comparison = ">="
	threshold = 2
	[alarms.page]
	rule = "ALARM(unhelped) AND ALARM(grown)"
	[alarms.unhelped]
	rule = 'ALARM(hot) AND NOT ALARM("web.up") OR ALARM(web.up) AND ALARM(hot)'
`

// Standing alarms and composite ones are in the timeline and the series.
func TestStandingAlarms(t *testing.T) {
	o := simulate(t, watched)
	var columns, told []string
	for _, a := range o.Alarms {
		columns = append(columns, a.Column)
		require.Len(t, o.Series.Column(a.Column), 12)
	}
	require.Equal(t, []string{"alarms.web.up", "alarms.grown", "alarms.hot", "alarms.worst", "alarms.unhelped", "alarms.page"}, columns)
	hot := o.Alarms[2]
	hot.Nearness = cloudwatch.Nearness{}
	require.Equal(t, Alarm{
		Fleet: "web", Name: "hot", Metric: "CPUUtilization", Comparison: ">=", Threshold: 90, Column: "alarms.hot",
		EvaluationPeriods: 2, DatapointsToAlarm: 2,
	}, hot)
	require.Equal(t, Alarm{Name: "page", Column: "alarms.page"}, o.Alarms[5])

	for _, e := range events(o, timeline.Alarm) {
		change, _, _ := strings.Cut(e.Text, ":")
		told = append(told, e.At.String()+" "+e.Fleet+" "+e.Subject+" "+change)
	}
	require.Equal(t, []string{
		"60s  unhelped INSUFFICIENT_DATA -> OK",
		"60s  page INSUFFICIENT_DATA -> OK",
		"120s web up INSUFFICIENT_DATA -> OK",
		"120s web grown INSUFFICIENT_DATA -> OK",
		"120s web hot INSUFFICIENT_DATA -> OK",
		"120s web worst INSUFFICIENT_DATA -> OK",
		"300s web up OK -> ALARM",
		"300s web worst OK -> ALARM",
		"360s web hot OK -> ALARM",
		"360s  unhelped OK -> ALARM",
		"420s web grown OK -> ALARM",
		"420s  page OK -> ALARM",
	}, told)
	require.Equal(t, []float64{-1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1}, o.Series.Column("alarms.page"))
}

// An alarm that nobody acts on changes nothing but what is told.
func TestStandingAlarmsDoNotDisturb(t *testing.T) {
	with := simulate(t, watched)
	without := simulate(t, growing+`
	[clients.visitors]
	target = "web"
	rate = "5/s"`)
	require.Equal(t, without.Windows[0].Metrics, with.Windows[0].Metrics)
	require.Equal(t, at(without, timeline.Launch), at(with, timeline.Launch))
}

// An alarm on a metric that never reports is in the state that its treatment of
// missing data asks for, spec 3.3 [cw].
func TestAlarmOnSilentMetric(t *testing.T) {
	for missing, want := range map[string]float64{"missing": -1, "ignore": -1, "breaching": 1, "notBreaching": 0} {
		o := simulate(t, `
		duration = "10m"
		[clients.visitors]
		target = "lb"
		rate = "1/s"
		[routes.page]
		demand.web = "1ms"
		[balancers.lb]
		kind = "application"
		targets = ["web"]
		[fleets.web]
		vcpus = 1
		zones = ["a"]
		min = 1
		max = 1
		[alarms.errors]
		fleet = "web"
		metric = "HTTPCode_Target_5XX_Count"
		statistic = "Sum"
		period = "1m"
		comparison = ">"
		threshold = 0
		treat_missing_data = "`+missing+`"`)
		states := o.Series.Column("alarms.errors")
		require.Equal(t, want, states[len(states)-1], missing)
	}
}

// A wall-clock window keeps to the scenario's time zone.
func TestWallClockAlarm(t *testing.T) {
	o := simulate(t, `
	duration = "3h"
	start = "2026-03-02T08:20:00Z"
	timezone = "Asia/Kolkata"
	[clients.visitors]
	target = "web"
	rate = "1/s"
	[routes.page]
	demand.web = "1ms"
	[fleets.web]
	vcpus = 1
	zones = ["a"]
	min = 1
	max = 1
	monitoring = "detailed"
	[alarms.hourly]
	fleet = "web"
	metric = "CPUUtilization"
	period = "1h"
	evaluation_window = "wall_clock"
	comparison = ">="
	threshold = 0`)
	// It is 13:50: the first whole hour is from 14:00 to 15:00, published a minute
	// later.
	require.Equal(t, []engine.Time{71 * engine.Minute}, at(o, timeline.Alarm))
}
