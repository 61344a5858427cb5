package autoscaling

import (
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/quantity"
)

// PolicySpec describes a scaling policy, a [fleets.<f>.policies.<name>] table.
type PolicySpec struct {
	Type  string                `toml:"kind" required:"true" oneof:"simple step target_tracking predictive hpa gcp azure" doc:"Kind of the policy. Forecasts of predictive scaling are a stand-in, not AWS's model: the load of an hour is that of the same hour last week, the mean of up to two weeks, and with less than a week of history that of the same hour of the latest day, by Universal Time: when clocks change the forecast is an hour off for a week or two. hpa (Kubernetes HorizontalPodAutoscaler), gcp (autoscaler of a managed instance group) and azure (Azure Monitor autoscale) are from outside AWS: such a policy is the only one of its fleet." source:"api-policy, hpa, gcp-pol, az-und; pred: AWS does not publish how it forecasts (UNSOURCED)"`
	Alarm *cloudwatch.AlarmSpec `toml:"alarm" for:"simple step" required:"true" doc:"CloudWatch alarm that invokes the policy, every minute while it is in ALARM." source:"cw"`

	Adjustment             Adjustment         `toml:"adjustment" for:"simple" required:"true" doc:"Change of capacity: \"+1\", \"-1\", \"+10%\", or \"=3\" for an exact capacity." source:"api-policy"`
	Cooldown               *quantity.Duration `toml:"cooldown" for:"simple" range:"0s..7d" doc:"After an activity of this policy simple policies wait for this long. Left out: default_cooldown." source:"cool"`
	Steps                  Steps              `toml:"steps" for:"step" required:"true" doc:"Steps LOWER..UPPER ADJUSTMENT, such as \"0..10 +1\", \"10.. +30%\": bounds relative to the alarm's threshold, either left out for no bound." source:"step, api-step"`
	MetricAggregation      string             `toml:"metric_aggregation" for:"step" default:"Average" oneof:"Average Minimum Maximum" doc:"How the alarm's datapoints become the value that chooses the step." source:"api-policy"`
	AggregationDatapoints  *int               `toml:"aggregation_datapoints" for:"step" range:"1..10080" doc:"How many of the newest datapoints that the alarm judged become the value that chooses the step. Left out: all." source:"UNSOURCED: AWS only says the latest"`
	MinAdjustmentMagnitude int                `toml:"min_adjustment_magnitude" for:"simple step" default:"1" range:"1..10000" doc:"A change in percent is at least this many instances." source:"step, api-policy"`

	Metric                string             `toml:"metric" for:"target_tracking predictive" required:"true" doc:"Metric that the policy holds at the target: ASGAverageCPUUtilization, ASGAverageNetworkIn, ASGAverageNetworkOut, ALBRequestCountPerTarget, or a metric of the fleet's own of 10 s, 30 s or 60 s. Of a predictive policy the pair of load and target: ASGCPUUtilization, ASGNetworkIn, ASGNetworkOut or ALBRequestCount." source:"tt, api-tt, api-pred"`
	Target                float64            `toml:"target" for:"target_tracking predictive" required:"true" range:"0.000001..1000000000000" doc:"Target value: percent, bytes or requests per target and minute, or in the unit of the fleet's own metric." source:"tt"`
	Statistic             string             `toml:"statistic" for:"target_tracking" oneof:"Average Sum Minimum Maximum SampleCount" doc:"How the samples of a period of a metric of the fleet's own become one datapoint. Left out: Average. The other metrics have theirs: Sum for ALBRequestCountPerTarget, else Average." source:"api-tt"`
	DisableScaleIn        bool               `toml:"disable_scale_in" for:"target_tracking" default:"false" doc:"The policy never removes instances." source:"api-tt"`
	LowFactor             float64            `toml:"low_factor" for:"target_tracking" default:"0.7" range:"0..1" doc:"Threshold of the low alarm that AWS makes, as a part of the target." source:"OBSERVED obs-event, obs-35, obs-28, obs-21: 0.7 for Auto Scaling groups, 0.9 for ECS; whether it depends on the group's size is UNSOURCED"`
	AlarmPeriod           *quantity.Duration `toml:"alarm_period" for:"target_tracking" range:"60s..1h" doc:"Period of the two alarms that AWS makes, a multiple of 60s, for metrics of a minute or more. Left out: 60s, also with basic monitoring, of whose periods most then have no datapoint. For metrics below a minute it is theirs." source:"OBSERVED obs-event, obs-21: 60s; with basic monitoring UNSOURCED"`
	HighEvaluationPeriods int                `toml:"high_evaluation_periods" for:"target_tracking" default:"3" range:"1..1440" doc:"How many datapoints above the target, all of them, set off the high alarm that AWS makes." source:"OBSERVED obs-event, obs-21; with periods below 60s UNSOURCED: the same number"`
	LowEvaluationPeriods  int                `toml:"low_evaluation_periods" for:"target_tracking" default:"15" range:"1..1440" doc:"How many datapoints below low_factor times the target, all of them, set off the low alarm that AWS makes." source:"OBSERVED obs-event, obs-21; with periods below 60s UNSOURCED: the same number"`
	ScaleOutDatapoint     string             `toml:"scale_out_datapoint" for:"target_tracking" default:"latest" oneof:"latest average minimum maximum" doc:"Which of the datapoints that the high alarm judged goes into ceil(current x metric / target)." source:"UNSOURCED: the last complete period"`
	ScaleInDatapoint      string             `toml:"scale_in_datapoint" for:"target_tracking" default:"maximum" oneof:"latest average minimum maximum" doc:"Which of the datapoints that the low alarm judged goes into ceil(current x metric / target)." source:"UNSOURCED: the cautious choice"`
	CountTerminating      bool               `toml:"count_terminating" for:"target_tracking" default:"false" doc:"On the way in, instances that still drain count as current capacity." source:"DERIVED: a 300 s drain would inflate the result"`

	PredictiveSpec

	EstimatedInstanceWarmup *quantity.Duration `toml:"estimated_instance_warmup" for:"step target_tracking" range:"0s..3600s" doc:"Warm-up of the instances that this policy launches. Left out: instance_warmup, else default_cooldown." source:"api-policy, warmtab"`
	Phase                   quantity.Duration  `toml:"phase" for:"target_tracking" default:"0s" range:"0s..59s" doc:"Second of the minute at which the policy's alarms are evaluated." source:"OBSERVED obs-event"`

	Targets map[string]*TargetSpec `toml:"targets" for:"hpa gcp" doc:"Metrics with their targets; that which asks for the most counts. With gcp, left out: CPU at 60 %." source:"hpa, gcp-pol"`

	HPASpec
	GCPSpec
	AzureSpec
}

// Foreign reports whether the policy is an autoscaler from outside AWS.
func (p *PolicySpec) Foreign() bool { return p.Type == "hpa" || p.Type == "gcp" || p.Type == "azure" }

// OnlyGrows reports whether the policy launches instances, as far as the group's
// max allows, and does nothing else. A predictive policy may raise max [api-pred].
func (p *PolicySpec) OnlyGrows() bool {
	switch p.Type {
	case "target_tracking":
		return p.DisableScaleIn
	case "simple":
		return p.Adjustment.grows()
	case "step":
		return !slices.ContainsFunc(p.Steps, func(s Step) bool { return !s.Adjustment.grows() })
	}
	return false
}

// Kind is the key that decides which others the policy can use.
func (p *PolicySpec) Kind() string { return p.Type }

// Follows is the name of the metric that the policy's alarms watch; "" if it
// has none.
func (p *PolicySpec) Follows() string {
	if p.Alarm != nil {
		return p.Alarm.Metric
	}
	if p.Type == "predictive" {
		used, _ := findPair(p.Metric)
		return used.load
	}
	if name := predefined(p.Metric); name != "" {
		return name
	}
	return p.Metric
}

// Watches reports whether the policy follows a metric, among others maybe.
func (p *PolicySpec) Watches(metric string) bool {
	for _, t := range p.Targets {
		if t.Metric == metric {
			return true
		}
	}
	for _, r := range p.Rules {
		if r.Metric == metric {
			return true
		}
	}
	return p.Follows() == metric
}

// AdjustsByPercent reports whether an adjustment of a simple or step policy is
// in percent.
func (p *PolicySpec) AdjustsByPercent() bool {
	if p.Adjustment.Type == PercentChangeInCapacity {
		return true
	}
	return slices.ContainsFunc(p.Steps, func(s Step) bool { return s.Adjustment.Type == PercentChangeInCapacity })
}

// Check reports what no single key shows about the policy's use of its alarm.
func (p *PolicySpec) Check(report quantity.Report) {
	switch p.Type {
	case "target_tracking":
		p.checkTracking(report)
	case "predictive":
		p.checkPredictive(report)
	case "hpa":
		p.checkHPA(report)
	case "gcp":
		p.checkGCP(report)
	case "azure":
		p.checkAzure(report)
	}
	if p.Alarm == nil {
		return
	}
	if n := p.AggregationDatapoints; n != nil && *n > p.Alarm.EvaluationPeriods {
		report("aggregation_datapoints", "must not exceed the alarm's evaluation_periods (aggregation_datapoints %d, evaluation_periods %d)", *n, p.Alarm.EvaluationPeriods)
	}
}

// checkTracking reports what no single key shows about the alarms that AWS makes.
func (p *PolicySpec) checkTracking(report quantity.Report) {
	if p.AlarmPeriod == nil {
		return
	}
	period, n := p.AlarmPeriod.Time(), max(p.HighEvaluationPeriods, p.LowEvaluationPeriods)
	switch {
	case period%engine.Minute != 0:
		report("alarm_period", `must be a multiple of 60s (have "%s")`, p.AlarmPeriod)
	case period > 0 && engine.Time(n) > 24*engine.Hour/period:
		report("alarm_period", "alarms look back on 1d at most (have %d periods of %s)", n, p.AlarmPeriod)
	}
}
