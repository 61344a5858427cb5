package site

import (
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/network"
	"github.com/headroom-sim/headroom/models/traffic"
)

// buildNetwork makes the network, if it takes any time, or costs anything.
func (s *System) buildNetwork() {
	n := &s.spec.Network
	if s.delays() || s.spec.Prices.BetweenZones > 0 && s.spec.Crosses() {
		s.net = network.New(s.sim, n.WithinZone.Time(), n.BetweenZones.Time(), len(s.routes))
	}
}

func (s *System) delays() bool {
	return s.spec.Network.WithinZone > 0 || s.spec.Network.BetweenZones > 0
}

// way leads from a zone to a place in a zone. One without delays, on which nothing
// is paid for, is no way at all.
func (s *System) way(from string, to traffic.Receiver, zone string, free bool) traffic.Receiver {
	if free && !s.delays() {
		return to
	}
	w := s.net.Way(from, to, zone)
	w.Free = free
	return w
}

// nodeWays leads from a balancer's nodes to its targets; nil where the network
// takes no time and costs nothing.
func (s *System) nodeWays(spec *balancer.Spec) func(zone string, t balancer.Target) traffic.Receiver {
	free := spec.IncludesZones()
	if s.net == nil || free && !s.delays() {
		return s.recorder.nodeWays()
	}
	return func(zone string, t balancer.Target) traffic.Receiver {
		return s.recorder.checkpoint(s.way(zone, t.Receiver, t.Zone, free))
	}
}

// crossesFree tells whether nothing is paid for what goes to a place in another
// zone: there is none, or it is a balancer that includes it.
func crossesFree(to traffic.Receiver) bool {
	switch p := to.(type) {
	case *fleet:
		return false
	case *balancerPlace:
		return p.spec.IncludesZones()
	}
	return true
}

// crossed is how many bytes have gone between zones so far. Each call counts with
// its request and a good answer, however it ended.
func (s *System) crossed() (bytes uint64) {
	if s.net == nil {
		return 0
	}
	for r, n := range s.net.Crossed() {
		bytes += n * uint64(s.routes[r].Request+s.routes[r].Size)
	}
	return bytes
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
			ways = append(ways, f.sys.way(zone, c.To, "", crossesFree(c.To)))
		}
		f.ways[zone] = ways
	}
	h.server.SetWays(ways)
}

// Locate implements network.Located: an instance, on whose connection the attempt
// travels or to which it opens one. That one receives it, whatever happens on the
// way.
func (f *fleet) Locate(a *traffic.Attempt) (to traffic.Receiver, zone string) {
	if c := a.Link.Conn.Conn(); c != nil {
		if h, ok := f.serving[c.Home]; ok {
			return c.Home, h.instance.Zone
		}
		return c.Home, ""
	}
	if len(f.up) == 0 {
		return f, ""
	}
	h := f.deal()
	return h.server, h.instance.Zone
}
