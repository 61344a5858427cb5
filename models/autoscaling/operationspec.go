package autoscaling

import (
	"github.com/headroom-sim/headroom/models/quantity"
)

// OperationSpec describes what an operator does to a group through the API at
// an instant, a [fleets.<f>.operations.<name>] table. Its kind is the API's name
// of the call. A call that AWS would refuse is refused, which is an event and
// not a mistake of the scenario's.
type OperationSpec struct {
	Call      string             `toml:"kind" required:"true" oneof:"set_desired_capacity terminate_instance enter_standby set_instance_protection set_instance_health suspend_processes resume_processes set_zones execute_policy start_instance_refresh" doc:"The API call: SetDesiredCapacity, TerminateInstanceInAutoScalingGroup, EnterStandby, SetInstanceProtection, SetInstanceHealth, SuspendProcesses, ResumeProcesses, UpdateAutoScalingGroup with other zones, ExecutePolicy, StartInstanceRefresh." source:"api-ops"`
	At        quantity.Duration  `toml:"at" required:"true" doc:"When it is called."`
	For       *quantity.Duration `toml:"for" for:"enter_standby set_instance_protection suspend_processes set_zones" range:"1ns.." doc:"Undone after this time, with ExitStandby, ResumeProcesses, and so on. Left out: never."`
	Instances *quantity.Portion  `toml:"instances" for:"terminate_instance enter_standby set_instance_protection set_instance_health" doc:"How many instances, 1 or more, or a share of those in service such as \"50%\", rounded up: the longest-running in service at the instant, ties by the lowest id. Left out: all."`

	Desired       int      `toml:"desired" for:"set_desired_capacity" required:"true" range:"0..10000" doc:"New desired capacity. Refused outside min and max." source:"api-setdesired"`
	HonorCooldown bool     `toml:"honor_cooldown" for:"set_desired_capacity execute_policy" default:"false" doc:"Refuse the call while a scaling activity is in progress or a cooldown runs; of execute_policy only the cooldown, for an activity always stops it." source:"api-setdesired, api-execute"`
	Decrement     bool     `toml:"decrement" for:"terminate_instance enter_standby" default_terminate_instance:"false" default_enter_standby:"true" doc:"Desired falls by the instances concerned, so that they are not replaced; refused where it would fall below min." source:"standby; DERIVED for terminate_instance: the API has no default"`
	Protect       bool     `toml:"protect" for:"set_instance_protection" default:"true" doc:"Protect the instances from scale-in, or no longer." source:"prot"`
	Health        string   `toml:"health" for:"set_instance_health" default:"Unhealthy" oneof:"Healthy Unhealthy" doc:"New health of the instances." source:"hc; DERIVED: the API has no default"`
	RespectGrace  bool     `toml:"respect_grace_period" for:"set_instance_health" default:"true" doc:"Ignore the call for instances within their grace period." source:"hc"`
	Processes     []string `toml:"processes" for:"suspend_processes resume_processes" oneof:"Launch Terminate AddToLoadBalancer AlarmNotification AZRebalance HealthCheck InstanceRefresh ReplaceUnhealthy ScheduledActions" doc:"Processes that are suspended, or resumed. Left out: all." source:"susp"`
	Zones         []string `toml:"zones" for:"set_zones" required:"true" doc:"Availability Zones that the group uses from now on. A balancer keeps to the zones of time zero: with cross_zone off it does not reach others." source:"az"`
	Policy        string   `toml:"policy" for:"execute_policy" required:"true" doc:"A simple policy of the fleet, executed as if its alarm had asked for it." source:"api-execute"`

	RefreshSpec `for:"start_instance_refresh"`

	Alarms []string `toml:"alarms" for:"start_instance_refresh" doc:"Alarms that fail the refresh as soon as one of them is in ALARM, at most 10: names of tables [alarms.NAME], or FLEET.POLICY for the alarm of a policy. Left out: none." source:"api-refresh"`
}

// Kind is the key that decides which others the operation can use.
func (o *OperationSpec) Kind() string { return o.Call }

// Check reports what no single key shows.
func (o *OperationSpec) Check(report quantity.Report) {
	switch o.Call {
	case "set_zones":
		checkZones(o.Zones, report)
	case "start_instance_refresh":
		o.checkRefresh(report)
	}
}

func (o *OperationSpec) checkRefresh(report quantity.Report) {
	o.RefreshSpec.Check(report)
	if len(o.Alarms) > maxRefreshAlarms {
		report("alarms", "a refresh watches at most %d alarms (have %d)", maxRefreshAlarms, len(o.Alarms))
	}
	if o.AutoRollback && o.LaunchTemplateVersion == nil {
		report("auto_rollback", "needs launch_template_version: without a desired configuration there is nothing to go back to")
	}
}

// checkOperations reports what operations name that the group does not have.
func (s *Spec) checkOperations(report quantity.Report) {
	for _, name := range sortedKeys(s.Operations) {
		o := s.Operations[name]
		if o.Call != "execute_policy" || o.Policy == "" {
			continue
		}
		switch p := s.Policies[o.Policy]; {
		case p == nil:
			report("operations."+name+".policy", "there is no policy %q in this fleet", o.Policy)
		case p.Type != "simple":
			report("operations."+name+".policy", "must be a simple policy: others need the value of a metric (policy %s is of kind %q)", o.Policy, p.Type)
		}
	}
}
