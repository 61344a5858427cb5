package site

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/scenario"
)

// tiered has visitors of six requests, half of them for pages that two balancers
// share out evenly; one of them leads to a fleet that asks a cache. A fifth of the
// requests for files may be kept by the content delivery network.
const tiered = `
duration = "10m"
[clients.readers]
target   = "lb"
rate     = "10/s"
requests = 6
think    = "1s"
routes   = { page = 0.5, other = 0.5 }
[clients.loaders]
target = "cdn"
rate   = ["0m 40/s", "10m 80/s"]
routes = { file = 1.0 }
[routes.page]
demand = { app = "1ms", mc = "0.1ms" }
[routes.other]
demand = { app = "1ms" }
[routes.file]
demand = { plain = "1ms" }
cacheable = 0.2
[balancers.lb]
kind = "application"
weights = { app = 3, plain = 1 }
[cdns.cdn]
origin = "plain"
keys   = 5000
ttl    = "10m"
[fleets.app]
vcpus = 8
zones = ["a"]
min = 2
max = 2
calls = ["mc"]
[fleets.plain]
vcpus = 8
zones = ["a"]
min = 2
max = 2
[services.mc]
kind = "cache"
keys = 5000
ttl  = "10m"
`

// Theory: a key with a time to live T that is looked up at the rate l is there
// with probability l T / (1 + l T); both stores are so from time zero on, at the
// rates that the scenario gives: 10 x 6 / 2 x 3/4 = 22.5 lookups per second in the
// cache, 40 x 0.2 = 8 in the network.
func TestWarmStoresAreAsInTheLongRun(t *testing.T) {
	o := simulate(t, tiered, Span{0, engine.Minute})
	m := o.Windows[1].Metrics
	hits := func(rate float64) (share float64) {
		sum := 0.0
		for k := 1.0; k <= 5000; k++ {
			sum += math.Pow(k, -0.99)
		}
		for k := 1.0; k <= 5000; k++ {
			p := math.Pow(k, -0.99) / sum
			share += p * p * rate * 600 / (1 + p*rate*600)
		}
		return share
	}
	within := func(want, n float64) float64 { return 3.3 * math.Sqrt(want*(1-want)/n) }
	cache := hits(22.5)
	require.InDelta(t, cache, m["services.mc.hit_ratio"], 2*within(cache, 22.5*60))
	network := hits(8)
	require.InDelta(t, 0.2*network, m["cdns.cdn.hit_ratio"], 2*within(0.2*network, 40*60))
}

// The rate of lookups is that of time zero; it is not known behind a store, nor of
// closed users who do not pause.
func TestLookupsAreKnown(t *testing.T) {
	file, problems := scenario.Parse("test.toml", []byte(tiered+`
[variants.behind.cdns.cdn]
origin = "lb"
[variants.closed.clients.readers]
users = 60
[variants.closed.clients.loaders]
users = 60
`), nil)
	require.NoError(t, problems.Err())
	for _, c := range []struct {
		variant, place string
		rate           float64
		known          bool
	}{
		{"", "mc", 22.5, true}, {"", "cdn", 8, true}, {"behind", "mc", 0, false}, {"behind", "cdn", 8, true},
		{"closed", "mc", 22.5, true}, {"closed", "cdn", 0, false},
	} {
		spec, problems := file.Spec(c.variant, []string{})
		require.NoError(t, problems.Err())
		rate, known := spec.Lookups(c.place)
		require.Equal(t, c.known, known, "%+v", c)
		require.InDelta(t, c.rate, rate, 1e-9, "%+v", c)
	}
}
