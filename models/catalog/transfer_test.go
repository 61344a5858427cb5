package catalog_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/catalog"
)

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
