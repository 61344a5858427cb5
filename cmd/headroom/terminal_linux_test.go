package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// ctrlC is the key that interrupts.
const ctrlC = 3

// long is small.toml with so many replications that there is time to interrupt
// them.
const long = 2000

// terminal opens a pseudo-terminal of that many columns: what is written to
// keyboard is typed, what is read from it is on the screen.
func newTerminal(t *testing.T, columns uint16) (keyboard, screen *os.File) {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { keyboard.Close() })
	require.NoError(t, unix.IoctlSetPointerInt(int(keyboard.Fd()), unix.TIOCSPTLCK, 0))
	number, err := unix.IoctlGetInt(int(keyboard.Fd()), unix.TIOCGPTN)
	require.NoError(t, err)
	screen, err = os.OpenFile("/dev/pts/"+strconv.Itoa(number), os.O_RDWR|syscall.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { screen.Close() })
	require.NoError(t, unix.IoctlSetWinsize(int(screen.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: columns}))
	return keyboard, screen
}

// headroom is the command, which is this test binary by another name, to be
// run in a new folder that holds small.toml.
func headroom(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	small, err := os.ReadFile("testdata/small.toml")
	require.NoError(t, err)
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "small.toml"), small, 0o644))
	return &exec.Cmd{Path: self, Args: append([]string{"headroom"}, args...), Dir: folder, Env: append(os.Environ(), "TERM=xterm")}
}

// status is that with which a command ended.
func status(t *testing.T, err error) int {
	t.Helper()
	var ended *exec.ExitError
	if err == nil {
		return 0
	}
	require.ErrorAs(t, err, &ended)
	return ended.ExitCode()
}

// share is the number on the progress line.
var share = regexp.MustCompile(`(\d+) %`)

// never is a share of the run, in percent, that is not reached.
const never = 101

// typeWhen reads the screen to its end and types a key once the run has come
// that far, in percent.
func typeWhen(keyboard *os.File, percent int, key byte) (shown []byte, err error) {
	buffer := make([]byte, 4096)
	for {
		n, err := keyboard.Read(buffer)
		if err != nil {
			return shown, nil // a terminal that nobody writes to any more
		}
		shown = append(shown, buffer[:n]...)
		all := share.FindAllSubmatch(shown, -1)
		if len(all) == 0 {
			continue
		}
		if far, _ := strconv.Atoi(string(all[len(all)-1][1])); far >= percent {
			percent = never
			if _, err := keyboard.Write([]byte{key}); err != nil {
				return shown, err
			}
		}
	}
}

func TestCtrlC(t *testing.T) {
	keyboard, screen := newTerminal(t, 80)
	cmd := headroom(t, "run", "small.toml", "--replications", strconv.Itoa(long), "--jobs", "1", "--json")
	before := reported(t, cmd, "headroom-out/small", "run", "small.toml", "--cells", "none")
	var stdout bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = screen, &stdout, screen
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	require.NoError(t, cmd.Start())
	require.NoError(t, screen.Close())
	shown, err := typeWhen(keyboard, 2, ctrlC)
	require.NoError(t, err)
	require.Equal(t, exitInterrupted, status(t, cmd.Wait()))

	require.Regexp(t, `\r\x1b\[Ksimulating \[\.+\]   0 %`, string(shown), "progress, drawn over itself")
	require.Regexp(t, `\r\x1b\[Kheadroom: warning: interrupted: \d+ of 2000 replications\r\n`+
		`headroom: interrupted: \d+ replications are finished and kept in headroom-out/cells; the same command goes on from there\r\n$`, string(shown), "and taken away")

	var result struct{ Replications int }
	require.NoError(t, json.Unmarshal(stdout.Bytes(), &result))
	require.Less(t, result.Replications, long)
	require.Positive(t, result.Replications)
	require.Equal(t, before, filesIn(t, filepath.Join(cmd.Dir, "headroom-out/small")), "a report of the whole is not replaced by one of a part")

	// The replications that were finished are those of a run of as many.
	again := headroom(t, "run", "small.toml", "--replications", strconv.Itoa(result.Replications), "--json", "--quiet")
	whole, err := again.Output()
	require.NoError(t, err)
	require.Equal(t, digest(t, whole), digest(t, stdout.Bytes()))
}

// reported runs a command in the folder of another one, and gives the report that
// it writes.
func reported(t *testing.T, where *exec.Cmd, folder string, args ...string) map[string]string {
	t.Helper()
	cmd := headroom(t, append(args, "--quiet")...)
	cmd.Dir = where.Dir
	require.NoError(t, cmd.Run())
	return filesIn(t, filepath.Join(where.Dir, folder))
}

// A sweep tells of the points that it tries before it simulates.
func TestTriedPointsOnTheScreen(t *testing.T) {
	for _, command := range []string{"sweep", "plan"} {
		keyboard, screen := newTerminal(t, 80)
		cmd := headroom(t, command, "small.toml", "--vary", "fleets.web.max=4..300", "--vary", "fleets.web.mni=1")
		cmd.Stdin, cmd.Stdout, cmd.Stderr = screen, screen, screen
		require.NoError(t, cmd.Start())
		require.NoError(t, screen.Close())
		shown, err := typeWhen(keyboard, never, 0)
		require.NoError(t, err)
		require.Equal(t, exitWrong, status(t, cmd.Wait()))
		require.Regexp(t, `\r\x1b\[Ktrying points: \d+ of 297\r\x1b\[K`, string(shown))
		require.Regexp(t, `\r\x1b\[K--vary fleets.web.mni=1: .*\r\n297 of 297 points are refused, .*\r\n$`, string(shown), "and takes the line away")
	}
}

func digest(t *testing.T, result []byte) string {
	t.Helper()
	var r struct{ Digest string }
	require.NoError(t, json.Unmarshal(result, &r))
	require.NotEmpty(t, r.Digest)
	return r.Digest
}

func TestInterruptedBeforeAnythingIsFinished(t *testing.T) {
	keyboard, screen := newTerminal(t, 80)
	cmd := headroom(t, "run", "worldcup98", "--jobs", "1")
	var stdout bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = screen, &stdout, screen
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	require.NoError(t, cmd.Start())
	require.NoError(t, screen.Close())
	shown, err := typeWhen(keyboard, 0, ctrlC)
	require.NoError(t, err)
	require.Equal(t, exitInterrupted, status(t, cmd.Wait()))
	require.Empty(t, stdout.String())
	require.Regexp(t, `\r\x1b\[Kheadroom: interrupted before a replication was finished\r\n$`, string(shown))
	require.NoDirExists(t, filepath.Join(cmd.Dir, "headroom-out"), "nothing is left half-written")
}

// The timeline keeps to the terminal, and says without colour what it says with
// it. Nothing in grow.toml is drawn by chance.
func TestExplainOnTheScreen(t *testing.T) {
	for _, width := range []uint16{80, 200} {
		plain := explained(t, width, "NO_COLOR=1")
		path := fmt.Sprintf("testdata/grow.%d.txt", width)
		if *update {
			require.NoError(t, os.WriteFile(path, plain, 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(want), string(plain), "%s is not as it was; read it and run the test with -update", path)
		for line := range strings.Lines(string(plain)) {
			require.LessOrEqual(t, len([]rune(strings.TrimSuffix(line, "\n"))), int(width))
		}
		coloured := explained(t, width, "")
		require.Contains(t, string(coloured), "\x1b[")
		require.Equal(t, string(plain), regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(string(coloured), ""))
	}
}

// explained is what a terminal shows of grow.toml.
func explained(t *testing.T, width uint16, env string) []byte {
	t.Helper()
	keyboard, screen := newTerminal(t, width)
	grow, err := filepath.Abs("testdata/grow.toml")
	require.NoError(t, err)
	cmd := headroom(t, "explain", grow, "--quiet")
	cmd.Env = append(cmd.Env, env)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = screen, screen, screen
	require.NoError(t, cmd.Start())
	require.NoError(t, screen.Close())
	shown, err := typeWhen(keyboard, never, 0)
	require.NoError(t, err)
	require.NoError(t, cmd.Wait())
	return bytes.ReplaceAll(shown, []byte("\r\n"), []byte("\n"))
}

func TestScreen(t *testing.T) {
	for _, c := range []struct {
		name   string
		width  uint16
		env    string
		colour bool
	}{
		{"80 columns", 80, "", true},
		{"200 columns", 200, "", true},
		{"NO_COLOR", 80, "NO_COLOR=1", false},
		{"a dumb terminal", 80, "TERM=dumb", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			keyboard, screen := newTerminal(t, c.width)
			cmd := headroom(t, "run", "small.toml", "--replications", "100")
			cmd.Env = append(cmd.Env, c.env)
			cmd.Stdin, cmd.Stdout, cmd.Stderr = screen, screen, screen
			require.NoError(t, cmd.Start())
			require.NoError(t, screen.Close())
			shown, err := typeWhen(keyboard, never, 0)
			require.NoError(t, err)
			require.NoError(t, cmd.Wait())

			frames := bytes.Split(shown, []byte("\r\x1b[K"))
			drawn, summary := len(frames) > 1, frames[len(frames)-1]
			require.Equal(t, c.env != "TERM=dumb", drawn, "progress")
			require.Equal(t, c.colour, bytes.Contains(summary, []byte("\x1b[")), "colour")
			require.Contains(t, string(summary), "A small site")
			require.Contains(t, string(summary), "report: headroom-out/small\r\n")
		})
	}
}
