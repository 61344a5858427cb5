package reports

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/headroom-sim/headroom/experiments/files"
)

// Target is the place of a single file, which is written beside it under another
// name and takes the place as a whole. Devices and pipes are written to
// directly.
type Target struct {
	path  string // as it was given
	place string // what a link at path leads to
	plain bool   // no device, no pipe
}

// NewTarget finds out, before the simulation that is to be reported on, whether
// a file can be written at path. Nothing is left on the disk.
func NewTarget(path string) (*Target, error) {
	t := &Target{path, filepath.Clean(path), true}
	if place, err := filepath.EvalSymlinks(path); err == nil {
		t.place = place
	}
	info, err := os.Stat(t.place)
	switch {
	case err == nil && info.IsDir():
		return nil, t.wrong(errors.New("is a folder"))
	case err == nil:
		t.plain = info.Mode().IsRegular()
	case !errors.Is(err, fs.ErrNotExist):
		return nil, t.wrong(err)
	}
	if !t.plain {
		return t, nil
	}
	trial, err := os.CreateTemp(filepath.Dir(t.place), ".headroom-")
	if err != nil {
		return nil, t.wrong(err)
	}
	if err := errors.Join(trial.Close(), os.Remove(trial.Name())); err != nil {
		return nil, t.wrong(err)
	}
	return t, nil
}

// Write fills the file. On an error what was there before is left alone.
func (t *Target) Write(content func(io.Writer) error) error {
	if !t.plain {
		return t.wrong(t.direct(content))
	}
	return t.wrong(files.Replace(t.place, content))
}

func (t *Target) direct(content func(io.Writer) error) error {
	file, err := os.OpenFile(t.place, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return files.Fill(file, content)
}

// wrong is an error about the file, nil where err is.
func (t *Target) wrong(err error) error { return files.About(t.path, err) }
