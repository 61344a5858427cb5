package site

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/balancer"
)

// Usage is what the site was used for in some time, in the terms in which it is
// billed. Parts to which no requests can come are left out.
type Usage struct {
	Region    string
	Lasted    engine.Time
	Fleets    []FleetUsage
	Balancers []BalancerUsage
	Functions []FunctionUsage
	CDNs      []CDNUsage
	Sent      uint64 // bytes to clients, but for those of content delivery networks
	Crossed   uint64 // bytes from one zone to another
}

// FleetUsage is that of a fleet.
type FleetUsage struct {
	Name  string
	Hours float64 // of its instances
}

// BalancerUsage is that of a balancer.
type BalancerUsage struct {
	Name, Kind      string
	Connections     uint64  // that clients opened
	Active          float64 // open connections of clients, mean
	Bytes           uint64  // as they count in capacity units: those of functions 2.5 times [PRICE-ELB]
	RuleEvaluations uint64  // beyond the free ones
}

// FunctionUsage is that of a function.
type FunctionUsage struct {
	Name     string
	Requests uint64
	Billed   engine.Time // time in environments
}

// CDNUsage is that of a content delivery network.
type CDNUsage struct {
	Name            string
	Requests, Bytes uint64
}

// usage is that of a window.
func (m *meter) usage(w *window) Usage {
	s := m.sys
	u := Usage{Region: s.spec.Region.String(), Lasted: w.To - w.From, Sent: w.moved.sent, Crossed: w.moved.crossed}
	for i, f := range s.fleets {
		if s.reached[f.name] {
			u.Fleets = append(u.Fleets, FleetUsage{f.name, w.fleets[i].hours})
		}
	}
	for i, b := range s.balancers {
		if t := &w.balancers[i]; s.reached[b.name] {
			u.Balancers = append(u.Balancers, BalancerUsage{
				Name: b.name, Kind: b.spec.Kind(), Connections: t.ClientConnections,
				Active: float64(t.ClientTime) / (1000 * u.Lasted.Seconds()), Bytes: capacityBytes(t), RuleEvaluations: t.RuleEvaluations,
			})
		}
	}
	for i, v := range s.services {
		if _, ok := v.facility.(*function); ok && s.reached[v.name] {
			t := &w.services[i].function
			u.Functions = append(u.Functions, FunctionUsage{v.name, billedRequests(t), t.Billed})
		}
	}
	for i, c := range s.cdns {
		if t := &w.cdns[i]; s.reached[c.name] {
			u.CDNs = append(u.CDNs, CDNUsage{c.name, t.Received, t.Bytes})
		}
	}
	return u
}

// capacityBytes are those that count in capacity units, of which one covers 1 GB,
// of what goes to functions and comes from them 0.4 GB [PRICE-ELB].
func capacityBytes(t *balancer.Tally) uint64 { return t.Bytes + t.FunctionBytes*5/2 }
