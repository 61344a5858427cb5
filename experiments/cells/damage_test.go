package cells

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

const toDo = ": delete the file or move it away; its cells must then be simulated again"

// ends returns the bytes of a file with four cells, and where each ends.
func ends(t testing.TB) (whole []byte, ends []int) {
	whole = appendHeader(nil)
	for i := range 4 {
		k, data := cell(i)
		whole = appendRecord(whole, k, data)
		ends = append(ends, len(whole))
	}
	_, file := filled(t, upTo(4)...)
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, whole, written)
	return whole, ends
}

// TestCutAtEveryByte: whatever is left of a file, its whole records are there,
// the rest is dropped with a warning, and the store goes on.
func TestCutAtEveryByte(t *testing.T) {
	whole, ends := ends(t)
	folder := t.TempDir()
	file := filepath.Join(folder, "web.cells")
	for size := range whole {
		write(t, file, whole[:size])
		records, kept := 0, 0
		for records < len(ends) && ends[records] <= size {
			kept = ends[records]
			records++
		}
		if size == headerSize {
			kept = headerSize
		}
		var want []string
		if kept < size {
			if kept == 0 && size > headerSize {
				kept = headerSize
			}
			want = []string{fmt.Sprintf("%s: byte %d: the last record is torn off and dropped; its cell must be simulated again", file, kept)}
		}
		s, err := Open(folder, "web")
		require.NoError(t, err, "%d bytes", size)
		require.Equal(t, want, s.Warnings(), "%d bytes", size)
		requireCells(t, s, upTo(records)...)
		put(t, s, upTo(5)...)
		requireCells(t, s, upTo(5)...)
		require.Equal(t, want, s.Warnings(), "it is told once")
		require.NoError(t, s.Close())
		again := open(t, folder, "web")
		requireCells(t, again, upTo(5)...)
		require.NoError(t, again.Close())
	}
}

// TestFlippedBits: a file with any one bit changed is refused.
func TestFlippedBits(t *testing.T) {
	whole, _ := ends(t)
	folder := t.TempDir()
	file := filepath.Join(folder, "web.cells")
	write(t, file, whole)
	for i := range whole {
		for bit := range 8 {
			flip(t, file, i, 1<<bit)
			_, err := Open(folder, "web")
			require.ErrorContains(t, err, file+": byte ", "byte %d", i)
			require.ErrorContains(t, err, toDo, "byte %d", i)
			flip(t, file, i, 1<<bit)
		}
	}
}

// write makes a new file: to write one over would wait for the disk.
func write(t testing.TB, file string, content []byte) {
	t.Helper()
	require.NoError(t, os.RemoveAll(file))
	require.NoError(t, os.WriteFile(file, content, 0o644))
}

// flip changes bits of one byte of a file.
func flip(t *testing.T, file string, at int, bits byte) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	require.NoError(t, err)
	var b [1]byte
	_, err = f.ReadAt(b[:], int64(at))
	require.NoError(t, err)
	b[0] ^= bits
	_, err = f.WriteAt(b[:], int64(at))
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

// TestChangedUnderway: a record is checked again when it is read.
func TestChangedUnderway(t *testing.T) {
	whole, ends := ends(t)
	folder := t.TempDir()
	file := filepath.Join(folder, "web.cells")
	k, _ := cell(2)
	for i := ends[1]; i < ends[2]; i++ {
		write(t, file, whole)
		s := open(t, folder, "web")
		flip(t, file, i, 1)
		_, _, err := s.Get(k)
		require.EqualError(t, err, fmt.Sprintf("%s: byte %d: another program has changed the file%s", file, ends[1], toDo))
		require.NoError(t, os.Truncate(file, int64(i)))
		_, _, err = s.Get(k)
		require.EqualError(t, err, fmt.Sprintf("%s: byte %d: another program has changed the file%s", file, ends[1], toDo))
		k, data := cell(9)
		require.EqualError(t, s.Put(k, data), fmt.Sprintf("%s: byte %d: another program has changed the file%s", file, i, toDo))
		require.NoError(t, s.Close())
	}
}

// TestRefused: files that are wrong in ways that no kill of a process explains.
// They are left as they are.
func TestRefused(t *testing.T) {
	k, data := cell(0)
	one := appendRecord(appendHeader(nil), k, data)
	for _, c := range []struct {
		name, content, want string
	}{
		{"a text", "a text that somebody has written", "byte 0: this is not a file of cells"},
		{"a short text", "a text", "byte 0: this is not a file of cells"},
		{"a line end", "\n", "byte 0: this is not a file of cells"},
		{"another version", magic + "\x02\x00\x00\x00", "byte 0: the file has format version 2, and this program knows 1"},
		{"half a version", magic + "\x02", "byte 0: this is not a file of cells"},
		{"nulls", string(make([]byte, 100)), "byte 0: this is not a file of cells"},
		{"nulls at the end", string(one) + string(make([]byte, 100)), fmt.Sprintf("byte %d: the length or the key of a record is damaged", len(one))},
		{"text at the end", string(one) + "more text than the head of a record has bytes", fmt.Sprintf("byte %d: the length or the key of a record is damaged", len(one))},
		{"a length that cannot be", string(withLength(maxPayload + 1)), "byte 16: the length or the key of a record is damaged"},
		{"a negative length", string(withLength(1<<32 - 1)), "byte 16: the length or the key of a record is damaged"},
		{"another payload", string(one[:len(one)-tailSize-1]) + "x" + string(one[len(one)-tailSize:]), "byte 16: a record is damaged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			file := filepath.Join(folder, "web.cells")
			require.NoError(t, os.WriteFile(file, []byte(c.content), 0o644))
			_, err := Open(folder, "web")
			require.EqualError(t, err, file+": "+c.want+toDo)
			_, err = Read(file)
			require.EqualError(t, err, file+": "+c.want+toDo)

			left, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, c.content, string(left))
		})
	}
}

// withLength is a file with a head of that length and a right checksum, with
// nothing behind it.
func withLength(n uint32) []byte {
	b := appendHeader(nil)
	b = binary.LittleEndian.AppendUint32(b, n)
	b = append(b, make([]byte, len(Key{}))...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[headerSize:], castagnoli))
}

// TestGreatLengthCostsNothing: the length of what was torn off is not believed.
func TestGreatLengthCostsNothing(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "web.cells"), withLength(maxPayload), 0o644))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s, err := Open(folder, "web")
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	require.Len(t, s.Warnings(), 1)
	require.NoError(t, s.Close())
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
}

// TestForeignFileInTheWay: a file that came after the store was opened is
// refused as well, and not written to or removed.
func TestForeignFileInTheWay(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder, "web")
	file := filepath.Join(folder, "web.cells")
	require.NoError(t, os.WriteFile(file, []byte("mine"), 0o644))
	k, data := cell(0)
	for range 2 {
		require.EqualError(t, s.Put(k, data), file+": byte 0: this is not a file of cells"+toDo)
	}
	require.NoError(t, s.Close())
	left, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "mine", string(left))
}

func TestNoFile(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "web.cells")
	require.NoError(t, os.Mkdir(file, 0o755))
	_, err := Open(folder, "web")
	require.EqualError(t, err, file+": is not a regular file")

	blocked := filepath.Join(t.TempDir(), "cells")
	require.NoError(t, os.WriteFile(blocked, nil, 0o644))
	_, err = Open(blocked, "web")
	require.EqualError(t, err, blocked+": not a directory")
	_, err = Open(filepath.Join(blocked, "deep"), "web")
	require.EqualError(t, err, filepath.Join(blocked, "deep")+": not a directory")
}

func FuzzOpen(f *testing.F) {
	whole, ends := ends(f)
	f.Add([]byte{})
	f.Add(whole)
	f.Add(whole[:ends[1]+50])
	f.Add(withLength(maxPayload))
	folder := f.TempDir()
	file := filepath.Join(folder, "web.cells")
	f.Fuzz(func(t *testing.T, content []byte) {
		write(t, file, content)
		s, err := Open(folder, "web")
		if err != nil {
			return
		}
		before := s.Len()
		put(t, s, 1000)
		require.NoError(t, s.Close())
		again := open(t, folder, "web")
		require.Equal(t, before+1, again.Len())
		for k := range again.index {
			_, known, err := again.Get(k)
			require.NoError(t, err)
			require.True(t, known)
		}
		require.NoError(t, again.Close())
	})
}
