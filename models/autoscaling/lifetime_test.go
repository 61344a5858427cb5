package autoscaling

import (
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
)

// aging is a group whose instances live for a day.
func aging(s *Spec) *Spec {
	s.MaxInstanceLifetime = pointer(duration("1d"))
	return s
}

// TestLifetime: instances are replaced when they have been in service for the
// maximum lifetime, terminated first, not all at once, and their substitutes a
// lifetime later (spec 1.8 [api-create, imp]).
func TestLifetime(t *testing.T) {
	s := aging(groupSpec(1, 40, 20))
	s.InstanceWarmup = pointer(duration("5m"))
	p := newPlant(t, s).until("23h59m")
	fewest, most := p.extremes("26h")
	require.Equal(t, []int{18, 20}, []int{fewest, most}, "10 % at a time")
	require.Equal(t, []string{"1d", "1d", "1d5m11s"}, p.times(timeline.Terminate, "")[:3])
	require.Zero(t, p.old(20))
	p.until("50h")
	require.Len(t, p.times(timeline.Replace, ""), 40)
	require.Contains(t, p.texts(timeline.Replace)[0], "in service for 1d, the maximum lifetime is 1d")
}

// TestLifetimeOfOneInstance is an outage every day (spec 1.8 [lifetime]), unless
// a maintenance policy has the other launched first.
func TestLifetimeOfOneInstance(t *testing.T) {
	p := newPlant(t, aging(groupSpec(1, 1, 1))).until("23h59m")
	fewest, most := p.extremes("25h")
	require.Equal(t, []int{0, 1}, []int{fewest, most})
	require.Len(t, p.until("3d12h").times(timeline.Terminate, ""), 3)

	p = newPlant(t, maintained(aging(groupSpec(1, 1, 1)), 100, 200)).until("23h59m")
	fewest, most = p.extremes("25h")
	require.Equal(t, []int{1, 2}, []int{fewest, most})
	require.Zero(t, p.old(1))
}

// TestLifetimeSparesTheProtected, until they no longer are [lifetime].
func TestLifetimeSparesTheProtected(t *testing.T) {
	s := aging(groupSpec(1, 9, 2))
	s.Operations = map[string]*OperationSpec{"protect": {
		Call: "set_instance_protection", At: duration("1h"), For: pointer(duration("29h")), Protect: true, Instances: &quantity.Portion{Count: 1},
	}}
	p := newPlant(t, s).until("29h")
	require.Equal(t, 1, p.old(2))
	require.Zero(t, p.until("31h").old(2))
	require.Equal(t, "1d6h", p.times(timeline.Terminate, "")[1])
}

// TestLifetimeWaitsForSuspendedProcesses (spec 1.7 [susp]).
func TestLifetimeWaitsForSuspendedProcesses(t *testing.T) {
	s := aging(groupSpec(1, 9, 2))
	s.SuspendedProcesses = []string{"Launch"}
	p := newPlant(t, s).until("3d")
	require.Equal(t, 2, p.old(2))
	require.Equal(t, []string{"1d Launch: instances beyond their lifetime stay: Launch is suspended"}, p.texts(timeline.Prevented))
}

// TestLifetimeCostsNothingMeanwhile: a pass over a group that has nothing to do
// looks at no instance.
func TestLifetimeCostsNothingMeanwhile(t *testing.T) {
	p := newPlant(t, aging(groupSpec(1, 9, 2))).until("1h")
	require.Equal(t, 24*engine.Hour, p.group.expiry)
	until := p.sim.Now()
	require.Zero(t, testing.AllocsPerRun(5, func() {
		until += engine.Hour
		_ = p.sim.Run(until)
	}))
}

// TestCheckLifetime: 0 or at least a day (spec 1.8 [api-create]).
func TestCheckLifetime(t *testing.T) {
	s := groupSpec(1, 1, 1)
	for text, want := range map[string][]string{
		"0s": nil, "1d": nil, "23h59m": {"max_instance_lifetime: must be 0s or at least 1d (have 23h59m)"},
	} {
		s.MaxInstanceLifetime = pointer(duration(text))
		require.Equal(t, want, problems(s.Check))
	}
}
