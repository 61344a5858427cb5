package main

import (
	"bytes"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// An interrupted check judges nothing, and the next one goes on where it was.
func TestInterruptedCheck(t *testing.T) {
	keyboard, screen := newTerminal(t, 80)
	cmd := headroom(t, "check", "small.toml", "--replications", strconv.Itoa(long), "--jobs", "1", "--junit", "junit.xml", "--json")
	var stdout bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = screen, &stdout, screen
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	require.NoError(t, cmd.Start())
	require.NoError(t, screen.Close())
	shown, err := typeWhen(keyboard, 1, ctrlC)
	require.NoError(t, err)
	require.Equal(t, exitInterrupted, status(t, cmd.Wait()))
	require.Empty(t, stdout.String())
	require.Regexp(t, `\r\x1b\[Kheadroom: interrupted: \d+ replications are finished and kept in headroom-out/cells; the same command goes on from there\r\n$`, string(shown))
	require.NoFileExists(t, filepath.Join(cmd.Dir, "junit.xml"))
	require.FileExists(t, filepath.Join(cmd.Dir, "headroom-out", "cells", "small.cells"))
}
