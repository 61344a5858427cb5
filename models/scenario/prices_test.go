package scenario_test

import (
	"testing"

	"github.com/stretchr/testify/require"
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
