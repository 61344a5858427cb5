package cells

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// cell returns the i-th cell of the tests: its bytes, of any length from 0, go
// with its key.
func cell(i int) (Key, []byte) {
	k := Key(sha256.Sum256(fmt.Append(nil, i)))
	return k, bytes.Repeat(k[:], 1+i%7)[i%32:]
}

func put(t testing.TB, s *Store, numbers ...int) {
	t.Helper()
	for _, i := range numbers {
		k, data := cell(i)
		require.NoError(t, s.Put(k, data))
	}
}

// requireCells checks that the store has these cells and no other.
func requireCells(t testing.TB, s *Store, numbers ...int) {
	t.Helper()
	require.Equal(t, len(numbers), s.Len())
	for _, i := range numbers {
		k, want := cell(i)
		got, known, err := s.Get(k)
		require.NoError(t, err)
		require.True(t, known, "cell %d", i)
		require.True(t, bytes.Equal(want, got), "cell %d", i)
	}
}

// open opens a store without anything to warn of.
func open(t testing.TB, folder, name string) *Store {
	t.Helper()
	s, err := Open(folder, name)
	require.NoError(t, err)
	require.Empty(t, s.Warnings())
	t.Cleanup(func() { s.Close() })
	return s
}

// filled returns a folder in which web.cells has the cells, and the file.
func filled(t testing.TB, numbers ...int) (folder, file string) {
	t.Helper()
	folder = t.TempDir()
	s := open(t, folder, "web")
	put(t, s, numbers...)
	require.NoError(t, s.Close())
	return folder, filepath.Join(folder, "web.cells")
}

// listed is what is in a folder.
func listed(t testing.TB, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func upTo(n int) (numbers []int) {
	for i := range n {
		numbers = append(numbers, i)
	}
	return numbers
}

func TestRoundTrip(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "out", "cells")
	s := open(t, folder, "web")
	requireCells(t, s)
	put(t, s, upTo(100)...)
	requireCells(t, s, upTo(100)...)
	k, _ := cell(100)
	_, known, err := s.Get(k)
	require.NoError(t, err)
	require.False(t, known)
	require.NoError(t, s.Close())

	again := open(t, folder, "web")
	requireCells(t, again, upTo(100)...)
	put(t, again, 100)
	require.NoError(t, again.Close())
	requireCells(t, open(t, folder, "web"), upTo(101)...)
	require.Equal(t, []string{"web.cells"}, listed(t, folder))
}

func TestSecondPutIsNothing(t *testing.T) {
	folder, file := filled(t, 1, 2)
	before, err := os.ReadFile(file)
	require.NoError(t, err)
	s := open(t, folder, "web")
	put(t, s, 1)
	k, _ := cell(2)
	require.NoError(t, s.Put(k, []byte("other")))
	requireCells(t, s, 1, 2)
	put(t, s, 3, 3)
	require.NoError(t, s.Close())
	after, err := os.ReadFile(file)
	require.NoError(t, err)
	k, data := cell(3)
	require.Equal(t, appendRecord(before, k, data), after)
}

func TestOpeningWritesNothing(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "out", "cells")
	s := open(t, folder, "web")
	requireCells(t, s)
	require.NoError(t, s.Close())
	require.NoDirExists(t, filepath.Dir(folder))
}

func TestPutFromManyGoroutines(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder, "web")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for _, i := range rand.Perm(200) {
				k, data := cell(i)
				if err := s.Put(k, data); err != nil {
					t.Error(err)
				}
				if got, known, err := s.Get(k); err != nil || !known || !bytes.Equal(data, got) {
					t.Error("not what was put", i, known, err)
				}
				s.Len()
				s.Warnings()
			}
		})
	}
	all.Wait()
	require.NoError(t, s.Close())
	requireCells(t, open(t, folder, "web"), upTo(200)...)
}

// TestTwoAtOnce: what has the first file locked is a store of the same process
// here; the lock is of the open file, so it is the same for another process.
func TestTwoAtOnce(t *testing.T) {
	folder := t.TempDir()
	one, two := open(t, folder, "web"), open(t, folder, "web")
	put(t, one, 0, 2)
	put(t, two, 1, 2)
	three := open(t, folder, "web")
	requireCells(t, three, 0, 1, 2)
	put(t, one, 4)
	put(t, three, 3)
	require.Equal(t, []string{"web-2.cells", "web-3.cells", "web.cells"}, listed(t, folder))
	for _, s := range []*Store{one, two, three} {
		require.NoError(t, s.Close())
	}
	all := open(t, folder, "web")
	requireCells(t, all, 0, 1, 2, 3, 4)
	put(t, all, 5)
	require.Len(t, listed(t, folder), 3)
}

// TestFileFreedSinceItWasRead: the store that takes over a file knows what was
// stored in it after it was read, and does not store it again.
func TestFileFreedSinceItWasRead(t *testing.T) {
	folder := t.TempDir()
	one := open(t, folder, "web")
	put(t, one, 0)
	two := open(t, folder, "web")
	put(t, one, 1)
	requireCells(t, two, 0)
	require.NoError(t, one.Close())
	put(t, two, 1)
	put(t, two, 2)
	requireCells(t, two, 0, 1, 2)
	require.NoError(t, two.Close())
	s, err := Read(filepath.Join(folder, "web.cells"))
	require.NoError(t, err)
	requireCells(t, s, 0, 1, 2)
	require.Equal(t, []string{"web.cells"}, listed(t, folder))
}

// TestFileDeletedSinceItWasRead: nothing is appended to a file that nobody can
// find any more.
func TestFileDeletedSinceItWasRead(t *testing.T) {
	folder, file := filled(t, 0)
	s := open(t, folder, "web")
	require.NoError(t, os.Remove(file))
	put(t, s, 1)
	requireCells(t, s, 0, 1)
	require.NoError(t, s.Close())
	requireCells(t, open(t, folder, "web"), 1)
}

// TestReadWhileAnotherWrites: the beginning of a record that is just being
// written is no torn end.
func TestReadWhileAnotherWrites(t *testing.T) {
	folder, file := filled(t, 0, 1)
	guard, err := claim(file, os.O_RDWR)
	require.NoError(t, err)
	defer guard.Close()
	info, err := guard.Stat()
	require.NoError(t, err)
	require.NoError(t, guard.Truncate(info.Size()-1))
	requireCells(t, open(t, folder, "web"), 0)
}

// TestReadWhileATornEndIsReplaced: a reader that sees a part of the torn end
// and a part of what takes its place looks again.
func TestReadWhileATornEndIsReplaced(t *testing.T) {
	torn := appendHeader(nil)
	k, data := cell(0)
	torn = appendRecord(torn, k, data)
	torn = appendRecord(torn, Key{}, make([]byte, 300_000))
	torn = torn[:len(torn)-1]
	for range 50 {
		folder := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(folder, "web.cells"), torn, 0o644))
		writer, err := Open(folder, "web")
		require.NoError(t, err)
		var readers sync.WaitGroup
		for range 2 {
			readers.Go(func() {
				for n := 0; n < 8; {
					s, err := Open(folder, "web")
					if err != nil {
						t.Error(err)
						return
					}
					n = s.Len()
					s.Close()
				}
			})
		}
		for i := 1; i < 8; i++ {
			k, _ := cell(i)
			require.NoError(t, writer.Put(k, make([]byte, 200_000)))
		}
		readers.Wait()
		require.NoError(t, writer.Close())
	}
}

func TestReadIsAUnion(t *testing.T) {
	_, a := filled(t, 0, 1)
	_, b := filled(t, 1, 2, 3)
	s, err := Read(a, b)
	require.NoError(t, err)
	defer s.Close()
	requireCells(t, s, 0, 1, 2, 3)
	put(t, s, 3)
	k, data := cell(4)
	require.EqualError(t, s.Put(k, data), "cells: the store is open for reading only")

	_, err = Read(a, "none.cells")
	require.EqualError(t, err, "none.cells: no such file or directory")
}

func TestNames(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"web", "web-2", "web.busy", "api"} {
		s := open(t, folder, name)
		put(t, s, len(name))
		require.NoError(t, s.Close())
	}
	for _, c := range []struct {
		name string
		want []string
	}{
		{"web", []string{"web.cells", "web-2.cells"}}, // that of web-2 as well: it does no harm
		{"web-2", []string{"web-2.cells"}},
		{"web.busy", []string{"web.busy.cells"}},
		{"we", nil},
	} {
		paths, err := list(folder, c.name)
		require.NoError(t, err)
		var got []string
		for _, path := range paths {
			got = append(got, filepath.Base(path))
		}
		require.Equal(t, c.want, got, c.name)
	}
	for _, name := range []string{"web-1.cells", "web-02.cells", "web--2.cells", "web-x.cells", "-2.cells", "web-2", "web", ".cells", "web+2.cells"} {
		require.Zero(t, numberOf("web", name), name)
	}
}

func TestFilesAreReadInOrder(t *testing.T) {
	folder := t.TempDir()
	for n := range 12 {
		require.NoError(t, os.WriteFile(filepath.Join(folder, fileName("web", n+1)), nil, 0o644))
	}
	paths, err := list(folder, "web")
	require.NoError(t, err)
	require.Len(t, paths, 12)
	require.Equal(t, 9, slices.Index(paths, filepath.Join(folder, "web-10.cells")))
}

func TestClosed(t *testing.T) {
	folder, _ := filled(t, 0)
	s := open(t, folder, "web")
	require.NoError(t, s.Close())
	k, _ := cell(0)
	_, _, err := s.Get(k)
	require.ErrorIs(t, err, os.ErrClosed)
	k, data := cell(1)
	require.EqualError(t, s.Put(k, data), "cells: the store is closed")
}

func TestTooBig(t *testing.T) {
	folder, file := filled(t, 0)
	s := open(t, folder, "web")
	k, _ := cell(1)
	require.EqualError(t, s.Put(k, make([]byte, maxPayload+1)), file+": a cell of 1073741825 bytes is too big: at most 1073741824")
	requireCells(t, s, 0)
}
