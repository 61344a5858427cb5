package scenario_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/stretchr/testify/require"
)

const valid = `duration = "1h"
[clients.c]
target = "s"
rate = "5/s"
[routes.r]
demand.s = "10ms"
[services.s]
kind = "station"
`

// TestHostileInputIsRefusedQuickly feeds texts that make parsers recurse or
// crawl.
func TestHostileInputIsRefusedQuickly(t *testing.T) {
	const mega = 1 << 20
	repeat := func(s string) string { return strings.Repeat(s, mega/len(s)) }
	numbered := func(format string) string {
		var b strings.Builder
		for i := 0; b.Len() < mega; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	garbage := make([]byte, mega)
	for i := range garbage {
		garbage[i] = byte(i*i>>3 + i)
	}
	for name, row := range map[string]struct{ src, want string }{
		"garbage":            {string(garbage), "x.toml:1: is not text in UTF-8"},
		"letters":            {repeat("lorem ipsum "), "x.toml:1: expected '.' or '=', but got 'i' instead"},
		"NUL":                {valid + "\x00", "x.toml:9: is not text in UTF-8"},
		"invalid UTF-8":      {valid + "# \xff", "x.toml:9: is not text in UTF-8"},
		"deep list":          {"a = " + repeat("["), "x.toml:1: is nested deeper than 32 levels"},
		"deep inline table":  {"a = " + repeat("{a="), "x.toml:1: is nested deeper than 32 levels"},
		"deep header":        {"[" + repeat("a.") + "a]", "x.toml:1: key has more than 32 parts"},
		"deep key":           {repeat("a.") + "a = 1", "x.toml:1: key has more than 32 parts"},
		"long key":           {repeat("a") + " = 1", "x.toml:1: key is longer than 1000 bytes"},
		"long quoted key":    {`"` + repeat("a") + `" = 1`, "x.toml:1: key is longer than 1000 bytes"},
		"long header":        {`["` + repeat("a") + `"]`, "x.toml:1: key is longer than 1000 bytes"},
		"long number":        {"a = " + repeat("1"), "x.toml:1: 1111"},
		"long string":        {"seed = \"" + repeat("a") + "\"\n" + valid, `x.toml:1: seed: must be a whole number (have "aaaa`},
		"unclosed string":    {"a = '" + repeat("a"), "x.toml:1: "},
		"open multi-line":    {"a = '''" + repeat("a\n"), "x.toml:"},
		"many keys":          {numbered("k%d = 1\n") + valid, "x.toml:1: k0: unknown key"},
		"many tables":        {valid + numbered("[services.s%d]\nkind = \"station\"\n"), "x.toml:7: services: has more than 1000 entries"},
		"many variants":      {valid + numbered("[variants.v%d]\nseed = 2\n"), "x.toml:9: variants: has more than 1000 entries"},
		"many arrays":        {numbered("[[a]]\nk%d=1\n"), "x.toml:1: "},
		"many values":        {"a = [" + repeat("1,") + "]", "x.toml:1: "},
		"many dotted":        {numbered("a.b.c.d.e.f.g.k%d = 1\n"), "x.toml:1: "},
		"too large":          {strings.Repeat("#\n", 9<<20), "x.toml:1: is larger than 16 MiB"},
		"UTF-16":             {"\xff\xfea\x00", "x.toml:1: is not text in UTF-8"},
		"carriage returns":   {repeat("\r"), "x.toml:1: "},
		"quotes":             {repeat(`"`), "x.toml:1: "},
		"header unclosed":    {"[a", "x.toml:1: "},
		"date as a number":   {"seed = 1979-05-27\n" + valid, "x.toml:1: seed: must be a whole number (have a date or time)"},
		"time of day":        {"start = 07:32:00\n" + valid, `x.toml:1: start: must be an instant such as "2026-03-02T08:00:00Z" (have a date or time)`},
		"hex beyond":         {"seed = 0xffffffffffffffffff\n" + valid, "x.toml:1: "},
		"variants in itself": {valid + "[variants.a.variants.b]\nseed = 1\n", "x.toml:9: variants.a.variants: unknown key"},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			problems := allProblems("x.toml", []byte(row.src))
			require.NotEmpty(t, problems)
			require.LessOrEqual(t, len(problems), 1000)
			first := problems[0].Error()
			require.Less(t, len(first), 400)
			require.True(t, strings.HasPrefix(first, row.want), "%s", first)
			require.Less(t, time.Since(began), 20*time.Second)
		})
	}
}

// No fleet is too large by itself.
func TestInstancesOfAllFleets(t *testing.T) {
	text := func(fleets int) []byte {
		src := valid
		for i := range fleets {
			src += fmt.Sprintf("[fleets.f%03d]\nvcpus = 1\nzones = [\"a\"]\nmin = 0\nmax = 10000\n", i)
		}
		return []byte(src)
	}
	require.Empty(t, allProblems("x.toml", text(100)))
	require.Equal(t, "x.toml:513: fleets.f100.max: must leave at most 1000000 instances to all fleets together (have 10000, and 1000000 in those before)",
		allProblems("x.toml", text(101)).Error())
}

func allProblems(name string, src []byte) scenario.Problems {
	f, problems := scenario.Parse(name, src, wrongFiles)
	if problems == nil {
		_, problems = f.Spec("", nil)
	}
	return problems
}

// FuzzParse holds that no text makes the decoder panic or hang, and that what
// it accepts it accepts again.
func FuzzParse(f *testing.F) {
	f.Add([]byte(valid), "seed=2")
	for _, glob := range []string{"testdata/wrong/*.toml", gallery + "scenarios/*.toml"} {
		paths, err := filepath.Glob(glob)
		require.NoError(f, err)
		for _, path := range paths {
			src, err := os.ReadFile(path)
			require.NoError(f, err)
			f.Add(src, "fleets.web.min=2")
		}
	}
	f.Fuzz(func(t *testing.T, src []byte, set string) {
		file, problems := scenario.Parse("f.toml", src, wrongFiles)
		if problems != nil {
			require.Len(t, problems, 1)
			return
		}
		for _, variant := range append(file.Variants(), "") {
			spec, problems := file.Spec(variant, []string{set})
			require.Equal(t, spec == nil, len(problems) > 0)
			doubts := file.Doubts(variant, []string{set})
			for _, p := range slices.Concat(problems, doubts, file.Idle(variant, nil)) {
				require.NotContains(t, p.Error(), "\n")
			}
		}
	})
}

// FuzzSet holds that no flag makes the decoder panic or hang, that what is wrong with
// it is told in lines, and that to set a key twice is to set it once.
func FuzzSet(f *testing.F) {
	src, err := os.ReadFile(gallery + "scenarios/bootcamp.toml")
	require.NoError(f, err)
	file, problems := scenario.Parse("bootcamp.toml", src, wrongFiles)
	require.NoError(f, problems.Err())
	for _, set := range []string{
		"fleets.web.min=2", `fleets.web.zones=["a", "b"]`, `fleets."web".boot=lognormal(30s, p95=60s)`, "clients.visitors.rate=0m 1/s, 5m 90/s",
		"routes={album=0.7}", "expectations.x={metric=\"errors.timeout\", equals=0}", "variants.a.seed=7", "seed=+1", "duration=1e6d",
	} {
		f.Add(set)
	}
	f.Fuzz(func(t *testing.T, set string) {
		once, problems := file.Spec("", []string{set})
		require.Equal(t, once == nil, len(problems) > 0)
		for _, p := range problems {
			require.NotContains(t, p.Error(), "\n")
		}
		twice, problems := file.Spec("", []string{set, set})
		require.Equal(t, once == nil, twice == nil, "%v", problems)
		if once != nil {
			require.Equal(t, string(once.Meaning()), string(twice.Meaning()))
		}
	})
}

func TestByteOrderMarkAndWindowsLinesAreAccepted(t *testing.T) {
	src := append([]byte("\xef\xbb\xbf"), bytes.ReplaceAll([]byte(valid), []byte("\n"), []byte("\r\n"))...)
	require.Empty(t, allProblems("x.toml", src))
	src = append(src, "[sevices.x]\r\nkind = 1"...)
	require.Equal(t, `x.toml:9: sevices: unknown key (did you mean "services"?)`, allProblems("x.toml", src).Error())
}
