package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A design file that is too large is refused before it is read, and one in a pipe is read.
func TestDesignFilesHaveABound(t *testing.T) {
	run := headroom(t, "sweep", "small.toml", "--design", "design.toml")
	design := filepath.Join(run.Dir, "design.toml")
	require.NoError(t, os.WriteFile(design, nil, 0o644))
	require.NoError(t, os.Truncate(design, 1<<40))
	var stderr bytes.Buffer
	run.Stderr = &stderr
	require.Equal(t, exitWrong, status(t, run.Run()))
	require.Equal(t, "headroom: --design: design.toml: is larger than 1 GiB\n", stderr.String())

	run = headroom(t, "sweep", "small.toml", "--design", "/dev/stdin", "--quiet")
	run.Stdin = bytes.NewBufferString("kind = \"grid\"\n[vary]\nfleets.web.nothing = [1]\n")
	stderr.Reset()
	run.Stderr = &stderr
	require.Equal(t, exitWrong, status(t, run.Run()))
	require.Contains(t, stderr.String(), "fleets.web.nothing")
}
