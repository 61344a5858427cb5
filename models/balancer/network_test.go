package balancer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/traffic"
)

// networkRig is a network balancer with a target in each of the zones.

func networkRig(set func(*balancer.Spec), zones ...string) (*rig, []*server) {
	s := spec("network")
	set(s)
	seen := map[string]bool{}
	var nodes []string
	for _, zone := range zones {
		if !seen[zone] {
			seen[zone] = true
			nodes = append(nodes, zone)
		}
	}
	r := newRig(s, nodes...)
	var servers []*server
	for id, zone := range zones {
		servers = append(servers, r.add(id, zone))
	}
	return r, servers
}

// connect sends a request on a new connection of a session, and returns the

// connection.

func (r *rig) connect(session uint64) traffic.ConnRef { return r.conns[r.request(session)] }

// Spec 3 [NLB-INTRO, ELB-HOW]: a flow hash over addresses, ports and sequence

// number: connections are spread evenly, each sticks to one target for life, and

// the target has one connection for each client.

func TestNetworkFlows(t *testing.T) {
	r, servers := networkRig(asIs, "a", "a", "a")
	conns := map[traffic.ConnRef]*server{}
	for session := range uint64(3000) {
		before := [3]int{servers[0].requests, servers[1].requests, servers[2].requests}
		conn := r.connect(session)
		for i, s := range servers {
			if s.requests > before[i] {
				conns[conn] = s
			}
		}
	}
	require.Len(t, conns, 3000)
	for _, s := range servers {
		requireShare(t, 1.0/3, s.requests, 3000)
		require.Equal(t, s.requests, s.opened, "clients' connections pass through")
	}
	for conn, s := range conns {
		before := s.requests
		require.Equal(t, conn, r.conns[r.on(conn)])
		require.Equal(t, before+1, s.requests)
	}
	require.Equal(t, 3000, servers[0].opened+servers[1].opened+servers[2].opened)
	cut := r.Cut(engine.Second)
	require.EqualValues(t, 3000, cut.ClientConnections)
	require.EqualValues(t, 3000, cut.TargetConnections)
	require.EqualValues(t, 6000, cut.Requests)
}

// Spec 3: it is connection-level: clients with keep-alive stay on the old targets

// after a scale-out.

func TestNetworkKeepAliveClientsStayAfterAScaleOut(t *testing.T) {
	r, _ := networkRig(asIs, "a")
	var conns []traffic.ConnRef
	for session := range uint64(100) {
		conns = append(conns, r.connect(session))
	}
	fresh := r.add(1, "a")
	for _, conn := range conns {
		r.on(conn)
	}
	require.Zero(t, fresh.requests)
	for session := range uint64(100) {
		r.connect(session)
	}
	requireShare(t, 0.5, fresh.requests, 100)
}

// A connection that the target closes while it is idle is no failure: the client

// has seen it, and makes a new one.

// Spec 3 [NLB-LB]: after 350 s of silence data meet RST; what a client asks for in

// time goes on.

// A request in progress fails after as long, and the target goes on with its

// work.

// Spec 3 [NLB-HC, API-TGATTR, NLB-DRAIN]: a target that becomes unhealthy: RST to its connections, at

// once for requests in progress, with the next packet for idle ones; new

// connections go elsewhere. With connection termination off they go on.

// Spec 3 [NLB-HC]: all zones bad: fail open to all, and no RST.

// Spec 3 [NLB-LB, NLB-HC]: cross-zone is off by default, and a zone without

// healthy targets is taken out of DNS; clients that still use its address fail.

func TestNetworkZones(t *testing.T) {
	r, servers := networkRig(asIs, "a", "b", "b", "b")
	for session := range uint64(2000) {
		r.connect(session)
	}
	requireShare(t, 0.5, servers[0].requests, 2000, "the one target of zone a")
	for _, s := range servers[1:] {
		requireShare(t, 1.0/6, s.requests, 2000)
	}
	servers[0].health = traffic.Refused
	for len(r.verdicts) == 0 {
		r.run(t, r.sim.Now()+engine.Second)
	}
	count := func() (failed int) {
		for session := range uint64(1000) {
			failed += toInt(r.cause(r.request(session)) == "refused")
		}
		return failed
	}
	requireShare(t, 0.5, count(), 1000, "who still uses the address fails")
	r.run(t, r.verdicts[0].at+60*engine.Second)
	require.Zero(t, count())

	r, servers = networkRig(func(s *balancer.Spec) { s.CrossZone = true }, "a", "b", "b", "b")
	for session := range uint64(2000) {
		r.connect(session)
	}
	for _, s := range servers {
		requireShare(t, 0.25, s.requests, 2000)
	}
}

func TestNetworkWithoutTargets(t *testing.T) {
	r := newRig(spec("network"), "a")
	require.Equal(t, "refused", r.cause(r.request(0)))
	require.EqualValues(t, 1, r.Cut(engine.Second).Errors[traffic.Refused])
}

// Clients hear from the target itself.

func TestNetworkPassesAnswersThrough(t *testing.T) {
	for cause := range traffic.Causes {
		r, servers := networkRig(asIs, "a")
		servers[0].cause = cause
		require.Equal(t, cause.String(), r.cause(r.request(0)))
		require.EqualValues(t, 1, r.Cut(engine.Second).Answers[cause])
	}
}

// Spec 3 [NLB-TG]: stickiness by source address: a client's connections go to one

// target, until the targets change.

func TestNetworkSourceAddress(t *testing.T) {
	r, servers := networkRig(func(s *balancer.Spec) { s.Stickiness.Type = "source_ip" }, "a", "a", "a")
	where := func(user uint64) int {
		before := [4]int{}
		for i, s := range servers {
			before[i] = s.requests
		}
		r.requestOf(user)
		for i, s := range servers {
			if s.requests > before[i] {
				return i
			}
		}
		return -1
	}
	home := map[uint64]int{}
	for user := range uint64(600) {
		home[user] = where(user)
	}
	for _, s := range servers {
		requireShare(t, 1.0/3, s.requests, 600)
	}
	for user, at := range home {
		require.Equal(t, at, where(user))
	}
	servers = append(servers, r.add(3, "a"))
	moved := 0
	for user, at := range home {
		moved += toInt(at != where(user))
	}
	require.Greater(t, moved, 150, "many are reset, not only those of the new one")
}

// Spec 3 [NLB-TG]: the deregistration delay does not cut connections, unless

// connection termination is on.

// An instance that has gone leaves connections that lead nowhere: its clients

// make new ones.

// A client that leaves closes the target's connection too.

// The records of connections whose clients never come back are used again, once

// the targets have closed them: capacity units see them as open until then.

// Spec 3 [NLB-HC]: TCP checks pass while a server hangs or answers errors; a new

// target is checked after the registration delay, and needs all its checks.

// A zone that is lost takes its node and connections with it.

func TestNetworkLosesAZone(t *testing.T) {
	r, servers := networkRig(asIs, "a", "b")
	for session := range uint64(50) {
		r.connect(session)
	}
	servers[0].busy = true
	var busy []int32
	for session := range uint64(50) {
		if tag := r.request(session); r.cause(tag) == "none" {
			busy = append(busy, tag)
		}
	}
	r.LoseZone("a")
	for _, tag := range busy {
		require.Equal(t, "reset", r.cause(tag))
	}
	for len(servers[0].held) > 0 {
		servers[0].release(traffic.OK)
	}
	r.run(t, 2*engine.Minute)
	for session := range uint64(50) {
		require.Equal(t, "ok", r.cause(r.request(session)))
	}
	r.ReturnZone("a")
	servers[0].busy = false
	r.run(t, 20*engine.Minute)
	before := servers[0].requests
	for session := range uint64(50) {
		require.Equal(t, "ok", r.cause(r.request(session)))
	}
	require.Greater(t, servers[0].requests, before)
	require.Zero(t, r.InFlight())
	require.Zero(t, r.pool.Out())
}

// Spec 3 [NLB-HC]: a check waits for 10 s with TCP and for 6 s with HTTP.
