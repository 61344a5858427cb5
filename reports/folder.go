package reports

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Folder is the place of a report folder. A report is built beside its place
// under another name and takes the place as a whole, so that a reader never
// sees half a report, and one that fails leaves the one before it alone.
type Folder struct {
	path string
}

// mark is the file by which a report folder is known, with its schema: Headroom
// replaces no folder that it has not written itself.
const mark = "summary.json"

// NewFolder finds out, before the simulation that is to be reported on,
// whether there can be a report folder at path. The error tells why not: no
// permission, or something there that is not a report. Nothing is left on the
// disk.
func NewFolder(path string) (*Folder, error) {
	f := &Folder{filepath.Clean(path)}
	for _, check := range []func() error{f.movable, f.replaceable, f.writable} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// Path is where the folder is once it is written.
func (f *Folder) Path() string { return f.path }

// wrong is an error about the folder, in words that name it once.
func (f *Folder) wrong(err error) error {
	return fmt.Errorf("report folder %s: %w", f.path, reason(err))
}

// reason is what the system says is wrong, without the deed that failed and
// the name of the file, which may be a scratch file's.
func reason(err error) error {
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

func (f *Folder) replaceable() error {
	info, err := os.Lstat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return f.wrong(err)
	case !info.IsDir():
		return f.wrong(errors.New("is in the way: not a folder"))
	}
	entries, err := os.ReadDir(f.path)
	if err != nil {
		return f.wrong(err)
	}
	if len(entries) == 0 {
		return nil
	}
	if err := known(filepath.Join(f.path, mark)); err != nil {
		return f.wrong(fmt.Errorf("is in the way: it holds %w, so it is no report to replace", err))
	}
	return nil
}

// known is an error, in words that follow "it holds", unless the file is a mark that
// Headroom has written: others call files by that name too.
func known(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return errors.New("no " + mark)
	}
	var written struct{ Schema string }
	if err := json.Unmarshal(text, &written); err != nil || !strings.HasPrefix(written.Schema, "headroom.") {
		return errors.New("a " + mark + " of another program")
	}
	return nil
}

// movable refuses the folder in which the program runs and those above it:
// whoever stands there would find himself in a folder that is gone.
func (f *Folder) movable() error {
	there, err := filepath.Abs(f.path)
	if err != nil {
		return f.wrong(err)
	}
	here, err := os.Getwd()
	if err != nil {
		return f.wrong(err)
	}
	if inside, err := filepath.Rel(there, here); err == nil && filepath.IsLocal(inside) {
		return f.wrong(errors.New("is, or holds, the current folder: cannot be replaced"))
	}
	return nil
}

// writable tries whether something can be made in the nearest folder above the
// place that exists.
func (f *Folder) writable() error {
	above := filepath.Dir(f.path)
	for !exists(above) && above != filepath.Dir(above) {
		above = filepath.Dir(above)
	}
	trial, err := os.MkdirTemp(above, ".headroom-")
	if err != nil {
		return f.wrong(err)
	}
	if err := os.Remove(trial); err != nil {
		return f.wrong(err)
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// File is one file of a report.
type File struct {
	Name  string // its path inside the folder, with slashes
	Write func(io.Writer) error
}

// Write fills the folder with the files of a report, the mark among them, and
// puts it in its place.
func (f *Folder) Write(files []File) error {
	parent := filepath.Dir(f.path)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return f.wrong(err)
	}
	scratch, err := os.MkdirTemp(parent, "."+filepath.Base(f.path)+"-")
	if err != nil {
		return f.wrong(err)
	}
	err = f.fill(filepath.Join(scratch, "new"), files)
	if err == nil {
		err = f.place(scratch)
	}
	if err == nil || !exists(filepath.Join(scratch, "old")) { // else it is all that is left of the report before
		os.RemoveAll(scratch) // best effort: its name shows what it is
	}
	return err
}

// fill writes all files of the report, none of them outside the folder, whatever
// their names are.
func (f *Folder) fill(folder string, files []File) error {
	if err := os.Mkdir(folder, 0o755); err != nil {
		return f.wrong(err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return f.wrong(err)
	}
	defer root.Close()
	for _, file := range files {
		if err := add(root, file); err != nil {
			return f.wrong(fmt.Errorf("%s: %w", file.Name, reason(err)))
		}
	}
	return nil
}

// add writes a file of the report.
func add(root *os.Root, file File) error {
	if err := root.MkdirAll(path.Dir(file.Name), 0o755); err != nil {
		return err
	}
	into, err := root.Create(file.Name)
	if err != nil {
		return err
	}
	return put(into, file.Write)
}

// create writes a file at a path.
func create(path string, content func(io.Writer) error) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return put(file, content)
}

// put writes the content of a file, and closes it.
func put(file *os.File, content func(io.Writer) error) error {
	buffered := bufio.NewWriter(file)
	return errors.Join(content(buffered), buffered.Flush(), file.Close())
}

// place moves the finished report to where it belongs, and what was there into
// the scratch folder; when the first fails, back again.
func (f *Folder) place(scratch string) error {
	old := filepath.Join(scratch, "old")
	if err := os.Rename(f.path, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return f.wrong(err)
	}
	if err := os.Rename(filepath.Join(scratch, "new"), f.path); err != nil {
		if exists(old) {
			err = errors.Join(err, os.Rename(old, f.path))
		}
		return f.wrong(err)
	}
	return nil
}
