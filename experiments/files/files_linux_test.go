package files

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// A pipe that was found is not waited for; one that somebody names is read.
func TestPipes(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	_, err := Read(pipe, Most)
	require.EqualError(t, err, "is not a regular file")
	_, err = Open(pipe)
	require.EqualError(t, err, "is not a regular file")
	require.EqualError(t, Replace(pipe, Bytes(nil)), "is in the way: not a regular file")

	written := make(chan error)
	go func() { written <- os.WriteFile(pipe, []byte("text"), 0) }()
	data, err := ReadNamed(pipe)
	require.NoError(t, err)
	require.Equal(t, "text", string(data))
	require.NoError(t, <-written)
}

// Files have the permissions that the umask leaves.
func TestPermissions(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o077))
	path := filepath.Join(t.TempDir(), "file")
	for _, write := range []func() error{
		func() error { return Create(path, Bytes(nil)) },
		func() error { return Replace(path, Bytes(nil)) },
	} {
		require.NoError(t, write())
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
}
