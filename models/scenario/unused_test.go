package scenario_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestUnused: what a variant leaves without requests, though the base sends some.
func TestUnused(t *testing.T) {
	f := parse(t, `duration = "1h"
[clients.c]
target = "lb"
rate = "5/s"
[routes.page]
demand = { app = "1ms", db = "1ms" }
[balancers.lb]
kind = "application"
targets = ["app"]
[fleets.app]
vcpus = 1
zones = ["a"]
min = 1
max = 1
calls = ["db"]
[services.db]
kind = "database"
[services.spare]
kind = "station"
[variants.fn]
clients.c.target = "fn"
services.fn = { kind = "function", memory = "1769MiB" }
routes.page.demand.fn = "1ms"
[variants.larger.fleets.app]
vcpus = 2
`)
	require.Equal(t, []string{"lb", "app", "db"}, f.Unused("fn", nil), "spare is not used by the base either")
	require.Empty(t, f.Unused("fn", []string{"clients.c.target=lb"}))
	require.Empty(t, f.Unused("larger", nil))
	require.Empty(t, f.Unused("", nil))
	require.Empty(t, f.Unused("none", nil))
}
