package scenario

import (
	"slices"

	"github.com/headroom-sim/headroom/models/autoscaling"
)

// operations lists what an operator does without effect, and settings of the
// group about scale-in and its processes that have none.
func (l *lint) operations(f *Fleet, path []string) {
	for _, name := range sorted(f.Operations) {
		l.late(&f.Operations[name].At, sub(path, "operations", name, "at"))
	}
	for _, name := range f.TerminationPolicies {
		if name == "OldestLaunchConfiguration" || name == "AllocationStrategy" {
			l.idle(sub(path, "termination_policies"), "%s makes no difference: all instances have one launch template and one type", name)
		}
	}
	if !l.balanced(path[1]) && slices.Contains(f.SuspendedProcesses, autoscaling.AddToLoadBalancer.String()) {
		l.idle(sub(path, "suspended_processes"), "AddToLoadBalancer means nothing without a balancer in front")
	}
}

// operated tells whether an operation of a fleet is of a kind for which
// something matters.
func (f *Fleet) operated(matters func(*autoscaling.OperationSpec) bool) bool {
	return some(f.Operations, matters)
}

// asksGrace tells whether the grace period matters to an operation.
func asksGrace(o *autoscaling.OperationSpec) bool {
	return o.Call == "set_instance_health" && o.RespectGrace
}

// takesGrace tells whether a refresh has the grace period as its warm-up.
func (f *Fleet) takesGrace(o *autoscaling.OperationSpec) bool {
	return o.Call == "start_instance_refresh" && o.InstanceWarmup == nil && f.InstanceWarmup == nil
}

// asksCooldown tells whether the cooldown matters to an operation.
func asksCooldown(o *autoscaling.OperationSpec) bool {
	return o.HonorCooldown
}
