package cells

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// A Key is the SHA-256 of what defines a cell, which the caller computes.
type Key [32]byte

// A Store is an open set of files of cells. Several goroutines may use it.
type Store struct {
	folder, name string
	mu           sync.RWMutex // of all below
	files        []*file
	index        map[Key]place
	out          *file    // the one of files that is appended to; nil before the first Put
	made         []string // folders made for it
	failed       error    // why nothing can be stored any more
	record       []byte   // memory for the next
	warnings     []string
}

// A place is where a record is.
type place struct {
	file   *file
	at     int64
	length uint32 // of the payload
}

// Open reads the store of the given name, which is a plain file name without
// ending, in a folder. A folder or files that are not there make an empty
// store. Nothing is written before the first Put. The error is about a file
// that cannot be read, or is not what this package wrote; it says what to do.
func Open(folder, name string) (*Store, error) {
	paths, err := list(folder, name)
	if err != nil {
		return nil, err
	}
	s, err := Read(paths...)
	if err != nil {
		return nil, err
	}
	s.folder, s.name, s.failed = folder, name, nil
	return s, nil
}

// Read reads files of cells, of one store or several, to look cells up only:
// Put returns an error. Errors are as of Open, and files that are not there.
func Read(files ...string) (*Store, error) {
	s := &Store{index: map[Key]place{}, failed: errors.New("cells: the store is open for reading only")}
	for _, path := range files {
		if err := s.read(path); err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

// read takes in a file. What looks torn off is not where another process is
// just writing, or was until now.
func (s *Store) read(path string) error {
	f, err := openFile(path)
	if err != nil {
		return err
	}
	s.files = append(s.files, f)
	torn, err := s.scan(f)
	if err != nil || !torn {
		return err
	}
	guard, unknown := claim(path, os.O_RDONLY)
	if guard != nil {
		defer guard.Close()
	}
	torn, err = s.scan(f)
	if written := guard == nil && unknown == nil; torn && !written {
		s.warn(f)
	}
	return err
}

// scan takes in the records of a file after those that it knows. What looks
// damaged is looked at twice: it may have been a part of a torn end and a part
// of the record by which another process was just replacing it.
func (s *Store) scan(f *file) (torn bool, err error) {
	index := func(h head, at int64) {
		if _, known := s.index[h.key]; !known {
			s.index[h.key] = place{f, at, h.length}
		}
	}
	if torn, err = f.scan(index); err != nil {
		torn, err = f.scan(index)
	}
	return torn, err
}

// warn tells of a torn end, once.
func (s *Store) warn(f *file) {
	text := fmt.Sprintf("%s: byte %d: the last record is torn off and dropped; its cell must be simulated again", f.path, f.end)
	if !slices.Contains(s.warnings, text) {
		s.warnings = append(s.warnings, text)
	}
}

// Get returns what is stored under the key, and whether anything is. The record
// is read and checked anew: the error is about a file that cannot be read any
// more, or has been changed by another program.
func (s *Store) Get(k Key) ([]byte, bool, error) {
	s.mu.RLock()
	p, known := s.index[k]
	s.mu.RUnlock()
	if !known {
		return nil, false, nil
	}
	record := make([]byte, headSize+int(p.length)+tailSize)
	data, err := p.file.read(p.at, record, k)
	if err != nil {
		return nil, false, p.file.wrong(p.at, err)
	}
	return data, true, nil
}

// Put stores the data, at most 1 GiB, under the key, as a whole or not at all.
// What is known already stays as it is. After an error nothing more is stored,
// and each Put of a new key returns that error; what has been stored can still
// be had.
func (s *Store) Put(k Key, data []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.knows(k) {
		return nil
	}
	if s.failed == nil {
		if s.failed = s.store(k, data); s.failed != nil {
			s.clear()
		}
	}
	return s.failed
}

// store is Put where nothing has failed yet.
func (s *Store) store(k Key, data []byte) error {
	if s.out == nil {
		if err := s.take(); err != nil {
			return err
		}
	}
	if s.knows(k) { // from the file taken
		return nil
	}
	return s.append(k, data)
}

func (s *Store) knows(k Key) bool {
	_, known := s.index[k]
	return known
}

// take gets hold of the first file that no other process has.
func (s *Store) take() (err error) {
	if s.made, err = makeFolder(s.folder); err != nil {
		return err
	}
	for n := 1; ; n++ {
		path := filepath.Join(s.folder, fileName(s.name, n))
		handle, err := claim(path, os.O_RDWR|os.O_CREATE)
		switch {
		case err != nil:
			return err
		case handle != nil:
			return s.appendTo(&file{path: path, handle: handle, end: s.endOf(handle)})
		}
	}
}

// endOf returns how far a file has been read.
func (s *Store) endOf(handle *os.File) int64 {
	for _, f := range s.files {
		if info, err := f.handle.Stat(); err == nil && isSame(handle, info) {
			return f.end
		}
	}
	return 0
}

// appendTo takes in what has been appended to a file since it was read, and
// cuts off a torn end.
func (s *Store) appendTo(f *file) error {
	s.out, s.files = f, append(s.files, f)
	torn, err := s.scan(f)
	if err != nil || !torn {
		return err
	}
	s.warn(f)
	if err := f.handle.Truncate(f.end); err != nil {
		return wrong(f.path, err)
	}
	return nil
}

// append writes a record, and takes back what there is of it if it fails.
func (s *Store) append(k Key, data []byte) error {
	if len(data) > maxPayload {
		return fmt.Errorf("%s: a cell of %d bytes is too big: at most %d", s.out.path, len(data), maxPayload)
	}
	s.record = s.record[:0]
	if s.out.end == 0 {
		s.record = appendHeader(s.record)
	}
	at := s.out.end + int64(len(s.record))
	s.record = appendRecord(s.record, k, data)
	if _, err := s.out.handle.WriteAt(s.record, s.out.end); err != nil {
		s.out.handle.Truncate(s.out.end) // where that fails too, whoever opens the file next drops the torn end
		return wrong(s.out.path, err)
	}
	s.out.end += int64(len(s.record))
	s.index[k] = place{s.out, at, uint32(len(data))}
	return nil
}

// clear leaves nothing behind where nothing could be stored. What cannot be
// removed does no harm.
func (s *Store) clear() {
	if s.out != nil {
		if size, err := s.out.size(); err != nil || size > 0 {
			return
		}
		os.Remove(s.out.path) // while it is locked: no other process has stored in it
	}
	for _, dir := range s.made {
		os.Remove(dir) // unless there is something in it
	}
}

// Len returns how many cells are known.
func (s *Store) Len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.index)
}

// Warnings returns what was found wrong and could be mended when the files were
// read, and when the first cell was put: ends torn off in the middle of a
// record, with the file's name.
func (s *Store) Warnings() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.warnings)
}

// Close closes the files and lets other processes append to them.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failed = errors.New("cells: the store is closed")
	var all []error
	for _, f := range s.files {
		all = append(all, f.handle.Close())
	}
	return errors.Join(all...)
}
