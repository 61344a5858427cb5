package cells

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/headroom-sim/headroom/experiments/files"
)

// A file is one of a store's.
type file struct {
	path   string
	handle *os.File
	end    int64 // of the records read or written
}

// scan reads on from the end, and gives each record's head and where it begins
// to found. torn tells that a part of a record is left.
func (f *file) scan(found func(h head, at int64)) (torn bool, err error) {
	s := newScanner(f.handle, f.end)
	if f.end == 0 {
		err = s.header()
	}
	for err == nil {
		f.end = s.at
		var h head
		if h, err = s.record(); err == nil {
			found(h, f.end)
		}
	}
	if !errors.Is(err, io.EOF) {
		return false, f.wrong(f.end, err)
	}
	size, err := f.size()
	if err == nil && size < f.end {
		err = f.wrong(size, changed)
	}
	return f.end < size, err
}

// read reads the record of a key into record and returns its payload.
func (f *file) read(at int64, record []byte, k Key) ([]byte, error) {
	_, err := f.handle.ReadAt(record, at)
	switch {
	case errors.Is(err, io.EOF):
		return nil, changed
	case err != nil:
		return nil, err
	}
	return payload(record, k)
}

func (f *file) size() (int64, error) {
	info, err := f.handle.Stat()
	if err != nil {
		return 0, wrong(f.path, err)
	}
	return info.Size(), nil
}

// wrong is an error about the file at a byte of it.
func (f *file) wrong(at int64, err error) error {
	var flaw flaw
	if !errors.As(err, &flaw) {
		return wrong(f.path, err)
	}
	return fmt.Errorf("%s: byte %d: %w: delete the file or move it away; its cells must then be simulated again", f.path, at, flaw)
}

// wrong is an error about a file or folder, in words that name it once.
func wrong(path string, err error) error {
	var known *fs.PathError
	if errors.As(err, &known) {
		path, err = known.Path, known.Err
	}
	return fmt.Errorf("%s: %w", path, err)
}

// openFile opens a file to read.
func openFile(path string) (*file, error) {
	handle, err := files.Open(path)
	if err != nil {
		return nil, wrong(path, err)
	}
	return &file{path: path, handle: handle}, nil
}

// claim opens a file and locks it until it is closed. It is nil where another
// process has it.
func claim(path string, flag int) (*os.File, error) {
	for {
		handle, err := os.OpenFile(path, flag, 0o644)
		if err != nil {
			return nil, wrong(path, err)
		}
		free, err := lock(handle)
		there := free && isAt(handle, path)
		if there {
			return handle, nil
		}
		handle.Close()
		switch {
		case err != nil:
			return nil, wrong(path, fmt.Errorf("cannot be locked: %w", err))
		case !free:
			return nil, nil
		}
	}
}

// isAt reports whether the file is still at its path: the process that had it
// locked before may have deleted it.
func isAt(handle *os.File, path string) bool {
	there, err := os.Stat(path)
	return err == nil && isSame(handle, there)
}

func isSame(handle *os.File, other fs.FileInfo) bool {
	info, err := handle.Stat()
	return err == nil && os.SameFile(info, other)
}

// fileName is the name of a store's n-th file.
func fileName(name string, n int) string {
	if n > 1 {
		name += "-" + strconv.Itoa(n)
	}
	return name + ".cells"
}

// list returns the paths of a store's files, in order.
func list(folder, name string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, wrong(folder, err)
	}
	var numbers []int
	for _, entry := range entries {
		if n := numberOf(name, entry.Name()); n > 0 {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	var paths []string
	for _, n := range numbers {
		paths = append(paths, filepath.Join(folder, fileName(name, n)))
	}
	return paths, nil
}

// numberOf is n if the file is a store's n-th, else 0.
func numberOf(name, file string) int {
	middle, _ := strings.CutPrefix(strings.TrimSuffix(file, ".cells"), name)
	n, err := strconv.Atoi(strings.TrimPrefix(middle, "-"))
	if err != nil {
		n = 1
	}
	if file != fileName(name, n) {
		return 0
	}
	return n
}

// makeFolder makes a folder and returns those that were missing, the innermost
// first.
func makeFolder(folder string) (made []string, err error) {
	for dir := folder; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		made = append(made, dir)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return made, wrong(folder, err)
	}
	return made, nil
}
