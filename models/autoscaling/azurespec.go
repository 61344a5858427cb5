package autoscaling

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
)

// AzureSpec has the keys of a policy that is Azure Monitor autoscale for a
// virtual machine scale set, with its default profile. The instances of the
// fleet are its VMs.
//
//	[fleets.web.policies.vmss]
//	kind = "azure"
//	rules.out = { operator = ">", threshold = 70, action = "+1" }
//	rules.in = { operator = "<", threshold = 30, action = "-1" }
type AzureSpec struct {
	Rules           map[string]*RuleSpec `toml:"rules" for:"azure" required:"true" write:"rules.out = { operator = \">\", threshold = 70, action = \"+1\" }" doc:"Rules of the profile, ten at most." source:"az-und"`
	DefaultCapacity *int                 `toml:"default_capacity" for:"azure" range:"0..10000" doc:"While a metric cannot be read, a capacity below this rises to it. Left out: min." source:"az-und; the default is DERIVED: it must be given in Azure"`
	JobInterval     quantity.Duration    `toml:"job_interval" for:"azure" default:"30s" range:"10s..10m" doc:"Time between two runs of the autoscale job." source:"az-und, az-flap: 30 to 60 s, depending on the type of resource"`
	IngestDelay     quantity.Duration    `toml:"ingest_delay" for:"azure" default:"60s" range:"0s..1h" doc:"From the end of a minute until the job sees its metrics." source:"UNSOURCED: Microsoft gives no figure; as for AWS with detailed monitoring"`
}

// RuleSpec is a rule, a [fleets.<f>.policies.<p>.rules.<name>] table.
type RuleSpec struct {
	Metric            string            `toml:"metric" default:"cpu" doc:"cpu, utilization in percent (Percentage CPU) of the instances in service, or a metric of the fleet's own, [fleets.NAME.metrics.NAME], minute by minute." source:"az-und"`
	Statistic         string            `toml:"statistic" default:"Average" oneof:"Average Min Max Sum" doc:"How the samples of a time grain become one value. Of the instances' Sum the value is one of all, else of one." source:"az-und"`
	TimeGrain         quantity.Duration `toml:"time_grain" default:"60s" range:"60s..12h" doc:"Length of a time grain, a multiple of 60s." source:"az-und"`
	TimeWindow        quantity.Duration `toml:"time_window" default:"10m" range:"60s..12h" doc:"How far back values are looked at, a multiple of time_grain." source:"az-und: PT10M in its examples; the API asks for 5m at least"`
	TimeAggregation   string            `toml:"time_aggregation" default:"Average" oneof:"Average Minimum Maximum Total Last" doc:"How the values of the time window become one." source:"az-und"`
	DividePerInstance bool              `toml:"divide_per_instance" default:"false" doc:"The value is divided by the capacity: for totals such as the length of a queue." source:"az-und"`
	Operator          string            `toml:"operator" required:"true" oneof:"> >= < <=" doc:"What stands between value and threshold when the rule fires." source:"az-und"`
	Threshold         float64           `toml:"threshold" required:"true" range:"0..1000000000" doc:"In the metric's unit; percent for cpu." source:"az-und"`
	Action            Adjustment        `toml:"action" required:"true" write:"action = \"+1\"" doc:"\"+1\" and \"+20%\" scale out (Increase), \"-1\" and \"-20%\" in (Decrease); \"=3\" sets the capacity, out with > and >=, in with < and <=. A share is cut to whole instances, but at least one." source:"az-und; the rounding is UNSOURCED"`
	Cooldown          quantity.Duration `toml:"cooldown" default:"5m" range:"0s..7d" doc:"After an action of this rule nothing is scaled for this long, in either direction." source:"az-und"`
}

// maxRules is the most that a profile may have [az-und].
const maxRules = 10

// Check reports what no single key shows.
func (r *RuleSpec) Check(report quantity.Report) {
	grain := r.TimeGrain.Time()
	if grain%engine.Minute != 0 {
		report("time_grain", `must be a multiple of 60s (have "%s")`, r.TimeGrain)
	} else if r.TimeWindow.Time()%grain != 0 {
		report("time_window", "must be a multiple of time_grain (time_window %s, time_grain %s)", r.TimeWindow, r.TimeGrain)
	}
	if r.Action.Type != ExactCapacity && r.Action.Amount == 0 {
		report("action", "must change the capacity (have %q)", r.Action)
	}
}

// out reports whether the rule scales out.
func (r *RuleSpec) out() bool {
	if r.Action.Type == ExactCapacity {
		return r.Operator == ">" || r.Operator == ">="
	}
	return r.Action.Amount > 0
}

// checkAzure reports what no single key shows about Azure autoscale.
func (p *PolicySpec) checkAzure(report quantity.Report) {
	if n := len(p.Rules); n > maxRules {
		report("rules", "a profile has at most %d rules (have %d)", maxRules, n)
	}
}
