package scenario_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the expected messages of testdata/wrong")

// TestWrongScenarios reads every testdata/wrong/NAME.toml and compares all of
// its problems with NAME.txt. Lines "# variant: NAME" and "# set: KEY=VALUE" at
// its top choose what is run.
func TestWrongScenarios(t *testing.T) {
	paths, err := filepath.Glob("testdata/wrong/*.toml")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(paths), 45)
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".toml")
		t.Run(name, func(t *testing.T) {
			got := problemsOf(t, path) + "\n"
			golden := strings.TrimSuffix(path, ".toml") + ".txt"
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), got)
		})
	}
}

func problemsOf(t *testing.T, path string) string {
	src, err := os.ReadFile(path)
	require.NoError(t, err)
	var variant string
	var sets []string
	for line := range strings.Lines(string(src)) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "# variant: "); ok {
			variant = name
		} else if set, ok := strings.CutPrefix(line, "# set: "); ok {
			sets = append(sets, set)
		}
	}
	f, problems := scenario.Parse(filepath.Base(path), src, wrongFiles)
	if problems == nil {
		var spec *scenario.Spec
		spec, problems = f.Spec(variant, sets)
		require.Nil(t, spec)
		require.Empty(t, f.Idle(variant, sets))
	}
	require.NotEmpty(t, problems)
	return problems.Error()
}

// wrongFiles are the files that the wrong scenarios name.
func wrongFiles(name string) ([]byte, error) {
	switch name {
	case "broken.csv":
		return []byte("30s\n12\n"), nil
	case "relative.csv":
		return []byte("timestamp,count\n0,10\n60,12\n"), nil
	case "broken-trace.csv":
		return []byte("timestamp,count\n0,10\n60,many\n"), nil
	}
	return nil, errors.New("no such file")
}
