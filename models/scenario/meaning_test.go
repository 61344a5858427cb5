package scenario

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const plainShop = `
title    = "Shop"
duration = "10m"
seed     = 3
[clients.visitors]
target = "desk"
trace  = "visits.csv"
[routes.page]
demand.desk = "20ms"
[services.desk]
kind    = "station"
servers = 2
[expectations.fast]
metric  = "latency.mean"
at_most = "1s"
[variants.more.services.desk]
servers = 3
`

// meaning reads a scenario and gives its meaning in hand with a trace.
func meaning(t *testing.T, src, trace, variant string, sets ...string) string {
	t.Helper()
	file, problems := Parse("shop.toml", []byte(src), func(name string) ([]byte, error) {
		if name != "visits.csv" {
			return nil, errors.New("no such file")
		}
		return []byte(trace), nil
	})
	require.NoError(t, problems.Err())
	spec, problems := file.Spec(variant, sets)
	require.NoError(t, problems.Err())
	return string(spec.Meaning())
}

func TestMeaning(t *testing.T) {
	const visits = "timestamp,count\n0,5\n60,7\n"
	base := meaning(t, plainShop, visits, "")
	require.Contains(t, base, `."services"."desk"."servers"=2`)

	edit := func(old, replacement string) string { return strings.Replace(plainShop, old, replacement, 1) }
	same := map[string]string{
		"comments":                  meaning(t, "# of a shop\n"+edit("servers = 2", "servers = 2 # two"), visits, ""),
		"title":                     meaning(t, edit(`title    = "Shop"`, `notes = "a shop"`), visits, ""),
		"seed":                      meaning(t, plainShop, visits, "", "seed=4", "replications=7"),
		"expectations":              meaning(t, edit("1s", "2s"), visits, ""),
		"order of keys":             meaning(t, edit("kind    = \"station\"\nservers = 2", "servers = 2\nkind = \"station\""), visits, ""),
		"a flag that says the same": meaning(t, plainShop, visits, "", "services.desk.servers=2", "duration=10m"),
		"a variant that is no more": meaning(t, plainShop, visits, "more", "services.desk.servers=2"),
		"another table of variants": meaning(t, edit("servers = 3", "servers = 9"), visits, ""),
	}
	for name, have := range same {
		t.Run(name, func(t *testing.T) { require.Equal(t, base, have) })
	}
	others := map[string]string{
		"a value":       meaning(t, edit("20ms", "21ms"), visits, ""),
		"a flag":        meaning(t, plainShop, visits, "", "services.desk.servers=3"),
		"the variant":   meaning(t, plainShop, visits, "more"),
		"the trace":     meaning(t, plainShop, visits+"120,1\n", ""),
		"a further key": meaning(t, edit("servers = 2", "servers = 2\nqueue = 5"), visits, ""),
	}
	for name, have := range others {
		t.Run(name, func(t *testing.T) { require.NotEqual(t, base, have) })
	}
	require.Equal(t, meaning(t, plainShop, visits, "more"), meaning(t, plainShop, visits, "", "services.desk.servers=3"))
}

// A part of the scenario means the same whatever stands beside it.
func TestMeaningOfAPart(t *testing.T) {
	part := func(src string) string {
		file, problems := Parse("shop.toml", []byte(src), func(string) ([]byte, error) { return []byte("timestamp,count\n0,5\n60,7\n"), nil })
		require.NoError(t, problems.Err())
		spec, problems := file.Spec("", nil)
		require.NoError(t, problems.Err())
		return string(spec.Meaning("clients", "routes"))
	}
	edit := func(old, replacement string) string { return strings.Replace(plainShop, old, replacement, 1) }
	require.Contains(t, part(plainShop), `."routes"."page"."demand"."desk"="20ms"`)
	require.Equal(t, part(plainShop), part(edit("servers = 2", "servers = 4")))
	require.NotEqual(t, part(plainShop), part(edit("20ms", "30ms")))
}

// The line of a table is that of the newest text of the file that mentions it.
func TestLine(t *testing.T) {
	file, problems := Parse("shop.toml", []byte(plainShop+"[variants.tight]\nexpectations.fast.at_most = \"10ms\"\n"), func(string) ([]byte, error) {
		return []byte("timestamp,count\n0,5\n60,7\n"), nil
	})
	require.NoError(t, problems.Err())
	for _, c := range []struct {
		name, variant string
		sets          []string
		path          []string
		want          int
	}{
		{"a table", "", nil, []string{"expectations", "fast"}, 13},
		{"a key", "", nil, []string{"expectations", "fast", "at_most"}, 15},
		{"of the base, in a variant", "more", nil, []string{"expectations", "fast"}, 13},
		{"of the variant", "tight", nil, []string{"expectations", "fast"}, 19},
		{"changed by a flag", "", []string{"expectations.fast.at_most=2s"}, []string{"expectations", "fast"}, 13},
		{"there by a flag only", "", []string{"expectations.new.metric=availability", "expectations.new.at_least=1"}, []string{"expectations", "new"}, 13},
		{"in no text", "", nil, []string{"faults"}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			spec, problems := file.Spec(c.variant, c.sets)
			require.NoError(t, problems.Err())
			require.Equal(t, c.want, spec.Line(c.path...))
		})
	}
}
