package experiments

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const replayed = `duration = "10s"
[clients.c]
target = "desk"
trace = "FILE"
[routes.r]
demand.desk = "5ms"
[services.desk]
kind = "station"
`

// A file that is too large is refused before it is read.
func TestFilesThatAreTooLarge(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "site.toml")
	require.NoError(t, os.WriteFile(path, []byte(replayed), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "FILE"), nil, 0o600))
	require.NoError(t, os.Truncate(filepath.Join(folder, "FILE"), 1<<40))
	_, err := Open(path, Options{})
	require.ErrorContains(t, err, `cannot read file "FILE": is larger than 1 GiB`)

	require.NoError(t, os.Truncate(path, 1<<40))
	_, err = Open(path, Options{})
	require.ErrorContains(t, err, "is larger than 1 GiB")
}

// Of an access log only the counts are kept: the same cells as those of the counts.
func TestAccessLogsAreCounts(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "site.toml")
	require.NoError(t, os.WriteFile(path, []byte(replayed), 0o600))
	var figures []*Result
	for _, text := range []string{
		"h - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5\nh - - [17/May/2015:10:05:05 +0000] \"GET / HTTP/1.1\" 200 5\n",
		"2015-05-17 10:05:03,1\n2015-05-17 10:05:04,0\n2015-05-17 10:05:05,1\n2015-05-17 10:05:06,0\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, "FILE"), []byte(text), 0o600))
		study, err := Open(path, Options{})
		require.NoError(t, err)
		r, err := (&Runner{Jobs: 1}).Run(t.Context(), study)
		require.NoError(t, err)
		figures = append(figures, r)
	}
	require.Equal(t, 2.0, figures[0].Metrics["requests.offered"].Mean)
	require.Equal(t, figures[0].Digest, figures[1].Digest)
}
