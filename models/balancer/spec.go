package balancer

import (
	"maps"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
)

// Spec describes a load balancer as a scenario does, in a [balancers.<name>]
// table.
type Spec struct {
	Product             string            `toml:"kind" required:"true" oneof:"classic application network nginx haproxy" doc:"Which load balancer: AWS's Classic, Application or Network Load Balancer; or nginx or HAProxy, on a machine of its own that has the capacity for all that comes."`
	Targets             []string          `toml:"targets" doc:"Fleets, services or balancers that the requests go to: all in one target group."`
	Weights             map[string]int    `toml:"weights" for:"application nginx" range:"0..999" doc:"Instead of targets: names with their weights. application: up to five target groups, each a fleet, service or balancer; each gets weight / sum of weights of the requests and is balanced by itself; one that is empty or has no healthy target keeps its share, and its requests fail. nginx: the weight of each server of the fleet, or of the service or balancer, at least 1." source:"ALB-LISTEN, ALB-QUOTA, ngx_http_upstream_module"`
	Algorithm           string            `toml:"algorithm" default:"round_robin" default_classic:"least_outstanding_requests" default_network:"flow_hash" oneof:"round_robin least_outstanding_requests weighted_random random power_of_two flow_hash ip_hash source" oneof_application:"round_robin least_outstanding_requests weighted_random random power_of_two" oneof_classic:"round_robin least_outstanding_requests random power_of_two" oneof_network:"flow_hash" oneof_nginx:"round_robin least_outstanding_requests random power_of_two ip_hash" oneof_haproxy:"round_robin least_outstanding_requests random power_of_two source" doc:"How a node chooses among its targets; of targets with equally few requests outstanding, the next one in turn (UNSOURCED). application: weighted_random is uniform, since the steps by which AWS takes load from a target that fails more than its peers (anomaly mitigation, off by default) are not published. random and power_of_two are no choices of AWS's. nginx: by (smooth) weights, least_conn, random, random two least_conn, ip_hash (the first three octets of a user's address, which is made up of its identity). haproxy: roundrobin, leastconn, random(1), random(2), source." source:"ALB-TG, ELB-HOW, NLB-INTRO, ngx_http_upstream_module, HAProxy"`
	CrossZone           bool              `toml:"cross_zone" for:"classic application network" default:"true" default_network:"false" doc:"Nodes use the targets of all zones, not only of their own. Classic: the console's default; off in the API." source:"ALB-XZ, CLB-XZ, NLB-LB"`
	IdleTimeout         quantity.Duration `toml:"idle_timeout" default:"60s" default_network:"350s" default_haproxy:"5s" range:"1s..6000s" range_application:"1s..4000s" range_classic:"1s..4000s" range_network:"60s..6000s" doc:"How long a connection may be silent. classic, application: a request unanswered for so long fails with 504, an unused connection to a target is closed. network: a connection is forgotten; a request in progress or sent later fails as reset. nginx, haproxy: an unused connection to a target is closed (keepalive_timeout in an upstream; pool-purge-delay, after which HAProxy closes half of them)." source:"API-LBATTR, CLB-IDLE, API-LSNATTR, ngx_http_upstream_module, HAProxy"`
	DeregistrationDelay quantity.Duration `toml:"deregistration_delay" default:"300s" range:"0s..3600s" doc:"How long requests in flight may go on when their target is deregistered (classic: connection draining; 0s turns it off, and requests to instances that become unhealthy are then dropped too). network: connections go on beyond it unless deregistration_connection_termination is on; but an instance that is to go does so then. nginx, haproxy: how long whoever changes their configuration waits." source:"ALB-TG, CLB-DRAIN, NLB-TG; nginx, haproxy UNSOURCED"`
	DeregistrationEnds  string            `toml:"deregistration_ends" default:"delay" default_classic:"idle" default_nginx:"idle" default_haproxy:"idle" oneof:"idle delay" doc:"When a draining target is let go: as soon as nothing is in flight, or after the whole delay, for which an Application Load Balancer reports it as draining." source:"CLB-DRAIN; application INFERRED from ALB-TG: a group watches the reported state; network likewise; nginx, haproxy UNSOURCED"`
	DeregistrationLag   quantity.Duration `toml:"deregistration_lag" default:"0s" range:"0s..60s" doc:"How long nodes still send new requests to a target that is deregistered, also when its deregistration_delay is over and it is gone; 13 to 17 s have been measured." source:"UNSOURCED: documented as none, U1 measured otherwise"`
	RegistrationDelay   quantity.Duration `toml:"registration_delay" default:"0s" default_network:"2m" range:"0s..10m" doc:"Time from registering a target to the start of its checks; nginx, haproxy: to its being in the configuration." source:"UNSOURCED: no figure is published but for network: NLB-HC has \"a few minutes\""`
	CloseNotice         quantity.Duration `toml:"close_notice" for:"classic application" default:"1ms" range:"0s..10s" doc:"Time until a node knows that a target has closed an idle connection. A request that it sends on it meanwhile fails, with 502 (classic: 504): keep the targets' keepalive_timeout above idle_timeout." source:"UNSOURCED: about the way of a packet; that it happens: ALB-LB, U5"`
	SurgeQueue          int               `toml:"surge_queue" for:"classic" default:"1024" range:"1..1024" doc:"Requests per node that may wait for an instance to accept their connection; the rest gets 503." source:"CLB-CW; that these are the requests that wait is UNSOURCED"`
	RefusedStatus       int               `toml:"refused_status" for:"classic" default:"503" range:"502..504" doc:"Answer to a request whose instance refuses the connection." source:"UNSOURCED: CLB-ERR does not list the case"`
	HealthCheck         HealthCheck       `toml:"health_check" for:"classic application network haproxy" doc:"How each node checks each target in its reach. An application balancer does not check functions."`
	Stickiness          Stickiness        `toml:"stickiness" doc:"Whether requests of a visitor go back to the same target."`

	Forwarding `for:"application"`
	Flows      `for:"network"`
	Proxying   `for:"nginx haproxy"`
	Upstream   `for:"nginx"`
	Retrying   `for:"haproxy"`
}

// HealthCheck describes the health checks of a load balancer.
type HealthCheck struct {
	Path               string            `toml:"path" default:"/" default_classic:"/index.html" doc:"What is asked for. Descriptive." source:"ALB-HC, CLB-HC"`
	Protocol           string            `toml:"protocol" for:"classic network haproxy" default:"HTTP" default_network:"TCP" oneof:"TCP HTTP" doc:"TCP: a connection is enough, which a server that hangs or answers errors still accepts. HTTP: it must be answered well." source:"CLB-HC (the console's default; TCP in the API), NLB-HC; haproxy DERIVED: option httpchk, since there is a path; without it HAProxy only connects"`
	Interval           quantity.Duration `toml:"interval" default:"30s" default_haproxy:"2s" range:"1ms..1h" range_application:"5s..300s" range_classic:"5s..300s" range_network:"5s..300s" doc:"Time between two checks of a target by a node, whatever the answer took. haproxy: inter, from the end of a check to the next." source:"ALB-HC, CLB-HC, NLB-HC, HAProxy"`
	Timeout            quantity.Duration `toml:"timeout" default:"5s" default_network:"0s" default_haproxy:"0s" range:"0s..1h" range_application:"2s..120s" range_classic:"2s..60s" doc:"An answer later than this is a failed check; AWS: less than the interval (network: no more), 2s or more. network, 0s: 10s with TCP, 6s with HTTP; at most 120s. haproxy, 0s: the interval, as without timeout check." source:"ALB-HC, CLB-HC, NLB-HC; network no more: cdk; HAProxy"`
	HealthyThreshold   int               `toml:"healthy_threshold" default:"5" default_classic:"10" default_haproxy:"2" range:"1..1000" range_application:"2..10" range_classic:"2..10" range_network:"2..10" doc:"Checks in a row that an unhealthy target must pass (haproxy: rise)." source:"ALB-HC, CLB-HC, NLB-HC, HAProxy"`
	UnhealthyThreshold int               `toml:"unhealthy_threshold" default:"2" default_haproxy:"3" range:"1..1000" range_application:"2..10" range_classic:"2..10" range_network:"2..10" doc:"Checks in a row that a target must fail to become unhealthy (haproxy: fall)." source:"ALB-HC, CLB-HC, NLB-HC, HAProxy"`
	FirstThreshold     *int              `toml:"first_threshold" for:"classic network" range:"1..10" doc:"Checks in a row that a newly registered target must pass (left out: healthy_threshold). An Application Load Balancer asks for one." source:"UNSOURCED: CLB-REG and NLB-HC do not say how many"`
	Demand             quantity.Duration `toml:"demand" default:"0s" range:"0s.." doc:"CPU time that a check costs the server." source:"UNSOURCED: depends on the page"`
}

// Elastic tells whether it is one of AWS's: clients find it by DNS, and Auto
// Scaling hears what it thinks of instances.
func (s *Spec) Elastic() bool {
	return s.Product == "classic" || s.Product == "application" || s.Product == "network"
}

// IncludesZones tells whether its price includes what goes from its nodes to
// targets in other zones, and to it (UNSOURCED).
func (s *Spec) IncludesZones() bool { return s.Product == "classic" || s.Product == "application" }

// Checks tells whether it checks targets, and by requests that they must answer.
func (s *Spec) Checks() bool { return s.Product != "nginx" && s.HealthCheck.Protocol != "TCP" }

// FirstPass is how long it takes from registration, at least, until a new target
// that passes all checks may be used: the first of the checks in a row comes at
// once. One that has failed before needs them all.
func (s *Spec) FirstPass(failedBefore bool) engine.Time {
	h, passes := &s.HealthCheck, 1
	switch {
	case s.Product == "nginx":
	case h.FirstThreshold != nil:
		passes = *h.FirstThreshold
	case s.Product == "classic", s.Product == "network", failedBefore, s.InitState == "fully-down":
		passes = h.HealthyThreshold
	}
	return s.RegistrationDelay.Time() + engine.Time(passes-1)*h.Interval.Time()
}

// Within is how long a check waits for its answer.
func (s *Spec) Within() engine.Time {
	h := &s.HealthCheck
	switch {
	case h.Timeout > 0:
		return h.Timeout.Time()
	case s.Product == "haproxy":
		return h.Interval.Time()
	case h.Protocol == "HTTP":
		return 6 * engine.Second
	}
	return 10 * engine.Second
}

// Fixed figures of the vendor's.
const (
	dnsTTL         = 60 * engine.Second // of a node's address: ELB-HOW
	connectTimeout = 10 * engine.Second // application: ALB-TS
)

// Kind is the key that decides the defaults: "classic", "application", "network",
// "nginx" or "haproxy".
func (s *Spec) Kind() string { return s.Product }

// Check reports what is wrong with a Spec whose fields are each in their range.
func (s *Spec) Check(report quantity.Report) {
	s.checkTargets(report)
	s.checkStickiness(report)
	switch s.Product {
	case "application":
		s.checkForwarding(report)
	case "nginx":
		s.checkUpstream(report)
		return
	case "haproxy":
		s.checkRetrying(report)
		return
	}
	h := &s.HealthCheck
	switch within, interval := s.Within(), h.Interval.Time(); {
	case s.Product == "network" && within > interval:
		report("health_check.timeout", "must not exceed interval (timeout %s, interval %s)", within, interval)
	case s.Product != "network" && within >= interval:
		report("health_check.timeout", "must be less than interval (timeout %s, interval %s)", within, interval)
	}
	if t := h.Timeout.Time(); s.Product == "network" && t > 0 && (t < 2*engine.Second || t > 2*engine.Minute) {
		report("health_check.timeout", "must be between 2s and 120s, or 0s (have %s)", t)
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

// Grouped tells whether the weights are those of target groups.
func (s *Spec) Grouped() bool { return s.Product == "application" && s.Weights != nil }

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
	case s.Weights != nil && len(s.Weights) == 0:
		report("weights", "must name at least one target")
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
	networkKind
	nginxKind
	haproxyKind
)

type algorithm uint8

const (
	roundRobin algorithm = iota
	leastOutstanding
	weightedRandom
	randomChoice
	powerOfTwo
	flowHash
	ipHash
	sourceHash
)

var (
	kinds = map[string]kind{
		"application": application, "classic": classic, "network": networkKind, "nginx": nginxKind, "haproxy": haproxyKind,
	}
	algorithms = map[string]algorithm{
		"round_robin": roundRobin, "least_outstanding_requests": leastOutstanding,
		"weighted_random": weightedRandom, "random": randomChoice, "power_of_two": powerOfTwo,
		"flow_hash": flowHash, "ip_hash": ipHash, "source": sourceHash,
	}
)
