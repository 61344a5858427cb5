package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// unprivileged lets a command run as nobody where it would run as root, for
// whom there are no permissions.
func unprivileged(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if os.Getuid() != 0 {
		return
	}
	binary, err := os.ReadFile(cmd.Path)
	require.NoError(t, err)
	cmd.Path = filepath.Join(t.TempDir(), "headroom") // the test's own is where only root may look
	require.NoError(t, os.WriteFile(cmd.Path, binary, 0o755))
	for _, folder := range []string{cmd.Dir, filepath.Dir(cmd.Path)} {
		require.NoError(t, os.Chmod(filepath.Dir(folder), 0o755))
	}
	const nobody = 65534
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}

func locked(folder string) error { return os.Chmod(folder, 0o555) }

// TestWithoutPermission runs the command as a user who may do nothing.
func TestWithoutPermission(t *testing.T) {
	for _, c := range []struct {
		name   string
		args   []string
		mode   func(folder string) error
		status int
		stderr string
	}{
		{
			"a scenario that cannot be read", []string{"run", "small.toml"},
			func(folder string) error { return os.Chmod(filepath.Join(folder, "small.toml"), 0) },
			exitWrong, "small.toml: permission denied\n",
		},
		{
			"a folder that cannot be written to", []string{"run", "small.toml"},
			locked,
			exitUnfinished, "headroom: report folder headroom-out/small: permission denied\n",
		},
		{
			"a folder that cannot be written to by a sweep", []string{"sweep", "small.toml", "--vary", "fleets.web.min=1,2"},
			locked,
			exitUnfinished, "headroom: report folder headroom-out/small.sweep: permission denied\n",
		},
		{
			"a folder that cannot be written to by a shard", []string{"sweep", "small.toml", "--vary", "fleets.web.min=1,2", "--shard", "1/2", "--out", "one"},
			locked,
			exitUnfinished, "headroom: one: permission denied\n",
		},
		{
			"a starter that cannot be written", []string{"init"},
			locked,
			exitUnfinished, "headroom: scenario.toml: permission denied\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			run := headroom(t, c.args...)
			unprivileged(t, run)
			require.NoError(t, c.mode(run.Dir))
			t.Cleanup(func() { os.Chmod(run.Dir, 0o755) }) // or it could not be removed
			var stdout, stderr bytes.Buffer
			run.Stdout, run.Stderr = &stdout, &stderr
			require.Equal(t, c.status, status(t, run.Run()))
			require.Empty(t, stdout.String())
			require.Equal(t, c.stderr, stderr.String())
			entries, err := os.ReadDir(run.Dir)
			require.NoError(t, err)
			require.Len(t, entries, 1, "nothing is left half-written")
		})
	}
}
