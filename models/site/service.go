package site

import (
	"github.com/headroom-sim/headroom/models/catalog"
	"github.com/headroom-sim/headroom/models/incident"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/models/server"
	"github.com/headroom-sim/headroom/models/traffic"
)

// service is a part of the site that does not scale by itself.
type service struct {
	sys     *System
	name    string
	kind    string
	price   catalog.Money // by the hour
	effects incident.Effects
	facility
}

// facility is what every kind of service gives the site. Besides, it or its nodes
// are impairable.
type facility interface {
	traffic.Receiver
	// cut returns what it did since the last cut.
	cut() serviceTally
	// connectionLimit is how many connections it takes; 0: any number.
	connectionLimit() int
	// Audit checks its books.
	Audit() error
}

func (s *System) newService(name string, spec *scenario.Service) *service {
	v := &service{sys: s, name: name, kind: spec.Kind()}
	if s.reached[name] {
		v.price = priceOf(spec, s.spec.Region.Region)
	}
	switch v.kind {
	case "function":
		v.facility = s.newFunction(name, spec)
	case "cache":
		v.facility = s.newCache(name, spec)
	case "database":
		v.facility = s.newDatabase(name, spec)
	case "queue":
		v.facility = s.newQueue(name, spec)
	default:
		v.facility = s.newMachine(name, spec.Server(), hardwareOf(spec))
	}
	s.services = append(s.services, v)
	return v
}

// priceOf is what a service costs by the hour, all nodes of a cache together. Of
// ElastiCache a begun hour counts whole; so it does here of all services.
func priceOf(spec *scenario.Service, region catalog.Region) catalog.Money {
	var price catalog.Money
	if spec.Kind() == "cache" {
		node := nodeType(spec)
		price = node.PricePerHour(region)
	}
	if spec.Price != nil {
		price = catalog.Dollars(*spec.Price)
	}
	if spec.Kind() == "cache" {
		price *= catalog.Money(spec.Nodes)
	}
	return price
}

func (v *service) serves(route int) bool { return v.sys.hasDemand(v.name, route) }

// machine is a service that is one server: a station or a pool.
type machine struct {
	*server.Server
	image    *server.Image
	hardware server.Machine
}

func (s *System) newMachine(name string, spec *server.Spec, hardware server.Machine) *machine {
	m := &machine{hardware: hardware}
	m.image = server.NewImage(s.sim, spec, server.Wiring{Name: name, Demands: s.demands(name), Stream: s.stream, Followed: s.recorder != nil})
	m.Server = m.image.Launch(hardware, 0)
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

// sharing is the software of a machine on which all requests present, at most so
// many, share the vCPUs, and any more are turned away.
func sharing(vcpus, most int) *server.Spec {
	servers := min(vcpus, most)
	queue := most - servers
	return &server.Spec{Software: "station", Queueing: server.Queueing{Discipline: "ps", Servers: &servers, Queue: &queue}}
}

func (m *machine) cut() serviceTally {
	t := serviceTally{Tally: m.Cut()}
	t.strain.add(&t.Tally)
	return t
}

func (m *machine) connectionLimit() int { return m.image.ConnectionLimit(m.hardware) }
