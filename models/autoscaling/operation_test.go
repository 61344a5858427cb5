package autoscaling

import (
	"testing"

	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
)

// call adds an operation.
func (s *Spec) call(name, instant string, o OperationSpec) *Spec {
	o.At = duration(instant)
	if s.Operations == nil {
		s.Operations = map[string]*OperationSpec{}
	}
	s.Operations[name] = &o
	return s
}

func one() *quantity.Portion { return &quantity.Portion{Count: 1} }
func two() *quantity.Portion { return &quantity.Portion{Count: 2} }

// TestManualScaling: SetDesiredCapacity ignores cooldowns. spec 2.2 [cool, api-setdesired]
func TestManualScaling(t *testing.T) {
	s := groupSpec(1, 9, 1).at("more", "10m", 2)
	s.call("manual", "11m", OperationSpec{Call: "set_desired_capacity", Desired: 4})
	p := newPlant(t, s).until("20m")
	require.Equal(t, []string{"10m6s", "11m6s", "11m6s"}, p.times(timeline.Launch, ""))
	require.Equal(t, []string{"11m manual: set_desired_capacity: desired 4, was 2"}, p.texts(timeline.Operation))
}

// TestManualScalingHonorsCooldown: with HonorCooldown the call fails while a
// cooldown runs, or an activity is in progress. spec 2.2 [cool, api-setdesired]
func TestManualScalingHonorsCooldown(t *testing.T) {
	s := groupSpec(1, 9, 1).at("more", "10m", 2)
	for name, at := range map[string]string{"busy": "10m3s", "cooling": "15m", "free": "15m11s"} {
		s.call(name, at, OperationSpec{Call: "set_desired_capacity", Desired: 4, HonorCooldown: true})
	}
	p := newPlant(t, s).until("20m")
	require.Equal(t, []string{
		"10m3s busy: set_desired_capacity: refused, ScalingActivityInProgress: desired is 2, capacity 1",
		"15m cooling: set_desired_capacity: refused, ScalingActivityInProgress: cooldown until 00:15:11",
		"15m11s free: set_desired_capacity: desired 4, was 2",
	}, p.texts(timeline.Operation))
	require.Equal(t, 4, p.inService())
}

// TestDesiredOutsideItsBounds: such a call is: refused, and changes nothing.
// spec 1.1 [api-setdesired].
func TestDesiredOutsideItsBounds(t *testing.T) {
	s := groupSpec(2, 4, 3)
	s.call("above", "10m", OperationSpec{Call: "set_desired_capacity", Desired: 5})
	s.call("below", "11m", OperationSpec{Call: "set_desired_capacity", Desired: 1})
	p := newPlant(t, s).until("20m")
	require.Equal(t, []string{
		"10m above: set_desired_capacity: refused, ValidationError: desired 5 is above max 4",
		"11m below: set_desired_capacity: refused, ValidationError: desired 1 is below min 2",
	}, p.texts(timeline.Operation))
	require.Equal(t, 3, p.group.Desired)
	require.Empty(t, p.calls)
}

// TestTerminateInstance: the instance drains, and is replaced unless desired
// falls with it. spec 1.5 and 1.6 [prot, az].
func TestTerminateInstance(t *testing.T) {
	for _, decrement := range []bool{false, true} {
		s := groupSpec(1, 9, 2)
		s.call("kill", "10m", OperationSpec{Call: "terminate_instance", Instances: one(), Decrement: decrement})
		p := newPlant(t, s).until("20m")
		require.Equal(t, []string{"10m"}, p.times(timeline.Terminate, ""))
		require.Equal(t, []string{"15m"}, p.times(timeline.Terminated, ""))
		if decrement {
			require.Equal(t, 1, p.group.Desired)
			require.Equal(t, 1, p.inService())
			require.Empty(t, p.times(timeline.Launch, ""))
		} else {
			require.Equal(t, 2, p.group.Desired)
			require.Equal(t, []string{"10m6s"}, p.times(timeline.Launch, ""))
			require.Equal(t, []string{"10m6s kill: launched in zone a: replaces web-1"}, p.texts(timeline.Launch))
		}
	}
}

// TestTerminateInstanceAtMin: without a replacement the group would fall below
// min, so the API refuses; each instance is a call of its own.
func TestTerminateInstanceAtMin(t *testing.T) {
	s := groupSpec(2, 9, 3)
	s.call("kill", "10m", OperationSpec{Call: "terminate_instance", Decrement: true})
	p := newPlant(t, s).until("20m")
	require.Equal(t, []string{
		"10m kill: terminate_instance: desired falls with it",
		"10m kill: terminate_instance: refused, ValidationError: desired 2 equals min: without a replacement the group would fall below it",
	}, p.texts(timeline.Operation))
	require.Equal(t, 2, p.inService())
}

// TestTerminateShare: a share is rounded up, and takes those longest in service.
func TestTerminateShare(t *testing.T) {
	s := groupSpec(1, 9, 3)
	s.call("kill", "10m", OperationSpec{Call: "terminate_instance", Instances: &quantity.Portion{Share: 0.5}})
	p := newPlant(t, s).until("10m1s")
	require.Equal(t, []string{"deregister web-1", "deregister web-2"}, p.calls)
}

// TestNothingInService: a call that finds no instance is an event.
func TestNothingInService(t *testing.T) {
	s := groupSpec(0, 9, 0)
	for _, call := range []string{"terminate_instance", "enter_standby", "set_instance_protection", "set_instance_health"} {
		s.call(call, "10m", OperationSpec{Call: call, Decrement: true})
	}
	p := newPlant(t, s).until("20m")
	require.Contains(t, p.texts(timeline.Operation), "10m enter_standby: enter_standby: no instance is in service")
	require.Len(t, p.texts(timeline.Operation), 4)
}

// TestSetInstanceHealth: respects the grace period by default, and replaces at
// once otherwise, without the throttle of mass failures. spec 1.3 [hc]
func TestSetInstanceHealth(t *testing.T) {
	s := groupSpec(2, 9, 2)
	s.call("early", "4m", OperationSpec{Call: "set_instance_health", Health: "Unhealthy", RespectGrace: true})
	s.call("late", "5m1s", OperationSpec{Call: "set_instance_health", Health: "Unhealthy", RespectGrace: true})
	p := newPlant(t, s).until("10m")
	require.Equal(t, []string{
		"4m early: set_instance_health: Unhealthy ignored, in its grace period until 00:05:00",
		"4m early: set_instance_health: Unhealthy ignored, in its grace period until 00:05:00",
		"5m1s late: set_instance_health: Unhealthy", "5m1s late: set_instance_health: Unhealthy",
	}, p.texts(timeline.Operation))
	require.Equal(t, []string{"5m1s", "5m1s"}, p.times(timeline.Replace, ""), "both, before the next pass")
	require.Equal(t, 2, p.inService())

	s = groupSpec(2, 9, 2)
	s.call("now", "1m1s", OperationSpec{Call: "set_instance_health", Health: "Unhealthy", Instances: one()})
	p = newPlant(t, s).until("10m")
	require.Equal(t, []string{"1m1s"}, p.times(timeline.Replace, ""), "within the grace period")
}

// TestSetInstanceHealthBack: what is healthy again before anybody acts stays.
func TestSetInstanceHealthBack(t *testing.T) {
	s := groupSpec(1, 9, 1).pause("5m", "10m", "ReplaceUnhealthy")
	s.call("a", "6m", OperationSpec{Call: "set_instance_health", Health: "Unhealthy"})
	s.call("b", "7m", OperationSpec{Call: "set_instance_health", Health: "Healthy"})
	require.Empty(t, newPlant(t, s).until("20m").times(timeline.Replace, ""))
}

// TestSetZones: launches go to the new zones; the old ones come back when the
// operation is over. spec 1.6 [az]
func TestSetZones(t *testing.T) {
	s := groupSpec(1, 9, 2).at("more", "11m", 4)
	s.Zones = []string{"a", "b"}
	s.SuspendedProcesses = []string{"AZRebalance"}
	s.call("evacuate", "10m", OperationSpec{Call: "set_zones", Zones: []string{"b"}, For: pointer(duration("10m"))})
	p := newPlant(t, s).until("15m")
	require.Equal(t, []int{1, 3}, []int{p.group.inZone("a"), p.group.inZone("b")})
	p.until("21m")
	require.Equal(t, []string{`10m evacuate: set_zones: ["b"], was ["a" "b"]`, `20m evacuate: set_zones: ["a" "b"], was ["b"]`}, p.texts(timeline.Operation))
	require.Equal(t, "a", p.group.emptiestZone())
}

// TestExecutePolicy: a simple policy by hand; HonorCooldown is for it alone.
// spec 2.2 [api-execute]
func TestExecutePolicy(t *testing.T) {
	s := groupSpec(1, 4, 1).at("more", "10m", 2)
	s.Policies["out"] = simplePolicy(quick(cpuAlarm(">", 99)), "+1")
	for name, at := range map[string]string{"a": "10m3s", "b": "11m", "d": "20m"} {
		s.call(name, at, OperationSpec{Call: "execute_policy", Policy: "out", HonorCooldown: true})
	}
	s.call("c", "12m", OperationSpec{Call: "execute_policy", Policy: "out"})
	p := newPlant(t, s).until("30m")
	require.Equal(t, []string{
		"10m3s a: execute_policy: refused, ScalingActivityInProgress: desired is 2, capacity 1",
		"11m b: execute_policy: refused, ScalingActivityInProgress: cooldown until 00:15:11",
		"12m c: execute_policy: out asks for 3: +1 with current capacity 2 gives 3",
		"20m d: execute_policy: out asks for 4: +1 with current capacity 3 gives 4",
	}, p.texts(timeline.Operation))
	require.Equal(t, 4, p.inService())
}

// TestMaxZero: a group that may have no instance has none, whoever asks. spec
// 1.1 [api-create].
func TestMaxZero(t *testing.T) {
	s := groupSpec(0, 0, 0).at("more", "10m", 1)
	s.Schedules["raise"] = &ScheduleSpec{At: pointer(duration("50m")), Max: pointer(1), Desired: pointer(1)}
	s.Policies["out"] = simplePolicy(quick(cpuAlarm(">", 10)), "+1")
	s.Policies["out"].Alarm.TreatMissingData = "breaching"
	s.Policies["track"] = trackingPolicy(50)
	s.call("set", "20m", OperationSpec{Call: "set_desired_capacity", Desired: 1})
	s.call("run", "21m", OperationSpec{Call: "execute_policy", Policy: "out"})
	p := newPlant(t, s).until("49m")
	require.Empty(t, p.calls)
	require.Zero(t, p.group.Desired)
	require.Equal(t, []string{"10m more: failed: desired 1 is outside 0 to 0"}, p.texts(timeline.Schedule))
	require.Equal(t, []string{
		"20m set: set_desired_capacity: refused, ValidationError: desired 1 is above max 0",
		"21m run: execute_policy: out asks for 0: +1 with current capacity 0 gives 1, limited to max 0",
	}, p.texts(timeline.Operation))
	require.Equal(t, 1, p.until("60m").inService())
}

// TestPoliciesThatFight: of two that are invoked at the same instant, one out and
// one in, for hours, out wins each time, up to max and then by standing still.
// spec 2.1 [kb-trouble]
func TestPoliciesThatFight(t *testing.T) {
	s := groupSpec(1, 4, 2)
	s.InstanceWarmup = pointer(duration("0s"))
	s.Policies["in"] = stepPolicy(quick(cpuAlarm("<", 60)), "..0 -1")
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">", 40)), "0.. +1")
	p := newPlant(t, s).until("6h")
	require.Equal(t, 4, p.group.Desired)
	require.Empty(t, p.times(timeline.Terminate, ""))
	tally := p.group.Cut(p.sim.Now())
	require.Zero(t, tally.Flaps)
	require.Equal(t, int64(2), tally.Actions)
	require.Less(t, len(p.texts(timeline.Policy)), 10, "the same answer is not repeated")
}

// TestPoliciesThatTakeTurns: evaluated half a minute apart they undo each other
// for ever; each change is a flap.
func TestPoliciesThatTakeTurns(t *testing.T) {
	s := groupSpec(1, 4, 2)
	s.InstanceWarmup = pointer(duration("0s"))
	s.Policies["in"] = stepPolicy(quick(cpuAlarm("<", 60)), "..0 -1")
	s.Policies["in"].Alarm.Phase = duration("30s")
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">", 40)), "0.. +1")
	p := newPlant(t, s)
	p.drain = 0
	tally := p.until("6h").group.Cut(p.sim.Now())
	// Alarms have data from 2 min on, and act every half minute.
	require.Equal(t, int64(2*358+1), tally.Actions)
	require.Equal(t, tally.Actions-1, tally.Flaps)
	require.LessOrEqual(t, p.group.Desired, 4)
}

// TestEachLaunchHasItsCause: what is launched in place of two instances names the
// operation that took each of them, and beside them the policy's has its own.
func TestEachLaunchHasItsCause(t *testing.T) {
	s := groupSpec(1, 9, 4).pause("9m", "5m", "Launch")
	aside := standby(false, "")
	s.call("aside", "10m", aside)
	s.call("kill", "11m", OperationSpec{Call: "terminate_instance", Instances: aside.Instances})
	s.call("more", "12m", OperationSpec{Call: "set_desired_capacity", Desired: 5})
	p := newPlant(t, s).until("20m")
	require.Equal(t, []string{
		"14m6s aside: launched in zone a: in place of web-1", "14m6s kill: launched in zone a: replaces web-2",
		"14m6s more: launched in zone a: an operator called set_desired_capacity (more), changing desired from 4 to 5",
	}, p.texts(timeline.Launch))
	require.Empty(t, p.group.owed)
}

// TestOwedLaunchesAreForgotten: what desired no longer asks for is not owed.
func TestOwedLaunchesAreForgotten(t *testing.T) {
	s := groupSpec(1, 9, 4).pause("9m", "5m", "Launch")
	s.call("kill", "10m", OperationSpec{Call: "terminate_instance", Instances: standby(false, "").Instances})
	s.call("less", "11m", OperationSpec{Call: "set_desired_capacity", Desired: 3})
	s.call("more", "20m", OperationSpec{Call: "set_desired_capacity", Desired: 4})
	p := newPlant(t, s).until("30m")
	require.Equal(t, []string{"20m6s more: launched in zone a: an operator called set_desired_capacity (more), changing desired from 3 to 4"}, p.texts(timeline.Launch))
}
