package autoscaling

import (
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
)

func standby(decrement bool, span string) OperationSpec {
	o := OperationSpec{Call: "enter_standby", Decrement: decrement, Instances: one()}
	if span != "" {
		o.For = pointer(duration(span))
	}
	return o
}

// TestStandby: out of the load balancer, drained, still paid for; then back by
// way of Pending, registered anew and with a fresh grace period. Desired falls
// and rises with it. spec 1.2 [standby, grace]
func TestStandby(t *testing.T) {
	s := elbSpec(2).call("repair", "10m", standby(true, "20m"))
	s.Min = 1
	p := newPlant(t, s).until("14m59s")
	i := p.group.Instances[0]
	require.Equal(t, EnteringStandby, i.State)
	require.Equal(t, 1, p.group.Desired)
	require.Equal(t, Standby, p.until("15m").group.Instances[0].State)
	p.until("30m")
	require.Equal(t, InService, i.State)
	require.Equal(t, 2, p.group.Desired)
	require.Equal(t, duration("30m").Time(), i.Since)
	require.Equal(t, []string{"deregister web-1", "register web-1"}, p.calls, "it is neither launched nor terminated")
	require.True(t, p.group.inGrace(i))

	tally := p.until("40m").group.Cut(p.sim.Now())
	require.InDelta(t, 20.0/40, tally.Standby.Mean(), 1e-9)
	require.InDelta(t, 1.5, tally.InService.Mean(), 1e-9)
	require.InDelta(t, 2, tally.Billed.Mean(), 1e-9)
	require.Equal(t, []string{
		"15m: in standby: out of service, not checked, and paid for",
		"30m repair: out of standby: pending, then in service",
	}, p.texts(timeline.Standby))
}

// TestStandbyReplaced: without decrement another instance is launched in its
// place, and on its return the group has one too many. spec 1.2 [standby]
func TestStandbyReplaced(t *testing.T) {
	s := groupSpec(2, 2, 2).call("repair", "10m", standby(false, "20m"))
	p := newPlant(t, s).until("11m")
	require.Equal(t, []string{"10m6s repair: launched in zone a: in place of web-1"}, p.texts(timeline.Launch))
	require.Equal(t, 2, p.inService())
	p.until("31m")
	require.Equal(t, []string{"30m6s"}, p.times(timeline.Terminate, ""))
	require.Equal(t, 2, p.inService())
	require.Equal(t, 2, p.group.Desired)
}

// TestStandbyBelowMin: refused as a whole. spec 1.2 [standby]
func TestStandbyBelowMin(t *testing.T) {
	o := standby(true, "20m")
	o.Instances = two()
	p := newPlant(t, groupSpec(2, 9, 3).call("repair", "10m", o)).until("40m")
	require.Equal(t, []string{
		"10m repair: enter_standby: refused, ValidationError: 2 in standby: desired 1 would fall below min 2",
	}, p.texts(timeline.Operation))
	require.Empty(t, p.calls)
}

// TestStandbyIsNotChecked: what fails meanwhile is noticed after the return.
// spec 1.2 [hc]
func TestStandbyIsNotChecked(t *testing.T) {
	s := groupSpec(1, 9, 2).call("repair", "10m", standby(true, "20m10s"))
	p := newPlant(t, s)
	p.tell("20m1s", func(g *Group) { g.Stopped(g.Instances[0]) })
	p.until("30m")
	require.Empty(t, p.times(timeline.Replace, ""))
	p.until("31m")
	require.Equal(t, []string{"30m30s"}, p.times(timeline.Replace, ""))
}

// TestStandbyIsNoCapacity: policies start from what is in service, and metrics
// come from it. spec 1.2 [standby].
func TestStandbyIsNoCapacity(t *testing.T) {
	s := groupSpec(1, 9, 4).call("repair", "10m", standby(true, ""))
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">", 60)), "0.. +100%")
	p := newPlant(t, s)
	p.cpu = func(_ *plant, i *Instance, minute engine.Time) float64 {
		if i.Ordinal == 1 {
			return 0
		}
		return after("20m", 0.5, 0.8)(minute)
	}
	p.until("23m")
	require.Contains(t, p.texts(timeline.Desired), "22m out: desired 6, was 3: step 0.. +100% for 80.0, 20.0 above 60: +100% of 3 = 3 with current capacity 3 gives 6")
}

// TestStandbyIsNoVictim: a scale-in takes those in service.
func TestStandbyIsNoVictim(t *testing.T) {
	s := groupSpec(1, 9, 3).call("repair", "10m", standby(true, "")).at("less", "20m", 1)
	p := newPlant(t, s).until("21m")
	require.Equal(t, []string{"deregister web-1", "deregister web-2"}, p.calls)
}

// TestStandbyShorterThanDraining: the instance comes back as soon as it can.
func TestStandbyShorterThanDraining(t *testing.T) {
	s := groupSpec(1, 9, 2).call("repair", "10m", standby(true, "1m"))
	p := newPlant(t, s).until("20m")
	require.Equal(t, []string{
		"10m repair: enter_standby: desired falls with it",
		"11m repair: exit_standby: waits: the instance is still being deregistered",
	}, p.texts(timeline.Operation))
	require.Equal(t, duration("15m").Time(), p.group.Instances[0].Since)
	require.Equal(t, 2, p.group.Desired)
}

// TestStandbyExitAboveMax: refused, as the API does; the instance stays.
func TestStandbyExitAboveMax(t *testing.T) {
	s := groupSpec(1, 2, 2).call("repair", "10m", standby(true, "20m")).at("more", "20m", 2)
	p := newPlant(t, s).until("40m")
	require.Contains(t, p.texts(timeline.Operation), "30m repair: exit_standby: refused, ValidationError: 1 out of standby: desired 3 would exceed max 2: web-1 stays in standby to the end, for nothing calls again; have the exit come when nothing forbids it")
	require.Equal(t, Standby, p.group.Instances[0].State)
}

// TestStandbyExitNeedsLaunch: a suspended Launch keeps it in standby. spec 1.7 [susp]
func TestStandbyExitNeedsLaunch(t *testing.T) {
	s := groupSpec(1, 2, 2).call("repair", "10m", standby(true, "20m")).pause("20m", "", "Launch")
	p := newPlant(t, s).until("40m")
	require.Contains(t, p.texts(timeline.Operation), "30m repair: exit_standby: refused, ValidationError: Launch is suspended: web-1 stays in standby to the end, for nothing calls again; have the exit come when nothing forbids it")
	require.Equal(t, Standby, p.group.Instances[0].State)
}

// TestStandbyKeepsProtection: only detaching loses it. spec 1.5 [prot]
func TestStandbyKeepsProtection(t *testing.T) {
	s := groupSpec(1, 9, 2).call("repair", "10m", standby(true, "20m"))
	s.call("protect", "5m", OperationSpec{Call: "set_instance_protection", Protect: true, Instances: one()})
	p := newPlant(t, s).until("31m")
	require.Equal(t, InService, p.group.Instances[0].State)
	require.True(t, p.group.Instances[0].Protected)
}

// TestStandbyWhileWarming: its warm-up ends with its service; it warms up anew
// with the group's.
func TestStandbyWhileWarming(t *testing.T) {
	s := groupSpec(0, 9, 0).at("more", "10m", 1).call("repair", "11m", standby(true, "20m"))
	s.InstanceWarmup = pointer(duration("120s"))
	p := newPlant(t, s).until("32m59s")
	require.Empty(t, p.times(timeline.WarmedUp, ""))
	require.Equal(t, InService, p.group.Instances[0].State)
	p.until("33m")
	require.Equal(t, []string{"33m"}, p.times(timeline.WarmedUp, ""))
}
