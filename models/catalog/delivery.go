package catalog

import "github.com/headroom-sim/headroom/engine"

// deliveryTiers are the prices of a month's GB to viewers around a Region
// [CF-PRICE].
var deliveryTiers = [regionCount]tiers{
	USEast1: {
		{10_000 * GB, 85_000_000}, {40_000 * GB, 80_000_000}, {100_000 * GB, 60_000_000}, {350_000 * GB, 40_000_000},
		{524_000 * GB, 30_000_000}, {4_000_000 * GB, 25_000_000}, {0, 20_000_000},
	},
	APNortheast2: {
		{10_000 * GB, 120_000_000}, {40_000 * GB, 100_000_000}, {100_000 * GB, 95_000_000}, {350_000 * GB, 90_000_000},
		{524_000 * GB, 80_000_000}, {4_000_000 * GB, 70_000_000}, {0, 60_000_000},
	},
}

// deliveryRequests are the prices of 10,000 requests by HTTPS [CF-REQ]; Seoul's is
// UNSOURCED.
var deliveryRequests = [regionCount]Money{USEast1: 10_000_000, APNortheast2: 12_000_000}

// DeliveryPrices are what a content delivery network costs: CloudFront's in the
// Region where the others are nil. What it fetches from an origin in AWS is free
// [CF-COST].
type DeliveryPrices struct {
	Region        Region
	Free          uint64 // bytes to viewers in a month
	FreeRequests  uint64 // in a month
	PerGB, Per10K *Money
}

// Of is the price of bytes that are sent to viewers, and of requests of theirs, in
// a run that lasts so long. Like that of transfers it depends on what a month
// like the run comes to, see [TransferBill].
func (p DeliveryPrices) Of(bytes, requests uint64, lasts engine.Time) Money {
	data, asked := deliveryTiers[p.Region], deliveryRequests[p.Region]
	if p.PerGB != nil {
		data = tiers{{0, *p.PerGB}}
	}
	if p.Per10K != nil {
		asked = *p.Per10K
	}
	return data.after(p.Free).during(lasts).of(bytes, GB) + tiers{{0, asked}}.after(p.FreeRequests).during(lasts).of(requests, 10_000)
}
