package headroom_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// reachers are the packages of other modules in the program that import what could
// reach a network or another program, with what they want it for.
var reachers = map[string]string{
	"github.com/andybalholm/brotli": "a helper for servers that compress answers, which nobody calls",
	"github.com/google/uuid":        "the address of a network card, for identifiers of a kind that nobody asks for",
	"github.com/invopop/jsonschema": "the type of an address, to describe it",
	"github.com/spf13/pflag":        "the type of an address, for flags of such",
}

// No dependency brings a way to a network, or to another program, that has not been
// looked at.
func TestNoDependencyReachesOut(t *testing.T) {
	const imports = `{{if not .Standard}}{{.ImportPath}}{{range .Imports}} {{.}}{{end}}{{end}}`
	out, err := exec.Command("go", "list", "-deps", "-f", imports, "./cmd/headroom").Output()
	require.NoError(t, err)
	var found []string
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		if slices.ContainsFunc(words[min(1, len(words)):], func(path string) bool { return slices.Contains(offline, path) }) {
			found = append(found, words[0])
		}
	}
	for _, path := range found {
		require.Contains(t, reachers, path)
	}
	require.Len(t, found, len(reachers), "%v", found)
}
