package autoscaling

import (
	"fmt"
	"slices"
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestEverythingAtOnce: operators, schedules, refreshes, failing instances and
// suspended processes within an hour, in any order. Meanwhile desired is within
// its bounds and the books agree with the instances; when it is quiet again the
// group has what it desires: that many instances, all fit for use, evenly over
// its zones, and nothing in progress.
func TestEverythingAtOnce(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := anyGroup(r)
		for k := range rapid.IntRange(1, 8).Draw(r, "operations") {
			s.operated(fmt.Sprint(k), anyOperation(r))
		}
		p := newPlant(t, s)
		p.drain = seconds(r, "drain", 0, 400)
		for range rapid.IntRange(0, 4).Draw(r, "failures") {
			p.fail(seconds(r, "failure", 1, 3600), rapid.IntRange(0, 9).Draw(r, "who"), rapid.Bool().Draw(r, "stopped"))
		}
		for minute := 10; minute <= 120; minute += 10 {
			p.until(fmt.Sprintf("%dm", minute))
			sound(r, p.group)
		}
		p.until("2d")
		quiet(r, p.group)
	})
}

// sound is what holds at any time.
func sound(r *rapid.T, g *Group) {
	require.LessOrEqual(r, g.Min, g.Desired)
	require.LessOrEqual(r, g.Desired, g.Max)
	in := map[State]int{}
	for _, i := range slices.Concat(g.Instances, g.Pool) {
		in[i.State.Stage()]++
	}
	for _, zone := range []string{"a", "b", "c", "d"} {
		n := 0
		for _, i := range g.Instances {
			if i.Zone == zone && i.present() && !i.makesWay() {
				n++
			}
		}
		require.Equal(r, n, g.inZone(zone))
	}
	require.Equal(r, in[Pending], g.Count(Pending))
	require.Equal(r, in[InService], g.Count(InService))
	require.Equal(r, in[Terminating], g.Count(Terminating))
	require.Equal(r, in[Standby]+in[EnteringStandby], g.Count(Standby))
	require.Equal(r, in[WarmedStopped], g.Count(WarmedStopped))
	asleep := len(slices.DeleteFunc(slices.Clone(g.Pool), func(i *Instance) bool { return i.paid }))
	stopped := len(slices.DeleteFunc(slices.Clone(g.Instances), func(i *Instance) bool { return !i.stopped }))
	require.EqualValues(r, len(g.Instances)-stopped+len(g.Pool)-asleep, g.books.billed.Value())
}

// quiet is what holds when nothing has happened for long.
func quiet(r *rapid.T, g *Group) {
	sound(r, g)
	require.Equal(r, g.Desired, g.Count(InService))
	require.Equal(r, g.Desired, g.alive())
	require.Equal(r, g.Desired, g.fitCount())
	require.Empty(r, g.replacements)
	require.Nil(r, g.refresh)
	for _, z := range g.zones {
		// What a scale-out takes from the warm pool is where it is.
		require.True(r, g.spec.WarmPool != nil || g.inZone(g.fullestZone())-g.inZone(z) <= 1)
	}
	for _, i := range g.Instances {
		require.False(r, i.makesWay())
		require.True(r, !i.present() || slices.Contains(g.zones, i.Zone))
	}
	for _, i := range g.Pool {
		require.Contains(r, g.zones, i.Zone)
	}
}

func seconds(r *rapid.T, label string, from, to int) engine.Time {
	return engine.Time(rapid.IntRange(from, to).Draw(r, label)) * engine.Second
}

func anyGroup(r *rapid.T) *Spec {
	least := rapid.IntRange(0, 2).Draw(r, "min")
	most := least + rapid.IntRange(0, 12).Draw(r, "room")
	s := groupSpec(least, most, rapid.IntRange(least, most).Draw(r, "desired"))
	s.HealthCheckType = rapid.SampledFrom([]string{"EC2", "ELB"}).Draw(r, "checks")
	s.Zones = []string{"a", "b", "c"}[:rapid.IntRange(1, 3).Draw(r, "zones")]
	s.TerminationPolicies = []string{rapid.SampledFrom([]string{"Default", "NewestInstance", "OldestInstance"}).Draw(r, "policy")}
	if low := rapid.IntRange(-1, 100).Draw(r, "low"); low >= 0 {
		maintained(s, low, rapid.IntRange(100, low+100).Draw(r, "high"))
	}
	if rapid.Bool().Draw(r, "pool") {
		s.WarmPool = &WarmPoolSpec{PoolState: "Stopped", Start: span("20s"), Boot: span("0s"), ReuseOnScaleIn: rapid.Bool().Draw(r, "reuse")}
	}
	s.at("first", "12m10s", rapid.IntRange(least, most).Draw(r, "first"))
	return s.at("then", "23m", rapid.IntRange(least, most).Draw(r, "then"))
}

// anyOperation is one with all the keys that its kind may have, undone where
// that can be.
func anyOperation(r *rapid.T) *OperationSpec {
	o := &OperationSpec{
		Call: rapid.SampledFrom([]string{
			"set_desired_capacity", "terminate_instance", "enter_standby", "set_instance_protection",
			"set_instance_health", "suspend_processes", "set_zones", "start_instance_refresh",
		}).Draw(r, "call"),
		At:            quantity.Duration(seconds(r, "at", 0, 2400)),
		Desired:       rapid.IntRange(0, 12).Draw(r, "new"),
		HonorCooldown: rapid.Bool().Draw(r, "honor"),
		Decrement:     rapid.Bool().Draw(r, "decrement"),
		Protect:       true,
		Health:        "Unhealthy",
		Processes:     []string{rapid.SampledFrom(processNames).Draw(r, "process")},
		Zones:         []string{"c", "b", "d"}[:rapid.IntRange(1, 3).Draw(r, "zones")],
	}
	if rapid.Bool().Draw(r, "some") {
		o.Instances = &quantity.Portion{Count: rapid.IntRange(1, 3).Draw(r, "instances")}
	}
	if calls[o.Call].undo != nil {
		o.For = pointer(quantity.Duration(seconds(r, "for", 1, 1800)))
	}
	if o.Call == "start_instance_refresh" {
		o.RefreshSpec = preferences()
		o.MinHealthy = pointer(rapid.IntRange(0, 100).Draw(r, "least"))
		o.StandbyInstances = rapid.SampledFrom([]string{"Wait", "Ignore", "Terminate"}).Draw(r, "standby")
		o.ProtectedInstances = rapid.SampledFrom([]string{"Wait", "Ignore", "Refresh"}).Draw(r, "protected")
	}
	return o
}

// fail has an instance fail for good, if there are so many.
func (p *plant) fail(at engine.Time, who int, stopped bool) {
	p.tell(fmt.Sprintf("%ds", at/engine.Second), func(g *Group) {
		switch {
		case who >= len(g.Instances) || !g.Instances[who].present() && g.Instances[who].State != Standby:
		case stopped:
			g.Stopped(g.Instances[who])
		default:
			g.Verdict(g.Instances[who], false)
		}
	})
}
