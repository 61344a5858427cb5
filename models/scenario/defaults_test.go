package scenario_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/scenario"
)

// ordinary has one of everything of which AWS, Kubernetes, Google and Microsoft
// document defaults, and no setting that has one.
const ordinary = `
duration = "1h"
[clients.v]
target = "lb"
rate = "1/s"
[routes.page]
demand = { web = "1ms", pods = "1ms", vms = "1ms", set = "1ms" }
[balancers.lb]
kind = "application"
targets = ["web", "pods", "vms", "set"]
[fleets.web]
vcpus = 1
zones = ["a"]
min = 2
max = 4
[fleets.web.warm_pool]
[fleets.web.hooks.up]
transition = "launching"
[fleets.web.operations.refresh]
kind = "start_instance_refresh"
at = "1m"
[fleets.web.operations.manual]
kind = "set_desired_capacity"
at = "1m"
desired = 2
[fleets.web.policies.step]
kind = "step"
alarm = { metric = "CPUUtilization", comparison = ">", threshold = 70 }
steps = ["0.. +1"]
[fleets.web.policies.simple]
kind = "simple"
alarm = { metric = "CPUUtilization", comparison = ">", threshold = 70 }
adjustment = "+1"
[fleets.web.policies.tracking]
kind = "target_tracking"
metric = "ASGAverageCPUUtilization"
target = 50
[fleets.web.policies.ahead]
kind = "predictive"
metric = "ASGCPUUtilization"
target = 50
[fleets.pods]
vcpus = 1
zones = ["a"]
min = 1
max = 4
[fleets.pods.policies.hpa]
kind = "hpa"
targets.cpu = { target = 50 }
[fleets.vms]
vcpus = 1
zones = ["a"]
min = 1
max = 4
[fleets.vms.policies.mig]
kind = "gcp"
[fleets.set]
vcpus = 1
zones = ["a"]
min = 1
max = 4
[fleets.set.policies.vmss]
kind = "azure"
rules.out = { operator = ">", threshold = 70, action = "+1" }
`

func ordinarySpec(t *testing.T) *scenario.Spec {
	file := parse(t, "start = \"2026-03-02T00:00:00Z\"\n"+ordinary)
	spec, problems := file.Spec("", nil)
	require.NoError(t, problems.Err())
	return spec
}

func lasts(t *testing.T, want string, d quantity.Duration) {
	t.Helper()
	span, err := time.ParseDuration(want)
	require.NoError(t, err)
	require.Equal(t, span, time.Duration(d))
}

// TestDefaultsOfGroups is the table of spec 0, and the defaults of 1.1 to 1.9,
// each with the key of its source.
func TestDefaultsOfGroups(t *testing.T) {
	f := ordinarySpec(t).Fleets["web"]
	require.Equal(t, 2, f.Start(), "desired left out: min [api-create]")
	lasts(t, "300s", f.DefaultCooldown) // [api-create, cool]
	require.Nil(t, f.InstanceWarmup, "off [warm, api-create]")
	lasts(t, "300s", f.HealthCheckGracePeriod) // console [grace, warmtab]
	require.Equal(t, "EC2", f.HealthCheckType, "[api-create]")
	lasts(t, "30s", f.HealthCheckInterval) // UNSOURCED
	lasts(t, "6s", f.ReconcileDelay)       // DERIVED: 1 to 21 s [obs-event, obs-21, verify]
	require.Equal(t, "5s", f.Provision.String(), "OBSERVED [obs-21, obs-event]: 4 to 6 s")
	require.Equal(t, "basic", f.Monitoring, "5 min [ec2-mon]")
	require.Equal(t, []string{"Default"}, f.TerminationPolicies, "[term]")
	require.Equal(t, "balanced-best-effort", f.CapacityDistribution, "[az]")
	require.Equal(t, "terminate", f.TerminateHookAbandon, "[api-create]")
	lasts(t, "24h", f.LaunchSuspension) // [susp]
	require.False(t, f.ScaleInProtection, "[prot]")
	require.Nil(t, f.Maintenance, "[imp]")
	require.Nil(t, f.MaxInstanceLifetime, "[api-create]")

	hook := f.Hooks["up"]
	lasts(t, "3600s", hook.HeartbeatTimeout) // [api-hook]
	require.Equal(t, "ABANDON", hook.DefaultResult, "[api-hook]")

	require.Equal(t, "Stopped", f.WarmPool.PoolState, "[api-warm]")
	require.Zero(t, f.WarmPool.MinSize, "[api-warm]")
	require.Nil(t, f.WarmPool.MaxGroupPreparedCapacity, "max [api-warm]")
	require.False(t, f.WarmPool.ReuseOnScaleIn, "[api-warm]")

	refresh := f.Operations["refresh"]
	require.Nil(t, refresh.MinHealthy, "90, or the maintenance policy's [api-refresh, refdef]")
	lasts(t, "3600s", refresh.CheckpointDelay) // [api-refresh]
	require.Zero(t, refresh.BakeTime)
	require.False(t, refresh.SkipMatching, "[api-refresh]")
	require.False(t, refresh.AutoRollback, "[api-refresh]")
	require.Equal(t, []string{"Wait", "Wait"}, []string{refresh.ProtectedInstances, refresh.StandbyInstances}, "[api-refresh]")
	require.False(t, f.Operations["manual"].HonorCooldown, "[api-setdesired]")

	lb := ordinarySpec(t).Balancers["lb"]
	lasts(t, "300s", lb.DeregistrationDelay) // [cool]
	lasts(t, "30s", lb.HealthCheck.Interval) // [alb-hc]
	lasts(t, "5s", lb.HealthCheck.Timeout)   // [alb-hc]
	require.Equal(t, []int{5, 2}, []int{lb.HealthCheck.HealthyThreshold, lb.HealthCheck.UnhealthyThreshold}, "[alb-hc]")
}

// TestDefaultsOfPolicies: of spec 0 and 2, and of the alarms in 3.
func TestDefaultsOfPolicies(t *testing.T) {
	policies := ordinarySpec(t).Fleets["web"].Policies
	step := policies["step"]
	require.Nil(t, step.EstimatedInstanceWarmup, "the group's, else its cooldown [api-policy, warmtab]")
	require.Equal(t, "Average", step.MetricAggregation, "[api-policy]")
	require.Nil(t, step.AggregationDatapoints, "UNSOURCED: all that the alarm judged")
	require.Nil(t, policies["simple"].Cooldown, "the group's [cool]")

	tracking := policies["tracking"]
	require.InDelta(t, 0.7, tracking.LowFactor, 0, "OBSERVED [obs-event, obs-35, obs-28, obs-21]")
	require.Equal(t, []int{3, 15}, []int{tracking.HighEvaluationPeriods, tracking.LowEvaluationPeriods}, "OBSERVED [obs-event]")
	require.Equal(t, []string{"latest", "maximum"}, []string{tracking.ScaleOutDatapoint, tracking.ScaleInDatapoint}, "UNSOURCED")
	require.False(t, tracking.CountTerminating, "DERIVED")
	require.False(t, tracking.DisableScaleIn, "[api-tt]")

	ahead := policies["ahead"]
	require.Equal(t, "ForecastOnly", ahead.Mode, "[api-pred]")
	lasts(t, "300s", ahead.SchedulingBufferTime) // [api-pred]
	require.Equal(t, "HonorMaxCapacity", ahead.MaxCapacityBreachBehavior, "[api-pred]")

	alarm := step.Alarm
	require.Equal(t, "missing", alarm.TreatMissingData, "[cw, api-alarm]")
	require.Nil(t, alarm.DatapointsToAlarm, "all [api-alarm]")
	require.Nil(t, alarm.EvaluationRange, "N + 2, UNSOURCED in general [cw]")
	require.Equal(t, "sliding", alarm.EvaluationWindow, "[api-alarm]")
	require.Equal(t, "keep", alarm.YoungBreach, "UNSOURCED")
	require.Zero(t, alarm.Phase)
}

// TestDefaultsOutsideAWS: of spec 5.
func TestDefaultsOutsideAWS(t *testing.T) {
	fleets := ordinarySpec(t).Fleets
	hpa := fleets["pods"].Policies["hpa"]
	lasts(t, "15s", hpa.SyncPeriod) // [hpa]
	require.InDelta(t, 0.1, hpa.Tolerance, 0, "[hpa]")
	lasts(t, "30s", hpa.InitialReadinessDelay)          // [hpa]
	lasts(t, "5m", hpa.CPUInitializationPeriod)         // [hpa]
	lasts(t, "0s", hpa.ScaleUp.StabilizationWindow)     // [hpa]
	lasts(t, "300s", hpa.ScaleDown.StabilizationWindow) // [hpa]
	var rates []string
	for k := range hpa.ScaleUp.Policies {
		rates = append(rates, hpa.ScaleUp.Policies[k].String())
	}
	require.Equal(t, []string{"100% per 15s", "4 pods per 15s"}, rates, "[hpa]")
	require.Len(t, hpa.ScaleDown.Policies, 1)
	require.Equal(t, "100% per 15s", hpa.ScaleDown.Policies[0].String(), "[hpa]")
	require.Equal(t, []string{"Max", "Max"}, []string{hpa.ScaleUp.SelectPolicy, hpa.ScaleDown.SelectPolicy}, "[hpa]")

	mig := fleets["vms"].Policies["mig"]
	lasts(t, "600s", mig.StabilizationPeriod) // [gcp-pol]
	lasts(t, "60s", mig.InitializationPeriod) // [gcp-pol]
	require.Equal(t, "ON", mig.AutoscalingMode, "[gcp-dec]")
	require.Nil(t, mig.ScaleInControl, "all that is too much goes at once [gcp-sic]")

	vmss := fleets["set"].Policies["vmss"]
	lasts(t, "30s", vmss.JobInterval) // 30 to 60 s [az-und]
	lasts(t, "60s", vmss.Rules["out"].TimeGrain)
	lasts(t, "10m", vmss.Rules["out"].TimeWindow)
	lasts(t, "5m", vmss.Rules["out"].Cooldown)
}
