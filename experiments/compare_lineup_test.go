package experiments

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// What an override does wrong in a variant alone is told with the variant's name.
func TestOverridesOfVariants(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.toml")
	require.NoError(t, os.WriteFile(path, []byte(clockwork+"[variants.closed.clients.clock]\narrivals = \"closed\"\nusers = 3\n"), 0o644))
	_, _, err := Lineup([]string{path}, Options{Sets: []string{"clients.clock.rate=3/s"}})
	require.ErrorContains(t, err, `--set clients.clock.rate=3/s: clients.clock.rate: in variant closed: cannot be used with arrivals = "closed"`)
	_, _, err = Lineup([]string{path}, Options{Sets: []string{"services.desk.servers=x"}})
	require.ErrorContains(t, err, "--set services.desk.servers=x: services.desk.servers: must be")
	require.NotContains(t, err.Error(), "in variant")
}

// written puts scenarios into a folder, and goes there.
func written(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	}
}

func TestLineup(t *testing.T) {
	written(t, map[string]string{
		"one.toml": clockwork + "[variants.late]\nseed = 7\n[variants.fast.routes.tick]\ndemand.desk = \"1ms\"\n",
		"two.toml": "seed = 3\n" + clockwork, "base.toml": clockwork, "there/two.toml": clockwork,
	})
	for _, c := range []struct {
		name     string
		files    []string
		want     []string
		warnings int
	}{
		{"variants", []string{"one.toml"}, []string{"base", "late", "fast"}, 1},
		{"files", []string{"one.toml", "two.toml"}, []string{"one", "two"}, 1},
		{"of one name", []string{"two.toml", "there/two.toml"}, []string{"two.toml", "there/two.toml"}, 1},
		{"one called base", []string{"one.toml", "base.toml"}, []string{"one", "base.toml"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			arms, warnings, err := Lineup(c.files, Options{Sets: []string{"clients.clock.rate=2/s"}})
			require.NoError(t, err)
			require.Len(t, warnings, c.warnings)
			var names []string
			for _, a := range arms {
				names = append(names, a.Name)
				require.Equal(t, arms[0].Spec.Seed, a.Spec.Seed)
				require.Equal(t, "clients.clock.rate", a.Sets[0].Key)
			}
			require.Equal(t, c.want, names)
		})
	}
}

// Variants that are named are compared with the base, in that order, and no others.
func TestLineupOfSomeVariants(t *testing.T) {
	written(t, map[string]string{"one.toml": clockwork + "[variants.late]\nseed = 7\n[variants.fast.routes.tick]\ndemand.desk = \"1ms\"\n", "two.toml": clockwork})
	for _, c := range []struct {
		variants []string
		want     []string
	}{{[]string{"fast"}, []string{"base", "fast"}}, {[]string{"fast", "late"}, []string{"base", "fast", "late"}}} {
		arms, _, err := Lineup([]string{"one.toml"}, Options{Variants: c.variants})
		require.NoError(t, err)
		var names []string
		for _, a := range arms {
			names = append(names, a.Name)
		}
		require.Equal(t, c.want, names)
	}
	for _, c := range []struct {
		variants []string
		files    []string
		want     string
	}{
		{[]string{"fats"}, []string{"one.toml"}, `did you mean "fast"?`},
		{[]string{"fast", "fast"}, []string{"one.toml"}, "--variant fast: is named twice"},
		{[]string{""}, []string{"one.toml"}, "--variant: must name one"},
		{[]string{"fast"}, []string{"one.toml", "two.toml"}, "--variant: is of one scenario, and of several the bases are compared (have 2)"},
	} {
		_, _, err := Lineup(c.files, Options{Variants: c.variants})
		require.ErrorContains(t, err, c.want)
	}
}

func TestWrongLineup(t *testing.T) {
	written(t, map[string]string{
		"lone.toml": clockwork, "short.toml": clockwork + "[variants.x]\nduration = \"1m\"\n",
		"bad.toml": clockwork + "sever = 1\n", "worse.toml": "duration = 7\n",
	})
	for _, c := range []struct {
		name  string
		files []string
		want  []string
	}{
		{"no variants", []string{"lone.toml"}, []string{"lone.toml: has no variants to compare its base with: add [variants.NAME], or name a second scenario"}},
		{"twice", []string{"lone.toml", "lone.toml"}, []string{"lone.toml: is named twice"}},
		{"unknown", []string{"x.toml", "lone.toml", "y.toml"}, []string{"x.toml: no such file", "y.toml: no such file"}},
		{"another duration", []string{"short.toml"}, []string{"x: duration: must be that of base, 2m (have 1m); --duration sets it for all"}},
		{"problems of all", []string{"bad.toml", "worse.toml"}, []string{"bad.toml:", "worse.toml:1: duration"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := Lineup(c.files, Options{})
			for _, want := range c.want {
				require.ErrorContains(t, err, want)
			}
		})
	}
}
