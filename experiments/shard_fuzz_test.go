package experiments

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever the description of a shard holds, it is refused with the name of its file,
// or is that of a part which there is.
func FuzzReadManifest(f *testing.F) {
	for _, file := range []string{
		`{"schema": "` + ShardSchema + `", "shard": 2, "of": 8}`,
		`{"schema": "headroom.shard/0", "shard": 1, "of": 1}`,
		`{"shard": 3, "of": 2}`, `{"inputs": {"": 1}}`, `[`, ``,
	} {
		f.Add([]byte(file))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		folder := t.TempDir()
		path := filepath.Join(folder, manifestName)
		require.NoError(t, os.WriteFile(path, file, 0o644))
		m, err := readManifest(folder)
		if err != nil {
			require.ErrorContains(t, err, path)
			return
		}
		require.LessOrEqual(t, 1, m.Number)
		require.LessOrEqual(t, m.Number, m.Of)
	})
}
