package catalog_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/models/catalog"
)

// Spec 7, ElastiCache [PRICE-EC]: the quoted prices; Redis costs what Memcached
// does, Valkey a fifth less.
func TestCacheNodePrices(t *testing.T) {
	for name, want := range map[string][2]float64{
		"cache.t3.micro": {0.017, 0.025}, "cache.m6g.large": {0.149, 0.181}, "cache.r6g.large": {0.206, 0.246},
	} {
		n, err := catalog.LookupCacheNode(name, "memcached")
		require.NoError(t, err)
		require.Equal(t, want, [2]float64{n.PricePerHour(catalog.USEast1).USD(), n.PricePerHour(catalog.APNortheast2).USD()}, name)
	}
	nodes := catalog.CacheNodes()
	require.Len(t, nodes, 16*3)
	for _, n := range nodes {
		memcached, err := catalog.LookupCacheNode(n.Name, "memcached")
		require.NoError(t, err)
		share := map[string]float64{"memcached": 1, "redis": 1, "valkey": 0.8}[n.Engine]
		for _, region := range catalog.Regions() {
			require.InEpsilon(t, share*memcached.PricePerHour(region).USD(), n.PricePerHour(region).USD(), 0.01, n)
		}
		require.Positive(t, n.VCPU)
		require.Positive(t, n.MemoryGiB)
	}
}

// Spec 7, ElastiCache [EC-CONN, EC-MC].
func TestCacheNodeConnections(t *testing.T) {
	for _, c := range []struct {
		name, engine string
		want         int
	}{
		{"cache.t3.micro", "redis", 20_000}, {"cache.t4g.micro", "valkey", 20_000},
		{"cache.t3.small", "redis", 46_000}, {"cache.t3.medium", "redis", 46_000},
		{"cache.m6g.large", "redis", 65_000}, {"cache.t3.micro", "memcached", 65_000},
	} {
		n, err := catalog.LookupCacheNode(c.name, c.engine)
		require.NoError(t, err)
		require.Equal(t, c.want, n.MaxConnections, c.name)
	}
}

func TestLookupCacheNodeOffersTheNearestName(t *testing.T) {
	_, err := catalog.LookupCacheNode("cache.t3.micr", "redis")
	require.EqualError(t, err, `unknown cache node type (have "cache.t3.micr", did you mean "cache.t3.micro"?)`)
	_, err = catalog.LookupCacheNode("t3.small", "redis")
	require.ErrorContains(t, err, `unknown cache node type (have "t3.small", known: cache.t3.micro, cache.t3.small, `)
}
