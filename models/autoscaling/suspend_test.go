package autoscaling

import (
	"strings"
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
)

// pause suspends processes for a while, or for good if that is empty.
func (s *Spec) pause(from, span string, names ...string) *Spec {
	o := OperationSpec{Call: "suspend_processes", Processes: names}
	if span != "" {
		o.For = pointer(duration(span))
	}
	return s.call("pause", from, o)
}

// TestLaunchSuspended: no scale-out; desired changes, and the launches follow
// when Launch is resumed. spec 1.7 [susp]
func TestLaunchSuspended(t *testing.T) {
	s := groupSpec(1, 9, 1).at("more", "10m", 3).pause("5m", "25m", "Launch")
	p := newPlant(t, s).until("29m")
	require.Equal(t, 3, p.group.Desired)
	require.Empty(t, p.calls)
	require.Equal(t, []string{"10m6s Launch: 2 more desired, none launched: Launch is suspended"}, p.texts(timeline.Prevented))
	p.until("40m")
	require.Equal(t, []string{"30m6s", "30m6s"}, p.times(timeline.Launch, ""))
	require.Equal(t, []string{"5m pause: suspend_processes: Launch", "30m pause: resume_processes: Launch"}, p.texts(timeline.Operation))
}

// TestLaunchSuspendedTerminatesUnhealthy: ReplaceUnhealthy goes on terminating,
// and what it has terminated is replaced when Launch is resumed. spec 1.7 [susp]
func TestLaunchSuspendedTerminatesUnhealthy(t *testing.T) {
	p := newPlant(t, groupSpec(2, 9, 2).pause("5m", "25m", "Launch"))
	p.tell("10m1s", func(g *Group) { g.Stopped(g.Instances[0]) })
	p.until("29m")
	require.Equal(t, []string{"10m30s"}, p.times(timeline.Terminate, ""))
	require.Equal(t, 1, p.inService())
	p.until("40m")
	require.Equal(t, []string{"30m6s"}, p.times(timeline.Launch, ""))
	require.Equal(t, 2, p.inService())
}

// TestLaunchSuspendedDoesNotBlockScaleIn: what desired asks for in vain is not
// an activity in progress.
func TestLaunchSuspendedDoesNotBlockScaleIn(t *testing.T) {
	s := groupSpec(1, 9, 2).at("more", "10m", 3).pause("5m", "", "Launch")
	s.Policies["in"] = stepPolicy(quick(cpuAlarm("<", 60)), "..0 -1")
	p := newPlant(t, s)
	p.cpu = flat(after("20m", 0.7, 0.5))
	p.until("25m")
	require.Equal(t, 1, p.group.Desired)
	require.Equal(t, []string{"22m6s"}, p.times(timeline.Terminate, ""))
}

// TestLaunchSuspendedSimple: an adjustment of more is never one of less, though
// the group has fewer instances than desired. spec 1.7 [susp]
func TestLaunchSuspendedSimple(t *testing.T) {
	s := groupSpec(1, 9, 1)
	s.SuspendedProcesses = []string{"Launch"}
	s.Policies["out"] = simplePolicy(quick(cpuAlarm(">=", 80)), "+1")
	p := newPlant(t, s.at("more", "1m", 4))
	p.cpu = flat(after("4m", 0.5, 1))
	p.until("30m")
	require.Equal(t, 4, p.group.Desired)
	require.Equal(t, 1, p.inService())
	require.Contains(t, strings.Join(p.texts(timeline.Policy), "\n"), "no change, desired is 4")
}

// TestTerminateSuspended: no scale-in until it is resumed. spec 1.7 [susp]
func TestTerminateSuspended(t *testing.T) {
	p := newPlant(t, groupSpec(1, 9, 3).at("less", "10m", 1).pause("5m", "25m", "Terminate")).until("29m")
	require.Equal(t, 1, p.group.Desired)
	require.Equal(t, 3, p.inService())
	require.Equal(t, []string{"10m6s Terminate: 2 of 3 too many, none terminated: Terminate is suspended"}, p.texts(timeline.Prevented))
	p.until("40m")
	require.Equal(t, []string{"30m6s", "30m6s"}, p.times(timeline.Terminate, ""))
}

// TestTerminateSuspendedStopsReplacement: ReplaceUnhealthy is idle, and replaces
// at once when Terminate is resumed. spec 1.7 [susp]
func TestTerminateSuspendedStopsReplacement(t *testing.T) {
	p := newPlant(t, groupSpec(2, 9, 2).pause("5m", "25m10s", "Terminate"))
	p.tell("10m1s", func(g *Group) { g.Stopped(g.Instances[0]) })
	p.until("30m")
	require.Equal(t, []string{"10m30s Terminate: 1 unhealthy, none replaced: Terminate is suspended"}, p.texts(timeline.Prevented))
	require.Equal(t, 2, p.inService())
	p.until("40m")
	require.Equal(t, []string{"30m10s"}, p.times(timeline.Replace, ""))
	require.Equal(t, 2, p.inService())
}

// TestAddToLoadBalancerSuspended: an instance launched while it is suspended is
// never registered, not even when it is resumed; later ones are. spec 1.7 [susp]
func TestAddToLoadBalancerSuspended(t *testing.T) {
	s := groupSpec(1, 9, 1).at("more", "10m", 2).at("most", "40m", 3).at("none", "50m", 1)
	s.TerminationPolicies = []string{"NewestInstance"}
	p := newPlant(t, s.pause("5m", "25m", "AddToLoadBalancer")).until("49m")
	require.Equal(t, []string{"launch web-2", "run web-2", "launch web-3", "run web-3", "register web-3"}, p.calls)
	require.Equal(t, 3, p.inService(), "InService all the same")
	require.Equal(t, []string{
		"10m11s AddToLoadBalancer: web-2 is not registered with the load balancer, nor will it be: AddToLoadBalancer is suspended",
	}, p.texts(timeline.Prevented))
	p.until("60m")
	require.Equal(t, []string{"deregister web-3", "terminate web-2", "terminate web-3"}, p.calls[5:], "nothing to drain on web-2")
}

// TestAlarmNotificationSuspended: alarms are not heard; on resuming, the policy
// whose alarm is in ALARM then is invoked by its next message. spec 1.7 [susp]
func TestAlarmNotificationSuspended(t *testing.T) {
	s := groupSpec(1, 9, 1).pause("5m", "25m30s", "AlarmNotification")
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">", 60)), "0.. +1")
	p := newPlant(t, s)
	p.cpu = flat(after("10m", 0.5, 0.9))
	p.until("35m")
	require.Equal(t, []string{"12m out: ignored: AlarmNotification is suspended"}, p.texts(timeline.Policy)[:1], "told once")
	require.Equal(t, "31m", p.times(timeline.Policy, "")[1])
	require.Equal(t, []string{"31m6s"}, p.times(timeline.Launch, "")[:1], "the next message after 30m30s")
}

// TestAlarmNotificationMissed: an alarm that was in ALARM only meanwhile has no
// effect later. spec 1.7 [susp]
func TestAlarmNotificationMissed(t *testing.T) {
	s := groupSpec(1, 9, 1).pause("5m", "25m30s", "AlarmNotification")
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">", 60)), "0.. +1")
	p := newPlant(t, s)
	p.cpu = flat(func(minute engine.Time) float64 { return after("15m", 0.9, 0.5)(minute) })
	p.until("60m")
	require.Equal(t, []string{"2m6s"}, p.times(timeline.Launch, "")[:1], "heard until 5m")
	for _, at := range p.times(timeline.Launch, "") {
		require.Less(t, duration(at), duration("6m"))
	}
}

// TestHealthCheckSuspended: the group marks nothing unhealthy by itself, while
// an operator still can, and that is replaced. spec 1.7 [susp]
func TestHealthCheckSuspended(t *testing.T) {
	s := elbSpec(3).pause("5m", "25m10s", "HealthCheck")
	s.call("sick", "20m", OperationSpec{Call: "set_instance_health", Health: "Unhealthy", Instances: one()})
	p := newPlant(t, s)
	p.tell("10m1s", func(g *Group) { g.Stopped(g.Instances[1]); g.Verdict(g.Instances[2], false) })
	p.until("30m")
	require.Equal(t, []string{"20m"}, p.times(timeline.Replace, ""))
	require.Equal(t, []string{"deregister web-1"}, p.calls[:1])
	p.until("40m")
	require.Equal(t, []string{"30m10s", "30m10s"}, p.times(timeline.Replace, "")[1:])
}

// TestReplaceUnhealthySuspended: what is unhealthy stays, and is replaced as soon
// as the process is resumed. spec 1.7 [susp]
func TestReplaceUnhealthySuspended(t *testing.T) {
	p := newPlant(t, groupSpec(2, 9, 2).pause("5m", "25m10s", "ReplaceUnhealthy"))
	p.tell("10m1s", func(g *Group) { g.Stopped(g.Instances[0]) })
	p.until("30m")
	require.Equal(t, []string{"10m30s ReplaceUnhealthy: 1 unhealthy, none replaced: ReplaceUnhealthy is suspended"}, p.texts(timeline.Prevented))
	require.Empty(t, p.calls)
	p.until("40m")
	require.Equal(t, []string{"30m10s"}, p.times(timeline.Replace, ""))
}

// TestScheduledActionsSuspended: those missed are not replayed. spec 1.7, 2.5 [susp]
func TestScheduledActionsSuspended(t *testing.T) {
	s := groupSpec(1, 9, 1).at("missed", "10m", 3).at("later", "40m", 2).pause("5m", "25m", "ScheduledActions")
	p := newPlant(t, s).until("39m")
	require.Equal(t, []string{"10m missed: missed, and not replayed: ScheduledActions is suspended"}, p.texts(timeline.Schedule))
	require.Equal(t, 1, p.group.Desired)
	require.Equal(t, 2, p.until("41m").group.Desired)
}

// TestSuspendedFromTimeZero: the key of the group, without an operator.
func TestSuspendedFromTimeZero(t *testing.T) {
	s := groupSpec(1, 9, 1).at("more", "10m", 2)
	s.SuspendedProcesses = []string{"Launch"}
	p := newPlant(t, s).until("20m")
	require.Empty(t, p.calls)
	require.True(t, p.group.suspended(Launch))
	require.False(t, p.group.suspended(Terminate))
}

// TestResumeProcesses: also what was suspended from time zero. spec 1.7 [susp].
func TestResumeProcesses(t *testing.T) {
	s := groupSpec(1, 9, 1).at("more", "10m", 2)
	s.SuspendedProcesses = []string{"Launch", "Terminate"}
	s.call("resume", "20m", OperationSpec{Call: "resume_processes", Processes: []string{"Launch"}})
	p := newPlant(t, s).until("30m")
	require.Equal(t, []string{"20m6s"}, p.times(timeline.Launch, ""))
	require.True(t, p.group.suspended(Terminate))
}

// TestSuspendAll: a call that names no process means all. [susp]
func TestSuspendAll(t *testing.T) {
	p := newPlant(t, groupSpec(1, 9, 1).pause("5m", "5m")).until("6m")
	for process := range processes {
		require.True(t, p.group.suspended(process), process.String())
	}
	p.until("11m")
	for process := range processes {
		require.False(t, p.group.suspended(process), process.String())
	}
}

// TestAdministrativeSuspension: AWS suspends Launch, and only an operator resumes
// it. spec 1.7 [susp]
func TestAdministrativeSuspension(t *testing.T) {
	s := groupSpec(1, 9, 1).at("more", "10m", 2).pause("20m", "1m", "Launch")
	p := newPlant(t, s)
	p.tell("5m", func(g *Group) { g.suspendByAdmin("no launch has succeeded for 24h") })
	p.until("20m")
	require.Equal(t, "5m AWS: suspend_processes: Launch, an administrative suspension: no launch has succeeded for 24h", p.texts(timeline.Operation)[0])
	require.Empty(t, p.calls)
	p.until("30m")
	require.Equal(t, []string{"21m6s"}, p.times(timeline.Launch, ""))
}
