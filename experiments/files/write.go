package files

import (
	"bufio"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Create writes a file where there is none. Where it cannot, there still is none.
func Create(path string, content func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) // unlike os.CreateTemp, as the umask has it
	if err != nil {
		return Reason(err)
	}
	if err := Fill(file, content); err != nil {
		os.Remove(path) // best effort: the error says that there is no such file
		return Reason(err)
	}
	return nil
}

// Replace writes a file that takes the place of another as a whole, if there is one. It
// is made under a name that nobody knows before, so that nobody can have put a link
// there. Where it cannot, what was there is left alone.
func Replace(path string, content func(io.Writer) error) error {
	if err := Replaceable(path); err != nil {
		return err
	}
	scratch := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"-"+rand.Text()[:8])
	if err := Create(scratch, content); err != nil {
		return err
	}
	if err := os.Rename(scratch, path); err != nil {
		os.Remove(scratch) // best effort: its name shows what it is
		return Reason(err)
	}
	return nil
}

// Replaceable tells why no file can take a place: something stands there that is none. A
// link is none either, and is not followed.
func Replaceable(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return Reason(err)
	case info.IsDir():
		return syscall.EISDIR
	case !info.Mode().IsRegular():
		return errors.New("is in the way: not a regular file")
	}
	return nil
}

// Fill writes the content of a file, and closes it.
func Fill(file *os.File, content func(io.Writer) error) error {
	buffered := bufio.NewWriter(file)
	return errors.Join(content(buffered), buffered.Flush(), file.Close())
}

// Bytes is content that is there already.
func Bytes(data []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}
}
