package main

import (
	"bytes"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var kills = flag.Int("kills", 4, "how often TestSweepAfterKills kills the program")

// killed is a sweep whose cells differ in size and go through several files of
// the report.
var killed = []string{
	"sweep", "small.toml", "--vary", "fleets.web.min=1..4", "--vary", "clients.visitors.rate=20/s..60/s:20/s",
	"--replications", "3", "--json", "--quiet",
}

// A sweep that is killed at any instant goes on when it is asked for again, and
// gives what one that nobody killed gives: the output and every file.
func TestSweepAfterKills(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	first := headroom(t, killed...)
	began := time.Now()
	want, err := first.Output()
	require.NoError(t, err)
	took := time.Since(began)
	report := filesIn(t, filepath.Join(first.Dir, "headroom-out/small.sweep"))

	again := headroom(t, killed...)
	died := 0
	for range *kills {
		if kill(t, again, time.Duration(rand.Int64N(int64(took)))/time.Duration(1+min(1, died))) {
			died++
		}
	}
	require.Positive(t, died, "none was quick enough")
	last := command(again)
	got, err := last.Output()
	require.NoError(t, err)
	require.True(t, bytes.Equal(want, got), "other output")
	require.Equal(t, report, filesIn(t, filepath.Join(again.Dir, "headroom-out/small.sweep")))
}

// command is a command once more, in the same folder.
func command(c *exec.Cmd) *exec.Cmd {
	return &exec.Cmd{Path: c.Path, Args: c.Args, Dir: c.Dir, Env: c.Env}
}

// kill starts a command and kills it after a time; it reports whether it was
// still at work.
func kill(t *testing.T, c *exec.Cmd, after time.Duration) bool {
	running := command(c)
	require.NoError(t, running.Start())
	time.Sleep(after)
	running.Process.Kill() // it may have ended
	return running.Wait() != nil
}

// filesIn are the files in a folder with their contents.
func filesIn(t *testing.T, folder string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	require.NoError(t, filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(folder, path)
		files[name] = string(data)
		return err
	}))
	return files
}

// Ctrl-C ends a sweep with what is finished kept, and says so.
func TestSweepInterrupted(t *testing.T) {
	cmd := headroom(t, "sweep", "small.toml", "--vary", "fleets.web.min=1..4", "--duration", "2h", "--replications", "50")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	require.NoError(t, cmd.Start())
	store := filepath.Join(cmd.Dir, "headroom-out/cells/small.cells")
	require.Eventually(t, func() bool {
		info, err := os.Stat(store)
		return err == nil && info.Size() > 0
	}, time.Minute, 5*time.Millisecond, "no cell is finished")
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	require.Equal(t, exitInterrupted, status(t, cmd.Wait()))
	require.Empty(t, stdout.String())
	require.Regexp(t, `^headroom: interrupted: (\d+ replications are|1 replication is) finished and kept in headroom-out/cells; the same command goes on from there\n$`, stderr.String())
	require.NoDirExists(t, filepath.Join(cmd.Dir, "headroom-out/small.sweep"))
}
