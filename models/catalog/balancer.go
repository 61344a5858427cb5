package catalog

import "github.com/headroom-sim/headroom/engine"

// BalancerPrice is the price of a kind of load balancer: by the hour, and for what
// it is used.
type BalancerPrice struct {
	PerHour Money
	PerUnit Money // of a capacity unit for an hour; of a classic balancer: of a GB
	Unit    Usage // each of which a unit covers in an hour; 0: not a dimension
}

// Usage is what a load balancer was used for in some time, in the dimensions of
// capacity units.
type Usage struct {
	Connections     uint64 // opened by clients
	Milliseconds    uint64 // for which connections of clients were open: their mean number times the time
	Bytes           uint64 // of requests and answers
	RuleEvaluations uint64 // beyond the free ones
}

// balancerPrices are the same in both Regions [PRICE-ELB, PRICE-ELB-KR]. UNSOURCED
// are the hour of the network balancer, and that Seoul's classic and network
// balancers cost the same.
var balancerPrices = map[string]BalancerPrice{
	"classic": {
		PerHour: 25_000_000, // USD 0.025
		PerUnit: 8_000_000,  // USD 0.008
		Unit:    Usage{Bytes: GB},
	},
	// 25 new connections a second, 3,000 active ones, 1 GB an hour, 1,000 rule
	// evaluations a second.
	"application": {
		PerHour: 22_500_000, // USD 0.0225
		PerUnit: 8_000_000,  // USD 0.008
		Unit:    Usage{Connections: 25 * secondsPerHour, Milliseconds: 3000 * millisecondsPerHour, Bytes: GB, RuleEvaluations: 1000 * secondsPerHour},
	},
	// TCP: 800 new connections a second, 100,000 active ones, 1 GB an hour.
	"network": {
		PerHour: 22_500_000, // USD 0.0225
		PerUnit: 6_000_000,  // USD 0.006
		Unit:    Usage{Connections: 800 * secondsPerHour, Milliseconds: 100_000 * millisecondsPerHour, Bytes: GB},
	},
}

// Balancer is what a kind of load balancer costs: "classic", "application" or
// "network". Any other runs on instances of one's own, and costs nothing beside
// them.
func Balancer(kind string) BalancerPrice { return balancerPrices[kind] }

const millisecondsPerHour = 1000 * secondsPerHour

// BalancerBill adds up what a load balancer costs for its use: in each hour the
// capacity units of the dimension that has most [PRICE-ELB]. The hours begin at
// time zero.
type BalancerBill struct {
	Price BalancerPrice

	closed Money // of units in past hours
	hour   int64 // the one that usage is of
	usage  Usage
}

// Use counts what the balancer was used for up to the instant now, in one hour.
func (b *BalancerBill) Use(now engine.Time, u Usage) {
	if hour := started(now, engine.Hour); hour != b.hour {
		b.closed += b.units()
		b.hour, b.usage = hour, Usage{}
	}
	b.usage.Connections += u.Connections
	b.usage.Milliseconds += u.Milliseconds
	b.usage.Bytes += u.Bytes
	b.usage.RuleEvaluations += u.RuleEvaluations
}

// Used is the amount due for capacity units so far. The hours come besides: see
// [Money.ForBegunHours].
func (b *BalancerBill) Used() Money { return b.closed + b.units() }

// units is what the capacity units of the present hour cost.
func (b *BalancerBill) units() Money {
	u, unit := &b.usage, &b.Price.Unit
	return max(
		b.dimension(u.Connections, unit.Connections), b.dimension(u.Milliseconds, unit.Milliseconds),
		b.dimension(u.Bytes, unit.Bytes), b.dimension(u.RuleEvaluations, unit.RuleEvaluations))
}

func (b *BalancerBill) dimension(used, unit uint64) Money {
	if unit == 0 {
		return 0
	}
	return b.Price.PerUnit.times(used, unit)
}
