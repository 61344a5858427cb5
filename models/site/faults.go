package site

import (
	"maps"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/incident"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/server"
	"github.com/headroom-sim/headroom/models/traffic"
)

// impairable is what faults act upon: an instance, a service, or one of its nodes.
type impairable interface {
	// Impair does to the part what all faults on it together do; with the zero
	// Impairment it is sound. What it kept is lost when Crashed begins.
	Impair(i traffic.Impairment)
}

// buildFaults puts the scenario's faults on the clock.
func (s *System) buildFaults() {
	clock := incident.NewClock(s.sim, s, s.log)
	for _, name := range slices.Sorted(maps.Keys(s.spec.Faults)) {
		clock.Add(name, s.spec.Faults[name])
	}
}

// InService implements incident.Plant.
func (s *System) InService(name, zone string) []incident.Place {
	var places []incident.Place
	for _, f := range s.fleets {
		if name != "" && f.name != name {
			continue
		}
		for _, i := range f.group.Longest() {
			if (zone == "" || i.Zone == zone) && !f.host(i).crashed {
				places = append(places, incident.Place{Fleet: f.name, Instance: i.ID})
			}
		}
	}
	return places
}

// Afflict implements incident.Plant.
func (s *System) Afflict(p incident.Place, e incident.Effect) {
	switch {
	case e.Kind == incident.LaunchFailure:
		s.launches(p, func(g *autoscaling.Group) { g.Fail(p.Zone) })
	case p.Fleet == "" && p.Service == "":
		s.loseZone(p.Zone, e)
	default:
		s.change(p, func(on *incident.Effects) { on.Add(e) })
	}
}

// Relieve implements incident.Plant.
func (s *System) Relieve(p incident.Place, e incident.Effect) {
	switch {
	case e.Kind == incident.LaunchFailure:
		s.launches(p, func(g *autoscaling.Group) { g.Restore(p.Zone) })
	case p.Fleet == "" && p.Service == "":
		s.regainZone(p.Zone, e)
	default:
		s.change(p, func(on *incident.Effects) { on.Remove(e) })
	}
}

// launches changes how launches fare in the groups at a place.
func (s *System) launches(p incident.Place, set func(*autoscaling.Group)) {
	for _, f := range s.fleets {
		if p.Fleet == "" || f.name == p.Fleet {
			set(f.group)
		}
	}
}

// change alters the effects on an instance or a service through set.
func (s *System) change(p incident.Place, set func(*incident.Effects)) {
	for _, part := range s.parts(p) {
		set(part.effects)
		now := part.effects.Impairment()
		if s.store != nil && p.Service != "" && p.Service == s.spec.Sessions.In {
			s.store.Impair(part.node, now)
		}
		part.Impair(now)
	}
}

// affected is something with the effects that faults have on it.
type affected struct {
	impairable
	effects *incident.Effects
	node    int // of its service, from 0
}

// parts are what is at a place: an instance, unless it is gone, a service, or the
// nodes of one that has several.
func (s *System) parts(p incident.Place) []affected {
	if p.Service == "" {
		if h := s.findHost(p); h != nil {
			return []affected{{h, &h.effects, 0}}
		}
		return nil
	}
	v := s.places[p.Service].(*service)
	if c, ok := v.facility.(*cache); ok {
		return c.parts(p.Node)
	}
	return []affected{{v.facility.(impairable), &v.effects, 0}}
}

// Nodes implements incident.Plant.
func (s *System) Nodes(service string) int { return s.spec.Services[service].Nodes }

// fleet is the fleet of that name, which there is.
func (s *System) fleet(name string) *fleet {
	return s.fleets[slices.IndexFunc(s.fleets, func(f *fleet) bool { return f.name == name })]
}

// findHost is the instance at a place, or nil when it is gone.
func (s *System) findHost(p incident.Place) *host {
	f := s.fleet(p.Fleet)
	for _, h := range slices.Concat(f.hosts, f.asleep) {
		if h.instance.ID == p.Instance {
			return h
		}
	}
	return nil
}

// Impair implements impairable. Faults stay with an instance that sleeps in the
// warm pool, and with one that is stopped, which runs none of their threads.
func (h *host) Impair(i traffic.Impairment) {
	if h.server == nil {
		return
	}
	switch {
	case i.Crashed && !h.crashed:
		h.crash()
	case h.crashed && !i.Crashed:
		h.restart()
	}
	if h.crashed {
		i.Load = 0
	}
	h.server.Impair(i)
	h.refresh()
}

// refresh puts a server that has started in the state that faults have brought
// it to.
func (h *host) refresh() {
	if h.started {
		h.server.SetState(server.Impaired(h.effects.Impairment()))
	}
	h.tellUse()
}

// Impair implements impairable: a service that has crashed is a process that has
// died.
func (m *machine) Impair(i traffic.Impairment) {
	m.Server.Impair(i)
	m.SetState(server.Impaired(i))
}

// duration prints a span for a reader.
func duration(t engine.Time) string { return quantity.Duration(t).Rough() }
