package design_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/design"
)

func TestDesignFile(t *testing.T) {
	d, err := design.Parse("d.toml", []byte(`
kind   = "morris"   # screening
trajectories = 1_0
levels = 6
seed   = 7

[vary]
"fleets.web.min" = "1..8"
fleets.web.policies.cpu.target = '40..80:5'
fleets.web.instance = ["c6i.large", "c6i.xlarge",
  "c6i.2xlarge"]
routes.page.demand = { web = ["exponential(2ms)", "lognormal(12ms, scv=4)"] }
clients.visitors.scale = [1, 2.5, 4]
[vary.fleets.web]
zones = ['["a"]', '["a","c"]']
desired = [3, 4]
`))
	require.NoError(t, err)
	require.Equal(t, design.Morris, d.Kind)
	require.Equal(t, [4]int{0, 10, 6, 7}, [4]int{d.Points, d.Trajectories, d.Steps, int(d.Seed)})
	var factors []string
	for _, f := range d.Factors {
		factors = append(factors, f.Key+": "+texts(f))
	}
	require.Equal(t, []string{
		"fleets.web.min: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8",
		"fleets.web.policies.cpu.target: 40 | 45 | 50 | 55 | 60 | 65 | 70 | 75 | 80",
		"fleets.web.instance: c6i.large | c6i.xlarge | c6i.2xlarge",
		`routes.page.demand.web: "exponential(2ms)" | "lognormal(12ms, scv=4)"`,
		"clients.visitors.scale: 1 | 2.5 | 4",
		`fleets.web.zones: ["a"] | ["a","c"]`,
		"fleets.web.desired: 3 | 4",
	}, factors)
}

func TestDesignFileLeavesOut(t *testing.T) {
	d, err := design.Parse("d.toml", []byte("[vary]\na.b = \"1..3\"\n"))
	require.NoError(t, err)
	require.Equal(t, design.Grid, d.Kind)
	require.Equal(t, uint64(1), d.Seed)
}

func TestWrongDesignFiles(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"kind", "kind = \"sobl\"\n[vary]\na = \"1..2\"", `d.toml:1: kind: must be one of grid, latin_hypercube, sobol, one_at_a_time, morris (have "sobl") (did you mean "sobol"?)`},
		{"kind no text", "kind = 3\n[vary]\na = \"1..2\"", "d.toml:1: kind: must be text in quotes"},
		{"points", "kind = \"sobol\"\npoints = \"many\"\n[vary]\na = \"1..2\"", "d.toml:2: points: must be a whole number from 1 (have many)"},
		{"points of a grid", "points = 4\n[vary]\na = \"1..2\"", `d.toml:1: points: a design of kind "grid" has none`},
		{"unknown key", "pionts = 4\n[vary]\na = \"1..2\"", `d.toml:1: pionts: unknown key (did you mean "points"?)`},
		{"a scenario's key", "fleets.web.min = 4", "d.toml:1: fleets.web.min: unknown key (the keys that are varied stand in [vary])"},
		{"unknown table", "[fleets.web]\n", "d.toml:1: fleets.web: unknown table (a design has [vary])"},
		{"range", "[vary]\n\n\"fleets.web.min\" = \"5..1\"", `d.toml:3: vary."fleets.web.min": must not begin above its end (have 5..1)`},
		{"list", "[vary]\na = [1, 1]", "d.toml:2: vary.a: has the value 1 twice (have 1, 1)"},
		{"list in a list", "[vary]\na = [[1]]", "d.toml:2: vary.a: must be a list of values: put a list among them into quotes"},
		{"date", "[vary]\na = 2026-01-01", `d.toml:2: vary.a: must be a range such as "1..8", or a list of values`},
		{"twice", "[vary]\na.b = 1\na.b = 2", "d.toml:3: vary.a.b: is there twice (first in line 2)"},
		{"twice in other words", "[vary]\na.b = 1\n\"a.b\" = 2", `d.toml:3: vary."a.b": a.b is varied twice (have 2)`},
		{"vary", "vary = 3", "d.toml:1: vary: must be a table of keys with their ranges"},
		{"nothing", "kind = \"grid\"", "d.toml:1: varies no key"},
		{"empty", "", "d.toml:1: varies no key"},
		{"continuous", "[vary]\na = \"0.1..0.2\"", "d.toml:1: a=0.1..0.2: needs a step in a grid, as in 0.1..0.5:0.1"},
		{"all at once", "kind = 3\npoints = 0\n[vary]\na = \"x..y\"", "d.toml:1: kind: must be text in quotes\nd.toml:2: points: must be a whole number from 1 (have 0)\n" +
			"d.toml:4: vary.a: must go from a number to a number, as in 1..8, 40..80:5 or 10s..60s:10s (have x..y)"},
		{"no text", "kind = \"\xff\"", "d.toml: is not text in UTF-8"},
		{"large", strings.Repeat("#", 300<<10), "d.toml: is larger than 256 KiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := design.Parse("d.toml", []byte(c.text))
			require.EqualError(t, err, c.want)
		})
	}
}

// What is wrong with the syntax is told with its line; the words are the
// parser's.
func TestWrongSyntaxOfDesignFile(t *testing.T) {
	for _, text := range []string{"kind = \"grid\"\n[vary]\na = 1..3\n", "\n\nb = [1", "\n\n= 3", "\n\n[vary"} {
		_, err := design.Parse("d.toml", []byte(text))
		require.ErrorContains(t, err, "d.toml:3: ")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("kind = \"morris\"\n[vary]\na.b = [\"x\", 1]\nc = { d = \"1..3\" }\n")
	f.Add("kind = \"sobol\"\npoints = 8\n[vary]\n\"a.b\" = \"0.1..0.5\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := design.Parse("d.toml", []byte(text))
		if err != nil {
			require.Contains(t, err.Error(), "d.toml")
			return
		}
		require.NotEmpty(t, d.Factors)
	})
}
