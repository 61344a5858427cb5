package site

import (
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/models/server"
	"github.com/headroom-sim/headroom/models/traffic"
)

// service is a part of the site that does not scale by itself.
type service struct {
	sys  *System
	name string
	facility
}

// facility is what every kind of service gives the site.
type facility interface {
	traffic.Receiver
	faultable
	// cut returns what it did since the last cut.
	cut() serviceTally
	// connectionLimit is how many connections it takes; 0: any number.
	connectionLimit() int
	// Audit checks its books.
	Audit() error
}

func (s *System) newService(name string, spec *scenario.Service) *service {
	v := &service{sys: s, name: name}
	switch spec.Kind() {
	case "function":
		v.facility = s.newFunction(name, spec)
	default:
		v.facility = s.newMachine(name, spec)
	}
	return v
}

func (v *service) serves(route int) bool { return v.sys.hasDemand(v.name, route) }

// machine is a service that is one server: a station or a pool.
type machine struct {
	*server.Server
	image    *server.Image
	hardware server.Machine
}

func (s *System) newMachine(name string, spec *scenario.Service) *machine {
	image := server.NewImage(s.sim, spec.Server(), server.Wiring{Name: name, Demands: s.demands(name), Stream: s.stream})
	m := &machine{image: image, hardware: hardwareOf(spec)}
	m.Server = image.Launch(m.hardware, 0)
	m.SetState(server.Up)
	return m
}

// hardwareOf gives each server of a station a vCPU of its own.
func hardwareOf(spec *scenario.Service) server.Machine {
	switch {
	case spec.Kind() == "pool":
		return server.Machine{VCPUs: spec.VCPUs}
	case spec.Servers != nil:
		return server.Machine{VCPUs: *spec.Servers}
	}
	return server.Machine{VCPUs: 1}
}

func (m *machine) cut() serviceTally {
	return serviceTally{Tally: m.Cut(), saturated: m.image.Saturated()}
}

func (m *machine) connectionLimit() int { return m.image.ConnectionLimit(m.hardware) }
