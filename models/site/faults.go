package site

import (
	"maps"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/catalog"
	"github.com/headroom-sim/headroom/models/incident"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/server"
)

// buildFaults puts the scenario's faults on the clock.
func (s *System) buildFaults() {
	clock := incident.NewClock(s.sim, s, s.log)
	for _, name := range slices.Sorted(maps.Keys(s.spec.Faults)) {
		clock.Add(name, s.spec.Faults[name])
	}
}

// InService implements incident.Plant.
func (s *System) InService(name string) []string {
	var ids []string
	for _, i := range s.fleet(name).group.Longest() {
		ids = append(ids, i.ID)
	}
	return ids
}

// Afflict implements incident.Plant.
func (s *System) Afflict(p incident.Place, e incident.Effect) {
	if e.Kind == incident.LaunchFailure {
		s.fleet(p.Fleet).group.Fail(p.Zone)
		return
	}
	s.effect(p.Instance, e, 1)
}

// Relieve implements incident.Plant.
func (s *System) Relieve(p incident.Place, e incident.Effect) {
	if e.Kind == incident.LaunchFailure {
		s.fleet(p.Fleet).group.Restore(p.Zone)
		return
	}
	s.effect(p.Instance, e, -1)
}

// fleet is the fleet of that name, which there is.
func (s *System) fleet(name string) *fleet {
	return s.fleets[slices.IndexFunc(s.fleets, func(f *fleet) bool { return f.name == name })]
}

// effect adds an effect to those on an instance, or takes it away (sign -1).
func (s *System) effect(instance string, e incident.Effect, sign int) {
	h := s.findHost(instance)
	if h == nil {
		return
	}
	switch e.Kind {
	case incident.Refuse:
		h.broken += sign
		h.refresh()
		h.tellUse()
	case incident.CPU:
		h.load += float64(float64(sign) * e.Load)
		if h.server != nil {
			h.server.SetLoad(h.load)
		}
	}
}

// refresh opens or closes the port of a server that has started.
func (h *host) refresh() {
	switch {
	case !h.started:
	case h.broken > 0:
		h.server.SetState(server.Down)
	default:
		h.server.SetState(server.Up)
	}
}

// findHost is the instance of that id, or nil when it is gone.
func (s *System) findHost(id string) *host {
	for _, f := range s.fleets {
		for _, h := range slices.Concat(f.hosts, f.asleep) {
			if h.instance.ID == id {
				return h
			}
		}
	}
	return nil
}

// hourlyBill is what a balancer costs by the hour.
func hourlyBill(spec *balancer.Spec) catalog.HourlyBill {
	if spec.Kind() == "classic" {
		return catalog.HourlyBill{PerHour: catalog.ClassicBalancerPerHour}
	}
	return catalog.HourlyBill{PerHour: catalog.ApplicationBalancerPerHour}
}

// duration prints a span for a reader.
func duration(t engine.Time) string { return quantity.Duration(t).Rough() }
