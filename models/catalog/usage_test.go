package catalog_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/catalog"
)

// unitsOf is what the use in an hour costs.
func unitsOf(price catalog.BalancerPrice, u catalog.Usage) float64 {
	bill := catalog.BalancerBill{Price: price}
	bill.Use(engine.Hour, u)
	return bill.Used().USD()
}

// Spec 2.12 [PRICE-ELB, PRICE-ELB2]: a capacity unit is 25 new connections a
// second, 3,000 active ones, 1 GB an hour or 1,000 rule evaluations a second; the
// dimension that has most is billed, at 0.008 USD.
func TestApplicationCapacityUnits(t *testing.T) {
	const second, active = 3600, 3_600_000
	for _, c := range []struct {
		name string
		use  catalog.Usage
		want float64
	}{
		{"nothing", catalog.Usage{}, 0},
		{"new connections", catalog.Usage{Connections: 50 * second}, 0.016},
		{"active connections", catalog.Usage{Milliseconds: 9000 * active}, 0.024},
		{"bytes", catalog.Usage{Bytes: 1_500_000_000}, 0.012},
		{"rules", catalog.Usage{RuleEvaluations: 250 * second}, 0.002},
		{"the greatest alone", catalog.Usage{Connections: 50 * second, Milliseconds: 9000 * active, Bytes: 1_500_000_000, RuleEvaluations: 250 * second}, 0.024},
	} {
		require.Equal(t, c.want, unitsOf(catalog.ApplicationBalancer, c.use), c.name)
	}
}

// Spec 3 [PRICE-ELB]: TCP 800 new connections a second, 100,000 active, 1 GB an
// hour, at 0.006 USD; rules are no dimension.
func TestNetworkCapacityUnits(t *testing.T) {
	for want, use := range map[float64]catalog.Usage{
		0.006: {Connections: 800 * 3600}, 0.003: {Milliseconds: 50_000 * 3_600_000}, 0.018: {Bytes: 3 * catalog.GB}, 0: {RuleEvaluations: 1e9},
	} {
		require.Equal(t, want, unitsOf(catalog.NetworkBalancer, use))
	}
}

// Spec 8 [PRICE-ELB]: a classic balancer costs 0.008 USD for each GB, and nothing
// for connections.
func TestClassicBalancerIsBilledByTheGB(t *testing.T) {
	require.Equal(t, 0.08, unitsOf(catalog.ClassicBalancer, catalog.Usage{Connections: 1e9, Milliseconds: 1e12, Bytes: 10 * catalog.GB}))
}

// Spec 2.12 [PRICE-ELB2]: the greatest dimension is that of each hour, not of the
// whole time.
func TestCapacityUnitsAreCountedByTheHour(t *testing.T) {
	bill := catalog.BalancerBill{Price: catalog.ApplicationBalancer}
	bill.Use(30*engine.Minute, catalog.Usage{Connections: 25 * 3600})
	bill.Use(engine.Hour, catalog.Usage{Bytes: catalog.GB})
	bill.Use(engine.Hour+engine.Minute, catalog.Usage{Bytes: catalog.GB})
	bill.Use(2*engine.Hour, catalog.Usage{Connections: 25 * 3600})
	require.Equal(t, 2*0.008, bill.Used().USD())
	bill.Use(2*engine.Hour+1, catalog.Usage{Bytes: catalog.GB})
	require.Equal(t, 3*0.008, bill.Used().USD())
}

// Spec 7, Lambda [L-PRICE]: 0.20 USD a million requests and 0.0000166667 a
// GB-second, 0.0000133334 on arm64.
func TestFunctionPrices(t *testing.T) {
	for _, c := range []struct {
		megabytes    uint64
		architecture string
		requests     uint64
		took         engine.Time
		want         float64
	}{
		{1024, "x86_64", 1_000_000, 0, 0.20},
		{1024, "x86_64", 0, 1_000_000 * engine.Second, 16.6667},
		{1024, "arm64", 0, 1_000_000 * engine.Second, 13.3334},
		{128, "x86_64", 3_000_000, 300_000 * engine.Second, 0.6 + 0.625_001_25},
		{1769, "x86_64", 1, 400 * engine.Millisecond, 0.000_011_717},
	} {
		bill := catalog.NewFunctionBill(c.megabytes, c.architecture)
		bill.Use(c.requests, c.took)
		require.Equal(t, c.want, bill.Total().USD())
	}
}

// Spec 7, CloudFront [CF-COST, CF-PRICE, CF-REQ]: 0.085 USD a GB to viewers, less
// with each tier of a month, and requests by the 10,000.
func TestDeliveryPrices(t *testing.T) {
	us, kr := catalog.DeliveryPrices{Region: catalog.USEast1}, catalog.DeliveryPrices{Region: catalog.APNortheast2}
	usual, own := us, us
	usual.Free, usual.FreeRequests = 1000*catalog.GB, 10_000_000
	cheap, ten := catalog.Dollars(0.02), catalog.Dollars(0.0075)
	own.PerGB, own.Per10K = &cheap, &ten
	for _, c := range []struct {
		prices              catalog.DeliveryPrices
		gigabytes, requests uint64
		want                float64
	}{
		{us, 100, 1_000_000, 8.5 + 1},
		{kr, 100, 1_000_000, 12 + 1.2},
		{own, 100, 1_000_000, 2 + 0.75},
		{own, 5_100_000, 0, 102_000},
		{usual, 1000, 10_000_000, 0},
		{usual, 1001, 10_010_000, 0.085 + 0.01},
		{us, 10_001, 0, 850.08},
		{us, 50_001, 0, 4050.06},
		{us, 150_001, 0, 10_050.04},
		{us, 500_001, 0, 24_050.03},
		{us, 1_024_001, 0, 39_770.025},
		{us, 5_024_001, 0, 139_770.02},
		{kr, 5_024_001, 0, 1200 + 4000 + 9500 + 31_500 + 41_920 + 280_000 + 0.06},
	} {
		require.Equal(t, c.want, c.prices.Of(c.gigabytes*catalog.GB, c.requests, aMonth).USD(), "%d GB", c.gigabytes)
		share := c.prices.Of(c.gigabytes*catalog.GB/10, c.requests/10, aMonth/10)
		require.InDelta(t, c.want/10, share.USD(), 1e-8, "a tenth of %d GB", c.gigabytes)
	}
}

const aMonth = 730 * engine.Hour

func sent(p catalog.TransferPrices, lasts engine.Time, gigabytes uint64) float64 {
	bill := catalog.NewTransferBill(p, lasts)
	bill.Send(gigabytes * catalog.GB)
	return bill.Total().USD()
}

// Spec 7 and 8 [DT2, DT4]: 100 GB a month are free, the first 10 TB beyond cost
// 0.09 USD a GB, the next 40 TB 0.085, the next 100 TB 0.07, all others 0.05.
func TestInternetTiers(t *testing.T) {
	p := catalog.TransferPrices{Region: catalog.USEast1, Free: 100 * catalog.GB}
	for gigabytes, want := range map[uint64]float64{
		0: 0, 100: 0, 101: 0.09, 10_100: 900, 10_101: 900.085, 50_100: 4300, 150_101: 11_300.05,
	} {
		require.Equal(t, want, sent(p, aMonth, gigabytes), "%d GB", gigabytes)
	}
	p.Region = catalog.APNortheast2
	require.Equal(t, 0.126, sent(p, aMonth, 101))
	own := catalog.Dollars(0.02)
	p.Internet = &own
	require.Equal(t, 2000.0, sent(p, aMonth, 100_100))
}

// A run that is a part of a month has that part of what is free and of the tiers:
// its transfers cost what they do in a month that is all like it.
func TestShortRunIsAShareOfAMonth(t *testing.T) {
	p := catalog.TransferPrices{Region: catalog.USEast1, Free: 100 * catalog.GB}
	for _, gigabytes := range []uint64{50, 150, 20_000, 300_000} {
		whole := sent(p, aMonth, 10*gigabytes)
		require.InDelta(t, whole/10, sent(p, aMonth/10, gigabytes), 1e-8, "%d GB", gigabytes)
	}
}

// Spec 8 [DT1]: 0.01 USD a GB in each direction, 0.02 for each GB moved.
func TestBetweenZones(t *testing.T) {
	bill := catalog.NewTransferBill(catalog.TransferPrices{BetweenZones: catalog.Dollars(0.01)}, aMonth)
	bill.Cross(50 * catalog.GB)
	require.Equal(t, 1.0, bill.Total().USD())
}

// A bill does not depend on the parts in which use comes, and never falls.
func TestUseAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.Uint64Range(0, 1e12), 1, 30).Draw(t, "parts")
		prices := catalog.TransferPrices{Free: 1e9, BetweenZones: catalog.Dollars(0.01)}
		split, whole := catalog.NewTransferBill(prices, engine.Hour), catalog.NewTransferBill(prices, engine.Hour)
		var sum uint64
		var before catalog.Money
		for _, part := range parts {
			split.Send(part)
			split.Cross(part)
			require.GreaterOrEqual(t, split.Total(), before)
			sum, before = sum+part, split.Total()
		}
		whole.Send(sum)
		whole.Cross(sum)
		require.Equal(t, whole.Total(), split.Total())
	})
}

// What no bill can hold is the greatest amount, not a small one.
func TestPricesDoNotOverflow(t *testing.T) {
	require.Equal(t, catalog.Money(math.MaxInt64), catalog.Price{Money: math.MaxInt64, Per: 1}.Of(math.MaxUint64))
	require.Equal(t, catalog.Money(1), catalog.Price{Money: 1, Per: 2}.Of(1), "half a nanodollar rounds up")
}
