package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is finished in all arms is compared, and is what a comparison of as many
// replications gives; the same command then goes on from there.
func TestCompareCtrlC(t *testing.T) {
	keyboard, screen := newTerminal(t, 80)
	cmd := headroom(t, "compare", "small.toml", "--replications", strconv.Itoa(long), "--jobs", "2", "--json")
	before := reported(t, cmd, "headroom-out/small.compare", "compare", "small.toml", "--replications", "2", "--cells", "none")
	var stdout bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = screen, &stdout, screen
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	require.NoError(t, cmd.Start())
	require.NoError(t, screen.Close())
	shown, err := typeWhen(keyboard, 2, ctrlC)
	require.NoError(t, err)
	require.Equal(t, exitInterrupted, status(t, cmd.Wait()))
	require.Regexp(t, `headroom: interrupted: \d+ replications are finished and kept in headroom-out/cells; the same command goes on from there\r\n$`, string(shown))

	some := compared(t, stdout.Bytes())
	require.Less(t, some.Replications, long)
	require.Positive(t, some.Replications)
	require.Equal(t, before, filesIn(t, filepath.Join(cmd.Dir, "headroom-out/small.compare")), "a report of the whole is not replaced by one of a part")

	again := headroom(t, "compare", "small.toml", "--replications", strconv.Itoa(some.Replications), "--json", "--quiet")
	again.Dir = cmd.Dir // with the cells that were finished
	whole, err := again.Output()
	require.NoError(t, err)
	require.Equal(t, some.Differences, compared(t, whole).Differences)
}

type comparison struct {
	Replications int
	Differences  json.RawMessage
}

func compared(t *testing.T, object []byte) comparison {
	t.Helper()
	var c comparison
	require.NoError(t, json.Unmarshal(object, &c))
	return c
}
