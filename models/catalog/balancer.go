package catalog

import "github.com/headroom-sim/headroom/engine"

// Hourly prices of load balancers, the same in both Regions [PRICE-ELB]. That
// Seoul's classic balancer costs the same is UNSOURCED.
const (
	ClassicBalancerPerHour     Money = 25_000_000 // USD 0.025
	ApplicationBalancerPerHour Money = 22_500_000 // USD 0.0225
)

// HourlyBill is what a thing costs that is billed by the begun hour, such as a
// load balancer.
type HourlyBill struct {
	PerHour Money
	Since   engine.Time // first instant of the first hour
}

// Total is the amount due up to the instant now: an hour is due as soon as it
// begins [PRICE-ELB], the first one at Since itself.
func (b HourlyBill) Total(now engine.Time) Money {
	return b.PerHour * Money(max(1, started(now-b.Since, engine.Hour)))
}
