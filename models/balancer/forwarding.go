package balancer

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
)

// Forwarding is what application balancers alone can be told: keys of the
// balancer's own table.
type Forwarding struct {
	GroupStickiness *quantity.Duration `toml:"group_stickiness" range:"1s..7d" doc:"How long after a request its visitor comes back to the same target group. Left out: not at all." source:"ALB-LISTEN; that each request begins the time anew INFERRED from ALB-STICKY"`
	ZeroWeightKeeps bool               `toml:"zero_weight_keeps_visitors" default:"true" doc:"A group whose weight has become 0 keeps the visitors that have its cookie." source:"UNSOURCED: ALB-LISTEN does not say whether the cookie is honoured"`
	WeightLag       quantity.Duration  `toml:"weight_lag" default:"0s" range:"0s..60s" doc:"Time until nodes know weights that are changed during the run." source:"UNSOURCED: documented as none; some seconds to 30 s have been seen (U6, U7)"`
	SlowStart       quantity.Duration  `toml:"slow_start" default:"0s" range:"0s..900s" doc:"Time in which the share of a target that becomes healthy grows from nothing to the whole, by a straight line; 0s turns it off. The first targets of an empty group have none, nor has one while no other target of its group is past its own." source:"ALB-TG"`
	ClientKeepAlive quantity.Duration  `toml:"client_keep_alive" default:"3600s" range:"60s..604800s" doc:"Life of a client's connection: the first answer after it closes it." source:"API-LBATTR"`
	Rules           int                `toml:"rules" default:"1" range:"1..100" doc:"Rules that are evaluated for each request. They take no time; those beyond ten count in the capacity units that are billed." source:"DERIVED: the default rule alone; ALB-QUOTA, PRICE-ELB"`
	GroupHealth     GroupHealth        `toml:"target_group_health" doc:"From how few healthy targets on a target group counts as unhealthy. Counted in a node's reach: over all zones with cross_zone, else in the node's own."`
}

// GroupHealth is the table target_group_health. Either figure of a pair is
// enough.
type GroupHealth struct {
	DNSCount     int            `toml:"dns_failover_count" default:"1" range:"0..1000" doc:"With fewer healthy targets a node leaves DNS; 0 turns it off." source:"attribute dumps of target groups in public code; off in the guide of 2023, ALB-TGHEALTH"`
	DNSShare     quantity.Share `toml:"dns_failover_percentage" default:"0%" range:"0..1" doc:"With a smaller share of healthy targets a node leaves DNS; 0% turns it off." source:"ALB-TGHEALTH"`
	RoutingCount int            `toml:"routing_failover_count" default:"1" range:"1..1000" doc:"With fewer healthy targets a node uses all targets, unhealthy ones too." source:"ALB-TGHEALTH"`
	RoutingShare quantity.Share `toml:"routing_failover_percentage" default:"0%" range:"0..1" doc:"With a smaller share of healthy targets a node uses all targets; 0% turns it off." source:"ALB-TGHEALTH"`
}

const (
	mostGroups    = 5                  // of one forward action: ALB-QUOTA
	freeRules     = 10                 // of those evaluated for a request: PRICE-ELB
	leastRampTime = 30 * engine.Second // of slow start: ALB-TG
)

// checkForwarding reports what the keys of an application balancer say against
// each other.
func (s *Spec) checkForwarding(report quantity.Report) {
	sum := 0
	for _, weight := range s.Weights {
		sum += weight
	}
	switch {
	case len(s.Weights) > mostGroups:
		report("weights", "a forward action has %d target groups at most (have %d)", mostGroups, len(s.Weights))
	case len(s.Weights) > 0 && sum == 0:
		report("weights", "must have a weight above 0")
	}
	if s.GroupStickiness != nil && s.Weights == nil {
		report("group_stickiness", "needs weights: with targets there is one target group")
	}
	if s.SlowStart > 0 {
		s.checkSlowStart(report)
	}
	h := &s.GroupHealth
	if h.DNSCount > 0 && h.DNSCount < h.RoutingCount {
		report("target_group_health.dns_failover_count", "must not be less than routing_failover_count (dns %d, routing %d)", h.DNSCount, h.RoutingCount)
	}
	if h.DNSShare > 0 && h.DNSShare < h.RoutingShare {
		report("target_group_health.dns_failover_percentage", "must not be less than routing_failover_percentage (dns %s, routing %s)", h.DNSShare, h.RoutingShare)
	}
}

// checkSlowStart: the vendor's other algorithms exclude it [ALB-TG]; and those
// that are not the vendor's have no rule for it.
func (s *Spec) checkSlowStart(report quantity.Report) {
	if s.Algorithm != "round_robin" {
		report("slow_start", "needs algorithm = \"round_robin\" (have %q)", s.Algorithm)
	}
	if s.SlowStart.Time() < leastRampTime {
		report("slow_start", "must be 0s, or between 30s and 900s (have %s)", s.SlowStart)
	}
}

// threshold is the least of healthy targets, as a number and as a share in
// millionths.
type threshold struct{ count, share int64 }

func newThreshold(count int, share quantity.Share) threshold {
	return threshold{int64(count), int64(float64(float64(share)*whole) + 0.5)}
}

// breached tells whether too few of a group's targets are healthy: either
// figure is enough [ALB-TGHEALTH].
func (t threshold) breached(healthy, all int) bool {
	return int64(healthy) < t.count || int64(healthy)*whole < t.share*int64(all)
}
