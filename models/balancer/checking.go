package balancer

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// checking says how the nodes of a balancer come to their verdicts on targets.
type checking struct {
	traffic.Probing             // no interval: no checks are sent
	delay           engine.Time // from registering a target to the first
	sparesFunctions bool        // nobody checks them
	presumes        bool        // new targets count as up or down before they are checked
	trusts          bool        // new targets are in use before they are checked
	oneDecides      bool        // the first check of a new target
	newUntilHealthy bool        // failing does not end a target's being new

	// Checks in a row that a new target must pass, an unhealthy one must pass, and
	// a healthy one must fail.
	firstThreshold, healthyThreshold, unhealthyThreshold int
}

func newChecking(s *Spec, name string) checking {
	h := &s.HealthCheck
	r := checking{
		Probing: traffic.Probing{
			Name: name, Interval: h.Interval.Time(), Timeout: s.Within(), Demand: h.Demand.Time(), Handshake: h.Protocol == "TCP",
		},
		delay:          s.RegistrationDelay.Time(),
		firstThreshold: h.HealthyThreshold, healthyThreshold: h.HealthyThreshold, unhealthyThreshold: h.UnhealthyThreshold,
	}
	if h.FirstThreshold != nil {
		r.firstThreshold = *h.FirstThreshold
	}
	switch kinds[s.Product] {
	case application:
		r.firstThreshold, r.sparesFunctions = 1, true
	case classic:
		r.newUntilHealthy = true
	case networkKind:
		r.Timeout = min(r.Timeout, r.Interval-1) // before the next check
	case nginxKind:
		r.Interval, r.trusts = 0, true
	case haproxyKind:
		r.FromEnd, r.presumes = true, true
		r.trusts = s.InitState == "up" || s.InitState == "fully-up"
		r.oneDecides = s.InitState == "up" || s.InitState == "down"
	}
	return r
}

// arrival says what becomes of a target that is registered.
func (r *checking) arrival() string {
	if r.trusts {
		return fmt.Sprintf("registered; in the configuration after %s", r.delay)
	}
	return fmt.Sprintf("registered; each node begins its checks within %s", r.delay+r.Interval)
}
