package autoscaling

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
)

// GCPSpec has the keys of a policy that is the autoscaler of a managed instance
// group of Google Compute Engine. The instances of the fleet are its VMs. A
// metric of the fleet's own that counts the requests of its instances stands for
// the load-balancing signal.
//
//	[fleets.web.policies.mig]
//	kind = "gcp"
//	targets.cpu = { target = 60 }
//	scale_in_control = { max_scaled_in_replicas = "10%", time_window = "20m" }
type GCPSpec struct {
	Interval             quantity.Duration `toml:"interval" for:"gcp" default:"60s" range:"5s..60s" doc:"Time between two decisions, and what the load is the mean of; a divisor of 60s." source:"UNSOURCED: Google says that it monitors constantly"`
	StabilizationPeriod  quantity.Duration `toml:"stabilization_period" for:"gcp" default:"600s" range:"0s..24h" doc:"The peak of what the load needed in this time is the recommended size." source:"gcp-dec, gcp-pol"`
	InitializationPeriod quantity.Duration `toml:"initialization_period" for:"gcp" default:"60s" range:"0s..1h" doc:"From the VM's running until its CPU counts: the cool-down period of the API." source:"gcp-pol"`
	ScaleInControl       *ScaleInSpec      `toml:"scale_in_control" for:"gcp" doc:"Bounds how many VMs may go. Left out: all that are too many at once." source:"gcp-sic"`
	AutoscalingMode      string            `toml:"autoscaling_mode" for:"gcp" default:"ON" oneof:"ON ONLY_SCALE_OUT OFF" doc:"What the group makes of the recommended size: the mode of the API." source:"gcp-dec"`
}

// ScaleInSpec is a scale-in control.
type ScaleInSpec struct {
	MaxScaledInReplicas quantity.Portion  `toml:"max_scaled_in_replicas" required:"true" write:"max_scaled_in_replicas = 3" doc:"Most VMs that may go, of the largest size recommended in the time window: a number, or a share of that size, rounded up." source:"gcp-sic; the rounding is UNSOURCED"`
	TimeWindow          quantity.Duration `toml:"time_window" required:"true" write:"time_window = \"20m\"" range:"1s..24h" doc:"How far back sizes are looked at." source:"gcp-sic"`
}

// checkGCP reports what no single key shows about an autoscaler of GCP.
func (p *PolicySpec) checkGCP(report quantity.Report) {
	if i := p.Interval.Time(); i > 0 && engine.Minute%i != 0 {
		report("interval", `must be a divisor of 60s (have "%s")`, p.Interval)
	}
	for _, name := range sortedKeys(p.Targets) {
		if t := p.Targets[name]; t.Target == nil && t.Metric != cpuMetric {
			report("targets."+name+".target", "is required")
		}
	}
}
