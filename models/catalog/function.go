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
