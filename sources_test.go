package headroom_test

import (
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom"
)

// Whatever experiments is compiled from is among the sources that tell one model from
// another: else a change would leave figures of the old code in use.
func TestSourcesAreAllOfTheModel(t *testing.T) {
	const files = `{{if .Module}}{{if .Module.Main}}{{$d := .Dir}}{{range .GoFiles}}{{$d}}/{{.}}
{{end}}{{range .IgnoredGoFiles}}{{$d}}/{{.}}
{{end}}{{range .EmbedFiles}}{{$d}}/{{.}}
{{end}}{{end}}{{end}}`
	out, err := exec.Command("go", "list", "-deps", "-f", files, "./experiments").Output()
	require.NoError(t, err)
	root, err := filepath.Abs(".")
	require.NoError(t, err)
	found := 0
	for _, name := range strings.Fields(string(out)) {
		name, err := filepath.Rel(root, name)
		require.NoError(t, err)
		name = filepath.ToSlash(name)
		if within(name, "experiments/gallery") || within(name, "models/scenario") && !strings.HasSuffix(name, ".go") || !strings.Contains(name, "/") {
			continue // scenarios and their traces are in each key; documents; what holds the sources
		}
		found++
		_, err = fs.Stat(headroom.Sources, name)
		require.NoError(t, err)
	}
	require.Greater(t, found, 300)
}
