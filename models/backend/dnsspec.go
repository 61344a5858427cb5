package backend

import (
	"maps"
	"slices"

	"github.com/headroom-sim/headroom/models/quantity"
)

// DNSSpec is a name in DNS in the manner of Route 53: the table [dns.NAME].
type DNSSpec struct {
	Policy    string         `toml:"kind" default:"weighted" oneof:"weighted failover" doc:"Routing policy. weighted: records get shares of the answers by their weights; failover: the primary record while it is healthy, else the secondary." source:"UNSOURCED: the one with one record is the simplest"`
	Weights   map[string]int `toml:"weights" for:"weighted" required:"true" write:"weights = { PLACE = 1 }" range:"0..255" doc:"Records: balancers, fleets, services or content delivery networks, with their weights. Weight 0 stops a record, unless all have it, or all others are unhealthy." source:"R53-W, R53-FT"`
	Primary   string         `toml:"primary" for:"failover" required:"true" doc:"Record that is answered while it is healthy." source:"R53-FT"`
	Secondary string         `toml:"secondary" for:"failover" required:"true" doc:"Record that is answered while the primary is unhealthy." source:"R53-FT"`

	TTL       quantity.Duration `toml:"ttl" default:"60s" range:"1s..7d" doc:"Time to live of an answer: a resolver keeps it for so long, and its clients ask again when they need a connection and it is over." source:"ELB-HOW: that of names of load balancers, and of aliases for them"`
	Resolvers int               `toml:"resolvers" default:"1000" range:"1..1000000" doc:"Resolvers of the clients: each client asks one of them, which asks the name's servers when it has no answer younger than ttl. At time zero they have the answers that they have in the long run. The fewer there are, the more clients move at once." source:"UNSOURCED: as many as there are networks from which clients come; in place of the traffic of each, which is not known, all have equal shares of it"`
	IgnoreTTL quantity.Share    `toml:"ignore_ttl" default:"0%" range:"0..1" doc:"Share of the clients that keep their first answer for as long as they are there, from their first request to their last." source:"UNSOURCED: there are some (KC-UNEQ); how many is not known"`

	HealthCheck          *RecordCheck `toml:"health_check" doc:"Health checks of the records; left out: they are always healthy."`
	EvaluateTargetHealth bool         `toml:"evaluate_target_health" default:"false" doc:"Alias records: one for a balancer is healthy while each of the balancer's target groups has at least one healthy target; one without targets has none. Names in targets are one group, each name in weights is a group." source:"R53-ALIASV"`
}

// RecordCheck is how the records of a name are checked.
type RecordCheck struct {
	Interval  quantity.Duration `toml:"interval" default:"30s" range:"10s..30s" doc:"Time between the checks of one checker: 30s, or 10s." source:"R53-API, R53-HCV"`
	Threshold int               `toml:"failure_threshold" default:"3" range:"1..10" doc:"Checks in a row that change the verdict, either way." source:"R53-API, R53-HCV"`
}

// Kind is the routing policy, which decides the keys that apply.
func (s *DNSSpec) Kind() string { return s.Policy }

func (s *DNSSpec) failover() bool { return s.Policy == "failover" }

// Check reports what the fields' own ranges cannot say.
func (s *DNSSpec) Check(report quantity.Report) {
	if s.Policy == "weighted" && len(s.Weights) == 0 {
		report("weights", "must have at least one record")
	}
	if s.failover() && s.Primary == s.Secondary {
		report("secondary", "must not be the primary record")
	}
	if s.HealthCheck != nil && s.EvaluateTargetHealth {
		report("evaluate_target_health", "cannot go with health_check: the one looks at the balancer's targets, the other asks the record")
	}
}

// Check allows the two intervals that there are.
func (c *RecordCheck) Check(report quantity.Report) {
	const quick, normal = quantity.Duration(10e9), quantity.Duration(30e9)
	if c.Interval > quick && c.Interval < normal {
		report("interval", "must be 10s or 30s (have %s)", c.Interval)
	}
}

// Targets are the places that the records lead to.
func (s *DNSSpec) Targets() []string {
	if s.failover() {
		return []string{s.Primary, s.Secondary}
	}
	return slices.Sorted(maps.Keys(s.Weights))
}
