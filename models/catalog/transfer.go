package catalog

import "github.com/headroom-sim/headroom/engine"

// month is the one in which AWS's prices by the month are given (DERIVED: a
// twelfth of 365 days).
const month = 730 * engine.Hour

// tiers are stretches of a month's use, one after the other; the last one is all
// the rest.
type tiers []tier

// tier is such a stretch with a price of its own.
type tier struct {
	amount uint64
	price  Money // of a unit, such as a GB
}

// after puts what is free before the tiers.
func (t tiers) after(free uint64) tiers { return append(tiers{{amount: free}}, t...) }

// during are the tiers of a part of a month.
func (t tiers) during(lasts engine.Time) tiers {
	part := make(tiers, len(t))
	for i, of := range t {
		part[i] = tier{share(of.amount, uint64(lasts), uint64(month)), of.price}
	}
	return part
}

// of is the price of an amount in units of so much.
func (t tiers) of(amount, unit uint64) Money {
	var total Money
	for i, of := range t {
		part := amount
		if i < len(t)-1 {
			part = min(amount, of.amount)
		}
		total += Price{of.price, unit}.Of(part)
		amount -= part
	}
	return total
}

// internetTiers are the prices of what a Region sends to the internet, beyond
// what is free [DT2, DT4]. Those of Seoul are UNSOURCED.
var internetTiers = [regionCount]tiers{
	USEast1:      {{10_000 * GB, 90_000_000}, {40_000 * GB, 85_000_000}, {100_000 * GB, 70_000_000}, {0, 50_000_000}},
	APNortheast2: {{10_000 * GB, 126_000_000}, {40_000 * GB, 122_000_000}, {100_000 * GB, 117_000_000}, {0, 108_000_000}},
}

// TransferBill adds up what data cost on their way: to the internet by tiers, and
// between zones, in each direction [DT1]. What comes in is free [DT2, DT3].
//
// Prices to the internet depend on what is sent in a month. A shorter run stands
// for a part of a month that is all like it: of what is free, and of each tier,
// it has the share that it is of the month. A run of a month has it all.
type TransferBill struct {
	tiers   tiers // of the run
	between Price

	sent, crossed uint64 // bytes
}

// TransferPrices are what transfers cost where it is not the Region's own.
type TransferPrices struct {
	Region       Region
	Free         uint64 // bytes to the internet in a month
	Internet     *Money // per GB; nil: by the Region's tiers
	BetweenZones Money  // per GB, in each direction
}

// NewTransferBill returns the empty bill of a run that lasts so long.
func NewTransferBill(p TransferPrices, lasts engine.Time) *TransferBill {
	internet := internetTiers[p.Region]
	if p.Internet != nil {
		internet = tiers{{0, *p.Internet}}
	}
	return &TransferBill{tiers: internet.after(p.Free).during(lasts), between: Price{2 * p.BetweenZones, GB}}
}

// Send counts bytes that go to the internet.
func (b *TransferBill) Send(bytes uint64) { b.sent += bytes }

// Cross counts bytes that go from one zone to another: they leave the one and
// come to the other, and cost both times.
func (b *TransferBill) Cross(bytes uint64) { b.crossed += bytes }

// Total is the amount due.
func (b *TransferBill) Total() Money { return b.between.Of(b.crossed) + b.tiers.of(b.sent, GB) }
