package scenario

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const settingsSource = `duration = "1h"
clients.c = { target = "web", rate = "1/s", routes = { a = 0.5, b = 0.5 } }
routes.a = { demand = { web = "2ms" } }
routes.b = { demand = { web = "exponential(3ms)" } }
[fleets.web]
instance = "t3.small"
zones = ["a", "c"]
min = 2
max = 4
[fleets.web.server]
software = "nginx"
[variants.big.fleets.web]
instance = "m5.large"
`

// settingsOf are the settings of a configuration by table and key.
func settingsOf(t *testing.T, variant string, sets ...string) map[string]Setting {
	t.Helper()
	file, problems := Parse("s.toml", []byte(settingsSource), nil)
	require.NoError(t, problems.Err())
	spec, problems := file.Spec(variant, sets)
	require.NoError(t, problems.Err())
	all := map[string]Setting{}
	for _, s := range spec.Settings() {
		name := s.Table + "." + s.Key
		require.NotContains(t, all, name, "told once")
		all[name] = s
	}
	return all
}

// Each setting is told with its value and with who says so.
func TestSettings(t *testing.T) {
	all := settingsOf(t, "")
	for _, c := range []struct {
		name, value string
		origin      Origin
		where       string
	}{
		{".duration", "1h", Set, "line 1"},
		{".discard", "0s", Default, ""},
		{".replications", "as the command has it", Derived, ""},
		{"clients.c.routes", "a = 0.5, b = 0.5", Set, "line 2"},
		{"clients.c.arrivals", "poisson", Derived, ""},
		{"fleets.web.zones", `["a", "c"]`, Set, "line 7"},
		{"fleets.web.desired", "2, as min", Derived, ""},
		{"fleets.web.vcpus", "2, as t3.small has", Derived, ""},
		{"fleets.web.cpu_credits", "unlimited, as t3 has", Derived, ""},
		{"fleets.web.price", "0.0208 USD an hour, of t3.small in us-east-1", Derived, ""},
		{"fleets.web.default_cooldown", "300s", Default, ""},
		{"fleets.web.warm_pool", "none", Derived, ""},
		{"fleets.web.server.worker_connections", "1024", Default, ""},
	} {
		s := all[c.name]
		require.Equal(t, c.value, s.Value, c.name)
		require.Equal(t, c.origin, s.Origin, c.name)
		require.Equal(t, c.where, s.Where, c.name)
	}
	require.NotContains(t, all, ".title", "stands for nothing when it is left out")
	require.NotContains(t, all, "fleets.web.server.threads", "nginx has none")
	require.NotContains(t, all, "clients.c.users", "of another kind")
}

// A variant and a flag say where they said it.
func TestSettingsOfVariantsAndFlags(t *testing.T) {
	all := settingsOf(t, "big", "fleets.web.max=+9")
	require.Equal(t, Setting{"fleets.web", "instance", "m5.large", Set, "variant big, line 13", all["fleets.web.instance"].Doc, ""}, all["fleets.web.instance"])
	require.Equal(t, "9", all["fleets.web.max"].Value)
	require.Equal(t, "--set fleets.web.max=+9", all["fleets.web.max"].Where)
	require.Equal(t, "none: m5.large is not burstable", all["fleets.web.cpu_credits"].Value)
	require.Equal(t, "2, as m5.large has", all["fleets.web.vcpus"].Value)
}

// The settings of every scenario that comes with the program can be told, and in
// the same order every time.
func TestSettingsOfTheGallery(t *testing.T) {
	files, err := filepath.Glob("../../experiments/gallery/scenarios/*.toml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		src, err := os.ReadFile(name)
		require.NoError(t, err)
		file, problems := Parse(name, src, func(wanted string) ([]byte, error) {
			return os.ReadFile(filepath.Join("../../experiments/gallery/traces", wanted))
		})
		require.NoError(t, problems.Err())
		for _, variant := range append(file.Variants(), "") {
			spec, problems := file.Spec(variant, nil)
			require.NoError(t, problems.Err())
			require.Equal(t, spec.Settings(), spec.Settings())
			for _, s := range spec.Settings() {
				require.Equal(t, s.Origin == Set, s.Where != "", "%s %s.%s", name, s.Table, s.Key)
				require.NotEmpty(t, s.Doc, "%s.%s", s.Table, s.Key)
			}
		}
	}
}
