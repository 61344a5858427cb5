package files

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// listed is what is in a folder, hidden files too.
func listed(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestReadsHaveABound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, []byte("text"), 0o600))
	for _, read := range []func() ([]byte, error){
		func() ([]byte, error) { return ReadNamed(path) },
		func() ([]byte, error) { return Read(path, Most) },
		func() ([]byte, error) { return Read(path, 4) },
	} {
		data, err := read()
		require.NoError(t, err)
		require.Equal(t, "text", string(data))
	}
	_, err := Read(path, 3)
	require.ErrorContains(t, err, "is larger than")

	require.NoError(t, os.Truncate(path, Most+1))
	_, err = Read(path, Most)
	require.EqualError(t, err, "is larger than 1 GiB")
	_, err = ReadNamed(path)
	require.EqualError(t, err, "is larger than 1 GiB")
	_, err = all(endless{}, 0, 1<<20)
	require.ErrorContains(t, err, "is larger than", "what says nothing of its size")
}

// endless is a device that always has more.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestWhatIsNoFile(t *testing.T) {
	folder := t.TempDir()
	_, err := ReadNamed(folder)
	require.ErrorIs(t, err, ErrFolder)
	_, err = Read(folder, Most)
	require.EqualError(t, err, "is not a regular file")
	for _, read := range []func(string) ([]byte, error){ReadNamed, func(path string) ([]byte, error) { return Read(path, Most) }} {
		_, err = read(filepath.Join(folder, "none"))
		require.ErrorIs(t, err, os.ErrNotExist)
		require.NotContains(t, err.Error(), folder, "callers name the file")
	}
}

func TestCreate(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "file")
	full := errors.New("no space left")
	half := func(w io.Writer) error { return errors.Join(Bytes(make([]byte, 1<<20))(w), full) }
	require.ErrorIs(t, Create(path, half), full)
	require.Empty(t, listed(t, folder), "half a file is none")
	require.NoError(t, Create(path, Bytes([]byte("first"))))
	require.ErrorIs(t, Create(path, Bytes([]byte("second"))), os.ErrExist)
	require.Equal(t, "first", read(t, path))

	require.ErrorIs(t, Replace(path, half), full)
	require.Equal(t, "first", read(t, path))
	require.NoError(t, Replace(path, Bytes([]byte("second"))))
	require.Equal(t, "second", read(t, path))
	require.Equal(t, []string{"file"}, listed(t, folder), "no scratch file is left")
}

// Only a file is replaced; what a link leads to stays as it is.
func TestReplaceFilesOnly(t *testing.T) {
	folder := t.TempDir()
	precious, link := filepath.Join(folder, "precious"), filepath.Join(folder, "link")
	require.NoError(t, os.WriteFile(precious, []byte("thesis"), 0o600))
	require.NoError(t, os.Symlink(precious, link))
	require.EqualError(t, Replace(link, Bytes(nil)), "is in the way: not a regular file")
	require.Equal(t, "thesis", read(t, precious))
	require.EqualError(t, Replace(folder, Bytes(nil)), "is a directory")
	require.EqualError(t, Replace(filepath.Join(precious, "file"), Bytes(nil)), "not a directory")
	require.Equal(t, []string{"link", "precious"}, listed(t, folder))
}

// The name under which a file is written cannot be known before it is.
func TestScratchNamesDiffer(t *testing.T) {
	folder := t.TempDir()
	var seen []string
	for range 2 {
		require.NoError(t, Replace(filepath.Join(folder, "file"), func(io.Writer) error {
			for _, name := range listed(t, folder) {
				if strings.HasPrefix(name, ".file-") {
					seen = append(seen, name)
				}
			}
			return nil
		}))
	}
	require.Len(t, seen, 2)
	require.NotEqual(t, seen[0], seen[1])
}
