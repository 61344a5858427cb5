package laws

import (
	"fmt"
	"math"
)

// A limit that is a default bounds a system as well as one that is set. A law has none:
// it is known where the limits are too far away to be met.

// never is how many times its mean a time is that is never met: one that falls off as
// an exponential one does is beyond it with e^-20.
const never = 20

// crowd is a number that is never met where the mean is another: a geometric one is
// beyond n with (m/(1+m))^n, which is e^(-n/(1+m)) at most.
func crowd(mean float64) float64 { return never * (1 + mean) }

// arrivals are never more where their mean is another: a Poisson number is beyond it with
// less than e^-20 (Chernoff's bound), however small its mean.
func arrivals(mean float64) float64 { return mean + float64(8*math.Sqrt(mean)) + 20 }

// unseen is a share of demands that no run sees.
const unseen = 1e-9

// far refuses a limit that is nearer than needed. Where there is no steady state, any is
// far enough: that has an error of its own.
func far(key string, limit, needed float64, unit string) error {
	if limit >= needed || math.IsInf(needed, 1) {
		return nil
	}
	return fmt.Errorf("%s: must be at least %.0f%s here for a law to be known (have %g)", key, math.Ceil(needed), unit, limit)
}

// answers tells whether the balancer waits for an answer for as long as it may take, and
// so do its health checks, which stand in the servers' lines.
func (s *site) answers(seconds float64) error {
	b, name := s.Balancers[s.client.Target], "balancers."+s.client.Target
	key, limit, check := "idle_timeout", b.IdleTimeout, b.HealthCheck.Timeout
	switch b.Kind() {
	case "nginx": // checks nothing
		return far(name+".server_timeout", b.ServerTimeout.Time().Seconds(), seconds, "s")
	case "haproxy":
		key, limit = "server_timeout", b.ServerTimeout
		if check == 0 {
			check = b.HealthCheck.Interval
		}
	}
	if err := far(name+"."+key, limit.Time().Seconds(), seconds, "s"); err != nil {
		return err
	}
	return far(name+".health_check.timeout", check.Time().Seconds(), seconds, "s")
}

// admits tells whether the fleet in front of the tiers lets all of so many requests
// and connections through at once.
func (s *site) admits(requests, connections float64) error {
	f := s.Fleets[s.client.Target]
	if f.Start() < 1 {
		return fmt.Errorf("fleets.%s.min: must be at least 1 for a law to be known", s.client.Target)
	}
	if f.Server.Software != "pool" || float64(f.Server.Threads) < requests || float64(f.Server.MaxConnections) < connections {
		return fmt.Errorf("fleets.%s.server: must be a pool with %.0f threads and %.0f max_connections at least for a law to be known",
			s.client.Target, math.Ceil(requests), math.Ceil(connections))
	}
	return nil
}
