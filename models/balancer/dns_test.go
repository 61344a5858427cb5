package balancer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

// nodesUsed counts the nodes that new sessions arrive at.
func (r *rig) nodesUsed(sessions uint64) map[int32]int {
	used := map[int32]int{}
	for session := range sessions {
		used[r.answers[r.request(session)].node]++
	}
	return used
}

// Contract: a node without a healthy target in reach leaves DNS (60 s) and
// returns with one.
func TestNodeWithoutHealthyTargetLeavesDNS(t *testing.T) {
	s := spec("application")
	s.CrossZone = false
	r := newRig(s, "a", "c")
	inA, inC := r.add(0, "a"), r.add(1, "c")
	inC.health = traffic.Refused
	for at := engine.Second; len(r.verdicts) == 0; at += engine.Second / 10 {
		r.run(t, at)
	}
	out := r.verdicts[0].at
	inC.cause = traffic.Refused
	used := r.nodesUsed(1000)
	requireShare(t, 0.5, used[1], 1000, "clients keep the address for its time to live")
	require.Equal(t, used[1], inC.requests, "fail-open within the zone")

	inA.requests, inC.requests = 0, 0
	r.run(t, out+60*engine.Second)
	require.Equal(t, map[int32]int{0: 1000}, r.nodesUsed(1000))
	require.Equal(t, 1000, inA.requests)

	inC.health = traffic.OK
	for len(r.verdicts) == 1 {
		r.run(t, r.sim.Now()+engine.Second/10)
	}
	require.Equal(t, used, r.nodesUsed(1000), "all sessions are back at their node")
	told := (out + 60*engine.Second).String() + "  node c leaves it: no client comes there by it any more\n" + r.verdicts[1].at.String() + "  node c is in it again"
	require.Equal(t, told, r.texts(timeline.DNS))
}

func TestNodeThatRecoversInTimeStaysInDNS(t *testing.T) {
	s := spec("application")
	s.CrossZone, s.HealthCheck.HealthyThreshold, s.HealthCheck.Interval = false, 2, seconds(10)
	r := newRig(s, "a", "c")
	r.add(0, "a")
	inC := r.add(1, "c")
	inC.health = traffic.Refused
	r.run(t, 20*engine.Second)
	require.Len(t, r.verdicts, 1)
	inC.health = traffic.OK
	for at := 21 * engine.Second; at < 3*engine.Minute; at += engine.Second {
		r.run(t, at)
		require.Len(t, r.nodesUsed(20), 2)
	}
	require.Len(t, r.verdicts, 2)
}

// A zone that is empty from the start is not in DNS; cross-zone balancing makes
// its node useful.
func TestEmptyZone(t *testing.T) {
	for crossZone, nodes := range map[bool]int{true: 2, false: 1} {
		s := spec("application")
		s.CrossZone = crossZone
		r := newRig(s, "a", "c")
		r.add(0, "a")
		require.Len(t, r.nodesUsed(100), nodes)
	}
}

// ALB-TGHEALTH: when all zones are bad, DNS returns all of them.
func TestAllNodesBadAreAllInDNS(t *testing.T) {
	r := newRig(spec("application"), "a", "c")
	server := r.add(0, "a")
	server.health = traffic.Status500
	r.run(t, 10*engine.Minute)
	require.Len(t, r.verdicts, 2)
	require.Len(t, r.nodesUsed(100), 2)
	require.Equal(t, 100, server.requests)
}
