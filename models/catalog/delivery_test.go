package catalog_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/catalog"
)

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
