package scenario_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/stretchr/testify/require"
)

const gallery = "../../experiments/gallery/"

// galleryFiles gives the built-in traces.
func galleryFiles(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(gallery, "traces", filepath.Base(name)))
}

func TestBuiltInScenariosHaveNoProblems(t *testing.T) {
	paths, err := filepath.Glob(gallery + "scenarios/*.toml")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		src, err := os.ReadFile(path)
		require.NoError(t, err)
		f, problems := scenario.Parse(filepath.Base(path), src, galleryFiles)
		require.NoError(t, problems.Err())
		for _, variant := range append(f.Variants(), "") {
			spec, problems := f.Spec(variant, nil)
			require.NoError(t, problems.Err(), variant)
			require.NotEmpty(t, spec.Title)
			t.Log(path, variant, "\n", f.Idle(variant, nil))
		}
	}
}
