package cloudwatch

import (
	"fmt"
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/stretchr/testify/require"
)

func specOf(period engine.Time, n int) AlarmSpec {
	return AlarmSpec{
		Metric: "CPUUtilization", Statistic: "Maximum", Period: quantity.Duration(period), EvaluationPeriods: n,
		Comparison: "<=", Threshold: 67.5, TreatMissingData: "notBreaching", Phase: quantity.Duration(7 * engine.Second),
	}
}

func problems(s AlarmSpec) []string {
	var all []string
	s.Check(func(key, format string, args ...any) { all = append(all, key+": "+fmt.Sprintf(format, args...)) })
	return all
}

// TestCheck has the limits of PutMetricAlarm [api-alarm].
func TestCheck(t *testing.T) {
	for _, seconds := range []int{10, 20, 30, 60, 120, 300, 604800} {
		require.Empty(t, problems(specOf(engine.Time(seconds)*engine.Second, 1)), seconds)
	}
	for _, period := range []engine.Time{0, 5 * engine.Second, 40 * engine.Second, 45 * engine.Second, 90 * engine.Second} {
		const text = `period: must be a multiple of 60s, or 10s, 20s or 30s for a metric that comes as often (have "%s")`
		require.Contains(t, problems(specOf(period, 1)), fmt.Sprintf(text, quantity.Duration(period)))
	}
	require.Empty(t, problems(specOf(engine.Minute, 1440)), "one day of periods below an hour")
	require.Empty(t, problems(specOf(engine.Hour, 168)), "seven days of hours")
	require.Equal(t, []string{"evaluation_periods: periods of 1m allow at most 1d in all (have 1441 of them)"}, problems(specOf(engine.Minute, 1441)))
	require.Equal(t, []string{"evaluation_periods: periods of 1h allow at most 7d in all (have 169 of them)"}, problems(specOf(engine.Hour, 169)))
	s, four := specOf(engine.Minute, 3), 4
	s.DatapointsToAlarm = &four
	require.Equal(t, []string{"datapoints_to_alarm: must not exceed evaluation_periods (datapoints_to_alarm 4, evaluation_periods 3)"}, problems(s))
}

func TestRule(t *testing.T) {
	s, two := specOf(engine.Minute, 3), 2
	want := Rule{
		Statistic: Maximum, Period: engine.Minute, EvaluationPeriods: 3, DatapointsToAlarm: 3,
		Comparison: LessThanOrEqual, Threshold: 67_500_000, Missing: NotBreaching, Phase: 7 * engine.Second,
	}
	require.Equal(t, want, s.Rule())
	s.DatapointsToAlarm = &two
	require.Equal(t, 2, s.Rule().DatapointsToAlarm)
}
