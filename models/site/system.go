package site

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/catalog"
	"github.com/headroom-sim/headroom/models/client"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/deployment"
	"github.com/headroom-sim/headroom/models/network"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/models/session"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

// Config says which run of a scenario it is, and what to measure.
type Config struct {
	Seed        uint64
	Replication int // from 0
	// Measured is the part of the run that counts; each of During has metrics
	// of its own.
	Measured Span
	During   []Span
	// Objectives are the bounds on latency or availability that
	// slo.violation_minutes judges each minute by.
	Objectives []Objective
	// Record is whose way through the site is to be recorded.
	Record Recording
	// Events is the most events that the run may have; 0 is no limit.
	Events uint64
	// Instant is the most events at one instant, beyond which the run is taken to go
	// round in a loop; 0 is ten million.
	Instant uint64
	// Crowd is how many visits may go on at once, and how many attempts at requests
	// may be under way, before the run gives up: each takes memory. 0 is no limit.
	Crowd int
}

// Objective is a bound on a latency or availability metric, both ends included.
type Objective struct {
	Metric string
	Lo, Hi float64
	During Span // the minutes for which it is asked; zero: all
}

// System is a scenario ready to run. It runs once.
type System struct {
	sim    *engine.Sim
	spec   *scenario.Spec
	config Config
	log    *timeline.Log
	pool   *traffic.Pool
	users  int // of all closed populations
	ledger *client.Ledger

	routes     []traffic.RouteSpec
	routeNames []string
	start      time.Time // wall-clock instant of time zero; zero: none

	clients   []*population
	balancers []*balancerPlace
	fleets    []*fleet
	services  []*service
	cdns      []*cdn
	dns       []*dnsName
	places    map[string]place
	reached   map[string]bool // the places that clients' requests can come to: the others cost nothing
	store     *session.Store  // nil: nobody signs in
	keepers   map[string]bool // the fleets that look after signed-in state
	transfer  *transfer
	net       *network.Network // nil: it takes no time, and costs nothing
	meter     *meter
	recorder  *recorder // nil: nothing is recorded

	deployments *deployment.Clock // nil: none

	alarms     []*cloudwatch.Alarm           // that are no policy's
	composites []*cloudwatch.Composite       // children first
	statuses   map[string]*cloudwatch.Status // of all alarms, by the names in rules
}

// population is a client population with its name.
type population struct {
	name string
	*client.Client
}

// place is a part of the site that requests can be sent to.
type place interface {
	traffic.Receiver
	// serves reports whether a route has demand at the place or further down.
	serves(route int) bool
}

// standstill is how many events at one instant are too many: users who are
// refused at once and come back without a pause would go on for ever.
const standstill = 10_000_000

// Build wires the system that a checked Spec describes.
func Build(spec *scenario.Spec, c Config) *System {
	s := &System{
		sim: engine.New(engine.Limits{Events: c.Events, Instant: cmp.Or(c.Instant, standstill)}), spec: spec, config: c,
		log: &timeline.Log{}, pool: &traffic.Pool{}, places: make(map[string]place), reached: spec.Reached(),
	}
	if spec.Start != nil {
		s.start = spec.Start.In(spec.Timezone.Location)
	}
	s.routeNames = slices.Sorted(maps.Keys(spec.Routes))
	for _, name := range s.routeNames {
		s.routes = append(s.routes, spec.Routes[name])
	}
	s.recorder = s.newRecorder()
	s.buildStore()
	s.buildNetwork()
	s.transfer = s.newTransfer(&spec.Prices)
	s.meter = newMeter(s)
	s.ledger = client.NewLedger(len(spec.Clients), len(s.routes), s.meter.requests)
	for _, name := range s.placeNames() {
		s.place(name)
	}
	for _, f := range s.fleets {
		f.open()
	}
	s.buildAlarms()
	s.buildClients()
	s.buildFaults()
	s.buildDeployments()
	s.checkNames()
	s.meter.begin()
	return s
}

func (s *System) placeNames() []string {
	names := slices.Sorted(maps.Keys(s.spec.Services))
	names = append(names, slices.Sorted(maps.Keys(s.spec.Fleets))...)
	names = append(names, slices.Sorted(maps.Keys(s.spec.Balancers))...)
	names = append(names, slices.Sorted(maps.Keys(s.spec.CDNs))...)
	return append(names, slices.Sorted(maps.Keys(s.spec.DNS))...)
}

// place builds the named place, after those that it sends requests on to.
func (s *System) place(name string) place {
	if p, ok := s.places[name]; ok {
		return p
	}
	p := s.newPlace(name)
	s.places[name] = p
	return p
}

func (s *System) newPlace(name string) place {
	switch of := s.spec; {
	case of.Services[name] != nil:
		return s.newService(name, of.Services[name])
	case of.Fleets[name] != nil:
		return s.newFleet(name, of.Fleets[name])
	case of.CDNs[name] != nil:
		return s.newCDN(name, of.CDNs[name])
	case of.DNS[name] != nil:
		return s.newDNS(name, of.DNS[name])
	}
	return s.newBalancer(name, s.spec.Balancers[name])
}

func (s *System) buildClients() {
	for _, name := range slices.Sorted(maps.Keys(s.spec.Clients)) {
		spec := s.spec.Clients[name]
		env := client.Env{
			Sim: s.sim, Pool: s.pool, Ledger: s.ledger, Stream: s.stream,
			Target: s.watched(entrance(s.place(spec.Target))), Routes: s.routeNames, Start: s.start, End: s.spec.Duration.Time(),
			Sizes: s.sizes(), Visitors: s.store != nil || len(s.spec.DNS) > 0 || s.sticky(), SignIn: s.signIn(), Grown: s.grown,
		}
		if s.store != nil {
			env.Leave = s.store.Leave
		}
		if spec.Kind() == "trace" {
			trace, err := spec.ReadTrace(s.spec.Timezone.Location)
			if err != nil {
				panic("site: unchecked trace: " + err.Error())
			}
			env.Trace = trace
		}
		s.clients = append(s.clients, &population{name, client.New(name, spec, env)})
		s.users += spec.Users
	}
}

// entrance is who receives at a place.
func entrance(p place) traffic.Receiver {
	if b, ok := p.(*balancerPlace); ok {
		return b.Balancer // straight to it, for this is where all requests come through
	}
	return p
}

// stream is the random stream of a purpose.
func (s *System) stream(name string) random.Stream {
	return random.NewStream(s.config.Seed, s.config.Replication, name)
}

// demands are what attempts cost at a place.
func (s *System) demands(name string) *traffic.Demands {
	return traffic.NewDemands(name, s.routes, s.stream)
}

// hasDemand reports whether a route has work or waiting to do at a place.
func (s *System) hasDemand(name string, route int) bool {
	r := &s.routes[route]
	_, works := r.Demand[name]
	_, waits := r.Wait[name]
	return works || waits
}

// Run asks after each slice of the run whether to go on. A slice is a thousandth
// of the run, and shorter where so much happens that this would take long.
const (
	slicesOfRun = 1000
	sliceEvents = 1_000_000 // beyond these the next slice is half as long
	firstSlice  = engine.Microsecond
)

// Run simulates the scenario from its start to its end. It calls progress now
// and then with the instant reached; when that returns false it gives up, and
// the Outcome is nil. An error says that the run could not finish; an
// [*InvariantError] that the simulator is wrong, so that there are no figures.
func (s *System) Run(progress func(now engine.Time) bool) (*Outcome, error) {
	end := s.spec.Duration.Time()
	for _, c := range s.clients {
		c.Start()
	}
	longest := max(end/slicesOfRun, 1)
	step := min(longest, firstSlice)
	for at := engine.Time(0); at < end; {
		at = min(at+step, end)
		before := s.sim.Events()
		if err := s.sim.Run(at); err != nil {
			return nil, s.explain(err)
		}
		if err := s.crowded(); err != nil {
			return nil, err
		}
		if !progress(at) {
			return nil, nil
		}
		if s.sim.Events()-before > sliceEvents {
			step = max(step/2, 1)
		} else {
			step = min(2*step, longest)
		}
	}
	if err := s.audit(end); err != nil {
		return nil, &InvariantError{err}
	}
	return s.meter.outcome(), nil
}

// balancerPlace is a balancer in the site.
type balancerPlace struct {
	*balancer.Balancer
	name     string
	spec     *balancer.Spec
	targets  []place
	received balancer.Tally // over the whole run
	bill     catalog.BalancerBill
}

func (b *balancerPlace) serves(route int) bool {
	return slices.ContainsFunc(b.targets, func(p place) bool { return p.serves(route) })
}

func (s *System) newBalancer(name string, spec *balancer.Spec) *balancerPlace {
	b := &balancerPlace{name: name, spec: spec}
	if s.reached[name] {
		b.bill.Price = catalog.Balancer(spec.Kind())
	}
	var zones []string
	for _, target := range spec.Places() {
		p := s.place(target)
		b.targets = append(b.targets, p)
		if f, ok := p.(*fleet); ok {
			zones = append(zones, f.spec.Zones...)
		}
	}
	slices.Sort(zones)
	config := balancer.Config{
		Name: name, Zones: slices.Compact(zones), Stream: s.stream, Log: s.log,
		OnHealth: b.onHealth, Way: s.nodeWays(spec), Routes: s.routes, Reused: s.reused(name), SetsCookie: s.setsCookie(&spec.Stickiness),
	}
	config.TargetCookie, config.GroupCookie = s.cookies(name)
	b.Balancer = balancer.New(s.sim, spec, config)
	for i, p := range b.targets {
		if f, ok := p.(*fleet); ok {
			f.balancers = append(f.balancers, b)
			continue
		}
		t := targetAt(p, spec.Kind())
		t.ID, t.Name, t.Group = i, spec.Places()[i], i
		b.AddTarget(t)
	}
	s.balancers = append(s.balancers, b)
	return b
}

// targetAt is a place that is no fleet as a target of a kind of balancer. A
// function answers application balancers in their way; only pools know connections
// that are kept open from one request to the next.
func targetAt(p place, kind string) balancer.Target {
	t := balancer.Target{Receiver: p, Healthy: true}
	v, ok := p.(*service)
	if !ok {
		return t
	}
	t.Connectionless = v.kind != "pool"
	if f, ok := v.facility.(*function); ok {
		t.Function = true
		if kind == "application" {
			t.Receiver = f.Behind()
		}
	}
	return t
}

// onHealth carries a node's verdict on a target to the target's fleet.
func (b *balancerPlace) onHealth(id, _ int, healthy bool) {
	if i := id / targetsPerFleet; i > 0 {
		b.targets[i-1].(*fleet).onHealth(id%targetsPerFleet, healthy)
	}
}
