package cloudwatch

import (
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
)

// AlarmSpec is the alarm of a scaling policy, an inline table in scenarios.
type AlarmSpec struct {
	Metric            string            `toml:"metric" required:"true" doc:"Metric that the alarm watches, of the whole fleet: one of CloudWatch's, such as CPUUtilization (see Metrics of alarms), or one of [fleets.NAME.metrics]." source:"api-alarm, ec2-met, asg-met, alb-cw, CLB-CW"`
	Statistic         StatisticName     `toml:"statistic" default:"Average" doc:"How the samples of a period become one datapoint: Average, Sum, Minimum, Maximum, SampleCount, or a percentile such as p99 or p99.9." source:"api-alarm"`
	Period            quantity.Duration `toml:"period" default:"5m" range:"..7d" doc:"Length of a datapoint: 10 s, 20 s, 30 s, or a multiple of 60 s. Below a minute only for metrics that come as often. The alarm is evaluated every minute, with periods below a minute every 10 s." source:"api-alarm, cw; the default is UNSOURCED: what the console proposes; so is that alarms with a period of 20 s are evaluated every 10 s"`
	EvaluationPeriods int               `toml:"evaluation_periods" default:"1" range:"1..10080" doc:"How many datapoints are judged (N)." source:"api-alarm"`
	DatapointsToAlarm *int              `toml:"datapoints_to_alarm" range:"1..10080" doc:"How many of them must breach (M of N). Left out: all." source:"api-alarm"`
	Comparison        string            `toml:"comparison" required:"true" oneof:"> >= < <=" doc:"A datapoint breaches when this stands between it and the threshold." source:"api-alarm"`
	Threshold         float64           `toml:"threshold" required:"true" range:"0..1000000000000" doc:"In the metric's unit; percent for CPUUtilization." source:"api-alarm"`
	TreatMissingData  string            `toml:"treat_missing_data" default:"missing" oneof:"missing ignore breaching notBreaching" doc:"What periods without a datapoint count as." source:"cw, api-alarm"`
	Phase             quantity.Duration `toml:"phase" default:"0s" range:"0s..59s" doc:"Second of the minute at which the alarm is evaluated; with periods below a minute, and of each ten seconds from there." source:"OBSERVED obs-event: AWS alarms have a fixed phase of their own"`

	EvaluationRange  *int              `toml:"evaluation_range" range:"1..10100" doc:"How many periods the alarm looks back on to find evaluation_periods with data, where data are missing. Left out: evaluation_periods + 2." source:"cw; UNSOURCED in general: CloudWatch documents 5 for 3"`
	YoungBreach      string            `toml:"young_breach" default:"keep" oneof:"keep OK" doc:"With treat_missing_data = \"missing\": what becomes of an ALARM while the only datapoints there are breach, fewer than datapoints_to_alarm of them and none that many periods old, so that they raise none by themselves. keep: it stays; OK: it ends." source:"UNSOURCED: cw does not say"`
	EvaluationWindow string            `toml:"evaluation_window" default:"sliding" oneof:"sliding wall_clock" doc:"sliding: the periods end at the newest published instant. wall_clock: they are whole minutes, hours, days or weeks of the scenario's timezone; period is 1m, 5m, 1h, 1d or 7d." source:"api-alarm"`
	WarmUp           quantity.Duration `toml:"warm_up" default:"0s" range:"0s..2880m" doc:"The alarm's own warm-up, whole minutes: for so long after time zero it stays in INSUFFICIENT_DATA, or until evaluation_periods datapoints are there." source:"cw-warm, api-alarm"`
	WholeWarmUp      bool              `toml:"only_start_evaluating_after_warm_up_period_ends" default:"false" doc:"Even if the datapoints are there earlier, the alarm waits for the whole warm_up." source:"cw-warm"`
	LowSamples       string            `toml:"evaluate_low_sample_count_percentile" default:"evaluate" oneof:"evaluate ignore" doc:"ignore: a percentile p over fewer than 10/(1-p) samples (below the median 10/p) in the datapoints judged leaves the state as it is." source:"cw, api-alarm"`
}

// Limits of an alarm's window, period times number [api-alarm].
const (
	longWindow  = 7 * 24 * engine.Hour // with periods of an hour or more
	shortWindow = 24 * engine.Hour     // with shorter ones
)

// Check reports what no single key shows.
func (s *AlarmSpec) Check(report quantity.Report) {
	s.checkPeriod(report)
	period := s.Period.Time()
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
	if s.EvaluationRange != nil && *s.EvaluationRange < s.EvaluationPeriods {
		report("evaluation_range", "must not be less than evaluation_periods (evaluation_range %d, evaluation_periods %d)", *s.EvaluationRange, s.EvaluationPeriods)
	}
	s.checkWarmUp(report)
	if s.LowSamples == "ignore" && !s.Statistic.statistic().isPercentile() {
		report("evaluate_low_sample_count_percentile", "is only for percentiles (statistic %s)", s.Statistic)
	}
}

// The periods of high-resolution alarms, and those of wall-clock windows
// [api-alarm].
var (
	shortPeriods    = []engine.Time{10 * engine.Second, 20 * engine.Second, 30 * engine.Second}
	calendarPeriods = []engine.Time{engine.Minute, 5 * engine.Minute, engine.Hour, day, week}
)

// HighResolution reports whether the alarm is for a metric that comes more often
// than once a minute.
func (s *AlarmSpec) HighResolution() bool { return slices.Contains(shortPeriods, s.Period.Time()) }

func (s *AlarmSpec) checkPeriod(report quantity.Report) {
	period := s.Period.Time()
	switch {
	case !s.HighResolution() && (period == 0 || period%engine.Minute != 0):
		report("period", `must be a multiple of 60s, or 10s, 20s or 30s for a metric that comes as often (have "%s")`, s.Period)
	case s.EvaluationWindow == windowNames[WallClock] && !slices.Contains(calendarPeriods, period):
		report("period", `must be 1m, 5m, 1h, 1d or 7d where evaluation_window = "wall_clock" (have "%s")`, s.Period)
	}
}

func (s *AlarmSpec) checkWarmUp(report quantity.Report) {
	if s.WarmUp.Time()%engine.Minute != 0 {
		report("warm_up", `must be whole minutes (have "%s")`, s.WarmUp)
	}
	if s.WholeWarmUp && s.WarmUp == 0 {
		report("only_start_evaluating_after_warm_up_period_ends", "needs warm_up")
	}
}

// Rule is the alarm in typed values. The Spec must have passed Check.
func (s *AlarmSpec) Rule() Rule {
	r := Rule{
		Statistic:         s.Statistic.statistic(),
		Period:            s.Period.Time(),
		EvaluationPeriods: s.EvaluationPeriods,
		DatapointsToAlarm: s.EvaluationPeriods,
		Comparison:        kindOf[Comparison](comparisonNames, s.Comparison),
		Threshold:         NewValue(s.Threshold),
		Missing:           kindOf[Missing](missingNames, s.TreatMissingData),
		Phase:             s.Phase.Time(),
		WarmUp:            s.WarmUp.Time(),
		WholeWarmUp:       s.WholeWarmUp,
		IgnoreLowSamples:  s.LowSamples == "ignore",
		YoungBreachEnds:   s.YoungBreach == "OK",
	}
	if s.EvaluationWindow == windowNames[WallClock] {
		r.Window = WallClock
	}
	if s.EvaluationRange != nil {
		r.EvaluationRange = *s.EvaluationRange
	}
	if s.DatapointsToAlarm != nil {
		r.DatapointsToAlarm = *s.DatapointsToAlarm
	}
	return r
}
