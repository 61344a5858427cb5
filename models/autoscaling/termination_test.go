package autoscaling

import (
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
)

// TestTerminationPolicies: a list is applied in order, each policy to what the
// ones before leave equal; the rest is decided by the lowest ordinal.
// spec 1.4 [term, api-create]
func TestTerminationPolicies(t *testing.T) {
	const minute = engine.Minute
	// At 65 min of the clock: web-2 is the oldest, web-4 the newest; 3 is the
	// closest to its next hour; 1 and 4 are of the oldest launch template.
	launched := []engine.Time{20 * minute, 0, 10 * minute, 30 * minute}
	templates := []int{1, 2, 2, 1}
	for _, c := range []struct {
		policies []string
		victim   string
	}{
		{[]string{"Default"}, "web-1"}, // of 1 and 4, 1 is at 45 min of its hour
		{[]string{"OldestInstance"}, "web-2"},
		{[]string{"NewestInstance"}, "web-4"},
		{[]string{"ClosestToNextInstanceHour"}, "web-3"}, // 55 min into its hour, web-2 5 into its second
		{[]string{"OldestLaunchTemplate"}, "web-1"},      // web-4 is as old: lowest ordinal
		{[]string{"OldestLaunchTemplate", "NewestInstance"}, "web-4"},
		{[]string{"OldestLaunchTemplate", "OldestInstance"}, "web-1"},
		{[]string{"NewestInstance", "OldestLaunchTemplate"}, "web-4"},
		{[]string{"OldestLaunchConfiguration"}, "web-1"}, // no difference: lowest ordinal
		{[]string{"AllocationStrategy", "OldestInstance"}, "web-2"},
		{[]string{"AllocationStrategy", "Default"}, "web-1"},
	} {
		s := groupSpec(1, 9, 4)
		s.TerminationPolicies = c.policies
		p := newPlant(t, s).until("65m")
		for k, i := range p.group.Instances {
			i.Launched, i.Template = launched[k], templates[k]
		}
		require.Equal(t, c.victim, p.group.victim().ID, "%v", c.policies)
	}
}

// TestBalanceBeatsEveryPolicy: the zone with the most instances that has an
// unprotected one goes first; where zones are balanced the policy chooses across
// all. spec 1.4 [term]
func TestBalanceBeatsEveryPolicy(t *testing.T) {
	s := groupSpec(1, 9, 5)
	s.Zones = []string{"a", "b"}
	s.TerminationPolicies = []string{"NewestInstance"}
	p := newPlant(t, s)
	g := p.group
	for k, i := range g.Instances { // web-1, 3 and 5 in a, 2 and 4 in b
		i.Launched = engine.Time(k)
	}
	require.Equal(t, "web-5", g.victim().ID)
	p.relocate(g.Instances[4], "b") // now b has three
	require.Equal(t, "web-5", g.victim().ID)
	g.Instances[4].Protected = true
	require.Equal(t, "web-4", g.victim().ID, "newest of b that is unprotected")
	g.Instances[1].Protected, g.Instances[3].Protected = true, true
	require.Equal(t, "web-3", g.victim().ID, "b has no unprotected one left")
	g.become(g.Instances[4], Pending) // two and two
	g.Instances[3].Protected = false
	require.Equal(t, "web-4", g.victim().ID, "balanced: across all")
}

// TestProtectedFromScaleIn: if all instances are protected, desired falls all
// the same, and nothing terminates until the protection is lifted. spec 1.5 [prot]
func TestProtectedFromScaleIn(t *testing.T) {
	s := groupSpec(1, 9, 3).at("less", "10m", 2)
	s.ScaleInProtection = true
	s.call("lift", "30m", OperationSpec{Call: "set_instance_protection", Instances: one()})
	p := newPlant(t, s).until("29m")
	require.Equal(t, 2, p.group.Desired)
	require.Equal(t, 3, p.inService())
	require.Equal(t, []string{"10m6s: wants to terminate 1, all 3 in service are protected from scale-in"}, p.texts(timeline.Prevented))
	p.until("31m")
	require.Equal(t, []string{"30m6s"}, p.times(timeline.Terminate, ""))
	require.Equal(t, []string{"deregister web-1"}, p.calls)
}

// TestProtectionOfOthers: those that are not protected go, however few; the rest
// stays.
func TestProtectionOfOthers(t *testing.T) {
	s := groupSpec(1, 9, 3).at("less", "10m", 1)
	s.call("protect", "5m", OperationSpec{Call: "set_instance_protection", Protect: true, Instances: two()})
	p := newPlant(t, s).until("20m")
	require.Equal(t, []string{"deregister web-3", "terminate web-3"}, p.calls)
	require.Equal(t, []string{"10m6s: wants to terminate 1, all 2 in service are protected from scale-in"}, p.texts(timeline.Prevented))
}

// TestProtectionStartsInService: the group's flag is for instances launched
// later, from InService on. spec 1.5 [prot]
func TestProtectionStartsInService(t *testing.T) {
	s := groupSpec(1, 9, 1).at("more", "10m", 2)
	s.ScaleInProtection = true
	s.Provision = span("1m")
	p := newPlant(t, s).until("10m30s")
	require.True(t, p.group.Instances[0].Protected, "time zero")
	require.Equal(t, Pending, p.group.Instances[1].State)
	require.False(t, p.group.Instances[1].Protected)
	p.until("12m")
	require.True(t, p.group.Instances[1].Protected)
}

// TestProtectionDoesNotStopReplacement: nor an operator's termination.
// spec 1.3, 1.5 [prot]
func TestProtectionDoesNotStopReplacement(t *testing.T) {
	s := groupSpec(2, 9, 2)
	s.ScaleInProtection = true
	s.call("kill", "10m", OperationSpec{Call: "terminate_instance", Instances: one()})
	p := newPlant(t, s)
	p.tell("1m10s", func(g *Group) { g.Stopped(g.Instances[1]) })
	p.until("20m")
	require.Equal(t, []string{"1m30s", "10m"}, p.times(timeline.Terminate, ""))
	require.Equal(t, 2, p.inService())
}

// TestProtectionForAWhile ends by itself.
func TestProtectionForAWhile(t *testing.T) {
	s := groupSpec(1, 9, 2).at("less", "10m", 1)
	s.call("protect", "5m", OperationSpec{Call: "set_instance_protection", Protect: true, For: pointer(duration("10m"))})
	p := newPlant(t, s).until("20m")
	require.Equal(t, []string{"15m6s"}, p.times(timeline.Terminate, ""))
	require.Equal(t, []string{
		"5m protect: set_instance_protection: protected from scale-in", "5m protect: set_instance_protection: protected from scale-in",
		"15m protect: set_instance_protection: no longer protected from scale-in", "15m protect: set_instance_protection: no longer protected from scale-in",
	}, p.texts(timeline.Operation))
}
