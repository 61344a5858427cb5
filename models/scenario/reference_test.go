package scenario

import (
	"flag"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReferenceIsCurrent writes the reference as well, under -update: that is
// what go generate ./models/scenario does.
func TestReferenceIsCurrent(t *testing.T) {
	const path = "../../docs/reference.md"
	if flag.Lookup("update").Value.String() == "true" {
		require.NoError(t, os.WriteFile(path, Reference(), 0o644))
	}
	committed, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(Reference()), string(committed), "run go generate ./models/scenario")
}

func TestReferenceExplainsEveryValue(t *testing.T) {
	for _, f := range forms() {
		require.Contains(t, writtenValues, "\n| "+f.name+" | ", f.name)
	}
}

// TestReferenceShowsVariantsThatRun: the example of the chapter, made whole.
func TestReferenceShowsVariantsThatRun(t *testing.T) {
	_, rest, _ := strings.Cut(writtenVariants, "```toml\n")
	example, _, _ := strings.Cut(rest, "```")
	const more = "[routes.page]\ndemand.web = \"5ms\"\n[fleets.web]\nvcpus = 2\nzones = [\"a\"]\nmin = 1\nmax = 3\n"
	f, problems := Parse("x.toml", []byte("duration = \"1h\"\n"+example+more), nil)
	require.NoError(t, problems.Err())
	open, problems := f.Spec("open", nil)
	require.NoError(t, problems.Err())
	require.Zero(t, open.Clients["visitors"].Users)
	require.Equal(t, "5s", open.Clients["visitors"].Think.String())
	step, problems := f.Spec("step", nil)
	require.NoError(t, problems.Err())
	require.Zero(t, step.Fleets["web"].Policies["cpu"].Target)
}

// TestReferenceSaysWhereItsSourcesAre: whatever looks like a key in a source tag
// is in the list.
func TestReferenceSaysWhereItsSourcesAre(t *testing.T) {
	known := make(map[string]bool)
	for _, row := range sourceList() {
		known[row[0]] = true
		require.NotEmpty(t, row[1])
	}
	looksLikeKey := regexp.MustCompile(`^([A-Z0-9]+-[A-Z0-9]+|(api|obs|ec2|dd)-[a-z0-9]+|ngx_\w+)$`)
	named := make(map[string]bool)
	walk(reflect.TypeFor[Spec](), "", func(path string, f field) {
		for _, word := range sourceWords(f) {
			named[word] = true
			require.True(t, known[word] || !looksLikeKey.MatchString(word), "%s: source %s", path, word)
		}
		first, _, _ := strings.Cut(f.tag.Get("source"), ",")
		if first != "" && !strings.Contains(first, " ") {
			require.True(t, known[first], "%s: source %s", path, first)
		}
	})
	for key := range known {
		require.True(t, named[key], "source %s is named by no key", key)
	}
}
