package reports

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func text3(w io.Writer) error {
	_, err := io.WriteString(w, "new")
	return err
}

func TestTargetIsReplacedAsAWhole(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "junit.xml")
	target, err := NewTarget(path)
	require.NoError(t, err)
	require.Empty(t, names(t, folder), "a promise alone leaves nothing")
	require.NoError(t, target.Write(text3))
	require.Equal(t, []string{"junit.xml"}, names(t, folder))

	require.NoError(t, os.WriteFile(path, []byte("old"), 0o644))
	full := errors.New("no space left")
	require.ErrorIs(t, target.Write(func(w io.Writer) error { text3(w); return full }), full)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "old", string(content))
	require.Equal(t, []string{"junit.xml"}, names(t, folder), "no scratch file is left")
}

// A link stays one: what it leads to is replaced.
func TestTargetBehindALink(t *testing.T) {
	folder := t.TempDir()
	file, link := filepath.Join(folder, "file"), filepath.Join(folder, "link")
	require.NoError(t, os.WriteFile(file, []byte("old"), 0o644))
	require.NoError(t, os.Symlink(file, link))
	target, err := NewTarget(link)
	require.NoError(t, err)
	require.NoError(t, target.Write(text3))
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "new", string(content))
	info, err := os.Lstat(link)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeSymlink)
}

// What waits under a name that somebody could have guessed is left alone.
func TestTargetFollowsNoLinkBesideIt(t *testing.T) {
	folder := t.TempDir()
	precious := filepath.Join(folder, "precious")
	require.NoError(t, os.WriteFile(precious, []byte("thesis"), 0o644))
	require.NoError(t, os.Symlink(precious, filepath.Join(folder, fmt.Sprintf(".junit.xml-%d", os.Getpid()))))
	target, err := NewTarget(filepath.Join(folder, "junit.xml"))
	require.NoError(t, err)
	require.NoError(t, target.Write(text3))
	content, err := os.ReadFile(precious)
	require.NoError(t, err)
	require.Equal(t, "thesis", string(content))
}

func TestTargetThatCannotBe(t *testing.T) {
	folder := t.TempDir()
	_, err := NewTarget(folder)
	require.EqualError(t, err, folder+": is a folder")
	_, err = NewTarget(filepath.Join(folder, "none", "junit.xml"))
	require.EqualError(t, err, filepath.Join(folder, "none", "junit.xml")+": no such file or directory")
	target, err := NewTarget(os.DevNull)
	require.NoError(t, err)
	require.NoError(t, target.Write(text3), "a device is written to")
	if _, err := os.Stat("/dev/full"); err == nil {
		target, err := NewTarget("/dev/full")
		require.NoError(t, err)
		require.EqualError(t, target.Write(text3), "/dev/full: no space left on device")
	}
}
