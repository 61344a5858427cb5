package autoscaling

import (
	"testing"

	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
)

// inZones spreads a group over zones.
func inZones(s *Spec, zones ...string) *Spec {
	s.Zones = zones
	return s
}

// operated adds an operation.
func (s *Spec) operated(name string, o *OperationSpec) *Spec {
	if s.Operations == nil {
		s.Operations = make(map[string]*OperationSpec)
	}
	s.Operations[name] = o
	return s
}

func (p *plant) perZone(zones ...string) []int {
	var n []int
	for _, z := range zones {
		n = append(n, p.group.inZone(z))
	}
	return n
}

// TestRebalanceToANewZone: it launches before it terminates, and may exceed max
// meanwhile by one instance (spec 1.6 [az]).
func TestRebalanceToANewZone(t *testing.T) {
	s := inZones(groupSpec(4, 4, 4), "a", "b").operated("wider", &OperationSpec{Call: "set_zones", At: duration("10m"), Zones: []string{"a", "b", "c", "d"}})
	p := newPlant(t, s).until("10m")
	fewest, most := p.extremes("20m")
	require.Equal(t, []int{4, 5}, []int{fewest, most})
	require.Equal(t, []int{1, 1, 1, 1}, p.perZone("a", "b", "c", "d"))
	require.Equal(t, []string{"10m: instances in zone a: 2, in zone c: 0", "10m11s: instances in zone b: 2, in zone d: 0"}, p.texts(timeline.Rebalance))
}

// TestRebalanceOutOfAZone that the group no longer uses (spec 1.6 [az]): 10 % of
// max are moved at a time.
func TestRebalanceOutOfAZone(t *testing.T) {
	s := inZones(groupSpec(1, 20, 20), "a", "b").operated("narrower", &OperationSpec{Call: "set_zones", At: duration("10m"), Zones: []string{"a"}})
	p := newPlant(t, s).until("10m")
	fewest, most := p.extremes("20m")
	require.Equal(t, []int{20, 22}, []int{fewest, most}, "max + 10 %")
	require.Equal(t, []int{20, 0}, p.perZone("a", "b"))
}

// TestRebalanceFromAZoneToAnother: what is in a zone that the group no longer
// uses goes first; two moves are enough (spec 1.6 [az]).
func TestRebalanceFromAZoneToAnother(t *testing.T) {
	s := inZones(groupSpec(1, 9, 4), "a", "b").operated("moved", &OperationSpec{Call: "set_zones", At: duration("10m"), Zones: []string{"a", "c"}})
	p := newPlant(t, s).until("20m")
	require.Equal(t, []int{2, 0, 2}, p.perZone("a", "b", "c"))
	require.Equal(t, []string{"10m: the group no longer uses zone b", "10m11s: the group no longer uses zone b"}, p.texts(timeline.Rebalance))
}

// TestRebalanceOfProtectedInstances waits, and says once what for (spec 1.5
// [prot]).
func TestRebalanceOfProtectedInstances(t *testing.T) {
	s := inZones(groupSpec(1, 9, 4), "a", "b").operated("moved", &OperationSpec{Call: "set_zones", At: duration("10m"), Zones: []string{"a", "c"}})
	s.ScaleInProtection = true
	p := newPlant(t, s).until("1h")
	require.Equal(t, []int{2, 2, 0}, p.perZone("a", "b", "c"))
	require.Equal(t, []string{"10m: zones stay uneven: instances that should move are protected from scale-in"}, p.texts(timeline.Prevented))
}

// TestRebalanceAfterAManualTermination: the operator has taken two out of the same
// zone (spec 1.6 [az]).
func TestRebalanceAfterAManualTermination(t *testing.T) {
	s := inZones(groupSpec(1, 9, 6), "a", "b").operated("end", &OperationSpec{
		Call: "terminate_instance", At: duration("10m"), Decrement: true, Instances: &quantity.Portion{Count: 2},
	})
	p := newPlant(t, s)
	for k, zone := range []string{"b", "b", "a", "a", "a", "a"} {
		p.relocate(p.group.Instances[k], zone)
	}
	p.until("20m")
	require.Equal(t, []int{2, 2}, p.perZone("a", "b"))
	require.NotEmpty(t, p.times(timeline.Rebalance, ""))
}

// TestRebalanceDoesNotSplitHairs: a difference of one is balance.
func TestRebalanceDoesNotSplitHairs(t *testing.T) {
	s := inZones(groupSpec(1, 9, 3), "a", "b").operated("same", &OperationSpec{Call: "set_zones", At: duration("10m"), Zones: []string{"b", "a"}})
	require.Empty(t, newPlant(t, s).until("1h").times(timeline.Replace, ""))
}

// TestRebalanceWithTerminateSuspended only adds, and leaves the group up to 10 %
// above max; when Terminate resumes the rest goes (spec 1.6 [susp]).
func TestRebalanceWithTerminateSuspended(t *testing.T) {
	s := inZones(groupSpec(1, 20, 20), "a", "b")
	s.operated("narrower", &OperationSpec{Call: "set_zones", At: duration("10m"), Zones: []string{"a"}})
	s.operated("pause", &OperationSpec{Call: "suspend_processes", At: duration("5m"), For: pointer(duration("2h")), Processes: []string{"Terminate"}})
	p := newPlant(t, s).until("2h")
	require.Equal(t, 22, p.inService())
	p.until("4h")
	require.Equal(t, 20, p.inService())
	require.Equal(t, []int{20, 0}, p.perZone("a", "b"))
}

// TestRebalanceSuspended: neither without AZRebalance nor without Launch (spec 1.7
// [susp]).
func TestRebalanceSuspended(t *testing.T) {
	for _, process := range []string{"AZRebalance", "Launch"} {
		s := inZones(groupSpec(1, 20, 4), "a", "b")
		s.operated("narrower", &OperationSpec{Call: "set_zones", At: duration("10m"), Zones: []string{"a"}})
		s.operated("pause", &OperationSpec{Call: "suspend_processes", At: duration("5m"), For: pointer(duration("1h")), Processes: []string{process}})
		p := newPlant(t, s).until("1h")
		require.Equal(t, []int{2, 2}, p.perZone("a", "b"), process)
		require.Equal(t, []int{4, 0}, p.until("2h").perZone("a", "b"), process)
	}
}

// TestRebalanceWithinTheMaintenancePolicy (spec 1.8 [imp]).
func TestRebalanceWithinTheMaintenancePolicy(t *testing.T) {
	s := maintained(inZones(groupSpec(1, 40, 10), "a", "b"), 100, 110).operated("narrower", &OperationSpec{Call: "set_zones", At: duration("10m"), Zones: []string{"a"}})
	p := newPlant(t, s).until("10m")
	fewest, most := p.extremes("30m")
	require.Equal(t, []int{10, 11}, []int{fewest, most})
	require.Equal(t, []int{10, 0}, p.perZone("a", "b"))
}

// TestRebalanceTerminatesFirst where the maintenance policy allows no more than
// desired (spec 1.8 [imp]).
func TestRebalanceTerminatesFirst(t *testing.T) {
	s := maintained(inZones(groupSpec(1, 40, 10), "a", "b"), 80, 100).operated("narrower", &OperationSpec{Call: "set_zones", At: duration("10m"), Zones: []string{"a"}})
	p := newPlant(t, s).until("10m")
	fewest, most := p.extremes("30m")
	require.Equal(t, []int{8, 10}, []int{fewest, most})
	require.Equal(t, []int{10, 0}, p.perZone("a", "b"))
}

// TestRebalanceAfterProtection: a scale-in that finds only the emptier zone's
// instances unprotected leaves the zones uneven, and they are evened out once
// the protection ends (DERIVED from spec 1.5 and 1.6 [az, prot]).
func TestRebalanceAfterProtection(t *testing.T) {
	s := inZones(groupSpec(1, 9, 4), "a", "b").at("in", "20m", 2)
	p := newPlant(t, s)
	p.tell("10m", func(g *Group) {
		for _, i := range g.Instances {
			i.Protected = i.Zone == "a"
		}
	})
	require.Equal(t, []int{2, 0}, p.until("30m").perZone("a", "b"))
	p.tell("40m", func(g *Group) { g.Instances[0].Protected = false })
	require.Equal(t, []int{1, 1}, p.until("50m").perZone("a", "b"))
}
