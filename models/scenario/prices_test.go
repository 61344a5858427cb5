package scenario_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/models/scenario"
)

// TestCostless: a fleet of so many vCPUs has no price unless it is given one,
// which matters where cost is judged or compared.
func TestCostless(t *testing.T) {
	const no = "costs nothing: vcpus have no price of their own, and the cost leaves this fleet out. Write price, in USD per instance hour, or an instance of the catalogue"
	bare, judged := web("vcpus=2"), `expectations.cheap={ metric = "cost.per_million", at_most = 3 }`
	other := `fleets.db={ instance = "c6i.large", zones = ["a"], min = 1, max = 1 }`
	require.Equal(t, []string{"fleets.web.price: " + no}, flaws(t, sound, bare, judged))
	require.Equal(t, []string{"fleets.web.price: " + no}, flaws(t, sound, bare, other))
	for name, sets := range map[string][]string{
		"priced":                 {bare, judged, web("price=0.05")},
		"free":                   {bare, judged, web("price=0")},
		"of the catalogue":       {judged, other},
		"nobody asks for cost":   {bare},
		"another cost is judged": {bare, `expectations.lb={ metric = "cost.balancers.lb", at_most = 3 }`},
	} {
		require.Empty(t, flaws(t, sound, sets...), name)
	}
}

// TestUnpriced: what has no price and can get requests, by itself or by its type,
// is named; that a service has none is no doubt, nor a fleet's that nobody uses.
func TestUnpriced(t *testing.T) {
	sets := []string{
		web(`calls=["desk", "pool", "keys", "db", "jobs", "memory", "fn", "paid", "free", "api"]`),
		`services.desk.kind="station"`,
		`services.pool.kind="pool"`,
		`services.keys={ kind = "cache", hit_ratio = 0.5 }`,
		`services.db.kind="database"`,
		`services.jobs={ kind = "queue", workers = 1, work = "1s" }`,
		`services.memory={ kind = "cache", node = "cache.t3.micro", hit_ratio = 0.5 }`,
		`services.fn={ kind = "function", memory = "1769MiB" }`,
		`services.paid={ kind = "database", price = 0.2 }`,
		`services.free={ kind = "queue", workers = 1, work = "1s", price = 0 }`,
		`services.spare.kind="database"`,
		`fleets.api={ vcpus = 1, zones = ["a"], min = 1, max = 1 }`,
		`fleets.spare-api={ vcpus = 1, zones = ["a"], min = 1, max = 1 }`,
	}
	f, problems := scenario.Parse("site.toml", []byte(sound), nil)
	require.NoError(t, problems.Err())
	spec, problems := f.Spec("", sets)
	require.NoError(t, problems.Err())
	require.Equal(t, []string{"api", "db", "desk", "jobs", "keys", "pool"}, spec.Unpriced())
	for _, doubt := range flaws(t, sound, sets...) {
		if strings.Contains(doubt, "costs nothing") {
			require.Contains(t, doubt, "fleets.api.price: ")
		}
	}
}
