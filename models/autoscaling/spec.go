package autoscaling

import (
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
)

// Spec describes an Auto Scaling group: the keys of a [fleets.<name>] table
// that are about capacity.
type Spec struct {
	Zones                  []string           `toml:"zones" required:"true" doc:"Availability Zones that the group uses. Launches go to the one with the fewest instances, ties to the first named." source:"az"`
	Min                    int                `toml:"min" required:"true" range:"0..10000" doc:"Smallest capacity, in instances." source:"api-create"`
	Max                    int                `toml:"max" required:"true" range:"0..10000" doc:"Largest capacity, in instances." source:"api-create"`
	Desired                *int               `toml:"desired" range:"0..10000" doc:"Capacity at time zero, in instances. Left out: min." source:"api-create"`
	Provision              quantity.Span      `toml:"provision" default:"5s" doc:"From the launch to EC2 saying running: InService from here, long before the server answers." source:"OBSERVED obs-21, obs-event: 4 to 6 s"`
	Boot                   quantity.Span      `toml:"boot" default:"0s" doc:"From running to the operating system being up." source:"UNSOURCED: depends on the image"`
	Startup                quantity.Span      `toml:"startup" default:"0s" doc:"From the operating system being up to the server answering." source:"UNSOURCED: depends on the software"`
	ReconcileDelay         quantity.Duration  `toml:"reconcile_delay" default:"6s" range:"0s..1h" doc:"From a change of desired to the launches or terminations that it asks for." source:"DERIVED: 1 to 21 s observed (obs-event, obs-21, verify)"`
	DefaultCooldown        quantity.Duration  `toml:"default_cooldown" default:"300s" range:"0s..7d" doc:"After a scaling activity simple policies wait for this long; also the warm-up of step and target tracking policies where no other is set." source:"api-create, cool"`
	CooldownStart          string             `toml:"cooldown_start" default:"activity_end" oneof:"activity_end activity_start" doc:"When the cooldown of a launch or termination starts: when the instance is in service or deregistered, or when the launch or termination begins. The last of a batch decides." source:"cool: the end; parallelcluster: users find it hard to tell"`
	InstanceWarmup         *quantity.Duration `toml:"instance_warmup" range:"0s..3600s" doc:"Default instance warm-up: from InService until an instance counts in the group's metrics and as capacity that policies start from. Left out: off." source:"warm, api-create"`
	HealthCheckType        string             `toml:"health_check_type" default:"EC2" oneof:"EC2 ELB" doc:"EC2: replace instances that no longer run. ELB: also those that the load balancer calls unhealthy." source:"api-create, hc"`
	HealthCheckGracePeriod quantity.Duration  `toml:"health_check_grace_period" default:"300s" range:"0s..7d" doc:"From InService; until its end the load balancer's verdict is ignored. Console's default; 0 in the API." source:"grace, warmtab"`
	HealthCheckInterval    quantity.Duration  `toml:"health_check_interval" default:"30s" range:"1s..1h" doc:"Time between two passes of the group over its instances' health." source:"UNSOURCED: hc only says periodic"`
	AllUnhealthyBatch      int                `toml:"all_unhealthy_batch" default:"1" range:"1..10000" doc:"Instances that are replaced at a time, at most, while the load balancer finds all of them unhealthy." source:"UNSOURCED: hc only says fewer than 10 %"`
	Maintenance            *MaintenanceSpec   `toml:"maintenance" doc:"Instance maintenance policy. Left out: what fails, what a refresh replaces and what is too old is terminated while another is launched, 10 % of desired at a time, rounded down, and at least one; zones are rebalanced by launching first." source:"imp, api-imp, hc; the rounding is UNSOURCED: a maintenance policy sets other percentages"`
	MaxInstanceLifetime    *quantity.Duration `toml:"max_instance_lifetime" range:"0s..365d" doc:"From InService until an instance is replaced; at least a day. 0s or left out: none." source:"api-create, lifetime"`
	Monitoring             string             `toml:"monitoring" default:"basic" oneof:"basic detailed" doc:"Period of the instances' metrics: 5 min or 1 min." source:"ec2-mon, ec2-met"`
	MetricDelay            *quantity.Duration `toml:"metric_delay" range:"0s..1h" doc:"From the end of the period of a metric of CloudWatch's until alarms see its datapoint. Left out: 60s for metrics of one minute, 300s for those of five." source:"UNSOURCED: AWS gives no figure; dd-delay, obs-pastebin"`

	TerminationPolicies []string `toml:"termination_policies" default:"Default" oneof:"Default OldestInstance NewestInstance ClosestToNextInstanceHour OldestLaunchTemplate OldestLaunchConfiguration AllocationStrategy" doc:"Which instance a scale-in terminates, in the zone with the most: the policies are applied in order, Default last. Default: the oldest launch template, then the closest to its next hour; at last, where AWS draws at random, the lowest id. OldestLaunchConfiguration and AllocationStrategy make no difference: a group has one launch template and one type of instance." source:"term, api-create"`
	ScaleInProtection   bool     `toml:"scale_in_protection" default:"false" doc:"Instances are protected from scale-in from InService on, those of time zero included. If all are, desired still falls, and nothing is terminated." source:"prot"`
	SuspendedProcesses  []string `toml:"suspended_processes" oneof:"Launch Terminate AddToLoadBalancer AlarmNotification AZRebalance HealthCheck InstanceRefresh ReplaceUnhealthy ScheduledActions" doc:"Processes that are suspended from time zero on. Left out: none." source:"susp"`

	LaunchRetryDelay     quantity.Duration `toml:"launch_retry_delay" default:"60s" range:"1s..1d" doc:"From a launch that failed, for want of capacity or by a launch hook, to the next attempt." source:"UNSOURCED: hook only says that the rate is limited"`
	CapacityDistribution string            `toml:"capacity_distribution" default:"balanced-best-effort" oneof:"balanced-best-effort balanced-only" doc:"When the zone with the fewest instances has no capacity: balanced-best-effort launches in another one, balanced-only tries the same again." source:"az, api-create"`
	LaunchSuspension     quantity.Duration `toml:"launch_suspension" default:"24h" range:"1m..365d" doc:"Administrative suspension: after only failing launches for longer than this AWS suspends Launch." source:"susp: typically more than 24 hours"`
	TerminateHookAbandon string            `toml:"terminate_hook_abandon" default:"terminate" oneof:"terminate retain" doc:"What becomes of an instance of which a terminating hook ends with ABANDON. retain: it stays, in Terminating:Retained, billed, and does not count to desired." source:"api-create: InstanceLifecyclePolicy"`

	Hooks    map[string]*HookSpec `toml:"hooks" doc:"Life-cycle hooks." source:"hook"`
	WarmPool *WarmPoolSpec        `toml:"warm_pool" doc:"Warm pool: instances that are ready to be started. Left out: none." source:"wp"`

	Metrics   map[string]*MetricSpec   `toml:"metrics" doc:"Metrics of your own, which alarms and target tracking of the fleet can name." source:"cw-concepts"`
	Policies  map[string]*PolicySpec   `toml:"policies" doc:"Scaling policies. Without any the group never scales by itself." source:"dyn"`
	Schedules map[string]*ScheduleSpec `toml:"schedules" doc:"Scheduled actions." source:"sched"`

	Operations map[string]*OperationSpec `toml:"operations" doc:"What an operator does to the group through the API." source:"api-ops"`
}

// Limits of a group [quota].
const (
	maxPolicies  = 50
	maxSchedules = 125
	maxHooks     = 50
)

// Start is the desired capacity at time zero.
func (s *Spec) Start() int {
	if s.Desired != nil {
		return *s.Desired
	}
	return s.Min
}

// Check reports what no single key shows. Policies and schedules have Checks of
// their own, and so has the capacity.
func (s *Spec) Check(report quantity.Report) {
	checkZones(s.Zones, report)
	if l := s.MaxInstanceLifetime; l != nil && *l != 0 && l.Time() < shortestLifetime {
		report("max_instance_lifetime", "must be 0s or at least 1d (have %s)", l)
	}
	s.checkPredictive(report)
	if len(s.Policies) > maxPolicies {
		report("policies", "a group has at most %d policies (have %d)", maxPolicies, len(s.Policies))
	}
	if len(s.Hooks) > maxHooks {
		report("hooks", "a group has at most %d life-cycle hooks (have %d)", maxHooks, len(s.Hooks))
	}
	if len(s.Schedules) > maxSchedules {
		report("schedules", "a group has at most %d scheduled actions (have %d)", maxSchedules, len(s.Schedules))
	}
	s.checkForeign(report)
	s.checkTermination(report)
	s.checkOperations(report)
}

func checkZones(zones []string, report quantity.Report) {
	if len(zones) == 0 {
		report("zones", "must name at least one zone")
	}
	for i, z := range zones {
		switch {
		case z == "":
			report("zones", "must not name an empty zone")
		case slices.Contains(zones[:i], z):
			report("zones", "names %q twice", z)
		}
	}
}

// CheckCapacity reports a capacity that contradicts itself. It asks for min, max
// and desired alone: whatever else is wrong, these can be checked.
func (s *Spec) CheckCapacity(report quantity.Report) {
	switch {
	case s.Min > s.Max:
		report("min", "must not exceed max (min %d, max %d)", s.Min, s.Max)
	case s.Desired == nil:
	case *s.Desired < s.Min:
		report("desired", "must not be less than min (desired %d, min %d)", *s.Desired, s.Min)
	case *s.Desired > s.Max:
		report("desired", "must not exceed max (desired %d, max %d)", *s.Desired, s.Max)
	}
}

// metricPeriod is the native period of the instances' metrics [ec2-mon].
func (s *Spec) metricPeriod() engine.Time {
	if s.Monitoring == "detailed" {
		return engine.Minute
	}
	return 5 * engine.Minute
}

// Delay is how long the datapoints of CloudWatch's metrics of the given period
// take to appear (UNSOURCED).
func (s *Spec) Delay(period engine.Time) engine.Time {
	if s.MetricDelay != nil {
		return s.MetricDelay.Time()
	}
	return period
}

// checkForeign keeps an autoscaler from outside AWS apart from all others.
func (s *Spec) checkForeign(report quantity.Report) {
	names := sortedKeys(s.Policies)
	k := slices.IndexFunc(names, func(name string) bool { return s.Policies[name].Foreign() })
	if k < 0 {
		return
	}
	for i, name := range names {
		if i == k {
			continue
		}
		report("policies."+name, "cannot be used together with policies.%s: an autoscaler of kind %q is the only policy of its fleet (have kind %q)",
			names[k], s.Policies[names[k]].Type, s.Policies[name].Type)
	}
}
