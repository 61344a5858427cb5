package site

import (
	"cmp"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/backend"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/catalog"
	"github.com/headroom-sim/headroom/models/client"
	"github.com/headroom-sim/headroom/models/server"
	"github.com/headroom-sim/headroom/models/session"
)

// siteTally is all that happened at the site in some time. It merges exactly.
type siteTally struct {
	clients   client.Tally
	fleets    []fleetTally
	balancers []balancer.Tally
	services  []serviceTally
	cdns      []backend.CDNTally
	dns       []backend.DNSTally
	sessions  session.Tally
	expenses  []catalog.Money // by entry of the bill, for use
	moved     moved
}

type fleetTally struct {
	group      autoscaling.Tally
	servers    server.Tally               // of the instances in service
	saturated  [server.Limits]engine.Time // any instance at the limit
	strain     strain                     // of the instances that take part in the work
	peak       int64                      // most connections on one instance
	creditsMin engine.Time                // least balance of one instance
	burstable  bool
	held       bool           // some instance was held down to its baseline
	requests   []hostRequests // by ordinal
	hours      float64        // billed instance-hours
}

// hostRequests counts the attempts that an instance received.
type hostRequests struct {
	ordinal int
	n       uint64
}

type serviceTally struct {
	server.Tally
	strain        strain
	function      backend.FunctionTally // what only a function has
	hits, lookups uint64                // of a cache
}

func (t *serviceTally) merge(o *serviceTally) {
	t.Merge(&o.Tally)
	t.strain.merge(&o.strain)
	t.function.Merge(&o.function)
	t.hits += o.hits
	t.lookups += o.lookups
}

func newSiteTally(s *System) *siteTally {
	return &siteTally{
		fleets:    make([]fleetTally, len(s.fleets)),
		balancers: make([]balancer.Tally, len(s.balancers)),
		services:  make([]serviceTally, len(s.services)),
		cdns:      make([]backend.CDNTally, len(s.cdns)),
		dns:       make([]backend.DNSTally, len(s.dns)),
		expenses:  make([]catalog.Money, len(s.meter.bill)),
	}
}

// mergePlant adds everything but the clients' part, which comes later and on
// its own way.
func (t *siteTally) mergePlant(o *siteTally) {
	t.sessions.Merge(&o.sessions)
	for i := range t.fleets {
		t.fleets[i].merge(&o.fleets[i])
	}
	for i := range t.balancers {
		t.balancers[i].Merge(&o.balancers[i])
	}
	for i := range t.services {
		t.services[i].merge(&o.services[i])
	}
	for i := range t.cdns {
		t.cdns[i].Merge(&o.cdns[i])
	}
	for i := range t.dns {
		t.dns[i].Merge(&o.dns[i])
	}
	for i, e := range o.expenses {
		t.expenses[i] += e
	}
	t.moved.sent += o.moved.sent
	t.moved.crossed += o.moved.crossed
}

func (t *fleetTally) merge(o *fleetTally) {
	t.group.Merge(&o.group)
	t.servers.Merge(&o.servers)
	t.strain.merge(&o.strain)
	for l, span := range o.saturated {
		t.saturated[l] += span
	}
	t.peak = max(t.peak, o.peak)
	if o.burstable {
		t.burst(o.creditsMin)
	}
	t.held = t.held || o.held
	for _, r := range o.requests {
		t.count(r.ordinal, r.n)
	}
	t.hours += o.hours
}

// burst notes a balance of CPU credits.
func (t *fleetTally) burst(balance engine.Time) {
	if !t.burstable || balance < t.creditsMin {
		t.creditsMin = balance
	}
	t.burstable = true
}

// count adds requests to those of an instance.
func (t *fleetTally) count(ordinal int, n uint64) {
	i, found := slices.BinarySearchFunc(t.requests, ordinal, func(r hostRequests, ordinal int) int {
		return cmp.Compare(r.ordinal, ordinal)
	})
	if !found {
		t.requests = slices.Insert(t.requests, i, hostRequests{ordinal: ordinal})
	}
	t.requests[i].n += n
}

// reset empties the plant's part for another stretch of time.
func (t *siteTally) resetPlant() {
	for i := range t.fleets {
		t.fleets[i] = fleetTally{requests: t.fleets[i].requests[:0]}
	}
	clear(t.balancers)
	clear(t.services)
	clear(t.cdns)
	clear(t.dns)
	clear(t.expenses)
	t.moved = moved{}
	t.sessions = session.Tally{}
}
