package site

import (
	"math"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/backend"
	"github.com/headroom-sim/headroom/models/catalog"
)

// cdn is a content delivery network in the site.
type cdn struct {
	*backend.CDN
	name   string
	origin place
	prices catalog.DeliveryPrices
}

func (s *System) newCDN(name string, spec *backend.CDNSpec) *cdn {
	c := &cdn{name: name, origin: s.place(spec.Origin)}
	c.CDN = backend.NewCDN(s.sim, spec, backend.Site{Name: name, Origin: c.origin, Routes: s.routes, Rate: orUnknown(s.spec.Lookups(name)), Stream: s.stream})
	c.prices = catalog.DeliveryPrices{
		Region: s.spec.Region.Region, Free: uint64(spec.Free), FreeRequests: uint64(spec.FreeRequests),
		PerGB: dollars(spec.Price), Per10K: dollars(spec.RequestPrice),
	}
	s.cdns = append(s.cdns, c)
	return c
}

// orUnknown is a rate per second, infinite where that is not known.
func orUnknown(rate float64, known bool) float64 {
	if !known {
		return math.Inf(1)
	}
	return rate
}

// cost is that of what the network did in a span of time.
func (c *cdn) cost(t *backend.CDNTally, span engine.Time) catalog.Money {
	return c.prices.Of(t.Bytes, t.Received, span)
}

func (c *cdn) serves(route int) bool { return c.origin.serves(route) }

// dnsName is a name in DNS in the site.
type dnsName struct {
	*backend.DNS
	name   string
	places []place // of the records
}

func (s *System) newDNS(name string, spec *backend.DNSSpec) *dnsName {
	d := &dnsName{name: name}
	at := backend.Resolution{Name: name, Rate: orUnknown(s.spec.Visitors(name)), Stream: s.stream, Log: s.log}
	for _, target := range spec.Targets() {
		p := s.place(target)
		d.places = append(d.places, p)
		r := backend.Record{Name: target, To: p}
		if b, ok := p.(*balancerPlace); ok {
			r.Alive = b.Alive
		}
		at.Records = append(at.Records, r)
	}
	d.DNS = backend.NewDNS(s.sim, spec, at)
	s.dns = append(s.dns, d)
	return d
}

func (d *dnsName) serves(route int) bool {
	return slices.ContainsFunc(d.places, func(p place) bool { return p.serves(route) })
}

// checkNames begins the checks of names that somebody asks for.
func (s *System) checkNames() {
	for _, d := range s.dns {
		if s.reached[d.name] {
			d.Watch()
		}
	}
}
