package balancer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/traffic"
)

// sessionsAt gives so many sessions that DNS leads to a node.
func (r *rig) sessionsAt(node int32, n int) []uint64 {
	var list []uint64
	for session := uint64(0); len(list) < n; session++ {
		if r.answers[r.request(session)].node == node {
			list = append(list, session)
		}
	}
	return list
}

// TestLostNode: clients that know its address get no answer until it has left DNS,
// after 60 s (contract, "Zone loss"; spec 1.9 [ELB-HOW]); then they are led to the
// other node. Whoever was connected has to connect again.
func TestLostNode(t *testing.T) {
	for _, kind := range []string{"application", "classic"} {
		r := newRig(spec(kind), "a", "c")
		r.add(0, "a")
		there := r.sessionsAt(1, 3)
		r.run(t, engine.Second)
		r.LoseZone("c")
		first := r.request(there[0])
		r.run(t, 60*engine.Second)
		second := r.request(there[1])
		require.NotContains(t, r.answers, first)
		require.NotContains(t, r.answers, second)
		r.run(t, 61*engine.Second)
		third := r.request(there[2])
		require.EqualValues(t, 0, r.answers[third].node, "out of DNS")
		r.run(t, 200*engine.Second)
		require.Equal(t, traffic.Timeout, r.answers[first].cause)
		require.Equal(t, 132*engine.Second, r.answers[first].at, "Linux gives up after 131 s (nginx.md A4)")
		require.Equal(t, 191*engine.Second, r.answers[second].at)
		require.Zero(t, r.pool.Out(), "attempts leak")
	}
}

// TestRequestsAtALostNode are reset; a server goes on with its work, and its
// answer reaches nobody.
func TestRequestsAtALostNode(t *testing.T) {
	r := newRig(spec("application"), "a", "c")
	s := r.add(0, "a")
	there := r.sessionsAt(1, 1)
	s.busy = true
	tag := r.request(there[0])
	r.run(t, engine.Second)
	r.LoseZone("c")
	require.Equal(t, traffic.Reset, r.answers[tag].cause)
	require.Equal(t, engine.Second, r.answers[tag].at)
	require.Zero(t, r.InFlight())
	require.Equal(t, 1, r.pool.Out(), "the server still works on it")
	s.held[0].Reply(traffic.OK)
	require.Zero(t, r.pool.Out())
}

// TestReturnedNode checks the targets like new ones, and is back in DNS with the
// first that passes. SYNs that are still being sent again reach it.
func TestReturnedNode(t *testing.T) {
	r := newRig(spec("application"), "a", "c")
	r.add(0, "a")
	there := r.sessionsAt(1, 2)
	r.LoseZone("c")
	r.LoseZone("c")
	r.run(t, 2*engine.Second)
	tag := r.request(there[0]) // again after 1, 2, 3, 4, 5, 7, 11, 19, 35, 67 s
	r.run(t, 20*engine.Second)
	r.ReturnZone("c")
	r.run(t, 22*engine.Second)
	require.NotContains(t, r.answers, tag, "it was lost twice")
	r.ReturnZone("c")
	r.run(t, 60*engine.Second)
	require.Equal(t, 37*engine.Second, r.answers[tag].at)
	require.EqualValues(t, 1, r.answers[tag].node)
	require.EqualValues(t, 1, r.answers[r.request(there[1])].node)
	require.Zero(t, r.pool.Out())
}

// TestWhoLeavesALostNode: neither who withdraws its request nor who gives it up
// leaves anything behind.
func TestWhoLeavesALostNode(t *testing.T) {
	r := newRig(spec("application"), "a", "c")
	r.add(0, "a")
	there := r.sessionsAt(1, 2)
	r.LoseZone("c")
	first, second := r.request(there[0]), r.request(there[1])
	r.sent[first].Withdraw(0)
	r.sent[first].Release()
	require.Nil(t, r.sent[second].Cut(0, traffic.Link{}))
	r.run(t, 3*engine.Minute)
	require.Zero(t, r.pool.Out())
	require.NotContains(t, r.answers, second)
}

// TestLostNodeHasNoSay: a target that only the lost node found healthy is not
// usable, and one that the others find unhealthy is unhealthy.
func TestLostNodeHasNoSay(t *testing.T) {
	s := spec("application")
	s.CrossZone = false
	r := newRig(s, "a", "c")
	r.add(0, "a")
	r.add(1, "c")
	r.LoseZone("c")
	require.True(t, r.Usable(0))
	require.False(t, r.Usable(1))
	require.False(t, r.Unhealthy(1), "nobody has looked")
	r.addNew(2, "c")
	r.run(t, 5*engine.Minute)
	require.False(t, r.Usable(2), "nobody looks")
	r.ReturnZone("c")
	r.run(t, 6*engine.Minute)
	require.True(t, r.Usable(1))
	require.True(t, r.Usable(2))
}

// TestOtherZones have nothing to do with it.
func TestOtherZones(t *testing.T) {
	r := newRig(spec("application"), "a", "c")
	r.add(0, "a")
	r.LoseZone("b")
	require.ElementsMatch(t, []int32{0, 1}, balancer.DNS(r.Balancer))
	require.Len(t, r.nodesUsed(100), 2)
	r.ReturnZone("b")
}

// TestVerdictsAfterALoss: with the only node that found a target healthy goes the
// target's health; a node that is back has yet to say anything.
func TestVerdictsAfterALoss(t *testing.T) {
	s := spec("application")
	s.CrossZone = true
	r := newRig(s, "a", "c")
	server := r.add(0, "a")
	r.LoseZone("a")
	require.Empty(t, r.verdicts, "node c finds it healthy")
	server.health = traffic.Status500
	r.run(t, 5*engine.Minute)
	require.True(t, r.Unhealthy(0))
	r.verdicts = nil
	r.ReturnZone("a")
	require.False(t, r.Unhealthy(0), "node a does not know yet")
	require.Equal(t, []verdict{{r.sim.Now(), 0, 0, false}}, r.verdicts)
	server.health = traffic.OK
	r.run(t, 5*engine.Minute+30*engine.Second)
	require.True(t, r.Usable(0))
	r.verdicts = nil
	r.LoseZone("a")
	require.False(t, r.Usable(0), "node c needs more checks")
	require.Equal(t, []verdict{{r.sim.Now(), 0, 0, false}}, r.verdicts)
}
