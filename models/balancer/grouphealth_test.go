package balancer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/traffic"
)

// zones is a balancer with the page's thresholds of 50 % and ten targets in each
// of two zones, six of which fail in b.
func zones(t *testing.T, crossZone bool) (r *rig, inA, inB []*server) {
	s := spec("application")
	s.CrossZone, s.HealthCheck.Interval = crossZone, seconds(10)
	s.GroupHealth.DNSShare, s.GroupHealth.RoutingShare = 0.5, 0.5
	r = newRig(s, "a", "b")
	for id := range 10 {
		inA, inB = append(inA, r.add(id, "a")), append(inB, r.add(10+id, "b"))
	}
	for _, s := range inB[:6] {
		s.health = traffic.Status500
	}
	return r, inA, inB
}

func sumOf(servers []*server) (n int) {
	for _, s := range servers {
		n += s.requests
	}
	return n
}

// 2.8 [ALB-TGHEALTH], the page's worked example: with cross-zone balancing off,
// b's address leaves DNS and b's node, for clients that still have it, uses all
// ten targets.
func TestTargetGroupHealthOfTwoZones(t *testing.T) {
	r, inA, inB := zones(t, false)
	for len(r.verdicts) < 6 {
		r.nextVerdict(t)
	}
	require.Len(t, r.nodesUsed(100), 2, "for the time to live clients keep the address")
	require.NotZero(t, sumOf(inB[:6]))
	require.NotZero(t, sumOf(inB[6:]))
	r.run(t, r.sim.Now()+engine.Minute)
	before := sumOf(inB)
	require.Equal(t, map[int32]int{0: 100}, r.nodesUsed(100))
	require.Equal(t, before, sumOf(inB))
	for _, s := range inA {
		require.NotZero(t, s.requests)
	}
}

// 2.8 [ALB-TGHEALTH], the same with cross-zone balancing: 14 of 20 are healthy,
// 70 %; nothing happens, and 14 targets are used.
func TestTargetGroupHealthAcrossZones(t *testing.T) {
	r, inA, inB := zones(t, true)
	r.run(t, 5*engine.Minute)
	require.Len(t, r.nodesUsed(1000), 2)
	require.Zero(t, sumOf(inB[:6]))
	require.InDelta(t, 1000.0*10/14, sumOf(inA), 10)
}

// 2.8 [ALB-TGHEALTH], 10.1 [TG-DUMP]: either threshold is enough; a count of 0 and a
// share of 0 are off. The default leaves DNS without a healthy target, and fails open.
func TestGroupHealthThresholds(t *testing.T) {
	rows := []struct {
		name                   string
		set                    func(*balancer.GroupHealth)
		healthy                int // of four
		inDNS, usesUnhealthies bool
	}{
		{"default", func(*balancer.GroupHealth) {}, 1, true, false},
		{"default, none", func(*balancer.GroupHealth) {}, 0, false, true},
		{"count", func(g *balancer.GroupHealth) { g.DNSCount, g.RoutingCount = 3, 2 }, 2, false, false},
		{"count, few", func(g *balancer.GroupHealth) { g.DNSCount, g.RoutingCount = 3, 2 }, 1, false, true},
		{"share reached", func(g *balancer.GroupHealth) { g.DNSShare, g.RoutingShare = 0.5, 0.5 }, 2, true, false},
		{"share", func(g *balancer.GroupHealth) { g.DNSShare, g.RoutingShare = 0.75, 0.51 }, 2, false, true},
		{"dns off", func(g *balancer.GroupHealth) { g.DNSCount = 0 }, 0, true, true},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := spec("application")
			row.set(&s.GroupHealth)
			require.Empty(t, complaints(s))
			r := newRig(s)
			var servers []*server
			for id := range 4 {
				servers = append(servers, r.add(id, ""))
				if id >= row.healthy {
					servers[id].health = traffic.Status500
				}
			}
			r.run(t, 5*engine.Minute)
			r.nodesUsed(40)
			require.Equal(t, row.inDNS, len(dnsOf(r)) == 1)
			require.Equal(t, row.usesUnhealthies, servers[3].requests > 0)
		})
	}
	s := spec("application")
	s.GroupHealth = balancer.GroupHealth{DNSCount: 1, RoutingCount: 2, DNSShare: 0.2, RoutingShare: 0.3}
	require.Equal(t, []string{
		"target_group_health.dns_failover_count: must not be less than routing_failover_count (dns 1, routing 2)",
		"target_group_health.dns_failover_percentage: must not be less than routing_failover_percentage (dns 0.2, routing 0.3)",
	}, complaints(s))
}

// 2.9 [ELB-HOW], the vendor's example of skew: two targets in a and eight in b
// get 10 % each with cross-zone balancing, else 25 % and 6.25 %.
func TestSkewWithoutCrossZone(t *testing.T) {
	for crossZone, want := range map[bool][2]float64{true: {0.1, 0.1}, false: {0.25, 0.0625}} {
		s := spec("application")
		s.CrossZone = crossZone
		r := newRig(s, "a", "b")
		var servers []*server
		for id := range 10 {
			servers = append(servers, r.add(id, map[bool]string{true: "a", false: "b"}[id < 2]))
		}
		const n = 16000
		r.nodesUsed(n)
		for id, s := range servers {
			if id < 2 {
				requireShare(t, want[0], s.requests, n, "target %d in a", id)
			} else {
				requireShare(t, want[1], s.requests, n, "target %d in b", id)
			}
		}
	}
}
