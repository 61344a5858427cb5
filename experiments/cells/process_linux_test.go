package cells

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestMain lets the tests' program be the process that stores cells and is
// killed, or runs out of disk.
func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == "write" {
		storeCells(os.Args[2], os.Args[3])
		return
	}
	os.Exit(m.Run())
}

// storeCells stores cells in a folder until it fails, and prints the number of each,
// then the error. No file may have more than limit bytes.
func storeCells(folder, limit string) {
	signal.Ignore(syscall.SIGXFSZ)
	n, err := strconv.ParseUint(limit, 10, 64)
	if err == nil {
		err = syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: n})
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := Open(folder, "web")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	for i := 0; ; i++ {
		k, data := bigCell(i)
		if err := s.Put(k, data); err != nil {
			k, data = bigCell(i + 1)
			fmt.Println(err, s.Put(k, data) == err, s.Len())
			return
		}
		fmt.Println(i)
	}
}

// bigCell is cell with up to 224 KB, so that many a kill comes in the middle.
func bigCell(i int) (Key, []byte) {
	k, data := cell(i)
	return k, bytes.Repeat(data, 1000)
}

// requireBigCells checks that the store has the first n of them.
func requireBigCells(t *testing.T, s *Store, n int) {
	t.Helper()
	require.Equal(t, n, s.Len())
	for i := range n {
		k, want := bigCell(i)
		got, known, err := s.Get(k)
		require.NoError(t, err)
		require.True(t, known)
		require.True(t, bytes.Equal(want, got))
	}
}

func writer(t *testing.T, folder string, limit uint64) *exec.Cmd {
	self, err := os.Executable()
	require.NoError(t, err)
	return exec.Command(self, "write", folder, strconv.FormatUint(limit, 10))
}

// TestKilled kills processes that store at random instants, two at a time in
// one folder. What they had stored is there, and the next ones go on from it.
func TestKilled(t *testing.T) {
	torn := 0
	for range 9 {
		folder, done := t.TempDir(), 0
		for range 3 {
			first, second := startWriter(t, folder), startWriter(t, folder)
			time.Sleep(time.Duration(rand.Int64N(int64(4 * time.Millisecond))))
			done = max(done, first.kill(t), second.kill(t))
			s, err := Open(folder, "web")
			require.NoError(t, err)
			for _, text := range s.Warnings() {
				require.Regexp(t, `^`+folder+`/web(-[23])?\.cells: byte \d+: the last record is torn off`, text)
				torn++
			}
			require.GreaterOrEqual(t, s.Len(), done, "what was stored")
			require.LessOrEqual(t, s.Len(), done+1, "and at most what was not told of any more")
			requireBigCells(t, s, s.Len())
			require.NoError(t, s.Close())
			require.LessOrEqual(t, len(listed(t, folder)), 3, "a third where both others were just being looked at")
		}
	}
	t.Logf("%d of 54 processes tore a record", torn)
}

// A victim is a process that stores cells until it is killed.
type victim struct {
	cmd    *exec.Cmd
	stdout *bufio.Reader
}

// startWriter returns when the process has stored something.
func startWriter(t *testing.T, folder string) victim {
	cmd := writer(t, folder, 1<<40)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	v := victim{cmd, bufio.NewReaderSize(stdout, 1<<20)}
	_, err = v.stdout.Peek(2)
	require.NoError(t, err)
	return v
}

// kill returns how many cells the process knew to be stored.
func (v victim) kill(t *testing.T) int {
	require.NoError(t, v.cmd.Process.Kill())
	said, err := io.ReadAll(v.stdout)
	require.NoError(t, err)
	require.Error(t, v.cmd.Wait())
	return bytes.Count(said, []byte("\n"))
}

// TestDiskFull runs into a limit of the size of files, which the system treats
// as it does a full disk: it writes what fits, then fails.
func TestDiskFull(t *testing.T) {
	for limit, kept := range map[uint64]int{0: 0, 10: 0, 100_000: 2, 1_000_000: 9} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			above := t.TempDir()
			folder := filepath.Join(above, "out", "cells")
			said, err := writer(t, folder, limit).Output()
			require.NoError(t, err)
			lines := strings.Split(strings.TrimSpace(string(said)), "\n")
			stored := len(lines) - 1
			require.Equal(t, fmt.Sprintf("%s: file too large true %d", filepath.Join(folder, "web.cells"), stored), lines[stored])
			require.Equal(t, kept, stored)
			if stored == 0 {
				require.Empty(t, listed(t, above), "nothing is left where nothing was stored")
				return
			}
			s := open(t, folder, "web")
			requireBigCells(t, s, stored)
			k, data := bigCell(stored)
			require.NoError(t, s.Put(k, data), "with room again it goes on")
			requireBigCells(t, s, stored+1)
		})
	}
}

// unprivileged makes the test's file accesses those of nobody, where it runs as
// root, for whom there are no permissions. Nothing must be made there by then.
func unprivileged(t *testing.T, folder string) {
	t.Helper()
	if os.Getuid() != 0 {
		return
	}
	require.NoError(t, os.Chmod(filepath.Dir(folder), 0o755)) // the test's own is where only root may look
	const nobody = 65534
	runtime.LockOSThread() // the identity is this thread's alone
	require.NoError(t, syscall.Setfsuid(nobody))
	t.Cleanup(func() {
		require.NoError(t, syscall.Setfsuid(0))
		runtime.UnlockOSThread()
	})
}

// readOnly takes the permission to write away until the end of the test.
func readOnly(t *testing.T, path string) {
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.NoError(t, os.Chmod(path, info.Mode()&^0o222))
	t.Cleanup(func() { os.Chmod(path, info.Mode()) }) // or it could not be removed
}

// TestReadOnlyFolder: what is stored can be had, nothing more can be stored.
func TestReadOnlyFolder(t *testing.T) {
	folder, file := filled(t, 0, 1)
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.NoError(t, os.Truncate(file, info.Size()-1))
	readOnly(t, file)
	readOnly(t, folder)
	unprivileged(t, folder)
	s, err := Open(folder, "web")
	require.NoError(t, err)
	defer s.Close()
	require.Len(t, s.Warnings(), 1)
	requireCells(t, s, 0)
	put(t, s, 0)
	k, data := cell(1)
	for range 2 {
		require.EqualError(t, s.Put(k, data), file+": permission denied")
	}
	requireCells(t, s, 0)
}

// TestReadOnlyFolderWithoutFiles: neither folder nor file can be made, and none
// is left behind.
func TestReadOnlyFolderWithoutFiles(t *testing.T) {
	above := t.TempDir()
	readOnly(t, above)
	unprivileged(t, above)
	for folder, want := range map[string]string{
		above:                                filepath.Join(above, "web.cells"),
		filepath.Join(above, "out", "cells"): filepath.Join(above, "out"),
	} {
		s := open(t, folder, "web")
		k, data := cell(0)
		require.EqualError(t, s.Put(k, data), want+": permission denied")
		require.Empty(t, listed(t, above))
	}
}

func TestUnreadableFile(t *testing.T) {
	folder, file := filled(t, 0)
	require.NoError(t, os.Chmod(file, 0))
	unprivileged(t, folder)
	_, err := Open(folder, "web")
	require.EqualError(t, err, file+": permission denied")
}
