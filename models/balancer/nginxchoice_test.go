package balancer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/traffic"
)

func TestNginxSmoothWeightedRoundRobin(t *testing.T) {
	s := spec("nginx")
	s.Targets, s.Weights = nil, map[string]int{"a": 5, "b": 1, "c": 1}
	r := newRig(s)
	var servers []*server
	for group := range 3 {
		server := &server{sim: r.sim}
		servers = append(servers, server)
		r.AddTarget(balancer.Target{ID: group, Group: group, Receiver: server, Healthy: true})
	}
	order := ""
	for range 14 {
		before := [3]int{servers[0].requests, servers[1].requests, servers[2].requests}
		r.request(0)
		for i := range servers {
			if servers[i].requests > before[i] {
				order += string(rune('a' + i))
			}
		}
	}
	require.Equal(t, "aabacaaaabacaa", order)
}

func TestNginxLeastConnections(t *testing.T) {
	r, servers := proxyRig("nginx", 3, func(s *balancer.Spec) { s.Algorithm = "least_outstanding_requests" })
	for _, s := range servers {
		s.busy = true
	}
	for range 9 {
		r.request(0)
	}
	for _, s := range servers {
		require.Len(t, s.held, 3)
	}
	servers[1].release(traffic.OK)
	servers[1].release(traffic.OK)
	r.request(0)
	r.request(0)
	for _, s := range servers {
		require.Len(t, s.held, 3)
	}
}

func TestNginxHashesAddresses(t *testing.T) {
	r, servers := proxyRig("nginx", 3, func(s *balancer.Spec) { s.Algorithm = "ip_hash" })
	everybody := func() (got [3]int) {
		for i, s := range servers {
			got[i] = -s.requests
		}
		for user := range uint64(3000) {
			require.Equal(t, "ok", r.cause(r.requestOf(user)))
		}
		for i, s := range servers {
			got[i] += s.requests
		}
		return got
	}
	first := everybody()
	for i := range servers {
		requireShare(t, 1.0/3, first[i], 3000)
	}
	require.Equal(t, first, everybody(), "everybody comes back")
	servers[0].cause = traffic.Refused
	then := everybody()
	require.Equal(t, 1, then[0])
	requireShare(t, 0.5, then[1]-first[1], first[0], "its users are spread over the others")
	servers[0].cause = traffic.OK
	r.run(t, 11*engine.Second)
	everybody()
	require.Equal(t, first, everybody(), "and come back in the end")
}

func TestNginxHashesThreeOctets(t *testing.T) {
	r, servers := proxyRig("nginx", 3, func(s *balancer.Spec) { s.Algorithm = "ip_hash" })
	addresses, networks := stream("addresses"), map[uint64]int{}
	shared := 0
	for user := range uint64(20_000) {
		network := addresses.Uint64(user, 0) >> 40 // its first 24 bits
		want := ((89*113+network>>16)*113 + network>>8&0xff) % 6271
		want = (want*113 + network&0xff) % 6271 % 3
		before := servers[want].requests
		r.requestOf(user)
		require.Equal(t, before+1, servers[want].requests)
		if server, known := networks[network]; known {
			require.EqualValues(t, server, want)
			shared++
		}
		networks[network] = int(want)
	}
	require.Positive(t, shared, "some share a network")
}

func TestNginxRandom(t *testing.T) {
	r, servers := proxyRig("nginx", 3, func(s *balancer.Spec) { s.Algorithm = "random" })
	for range 3000 {
		r.request(0)
	}
	for _, s := range servers {
		requireShare(t, 1.0/3, s.requests, 3000)
	}
	servers[2].cause = traffic.Refused
	for range 100 {
		require.Equal(t, "ok", r.cause(r.request(0)))
	}
}

func TestNginxRandomTwo(t *testing.T) {
	r, servers := proxyRig("nginx", 3, func(s *balancer.Spec) { s.Algorithm = "power_of_two" })
	servers[0].busy = true
	for len(servers[0].held) == 0 {
		r.request(0)
	}
	before := servers[1].requests
	require.Zero(t, r.reachedBy(servers[0], 1000))
	requireShare(t, 0.5, servers[1].requests-before, 1000)
}

// A5: least_conn counts connections for their weight: with 3 to 1, three of four
// requests that stay are with the heavier server.
func TestNginxLeastConnectedByWeight(t *testing.T) {
	s := spec("nginx")
	s.Algorithm, s.Targets, s.Weights = "least_outstanding_requests", nil, map[string]int{"big": 3, "small": 1}
	r := newRig(s)
	big, small := &server{sim: r.sim, busy: true}, &server{sim: r.sim, busy: true}
	for group, receiver := range []*server{big, small} {
		r.AddTarget(balancer.Target{ID: group, Group: group, Receiver: receiver, Healthy: true})
	}
	for range 8 {
		r.request(0)
	}
	require.Len(t, big.held, 6)
	require.Len(t, small.held, 2)
}
