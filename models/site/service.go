package site

import (
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/models/server"
	"github.com/headroom-sim/headroom/models/traffic"
)

// service is a part of the site that does not scale by itself.
type service struct {
	sys    *System
	name   string
	image  *server.Image
	server *server.Server
}

func (s *System) newService(name string, spec *scenario.Service) *service {
	image := server.NewImage(s.sim, spec.Server(), server.Wiring{Name: name, Demands: s.demands(name), Stream: s.stream})
	machine := machineOfService(spec)
	v := &service{sys: s, name: name, image: image, server: image.Launch(machine, 0)}
	v.server.SetState(server.Up)
	return v
}

// machineOfService gives each server of a station a vCPU of its own.
func machineOfService(spec *scenario.Service) server.Machine {
	switch {
	case spec.Kind() == "pool":
		return server.Machine{VCPUs: spec.VCPUs}
	case spec.Servers != nil:
		return server.Machine{VCPUs: *spec.Servers}
	}
	return server.Machine{VCPUs: 1}
}

func (v *service) serves(route int) bool { return v.sys.hasDemand(v.name, route) }

// Receive implements traffic.Receiver: the server itself takes the attempt.
func (v *service) Receive(a *traffic.Attempt) { a.Forward(v.server) }

// Withdraw implements traffic.Receiver. Attempts are with the server, never
// here.
func (v *service) Withdraw(*traffic.Attempt, int32) {
	panic("site: an attempt was withdrawn from service " + v.name + ", which holds none")
}
