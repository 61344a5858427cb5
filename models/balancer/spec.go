package balancer

import (
	"maps"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
)

// Spec describes a load balancer as a scenario does, in a [balancers.<name>]
// table.
type Spec struct {
	Product             string            `toml:"kind" required:"true" oneof:"classic application" doc:"Which load balancer: Classic or Application."`
	Targets             []string          `toml:"targets" doc:"Fleets, services or balancers that the requests go to: all in one target group."`
	Algorithm           string            `toml:"algorithm" default:"round_robin" default_classic:"least_outstanding_requests" oneof:"round_robin least_outstanding_requests weighted_random random power_of_two" doc:"How a node chooses among its targets; of targets with equally few requests outstanding, the next one in turn (UNSOURCED). random and power_of_two are no choices of AWS's." source:"ALB-TG, ELB-HOW"`
	CrossZone           bool              `toml:"cross_zone" default:"true" doc:"Nodes use the targets of all zones, not only of their own. Classic: the console's default; off in the API." source:"ALB-XZ, CLB-XZ"`
	IdleTimeout         quantity.Duration `toml:"idle_timeout" default:"60s" range:"1s..4000s" doc:"How long a connection may be silent: a request unanswered for so long fails with 504, an unused connection to a target is closed." source:"API-LBATTR, CLB-IDLE"`
	DeregistrationDelay quantity.Duration `toml:"deregistration_delay" default:"300s" range:"0s..3600s" doc:"How long requests in flight may go on when their target is deregistered (classic: connection draining; 0s turns it off, and requests to instances that become unhealthy are then dropped too)." source:"ALB-TG, CLB-DRAIN"`
	DeregistrationEnds  string            `toml:"deregistration_ends" default:"delay" default_classic:"idle" oneof:"idle delay" doc:"When a draining target is let go: as soon as nothing is in flight, or after the whole delay, for which an Application Load Balancer reports it as draining." source:"CLB-DRAIN; application INFERRED from ALB-TG: a group watches the reported state"`
	DeregistrationLag   quantity.Duration `toml:"deregistration_lag" default:"0s" range:"0s..60s" doc:"How long nodes still send new requests to a target that is deregistered; 13 to 17 s have been measured." source:"UNSOURCED: documented as none, U1 measured otherwise"`
	RegistrationDelay   quantity.Duration `toml:"registration_delay" default:"0s" range:"0s..10m" doc:"Time from registering a target to the start of its checks." source:"UNSOURCED: no figure is published"`
	CloseNotice         quantity.Duration `toml:"close_notice" default:"1ms" range:"0s..10s" doc:"Time until a node knows that a target has closed an idle connection. A request that it sends on it meanwhile fails, with 502 (classic: 504): keep the targets' keepalive_timeout above idle_timeout." source:"UNSOURCED: about the way of a packet; that it happens: ALB-LB, U5"`
	SurgeQueue          int               `toml:"surge_queue" for:"classic" default:"1024" range:"1..1024" doc:"Requests per node that may wait for an instance to accept their connection; the rest gets 503." source:"CLB-CW; that these are the requests that wait is UNSOURCED"`
	RefusedStatus       int               `toml:"refused_status" for:"classic" default:"503" range:"502..504" doc:"Answer to a request whose instance refuses the connection." source:"UNSOURCED: CLB-ERR does not list the case"`
	HealthCheck         HealthCheck       `toml:"health_check" doc:"How each node checks each target in its reach."`
	Stickiness          Stickiness        `toml:"stickiness" doc:"Whether requests of a visitor go back to the same target."`

	Forwarding `for:"application"`
}

// HealthCheck describes the health checks of a load balancer.
type HealthCheck struct {
	Path               string            `toml:"path" default:"/" default_classic:"/index.html" doc:"What is asked for. Descriptive." source:"ALB-HC, CLB-HC"`
	Interval           quantity.Duration `toml:"interval" default:"30s" range:"5s..300s" doc:"Time between two checks of a target by a node, whatever the answer took." source:"ALB-HC, CLB-HC"`
	Timeout            quantity.Duration `toml:"timeout" default:"5s" range:"2s..120s" doc:"An answer later than this is a failed check; at most 60s on classic; less than the interval." source:"ALB-HC, CLB-HC"`
	HealthyThreshold   int               `toml:"healthy_threshold" default:"5" default_classic:"10" range:"2..10" doc:"Checks in a row that an unhealthy target must pass." source:"ALB-HC, CLB-HC"`
	UnhealthyThreshold int               `toml:"unhealthy_threshold" default:"2" range:"2..10" doc:"Checks in a row that a target must fail to become unhealthy." source:"ALB-HC, CLB-HC"`
	FirstThreshold     *int              `toml:"first_threshold" for:"classic" range:"1..10" doc:"Checks in a row that a newly registered instance must pass (left out: healthy_threshold). An Application Load Balancer asks for one." source:"UNSOURCED: CLB-REG does not say how many"`
	Demand             quantity.Duration `toml:"demand" default:"0s" range:"0s.." doc:"CPU time that a check costs the server." source:"UNSOURCED: depends on the page"`
}

// Fixed figures of the vendor's.
const (
	dnsTTL         = 60 * engine.Second // of a node's address: ELB-HOW
	connectTimeout = 10 * engine.Second // application: ALB-TS
)

// Kind is the key that decides the defaults: "classic" or "application".
func (s *Spec) Kind() string { return s.Product }

// Check reports what is wrong with a Spec whose fields are each in their range.
func (s *Spec) Check(report quantity.Report) {
	s.checkTargets(report)
	s.checkStickiness(report)
	if s.Product == "application" {
		s.checkForwarding(report)
	} else if s.Algorithm == "weighted_random" {
		report("algorithm", "weighted_random is for application balancers only")
	}
	h := &s.HealthCheck
	if h.Timeout >= h.Interval {
		report("health_check.timeout", "must be less than interval (timeout %s, interval %s)", h.Timeout.Time(), h.Interval.Time())
	}
	if s.Product == "classic" && h.Timeout.Time() > engine.Minute {
		report("health_check.timeout", "must not exceed 60s on a classic balancer (have %s)", h.Timeout.Time())
	}
}

// Places are the names of all targets: those of targets, or of weights in their
// order.
func (s *Spec) Places() []string {
	if s.Weights == nil {
		return s.Targets
	}
	return slices.Sorted(maps.Keys(s.Weights))
}

// Portion is the share of the requests that goes to one of the places: by the
// weights, or the same for all.
func (s *Spec) Portion(place string) float64 {
	if s.Weights == nil {
		return 1 / float64(len(s.Targets))
	}
	var sum int
	for _, weight := range s.Weights {
		sum += weight
	}
	return float64(s.Weights[place]) / float64(sum)
}

func (s *Spec) checkTargets(report quantity.Report) {
	switch {
	case s.Targets != nil && s.Weights != nil:
		report("weights", "cannot be together with targets: each name in weights is a target group")
	case len(s.Places()) == 0:
		report("targets", "must name at least one target")
	}
	for i, name := range s.Targets {
		for _, earlier := range s.Targets[:i] {
			if name == earlier {
				report("targets", "names %q twice", name)
			}
		}
	}
}

type kind uint8

const (
	application kind = iota
	classic
)

type algorithm uint8

const (
	roundRobin algorithm = iota
	leastOutstanding
	weightedRandom
	randomChoice
	powerOfTwo
)

var (
	kinds      = map[string]kind{"application": application, "classic": classic}
	algorithms = map[string]algorithm{
		"round_robin": roundRobin, "least_outstanding_requests": leastOutstanding,
		"weighted_random": weightedRandom, "random": randomChoice, "power_of_two": powerOfTwo,
	}
)

// policy is a Spec in the terms in which it is carried out.
type policy struct {
	kind      kind
	algorithm algorithm
	crossZone bool
	answers   answers

	idleTimeout                              engine.Time
	registrationDelay                        engine.Time
	deregistrationDelay, deregistrationLag   engine.Time
	waitsOut                                 bool          // a draining target is let go only after the whole delay
	cut                                      traffic.Cause // for requests in flight when that delay is over
	nobody                                   traffic.Cause // for requests when there is no target to send them to
	failOpen                                 bool          // without healthy targets in reach, a node uses all
	connectTimeout                           engine.Time   // a target should have accepted by then; unless there is a surge queue
	surgeQueue                               int           // per node; 0: none
	interval, timeout, demand                engine.Time   // of health checks
	firstThreshold, healthyThr, unhealthyThr int
	dnsFailover, routingFailover             threshold
	slowStart, weightLag                     engine.Time
	closeNotice, clientKeepAlive             engine.Time
	paidRules                                uint64 // evaluated for a request
	newUntilHealthy                          bool   // failing does not end a target's being new
}

func newPolicy(s *Spec) policy {
	h := &s.HealthCheck
	p := policy{
		kind: kinds[s.Product], algorithm: algorithms[s.Algorithm], crossZone: s.CrossZone,
		idleTimeout:         s.IdleTimeout.Time(),
		registrationDelay:   s.RegistrationDelay.Time(),
		deregistrationDelay: s.DeregistrationDelay.Time(),
		deregistrationLag:   s.DeregistrationLag.Time(),
		waitsOut:            s.DeregistrationEnds == "delay",
		interval:            h.Interval.Time(), timeout: h.Timeout.Time(), demand: h.Demand.Time(),
		healthyThr: h.HealthyThreshold, unhealthyThr: h.UnhealthyThreshold,
		closeNotice: s.CloseNotice.Time(), clientKeepAlive: engine.Forever,
		nobody: traffic.Status503, connectTimeout: connectTimeout,
	}
	p.dnsFailover, p.routingFailover = threshold{count: 1}, threshold{count: 1}
	if p.kind == classic {
		p.answers, p.cut = classicAnswers(s.RefusedStatus), traffic.Closed
		p.surgeQueue, p.newUntilHealthy = s.SurgeQueue, true
		p.firstThreshold = h.HealthyThreshold
		if h.FirstThreshold != nil {
			p.firstThreshold = *h.FirstThreshold
		}
		return p
	}
	p.answers, p.cut, p.firstThreshold, p.failOpen = applicationAnswers, traffic.Status502, 1, true
	p.clientKeepAlive, p.paidRules = s.ClientKeepAlive.Time(), uint64(max(0, s.Rules-freeRules))
	p.slowStart, p.weightLag = s.SlowStart.Time(), s.WeightLag.Time()
	p.dnsFailover = newThreshold(s.GroupHealth.DNSCount, s.GroupHealth.DNSShare)
	p.routingFailover = newThreshold(s.GroupHealth.RoutingCount, s.GroupHealth.RoutingShare)
	return p
}
