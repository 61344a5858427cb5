package site

import (
	"fmt"
	"slices"

	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/incident"
	"github.com/headroom-sim/headroom/models/timeline"
)

// crash stops an instance: its connections are reset, and EC2 neither reports it
// as running nor bills it [EC2-BILL]. Load balancers, and those who address the
// fleet directly, learn nothing of it until the group lets it go or their checks
// fail.
func (h *host) crash() {
	f := h.fleet
	f.sys.sim.Cancel(h.next)
	h.crashed, h.started = true, false
	h.server.Crash()
	h.saved = h.server.Halt()
	h.discharge()
	f.group.Stopped(h.instance)
}

// restart starts an instance again that has crashed, unless its group has given
// it up: it is billed again, boots, and its software starts.
func (h *host) restart() {
	if !h.fleet.group.Restarted(h.instance) {
		return
	}
	h.crashed = false
	h.charge()
	h.server.Wake(h.saved)
	if h.runs {
		h.fleet.boot(h, h.fleet.spec.Boot)
	}
}

// loseZone stops load balancers' nodes and the instances in a zone; launches
// there fail.
func (s *System) loseZone(zone string, e incident.Effect) {
	for _, b := range s.balancers {
		b.LoseZone(zone)
	}
	s.launches(incident.Place{}, func(g *autoscaling.Group) { g.Fail(zone) })
	for _, h := range s.hostsIn(zone) {
		h.effects.Add(e)
		if h.server != nil && !h.crashed {
			s.log.Add(timeline.Event{At: s.sim.Now(), Kind: timeline.FaultStart, Fleet: h.fleet.name, Instance: h.instance.ID,
				Text: fmt.Sprintf("stops with zone %s; requests in progress: %d", zone, h.server.InFlight())})
		}
		h.Impair(h.effects.Impairment())
	}
}

// regainZone ends the loss of a zone: the nodes are back, and what is left of its
// instances starts again.
func (s *System) regainZone(zone string, e incident.Effect) {
	for _, b := range s.balancers {
		b.ReturnZone(zone)
	}
	s.launches(incident.Place{}, func(g *autoscaling.Group) { g.Restore(zone) })
	for _, h := range s.hostsIn(zone) {
		if h.effects.Remove(e) {
			h.Impair(h.effects.Impairment())
		}
	}
}

// hostsIn are all instances in a zone, those in the warm pools too.
func (s *System) hostsIn(zone string) []*host {
	var list []*host
	for _, f := range s.fleets {
		for _, h := range slices.Concat(f.hosts, f.asleep) {
			if h.instance.Zone == zone {
				list = append(list, h)
			}
		}
	}
	return list
}
