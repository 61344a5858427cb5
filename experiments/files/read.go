// Package files reads and writes whole files: what is read has a bound, and what is
// written is there as a whole or not at all. No error names its file, which callers
// know by the name that people gave it: [About] does.
package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Most is the size of the largest file that is read as a whole, in bytes, where
// nothing else is said.
const Most = 1 << 30

// ErrFolder says that a folder stands where a file was expected.
var ErrFolder = errors.New("is a folder")

// Open opens a regular file to read. All else is refused, for it might never end: even
// a pipe to which nobody writes, which would have to be waited for.
func Open(path string) (*os.File, error) {
	file, _, err := regular(path)
	return file, err
}

// Read reads all of a regular file of at most so many bytes: one that was found, not
// named by whoever waits for it.
func Read(path string, most int64) ([]byte, error) {
	file, size, err := regular(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return all(file, size, most)
}

// regular opens a regular file, and tells its size.
func regular(path string) (*os.File, int64, error) {
	file, info, err := open(path, unwaiting)
	switch {
	case err != nil:
		return nil, 0, err
	case !info.Mode().IsRegular():
		file.Close()
		return nil, 0, errors.New("is not a regular file")
	}
	return file, info.Size(), nil
}

// open opens whatever there is.
func open(path string, flag int) (*os.File, fs.FileInfo, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|flag, 0)
	if err != nil {
		return nil, nil, Reason(err)
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, nil, Reason(err)
	}
	return file, info, nil
}

// ReadNamed reads all of a file that somebody names, of at most [Most] bytes. It may be a
// pipe or a device too, of which no more is read.
func ReadNamed(path string) ([]byte, error) { return Use(path, All) }

// Use gives what some function makes of a file that somebody names and of its size, which
// is 0 of a pipe or a device.
func Use(path string, use func(r io.Reader, size int64) ([]byte, error)) ([]byte, error) {
	file, info, err := open(path, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info.IsDir() {
		return nil, ErrFolder
	}
	data, err := use(file, info.Size())
	return data, Reason(err)
}

// All is what there is to read of a file of a size, if it is at most [Most] bytes.
func All(r io.Reader, size int64) ([]byte, error) { return all(r, size, Most) }

// all is All with another bound.
func all(r io.Reader, size, most int64) ([]byte, error) {
	tooLarge := fmt.Errorf("is larger than %d GiB", most>>30)
	if size > most {
		return nil, tooLarge
	}
	var b bytes.Buffer
	b.Grow(int(size) + bytes.MinRead) // so that it is not copied while it grows
	if _, err := b.ReadFrom(io.LimitReader(r, most+1)); err != nil {
		return nil, Reason(err)
	}
	if int64(b.Len()) > most {
		return nil, tooLarge
	}
	return b.Bytes(), nil
}

// Reason is what the system says is wrong, without the deed that failed and the name of
// the file, which may be a scratch file's.
func Reason(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// About is an error about a file, in words that name it once; nil where err is.
func About(path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", path, Reason(err))
}
