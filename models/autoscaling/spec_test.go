package autoscaling

import (
	"fmt"
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/stretchr/testify/require"
)

// problems are what a Check reports.
func problems(check func(quantity.Report)) []string {
	var all []string
	check(func(key, format string, args ...any) { all = append(all, key+": "+fmt.Sprintf(format, args...)) })
	return all
}

// TestCheck: spec 0 and 1.1 [api-create, quota].
func TestCheck(t *testing.T) {
	require.Empty(t, problems(groupSpec(1, 3, 1).Check))
	require.Empty(t, problems(groupSpec(0, 0, 0).Check))
	for want, s := range map[string]*Spec{
		"zones: must name at least one zone":                              withZones(),
		`zones: names "a" twice`:                                          withZones("a", "c", "a"),
		"zones: must not name an empty zone":                              withZones("a", ""),
		"policies: a group has at most 50 policies (have 51)":             crowded(51, 0),
		"schedules: a group has at most 125 scheduled actions (have 126)": crowded(0, 126),
	} {
		require.Equal(t, []string{want}, problems(s.Check))
	}
}

// TestCheckCapacity: spec 1.1 [api-create].
func TestCheckCapacity(t *testing.T) {
	require.Empty(t, problems(groupSpec(1, 3, 1).CheckCapacity))
	for want, s := range map[string]*Spec{
		"min: must not exceed max (min 4, max 3)":               groupSpec(4, 3, 4),
		"desired: must not be less than min (desired 1, min 2)": groupSpec(2, 3, 1),
		"desired: must not exceed max (desired 5, max 3)":       groupSpec(2, 3, 5),
	} {
		require.Equal(t, []string{want}, problems(s.CheckCapacity))
	}
}

func withZones(zones ...string) *Spec {
	s := groupSpec(1, 1, 1)
	s.Zones = zones
	return s
}

func crowded(policies, schedules int) *Spec {
	s := groupSpec(1, 1, 1)
	for i := range policies {
		s.Policies[fmt.Sprint(i)] = trackingPolicy(50)
	}
	for i := range schedules {
		s.Schedules[fmt.Sprint(i)] = &ScheduleSpec{}
	}
	return s
}

// TestCheckSchedule: spec 2.5 [api-sched].
func TestCheckSchedule(t *testing.T) {
	at := pointer(duration("5m"))
	for want, s := range map[string]*ScheduleSpec{
		"at: is required, or cron":                                                            {Min: pointer(1)},
		"min: is required, or max, or desired":                                                {At: at},
		"min: must not exceed max (min 3, max 2)":                                             {At: at, Min: pointer(3), Max: pointer(2)},
		"desired: must not be less than min (desired 1, min 3)":                               {At: at, Min: pointer(3), Desired: pointer(1)},
		"desired: must not exceed max (desired 3, max 2)":                                     {At: at, Max: pointer(2), Desired: pointer(3)},
		"timezone: cannot be used together with at: it belongs to cron":                       {At: at, Timezone: location("UTC"), Min: pointer(1)},
		"from: cannot be used together with at: it belongs to cron":                           {At: at, From: instant("2026-03-02"), Min: pointer(1)},
		"until: cannot be used together with at: it belongs to cron":                          {At: at, Until: instant("2026-03-02"), Min: pointer(1)},
		"until: must come after from (from 2026-03-02T00:00:00Z, until 2026-03-01T00:00:00Z)": {Cron: cron("0 1 * * *"), From: instant("2026-03-02"), Until: instant("2026-03-01"), Min: pointer(1)},
	} {
		require.Equal(t, []string{want}, problems(s.Check))
	}
	require.Empty(t, problems((&ScheduleSpec{At: at, Min: pointer(1), Max: pointer(2), Desired: pointer(2)}).Check))
}

// TestMetricTimes: detailed 1 min, basic 5 min [ec2-mon]; the delays are settings.
func TestMetricTimes(t *testing.T) {
	s := groupSpec(1, 1, 1)
	require.Equal(t, engine.Minute, s.metricPeriod())
	require.Equal(t, engine.Minute, s.Delay(s.metricPeriod()))
	s.Monitoring = "basic"
	require.Equal(t, 5*engine.Minute, s.metricPeriod())
	require.Equal(t, 5*engine.Minute, s.Delay(s.metricPeriod()))
	s.MetricDelay = pointer(duration("2m"))
	require.Equal(t, 2*engine.Minute, s.Delay(s.metricPeriod()))
}

// TestFollows names the metric that a policy's alarms watch.
func TestFollows(t *testing.T) {
	p := trackingPolicy(50)
	require.Equal(t, CPUUtilization, p.Follows())
	p.Metric = "ALBRequestCountPerTarget"
	require.Equal(t, RequestCountPerTarget, p.Follows())
	require.Equal(t, CPUUtilization, stepPolicy(cpuAlarm(">", 1), "0.. +1").Follows())
}

// TestTallyMerge: two halves are the whole.
func TestTallyMerge(t *testing.T) {
	run := func() *plant { return newPlant(t, groupSpec(1, 9, 1).at("a", "10m", 4).at("b", "20m", 2)) }
	whole := run().until("1h").group.Cut(engine.Hour)
	p := run()
	first := p.until("15m").group.Cut(15 * engine.Minute)
	second := p.until("1h").group.Cut(engine.Hour)
	first.Merge(&second)
	require.Equal(t, whole, first)
}

// TestStates: the names of the API [api-states].
func TestStates(t *testing.T) {
	require.Len(t, stateNames, int(WarmedTerminated)+1)
	require.Equal(t, "Pending:Wait", PendingWait.String())
	require.Equal(t, "Terminating:Proceed", TerminatingProceed.String())
	require.Equal(t, "Warmed:Terminated", WarmedTerminated.String())
}

// TestLongest orders by the time in service, not by the ordinal.
func TestLongest(t *testing.T) {
	s := groupSpec(1, 9, 1).at("more", "1m", 2).at("still", "2m", 3)
	s.Provision = span("uniform(1s, 300s)")
	p := newPlant(t, s).until("20m")
	list := p.group.Longest()
	require.Len(t, list, 3)
	require.Equal(t, "web-1", list[0].ID)
	require.LessOrEqual(t, list[1].Since, list[2].Since)
}
