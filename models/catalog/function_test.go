package catalog_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/catalog"
)

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
