package catalog

import "github.com/headroom-sim/headroom/engine"

// month is the one in which AWS's prices by the month are given (DERIVED: a
// twelfth of 365 days).
const month = 730 * engine.Hour

// tier is a stretch of a month's bytes with a price of its own.
type tier struct {
	bytes uint64 // 0: all the rest
	perGB Money
}

// internetTiers are the prices of what a Region sends to the internet, beyond
// what is free [DT2, DT4]. Those of Seoul are UNSOURCED.
var internetTiers = [regionCount][]tier{
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
	tiers   []tier // of the run
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
	tiers := internetTiers[p.Region]
	if p.Internet != nil {
		tiers = []tier{{0, *p.Internet}}
	}
	b := &TransferBill{between: Price{2 * p.BetweenZones, GB}}
	for _, t := range append([]tier{{bytes: p.Free}}, tiers...) {
		t.bytes = uint64(Money(t.bytes).times(uint64(lasts), uint64(month)))
		b.tiers = append(b.tiers, t)
	}
	return b
}

// Send counts bytes that go to the internet.
func (b *TransferBill) Send(bytes uint64) { b.sent += bytes }

// Cross counts bytes that go from one zone to another: they leave the one and
// come to the other, and cost both times.
func (b *TransferBill) Cross(bytes uint64) { b.crossed += bytes }

// Total is the amount due.
func (b *TransferBill) Total() Money {
	total, rest := b.between.Of(b.crossed), b.sent
	for i, t := range b.tiers {
		part := rest
		if i < len(b.tiers)-1 {
			part = min(rest, t.bytes)
		}
		total += Price{t.perGB, GB}.Of(part)
		rest -= part
	}
	return total
}
