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

// TestEverythingAtOnce: operators, scaling, refreshes, failing instances and
// suspended processes within half an hour, in any order. When it is quiet again
// the group has what it desires: that many instances, all fit for use, evenly
// over its zones, and nothing in progress.
func TestEverythingAtOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := anyGroup(rt)
		for k := range rapid.IntRange(1, 8).Draw(rt, "operations") {
			s.operated(fmt.Sprint(k), anyOperation(rt))
		}
		p := newPlant(t, s)
		for range rapid.IntRange(0, 4).Draw(rt, "failures") {
			p.fail(rapid.IntRange(600, 2400).Draw(rt, "at"), rapid.IntRange(0, 9).Draw(rt, "who"), rapid.Bool().Draw(rt, "stopped"))
		}
		p.until("2d")
		g := p.group
		require.Equal(rt, g.Desired, p.inService())
		require.Equal(rt, g.Desired, g.fitCount())
		require.Empty(rt, g.replacements)
		require.Nil(rt, g.refresh)
		for _, z := range g.zones {
			// What a scale-out takes from the warm pool is where it is.
			require.True(rt, s.WarmPool != nil || g.inZone(g.fullestZone())-g.inZone(z) <= 1)
		}
		for _, i := range g.Instances {
			require.False(rt, i.makesWay())
			require.True(rt, !i.present() || slices.Contains(g.zones, i.Zone))
		}
		for _, i := range g.Pool {
			require.Contains(rt, g.zones, i.Zone)
		}
	})
}

func anyGroup(rt *rapid.T) *Spec {
	s := groupSpec(0, 12, rapid.IntRange(0, 9).Draw(rt, "desired"))
	s.HealthCheckType = rapid.SampledFrom([]string{"EC2", "ELB"}).Draw(rt, "checks")
	s.Zones = []string{"a", "b", "c"}[:rapid.IntRange(1, 3).Draw(rt, "zones")]
	s.TerminationPolicies = []string{rapid.SampledFrom([]string{"Default", "NewestInstance", "OldestInstance"}).Draw(rt, "policy")}
	if low := rapid.IntRange(-1, 100).Draw(rt, "low"); low >= 0 {
		maintained(s, low, rapid.IntRange(100, low+100).Draw(rt, "high"))
	}
	if rapid.Bool().Draw(rt, "pool") {
		s.WarmPool = &WarmPoolSpec{PoolState: "Stopped", Start: span("20s"), Boot: span("0s"), ReuseOnScaleIn: rapid.Bool().Draw(rt, "reuse")}
	}
	s.at("first", "12m10s", rapid.IntRange(0, 12).Draw(rt, "first"))
	return s.at("then", "23m", rapid.IntRange(0, 12).Draw(rt, "then"))
}

func anyOperation(rt *rapid.T) *OperationSpec {
	o := &OperationSpec{
		Call: rapid.SampledFrom([]string{
			"start_instance_refresh", "terminate_instance", "enter_standby", "set_instance_health", "set_zones", "suspend_processes",
		}).Draw(rt, "call"),
		At: quantity.Duration(engine.Time(rapid.IntRange(600, 2400).Draw(rt, "at")) * engine.Second),
	}
	switch o.Call {
	case "start_instance_refresh":
		o.RefreshSpec = preferences()
		o.MinHealthy = pointer(rapid.IntRange(0, 100).Draw(rt, "min"))
		o.StandbyInstances = rapid.SampledFrom([]string{"Wait", "Ignore", "Terminate"}).Draw(rt, "standby")
	case "set_zones":
		o.Zones = []string{"c", "b", "d"}[:rapid.IntRange(1, 3).Draw(rt, "zones")]
	case "enter_standby", "suspend_processes":
		o.For = pointer(duration("11m"))
	}
	if o.Call != "set_zones" && o.Call != "suspend_processes" && o.Call != "start_instance_refresh" {
		o.Instances = &quantity.Portion{Count: rapid.IntRange(1, 3).Draw(rt, "count")}
		o.Decrement = rapid.Bool().Draw(rt, "decrement")
	}
	if o.Call == "suspend_processes" {
		o.Processes = []string{rapid.SampledFrom(processNames).Draw(rt, "process")}
	}
	return o
}

// fail has an instance fail for good, if there are so many.
func (p *plant) fail(second, who int, stopped bool) {
	p.tell(fmt.Sprintf("%ds", second), func(g *Group) {
		switch {
		case who >= len(g.Instances) || !g.Instances[who].present():
		case stopped:
			g.Stopped(g.Instances[who])
		default:
			g.Verdict(g.Instances[who], false)
		}
	})
}
