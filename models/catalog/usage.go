package catalog

import "github.com/headroom-sim/headroom/engine"

// Prices of functions, the same in both Regions (UNSOURCED for Seoul) [L-PRICE].
var (
	functionRequest = Price{200_000_000, 1_000_000} // USD 0.20 a million
	// USD 0.0000166667 and 0.0000133334 for each GB of 1,024 MB and second.
	functionTime = map[string]Price{
		"x86_64": {166_667, 10 * megabyteMilliseconds},
		"arm64":  {133_334, 10 * megabyteMilliseconds},
	}
)

// megabyteMilliseconds are those of a GB-second.
const megabyteMilliseconds = 1024 * 1000

// FunctionBill adds up what a function costs: its requests, and the memory of
// their environments while they work [L-PRICE].
type FunctionBill struct {
	megabytes uint64
	perTime   Price
	requests  uint64
	time      uint64 // milliseconds
}

// NewFunctionBill returns the empty bill of a function with so many MB (2^20
// bytes) of memory, on processors of an architecture: "x86_64" or "arm64".
func NewFunctionBill(megabytes uint64, architecture string) *FunctionBill {
	return &FunctionBill{megabytes: megabytes, perTime: functionTime[architecture]}
}

// Use counts requests, and the time that environments worked on them: whole
// milliseconds.
func (b *FunctionBill) Use(requests uint64, took engine.Time) {
	b.requests += requests
	b.time += uint64(took / engine.Millisecond)
}

// Total is the amount due.
func (b *FunctionBill) Total() Money {
	return functionRequest.Of(b.requests) + b.perTime.Of(b.megabytes*b.time)
}

// deliveryPerGB and deliveryPer10K are what CloudFront costs for viewers around a
// Region: for each GB that it sends to them [DT2], and for 10,000 requests.
// UNSOURCED are Korea's prices, and all prices of requests (HTTPS).
var (
	deliveryPerGB  = [regionCount]Money{USEast1: 85_000_000, APNortheast2: 120_000_000}
	deliveryPer10K = [regionCount]Money{USEast1: 10_000_000, APNortheast2: 12_000_000}
)

// DeliveryBill adds up what a content delivery network costs: the bytes that it
// sends to viewers, and their requests. What it fetches from an origin in AWS is
// free [CF-COST].
type DeliveryBill struct {
	perGB, perRequest Price
	bytes, requests   uint64
}

// NewDeliveryBill returns an empty bill at the Region's prices, or at others for
// a GB and for 10,000 requests where they are not nil.
func NewDeliveryBill(in Region, perGB, per10K *Money) *DeliveryBill {
	b := &DeliveryBill{perGB: Price{deliveryPerGB[in], GB}, perRequest: Price{deliveryPer10K[in], 10_000}}
	if perGB != nil {
		b.perGB.Money = *perGB
	}
	if per10K != nil {
		b.perRequest.Money = *per10K
	}
	return b
}

// Use counts bytes that are sent to viewers, and requests of theirs.
func (b *DeliveryBill) Use(bytes, requests uint64) {
	b.bytes += bytes
	b.requests += requests
}

// Total is the amount due.
func (b *DeliveryBill) Total() Money { return b.perGB.Of(b.bytes) + b.perRequest.Of(b.requests) }
