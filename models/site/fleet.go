package site

import (
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/catalog"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/incident"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/models/server"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

// fleet is the door between a group, which decides about instances, and the
// servers that run on them. As a place it is what those see who address the
// fleet without a balancer: each new connection leads to one of the instances
// that serve, at random.
type fleet struct {
	sys       *System
	name      string
	index     int
	spec      *scenario.Fleet
	group     *autoscaling.Group
	image     *server.Image
	machine   server.Machine
	below     []place
	calls     []server.Call
	ways      map[string][]traffic.Receiver // of calls, by the zone of the instance that makes them
	hosts     []*host                       // of the instances that run or are about to, in order of launch
	numbered  map[int]*host                 // the same by their instances' ordinals
	serving   map[traffic.Receiver]*host    // the same by their servers
	asleep    []*host                       // of those stopped or hibernated in the warm pool
	balancers []*balancerPlace
	bill      *catalog.InstanceBill
	paid      tally.LevelTally // instances, by the group, over the whole run
	feeds     []*feed          // metrics for the group's alarms
	gauges    []*fleetGauge
	bandwidth *bandwidth // nil: nobody needs to look at it
	releases  releases   // that were deployed
	leak      error      // what the first instance that stopped with wrong books said

	up     []*host // serve, for direct addressing
	dealt  uint64  // connections dealt directly
	direct random.Stream

	bootLuck, startupLuck random.Stream
	booted, started       *engine.Routine[*host]
}

// host is an instance with its server.
type host struct {
	fleet      *fleet
	instance   *autoscaling.Instance
	server     *server.Server    // nil while asleep
	next       engine.Notice     // of booting
	runs       bool              // the group has said so
	crashed    bool              // by a fault; it is not billed
	billed     engine.Time       // since when, unless it has crashed
	waiting    int               // balancers that still drain it
	boots      uint64            // so far
	ready      bool              // it has once booted and started
	started    bool              // the software has started
	registered bool              // in service, as far as those know who send it requests
	working    bool              // has taken part in the work since the latest cut
	proven     bool              // a load balancer has found it healthy
	served     bool              // a request has come, from those who address the fleet directly
	effects    incident.Effects  // on the instance; they stay with it when it sleeps
	spent      bool              // its CPU credits have run out once
	saved      server.Savings    // of CPU credits, when it was last stopped
	cut        server.Tally      // the latest cut
	sent       uint64            // bytes in this minute, where the fleet's bandwidth is looked at
	used       autoscaling.Usage // since the group last asked
	seen       []reading         // of the gauges that measure the fleet
}

// targetsPerFleet spaces the target IDs of a balancer's fleets apart: instance n
// of the fleet that is its target i is (i+1) targetsPerFleet + n. What else the
// site has plays no part, since checks take their luck from the ID.
const targetsPerFleet = 1 << 40

// group is the index of a fleet among the balancer's targets.
func (b *balancerPlace) group(f *fleet) int { return slices.Index(b.targets, place(f)) }

// target is the ID of an instance among the balancer's targets.
func (b *balancerPlace) target(h *host) int {
	return (b.group(h.fleet)+1)*targetsPerFleet + h.instance.Ordinal
}

func (s *System) newFleet(name string, spec *scenario.Fleet) *fleet {
	f := &fleet{
		sys: s, name: name, spec: spec, ways: make(map[string][]traffic.Receiver), numbered: make(map[int]*host), serving: make(map[traffic.Receiver]*host), releases: make(releases),
		direct: s.stream("direct/" + name), bootLuck: s.stream("boot/" + name), startupLuck: s.stream("startup/" + name),
	}
	if s.keepers[name] && s.spec.Sessions.In != "" {
		f.calls = append(f.calls, s.sessionCall())
	}
	first := len(f.calls)
	for _, to := range spec.Below() {
		p := s.place(to)
		f.below = append(f.below, p)
		f.calls = append(f.calls, server.Call{To: p, Routes: s.served(p), Timeout: s.callTimeout(to)})
	}
	s.guard(spec, f.calls[first:], first)
	f.image = server.NewImage(s.sim, &spec.Server, server.Wiring{
		Name: name, Demands: s.demands(name), Calls: f.calls, Stream: s.stream, Keeper: s.keeper(name), Followed: s.recorder != nil,
	})
	f.bandwidth = f.newBandwidth()
	f.machine, f.bill = machineOf(spec, s.spec.Region.Region)
	if !s.reached[name] {
		f.bill = catalog.NewInstanceBill(0, 0)
	}
	f.booted = engine.NewRoutine(s.sim, name+": booted", engine.Change, f.onBooted)
	f.started = engine.NewRoutine(s.sim, name+": server started", engine.Change, f.onStarted)
	f.index = len(s.fleets)
	s.fleets = append(s.fleets, f)
	return f
}

// callTimeout is the longest wait for an answer of a service; 0: for ever.
func (s *System) callTimeout(to string) engine.Time {
	if v := s.spec.Services[to]; v != nil && v.CallTimeout != nil {
		return v.CallTimeout.Time()
	}
	return 0
}

// served tells for each route whether a place, or one further down, has work.
func (s *System) served(p place) []bool {
	routes := make([]bool, len(s.routes))
	for r := range routes {
		routes[r] = p.serves(r)
	}
	return routes
}

func (f *fleet) serves(route int) bool {
	return f.sys.hasDemand(f.name, route) || slices.ContainsFunc(f.below, func(p place) bool { return p.serves(route) })
}

// machineOf is the hardware of a fleet's instances and what they cost.
func machineOf(spec *scenario.Fleet, region catalog.Region) (server.Machine, *catalog.InstanceBill) {
	m := server.Machine{Speed: spec.Speed}
	var price, surplus catalog.Money
	if spec.Instance == "" {
		m.VCPUs = *spec.VCPUs
	} else {
		i, err := catalog.Lookup(spec.Instance)
		if err != nil {
			panic("site: unchecked instance type: " + err.Error())
		}
		m.VCPUs, price = i.VCPU, i.PricePerHour(region)
		if i.Burstable() {
			m.Credits = creditsOf(spec, i.Credits)
			surplus = i.Credits.SurplusPrice
		}
	}
	if spec.Price != nil {
		price = catalog.Dollars(*spec.Price)
	}
	return m, catalog.NewInstanceBill(price, surplus)
}

// creditsOf are the credits in the mode asked for. Launch credits exist in
// standard mode only.
func creditsOf(spec *scenario.Fleet, c catalog.Credits) *server.Credits {
	unlimited := c.UnlimitedDefault
	if spec.CPUCredits != "" {
		unlimited = spec.CPUCredits == "unlimited"
	}
	credits := &server.Credits{PerHour: c.PerHour, Unlimited: unlimited, Kept: c.Kept}
	if !unlimited {
		credits.Launch = c.Launch
	}
	return credits
}

// open makes the group with its instances of time zero, which serve, are
// registered and healthy.
func (f *fleet) open() {
	s := f.sys
	f.group = autoscaling.New(s.sim, autoscaling.Config{
		Name: f.name, Spec: &f.spec.Spec, Compute: f, Registry: f,
		Metric: f.metric, Alarm: func(name string) *cloudwatch.Status { return s.statuses[name] }, Stream: s.stream, Start: s.start, Log: s.log,
		Balanced: len(f.balancers) > 0,
	})
	for _, i := range f.group.Instances {
		h := &host{fleet: f, instance: i, ready: true, started: true, registered: true, working: true, served: true}
		f.powerOn(h)
		h.runs = true
		h.refresh()
		f.up = append(f.up, h)
		f.register(h, true)
	}
	for _, i := range f.group.Pool {
		h := &host{fleet: f, instance: i, ready: true}
		if i.State != autoscaling.WarmedRunning {
			f.asleep = append(f.asleep, h)
			continue
		}
		f.powerOn(h)
		h.runs, h.started = true, true
		h.refresh()
	}
}

// leave takes a host away from those who address the fleet directly.
func (f *fleet) leave(h *host) {
	h.registered, h.working = false, false
	f.up = slices.DeleteFunc(f.up, func(other *host) bool { return other == h })
}

// Register implements autoscaling.Registry. An instance back from standby may
// serve already.
func (f *fleet) Register(i *autoscaling.Instance) {
	h := f.host(i)
	f.sys.meter.host(h, false)
	h.forget()
	f.register(h, false)
	f.join(h)
}

func (f *fleet) register(h *host, healthy bool) {
	h.registered, h.proven = true, healthy
	for _, b := range f.balancers {
		b.AddTarget(balancer.Target{
			ID: b.target(h), Name: h.instance.ID, Fleet: f.name, Zone: h.instance.Zone, Group: b.group(f),
			Receiver: h.server, Healthy: healthy, Connectionless: f.spec.Server.Software == "station",
		})
	}
	h.tellUse()
}

// answers reports whether the instance takes part in the work: it is known to those
// who send requests, and neither down nor hung.
func (h *host) answers() bool {
	return h.registered && h.started && server.Impaired(h.effects.Impairment()) == server.Up
}

// tellUse cuts the instance where it begins or ceases to work, and tells the group whether the instance can be used now: it runs and some
// balancer finds it healthy, or where there is none it answers and is in service.
// One that has crashed cannot be used, though no balancer knows of it yet.
func (h *host) tellUse() {
	f := h.fleet
	used := h.answers()
	if used != h.working {
		f.sys.meter.host(h, h.instance.State == autoscaling.InService)
		h.working = used
	}
	if len(f.balancers) > 0 {
		used = h.started && slices.ContainsFunc(f.balancers, func(b *balancerPlace) bool { return b.Usable(b.target(h)) })
	}
	f.group.Used(h.instance, used)
}

// Deregister implements autoscaling.Registry. An instance in several balancers
// is let go when the last of them is done with it.
func (f *fleet) Deregister(i *autoscaling.Instance) {
	h := f.host(i)
	f.sys.meter.host(h, true)
	f.leave(h)
	h.waiting = len(f.balancers)
	if h.waiting == 0 {
		f.group.Deregistered(i)
		return
	}
	for _, b := range f.balancers {
		b.Deregister(b.target(h), func() {
			if h.waiting--; h.waiting == 0 {
				f.group.Deregistered(i)
			}
		})
	}
}

// onHealth hears a node's verdict on one of the fleet's instances. The group minds
// those of AWS's balancers.
func (f *fleet) onHealth(ordinal int, healthy bool) {
	h := f.numbered[ordinal]
	if h == nil {
		return
	}
	unhealthy := slices.ContainsFunc(f.balancers, func(b *balancerPlace) bool { return b.spec.Elastic() && b.Unhealthy(b.target(h)) })
	h.tellUse()
	f.group.Verdict(h.instance, !unhealthy)
	if healthy {
		h.proven = true
		f.group.Usable(h.instance)
	}
	f.sys.deployments.Heed(f.name)
}

// Receive implements traffic.Receiver for those who address the fleet without
// a balancer.
func (f *fleet) Receive(a *traffic.Attempt) {
	if c := a.Link.Conn.Conn(); c != nil {
		a.Forward(c.Home)
		return
	}
	if len(f.up) == 0 {
		a.Reply(traffic.Refused)
		return
	}
	a.Forward(f.deal().server)
}

// deal draws the instance for a new connection.
func (f *fleet) deal() *host {
	k := int(f.direct.Uniform(f.dealt, 0) * float64(len(f.up)))
	f.dealt++
	h := f.up[k]
	if !h.served {
		h.served = true
		f.sys.log.Add(timeline.Event{At: f.sys.sim.Now(), Kind: timeline.FirstServed, Fleet: f.name, Instance: h.instance.ID, Text: "receives its first request"})
	}
	return h
}

// Withdraw implements traffic.Receiver. Attempts are with servers, never here.
func (f *fleet) Withdraw(*traffic.Attempt, int32) {
	panic("site: an attempt was withdrawn from fleet " + f.name + ", which holds none")
}
