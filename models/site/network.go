package site

import (
	"slices"

	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/network"
	"github.com/headroom-sim/headroom/models/traffic"
)

// buildNetwork makes the network, if it takes any time.
func (s *System) buildNetwork() {
	n := &s.spec.Network
	if n.WithinZone > 0 || n.BetweenZones > 0 {
		s.net = network.New(s.sim, n.WithinZone.Time(), n.BetweenZones.Time(), len(s.routes))
	}
}

// nodeWays leads from a balancer's nodes to its targets; nil where the network
// takes no time.
func (s *System) nodeWays() func(zone string, t balancer.Target) traffic.Receiver {
	if s.net == nil {
		return nil
	}
	return func(zone string, t balancer.Target) traffic.Receiver { return s.net.Way(zone, t.Receiver, t.Zone) }
}

// connect leads the calls of an instance to their places, from the zone that it
// is in.
func (f *fleet) connect(h *host) {
	if f.sys.net == nil {
		return
	}
	zone := h.instance.Zone
	ways, ok := f.ways[zone]
	if !ok {
		for _, c := range f.calls {
			ways = append(ways, f.sys.net.Way(zone, c.To, ""))
		}
		f.ways[zone] = ways
	}
	h.server.SetWays(ways)
}

// Locate implements network.Located: an instance, on whose connection the attempt
// travels or to which it opens one.
func (f *fleet) Locate(a *traffic.Attempt) (to traffic.Receiver, zone string) {
	if c := a.Link.Conn.Conn(); c != nil {
		k := slices.IndexFunc(f.hosts, func(h *host) bool { return c.Home == traffic.Receiver(h.server) })
		if k >= 0 {
			return c.Home, f.hosts[k].instance.Zone
		}
		return c.Home, ""
	}
	if len(f.up) == 0 {
		return f, ""
	}
	h := f.deal()
	return h.server, h.instance.Zone
}
