package autoscaling

import (
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
)

// awaitedAfter is a group of two that a step policy takes to four at 6 min and
// whose load stays; the answers are those from 7 min on.
func awaitedAfter(t *testing.T, change func(*Spec)) (p *plant, said []string) {
	s := groupSpec(2, 6, 2)
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">", 50)), "0..40 +2")
	change(s)
	p = newPlant(t, s)
	p.cpu = func(_ *plant, i *Instance, minute engine.Time) float64 {
		if i.Ordinal > 2 {
			return 0
		}
		return after("4m", 0.4, 0.8)(minute)
	}
	p.until("9m30s")
	require.Equal(t, 4, p.group.Desired)
	require.Equal(t, "6m out: applied, asks for 4: step 0..40 +2 for 80.0, 30.0 above 50: +2 with current capacity 2 gives 4", p.texts(timeline.Policy)[0])
	return p, p.texts(timeline.Policy)[1:]
}

const awaitedSum = "out: no change, desired is 4: step 0..40 +2 for 80.0, 30.0 above 50: +2 with current capacity 2 gives 4; "

// TestAwaited: a policy that has got what it asks for on paper says what the
// instances are held up by, once, and its answer does so for as long.
func TestAwaited(t *testing.T) {
	p, said := awaitedAfter(t, func(s *Spec) { s.SuspendedProcesses = []string{"Launch"} })
	require.Equal(t, []string{"7m " + awaitedSum + "waiting for capacity: 2 of 4 launched: Launch is suspended"}, said)
	require.Equal(t, []string{"out applied  6m..7m", "out waited for instances Launch is suspended 7m..10m"}, p.answers())
	require.False(t, p.log.Answers[1].Reason.Blocks())

	p, said = awaitedAfter(t, func(s *Spec) { s.hooked(map[string]*HookSpec{"h": launchHook("")}) })
	require.Equal(t, []string{"7m " + awaitedSum + "web-3 and web-4 wait for hook h"}, said)
	require.Equal(t, "out waited for instances hook h 7m..10m", p.answers()[1])

	p, said = awaitedAfter(t, func(s *Spec) { s.InstanceWarmup = pointer(duration("10m")) })
	require.Equal(t, []string{"7m " + awaitedSum + "web-3 and web-4 warm up until 00:16:11"}, said)
	require.Equal(t, "out waited for instances warm-up 7m..10m", p.answers()[1])

	p, said = awaitedAfter(t, func(s *Spec) { s.Provision = span("10m") })
	require.Equal(t, []string{"7m " + awaitedSum + "web-3 and web-4 are pending"}, said)
	require.Equal(t, "out waited for instances pending 7m..10m", p.answers()[1])

	p, said = awaitedAfter(t, func(s *Spec) { s.ReconcileDelay = duration("10m") })
	require.Equal(t, []string{"7m " + awaitedSum + "waiting for capacity: 2 of 4 launched so far"}, said)
	require.Equal(t, "out waited for instances launch 7m..10m", p.answers()[1])
}

// TestAwaitedCapacity: EC2 has no capacity for what has been asked for.
func TestAwaitedCapacity(t *testing.T) {
	s := groupSpec(2, 4, 2)
	s.Policies["cpu"] = trackingPolicy(50)
	p := newPlant(t, s)
	p.cpu = flat(after("4m", 0.4, 0.9))
	p.tell("1m", func(g *Group) { g.Fail("") })
	p.until("12m")
	require.Contains(t, p.texts(timeline.Policy),
		"9m cpu: no change, desired is 4: ceil(2 x 90.0 / 50) = 4; waiting for capacity: 2 of 4 launched: InsufficientInstanceCapacity; next attempt at 00:09:06")
	require.Contains(t, p.answers(), "cpu waited for instances InsufficientInstanceCapacity 9m..13m")
}

// TestNotAwaited: with all the capacity there, nothing is waited for.
func TestNotAwaited(t *testing.T) {
	s := groupSpec(4, 8, 4)
	s.InstanceWarmup = pointer(duration("10m"))
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">", 50)), "0.. =4")
	p := newPlant(t, s)
	p.cpu = flat(after("4m", 0.4, 0.8))
	p.until("9m30s")
	require.Equal(t, []string{"out no change needed  6m..10m"}, p.answers())
}

// TestAwaitedByGCP: a group that needs the size it has, and waits for its VMs.
func TestAwaitedByGCP(t *testing.T) {
	s := groupSpec(1, 10, 2)
	s.Provision = span("5m")
	p := foreignPlant(t, s, gcpPolicy(60), after("5m", 1.2, 1.7)).until("8m30s")
	require.Equal(t, []string{"auto no change needed  1m..6m", "auto applied  6m..7m", "auto waited for instances pending 7m..9m"}, p.answers())
	require.Equal(t, "7m auto: no change, desired is 3: cpu: ceil(170 / 60) = 3 for the load of 2 VMs; web-3 is pending", p.said()[2])
}

// TestAwaitedByHPA: pods that are not ready keep an HPA from asking for more.
func TestAwaitedByHPA(t *testing.T) {
	p := foreignPlant(t, groupSpec(1, 10, 4), hpaPolicy(50), after("5m", 2, 3)).until("6m")
	require.Equal(t, "auto waited for instances pods not ready 5m30s..6m15s", p.answers()[2])
}
