package autoscaling

import "github.com/headroom-sim/headroom/models/quantity"

// maxRefreshAlarms is the number of alarms that a refresh can watch [refresh].
const maxRefreshAlarms = 10

// RefreshSpec are the keys of an instance refresh, but for its alarms: all
// instances in service are replaced, as many at a time as the percentages allow.
type RefreshSpec struct {
	MinHealthy            *int               `toml:"min_healthy_percentage" range:"0..100" doc:"Least part of desired, in percent and rounded up, to keep in service, healthy and warmed up; 0 replaces all at once. Left out: the maintenance policy's, else 90." source:"api-refresh, refdef"`
	MaxHealthy            *int               `toml:"max_healthy_percentage" range:"100..200" doc:"Largest part of desired, in percent and rounded down, that may be in service or pending. Left out: the maintenance policy's; without one 100, and where nothing can be replaced so, an instance is terminated first, while a 100 that is written launches first." source:"api-refresh, refdef"`
	InstanceWarmup        *quantity.Duration `toml:"instance_warmup" range:"0s..7d" doc:"From InService until a new instance counts as replaced. Left out: the fleet's instance_warmup, else its health_check_grace_period." source:"api-refresh, warmtab"`
	LaunchTemplateVersion *int               `toml:"launch_template_version" range:"1..1000000" doc:"Desired configuration: the version that instances are launched from meanwhile, and for good when the refresh has succeeded. The group starts with version 1. Left out: the present one." source:"refresh"`
	CheckpointPercentages []int              `toml:"checkpoint_percentages" doc:"Parts of the replacements, from 1 to 100 percent and ascending, after which the refresh pauses; the last one is where it ends. Left out: none." source:"api-refresh, checkpoints"`
	CheckpointDelay       quantity.Duration  `toml:"checkpoint_delay" default:"3600s" range:"0s..172800s" doc:"Pause at a checkpoint." source:"api-refresh"`
	BakeTime              quantity.Duration  `toml:"bake_time" default:"0s" range:"0s..172800s" doc:"Wait after the last replacement before the refresh counts as successful." source:"api-refresh"`
	SkipMatching          bool               `toml:"skip_matching" doc:"Leave instances alone that were launched from the desired version." source:"api-refresh"`
	ProtectedInstances    string             `toml:"scale_in_protected_instances" default:"Wait" oneof:"Wait Ignore Refresh" doc:"What to do with instances protected from scale-in: Wait for an hour that it ends, and fail; Ignore them (AWS's console), or Refresh them all the same." source:"api-refresh, refdef"`
	StandbyInstances      string             `toml:"standby_instances" default:"Wait" oneof:"Wait Ignore Terminate" doc:"What to do with instances in standby: Wait for an hour that they return, and fail; Ignore them (AWS's console), or Terminate them." source:"api-refresh, refdef"`
	AutoRollback          bool               `toml:"auto_rollback" doc:"When the refresh fails, replace what was launched from the desired version by instances of the former one." source:"api-refresh"`
}

// Check reports what no single key shows.
func (s *RefreshSpec) Check(report quantity.Report) {
	switch {
	case s.MaxHealthy != nil && s.MinHealthy == nil:
		report("min_healthy_percentage", "is required with max_healthy_percentage")
	case s.MaxHealthy != nil:
		checkSpread(*s.MinHealthy, *s.MaxHealthy, report)
	}
	for k, p := range s.CheckpointPercentages {
		switch {
		case p < 1 || p > 100:
			report("checkpoint_percentages", "must be between 1 and 100 (have %d)", p)
		case k > 0 && p <= s.CheckpointPercentages[k-1]:
			report("checkpoint_percentages", "must ascend (have %d after %d)", p, s.CheckpointPercentages[k-1])
		}
	}
}
