package cloudwatch

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
)

// AlarmSpec is the alarm of a scaling policy, an inline table in scenarios.
type AlarmSpec struct {
	Metric            string            `toml:"metric" required:"true" doc:"Metric that the alarm watches, such as CPUUtilization: of the whole group, over its instances in service and warmed up." source:"api-alarm"`
	Statistic         string            `toml:"statistic" default:"Average" oneof:"Average Sum Minimum Maximum SampleCount" doc:"How the samples of a period become one datapoint." source:"api-alarm"`
	Period            quantity.Duration `toml:"period" default:"5m" range:"..7d" doc:"Length of a datapoint, a multiple of 60 s: the metrics of a fleet come once a minute at best. The window slides: it ends at the newest published instant." source:"api-alarm, cw; the default is UNSOURCED: what the console proposes"`
	EvaluationPeriods int               `toml:"evaluation_periods" default:"1" range:"1..10080" doc:"How many datapoints are judged (N)." source:"api-alarm"`
	DatapointsToAlarm *int              `toml:"datapoints_to_alarm" range:"1..10080" doc:"How many of them must breach (M of N). Left out: all." source:"api-alarm"`
	Comparison        string            `toml:"comparison" required:"true" oneof:"> >= < <=" doc:"A datapoint breaches when this stands between it and the threshold." source:"api-alarm"`
	Threshold         float64           `toml:"threshold" required:"true" range:"0..1000000000000" doc:"In the metric's unit; percent for CPUUtilization." source:"api-alarm"`
	TreatMissingData  string            `toml:"treat_missing_data" default:"missing" oneof:"missing ignore breaching notBreaching" doc:"What periods without a datapoint count as." source:"cw, api-alarm"`
	Phase             quantity.Duration `toml:"phase" default:"0s" range:"0s..59s" doc:"Second of the minute at which the alarm is evaluated." source:"OBSERVED obs-event: AWS alarms have a fixed phase of their own"`
}

// Limits of an alarm's window, period times number [api-alarm].
const (
	longWindow  = 7 * 24 * engine.Hour // with periods of an hour or more
	shortWindow = 24 * engine.Hour     // with shorter ones
)

// Check reports what no single key shows.
func (s *AlarmSpec) Check(report quantity.Report) {
	period := s.Period.Time()
	if period == 0 || period%engine.Minute != 0 {
		report("period", `must be a multiple of 60s: the metrics of a fleet come once a minute at best (have "%s")`, s.Period)
	}
	limit := longWindow
	if period < engine.Hour {
		limit = shortWindow
	}
	if engine.Time(s.EvaluationPeriods) > limit/max(period, 1) {
		report("evaluation_periods", "periods of %s allow at most %s in all (have %d of them)", s.Period, quantity.Duration(limit), s.EvaluationPeriods)
	}
	if s.DatapointsToAlarm != nil && *s.DatapointsToAlarm > s.EvaluationPeriods {
		report("datapoints_to_alarm", "must not exceed evaluation_periods (datapoints_to_alarm %d, evaluation_periods %d)", *s.DatapointsToAlarm, s.EvaluationPeriods)
	}
}

// Rule is the alarm in typed values. The Spec must have passed Check.
func (s *AlarmSpec) Rule() Rule {
	r := Rule{
		Statistic:         kindOf[Statistic](statisticNames, s.Statistic),
		Period:            s.Period.Time(),
		EvaluationPeriods: s.EvaluationPeriods,
		DatapointsToAlarm: s.EvaluationPeriods,
		Comparison:        kindOf[Comparison](comparisonNames, s.Comparison),
		Threshold:         NewValue(s.Threshold),
		Missing:           kindOf[Missing](missingNames, s.TreatMissingData),
		Phase:             s.Phase.Time(),
	}
	if s.DatapointsToAlarm != nil {
		r.DatapointsToAlarm = *s.DatapointsToAlarm
	}
	return r
}
