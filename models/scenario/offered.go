package scenario

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/catalog"
	"github.com/headroom-sim/headroom/models/client"
)

// offered is the load that a scenario plans for a fleet, minute by minute.
type offered struct {
	requests []float64 // per second
	work     []float64 // vCPU seconds per second, at speed 1
	complete bool      // it is all: what closed users, traces and bursts add, and what stores of content delivery networks let through, is not known
}

// offered adds up what clients send to a fleet.
func (l *lint) offered(fleet string) offered {
	n := int((l.Duration.Time() + engine.Minute - 1) / engine.Minute)
	o := offered{requests: make([]float64, n), work: make([]float64, n), complete: !l.storesObjects()}
	for _, name := range sorted(l.Clients) {
		c := l.Clients[name]
		requests, work := l.session(c, fleet)
		if requests == 0 {
			continue
		}
		course := c.Course(l.zero(), l.Duration.Time(), engine.Minute)
		o.complete = o.complete && course != nil
		for i, rate := range course {
			o.requests[i] += float64(rate * requests)
			o.work[i] += float64(rate * work)
		}
	}
	return o
}

// session is what a client's session brings to a fleet on average: requests,
// and vCPU seconds.
func (l *lint) session(c *client.Spec, fleet string) (requests, work float64) {
	shares := l.shares(c)
	for _, route := range sorted(shares) {
		demand, works := l.Routes[route].Demand[fleet]
		if !works {
			continue
		}
		n := float64(c.Requests.Mean() * float64(shares[route]) * l.comes(c.Target, fleet, route))
		requests += n
		work += n * demand.Mean() / float64(engine.Second)
	}
	return requests, work
}

// comes is the share of a route's requests to a place that come to a fleet. A
// balancer without weights is taken to deal evenly among its targets.
func (s *Spec) comes(to, fleet, route string) float64 {
	if to == fleet {
		return 1
	}
	var sum float64
	next := s.next(to)
	for _, name := range next {
		sum += float64(s.comes(name, fleet, route) * s.portion(to, name))
	}
	return sum * s.misses(to, route)
}

// portion is the part of what comes to a place that goes on to another.
func (s *Spec) portion(from, to string) float64 {
	switch d := s.DNS[from]; {
	case s.Balancers[from] != nil:
		return s.Balancers[from].Portion(to)
	case d != nil && d.Policy == "failover":
		if to == d.Primary {
			return 1
		}
		return 0
	case d != nil:
		var sum int
		for _, w := range d.Weights {
			sum += w
		}
		if sum == 0 {
			return 1 / float64(len(d.Weights))
		}
		return float64(d.Weights[to]) / float64(sum)
	}
	return 1
}

// peak is the greatest of the values, 0 where there is none.
func peak(values []float64) float64 {
	var most float64
	for _, v := range values {
		most = max(most, v)
	}
	return most
}

// vcpus are those of one instance of a fleet, in vCPUs of speed 1.
func (f *Fleet) vcpus() float64 {
	n := 0
	if i := f.machine(); i != nil {
		n = i.VCPU
	} else if f.VCPUs != nil {
		n = *f.VCPUs
	}
	return float64(n) * f.Speed
}

// machine is the fleet's instance type, nil if it is not of the catalogue.
func (f *Fleet) machine() *catalog.Instance {
	if f.Instance == "" {
		return nil
	}
	i, err := catalog.Lookup(f.Instance)
	if err != nil {
		return nil // a problem, and reported as such
	}
	return &i
}
