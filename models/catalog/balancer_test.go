package catalog_test

import (
	"testing"

	"github.com/stretchr/testify/require"

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
		require.Equal(t, c.want, unitsOf(catalog.Balancer("application"), c.use), c.name)
	}
}

// Spec 3 [PRICE-ELB]: TCP 800 new connections a second, 100,000 active, 1 GB an
// hour, at 0.006 USD; rules are no dimension.
func TestNetworkCapacityUnits(t *testing.T) {
	for want, use := range map[float64]catalog.Usage{
		0.006: {Connections: 800 * 3600}, 0.003: {Milliseconds: 50_000 * 3_600_000}, 0.018: {Bytes: 3 * catalog.GB}, 0: {RuleEvaluations: 1e9},
	} {
		require.Equal(t, want, unitsOf(catalog.Balancer("network"), use))
	}
}

// Spec 8 [PRICE-ELB]: a classic balancer costs 0.008 USD for each GB, and nothing
// for connections.
func TestClassicBalancerIsBilledByTheGB(t *testing.T) {
	require.Equal(t, 0.08, unitsOf(catalog.Balancer("classic"), catalog.Usage{Connections: 1e9, Milliseconds: 1e12, Bytes: 10 * catalog.GB}))
}

// Spec 2.12 [PRICE-ELB2]: the greatest dimension is that of each hour, not of the
// whole time.
func TestCapacityUnitsAreCountedByTheHour(t *testing.T) {
	bill := catalog.BalancerBill{Price: catalog.Balancer("application")}
	bill.Use(30*engine.Minute, catalog.Usage{Connections: 25 * 3600})
	bill.Use(engine.Hour, catalog.Usage{Bytes: catalog.GB})
	bill.Use(engine.Hour+engine.Minute, catalog.Usage{Bytes: catalog.GB})
	bill.Use(2*engine.Hour, catalog.Usage{Connections: 25 * 3600})
	require.Equal(t, 2*0.008, bill.Used().USD())
	bill.Use(2*engine.Hour+1, catalog.Usage{Bytes: catalog.GB})
	require.Equal(t, 3*0.008, bill.Used().USD())
}
