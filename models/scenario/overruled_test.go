package scenario_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOverruled: what a variant sets in vain, since a flag sets it too.
func TestOverruled(t *testing.T) {
	f := parse(t, `duration = "1h"
[clients.c]
target = "app"
rate = "5/s"
[routes.page]
demand = { app = "1ms" }
[fleets.app]
vcpus = 1
zones = ["a"]
min = 1
max = 1
[variants.large]
fleets.app.max = 3
fleets.app.min = 3
routes.page.demand = { app = "2ms" }
[variants.wide]
fleets.app.vcpus = 8
`)
	require.Equal(t, "site.toml:14: variants.large.fleets.app.min: has no effect: what --set or another flag gives wins over a variant's value",
		f.Overruled("large", []string{"fleets.app.min=2", "fleets.app.min=3", "fleets.app.vcpus=2"}).Error())
	require.Len(t, f.Overruled("large", []string{"routes.page.demand.app=3ms", `fleets.app={min=1,max=2}`}), 3)
	for variant, sets := range map[string][]string{
		"": {"fleets.app.min=2"}, "wide": {"fleets.app.min=2"}, "none": {"fleets.app.min=2"},
		"large": {"variants.large.fleets.app.min=2", "fleets.app.vcpus=2", "nonsense"},
	} {
		require.Empty(t, f.Overruled(variant, sets), variant)
	}
}
