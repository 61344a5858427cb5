package experiments

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/design"
)

func beginShard(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "shard")
	begun, err := sweepOf(t, lively, design.Design{}, livelyGrid...).OpenShard(folder, Shard{1, 1})
	require.NoError(t, err)
	require.NoError(t, begun.Finish())
	require.NoError(t, begun.Store.Close())
	return folder
}

// All files of a shard have the permissions that the umask leaves.
func TestShardsKeepToTheUmask(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o077))
	require.NoError(t, filepath.Walk(beginShard(t), func(path string, info os.FileInfo, err error) error {
		require.NoError(t, err)
		require.Zero(t, info.Mode().Perm()&0o077, path)
		return nil
	}))
}

// A pipe in the place of a shard's file is not waited for.
func TestShardsOfPipes(t *testing.T) {
	folder := beginShard(t)
	inputs, err := filepath.Glob(filepath.Join(folder, inputsFolder, "*"))
	require.NoError(t, err)
	for _, path := range append(inputs, filepath.Join(folder, manifestName)) {
		require.NoError(t, os.Remove(path))
		require.NoError(t, syscall.Mkfifo(path, 0o600))
		_, err := OpenShards(context.Background(), folder)
		require.ErrorContains(t, err, "is not a regular file")
	}
}
