package balancer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/traffic"
)

func TestNginxUpstreamKeepalive(t *testing.T) {
	r, servers := proxyRig("nginx", 1, asIs)
	for range 3 {
		r.request(0)
	}
	require.Equal(t, 3, servers[0].opened)

	r, servers = proxyRig("nginx", 2, func(s *balancer.Spec) { s.UpstreamKeepalive = 2 })
	for _, s := range servers {
		s.busy = true
	}
	for range 4 {
		r.request(0)
	}
	for i := range 4 {
		r.run(t, engine.Time(i)*engine.Second)
		servers[i/2].release(traffic.OK)
	}
	require.Len(t, servers[0].hungUp, 2, "those that have been idle longest")
	require.Empty(t, servers[1].hungUp)
	r.run(t, 2*engine.Minute)
	require.Equal(t, []engine.Time{62 * engine.Second, 63 * engine.Second}, servers[1].hungUp)
}

func TestClosedConnectionsTakeNoPlace(t *testing.T) {
	r, servers := proxyRig("nginx", 2, func(s *balancer.Spec) { s.UpstreamKeepalive = 3 })
	for _, s := range servers {
		s.busy = true
	}
	for range 4 {
		r.request(0)
	}
	for i, k := range []int{1, 0, 0, 1} {
		r.run(t, engine.Time(i)*engine.Second)
		if i == 3 {
			for _, c := range servers[0].open {
				c.Close(r.sim.Now())
			}
		}
		servers[k].release(traffic.OK)
	}
	require.Empty(t, servers[1].hungUp, "two are open")
	for range 4 {
		r.request(0)
	}
	require.Equal(t, 2, servers[1].opened, "both are used again")
	require.Equal(t, 4, servers[0].opened)
}
