package reports

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// A pipe in the place of a report's file is not waited for.
func TestReportsOfPipes(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("trap", 0o755))
	for _, name := range []string{mark, storedName} {
		require.NoError(t, syscall.Mkfifo(filepath.Join("trap", name), 0o600))
	}
	_, err := NewFolder("trap")
	require.EqualError(t, err, "report folder trap: is in the way: it holds no summary.json, so it is no report to replace")
	_, err = Open("trap")
	require.EqualError(t, err, "trap: results.headroom: is not a regular file")
}
