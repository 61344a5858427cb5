package reports

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/headroom-sim/headroom/experiments/files"
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
	if err := replaceable(f.path); err != nil {
		return nil, f.wrong(err)
	}
	if err := f.writable(); err != nil {
		return nil, f.wrong(err)
	}
	return f, nil
}

// Path is where the folder is once it is written.
func (f *Folder) Path() string { return f.path }

// wrong is an error about the folder, in words that name it once.
func (f *Folder) wrong(err error) error {
	return fmt.Errorf("report folder %s: %w", f.path, files.Reason(err))
}

// replaceable tells why what is at a path is not Headroom's to replace. Nothing and an
// empty folder are.
func replaceable(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.IsDir():
		return errors.New("is in the way: not a folder")
	case holdsCurrent(info):
		return errors.New("is, or holds, the current folder: cannot be replaced")
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		return nil
	}
	if err := known(filepath.Join(path, mark)); err != nil {
		return fmt.Errorf("is in the way: it holds %w, so it is no report to replace", err)
	}
	return nil
}

// holdsCurrent tells whether a folder is that in which the program runs or one above it:
// whoever stands there would find himself in a folder that is gone. A folder may
// have several names, so names tell nothing.
func holdsCurrent(folder fs.FileInfo) bool {
	var below fs.FileInfo
	for path := "."; ; path = filepath.Join("..", path) {
		here, err := os.Stat(path)
		if err != nil || os.SameFile(here, below) { // nobody moves what he may not look at; above the root is the root
			return false
		}
		if os.SameFile(here, folder) {
			return true
		}
		below = here
	}
}

// known is an error, in words that follow "it holds", unless the file is a mark that
// Headroom has written: others call files by that name too.
func known(path string) error {
	text, err := files.Read(path, files.Most)
	if err != nil {
		return errors.New("no " + mark)
	}
	var written struct{ Schema string }
	if err := json.Unmarshal(text, &written); err != nil || !strings.HasPrefix(written.Schema, "headroom.") {
		return errors.New("a " + mark + " of another program")
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
		return err
	}
	return os.Remove(trial)
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
// puts it in its place. Where it cannot be put there it is kept, and the error says
// where: hours of simulation may be in it.
func (f *Folder) Write(list []File) error {
	parent := filepath.Dir(f.path)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return f.wrong(err)
	}
	scratch, err := os.MkdirTemp(parent, "."+filepath.Base(f.path)+"-")
	if err != nil {
		return f.wrong(err)
	}
	finished := filepath.Join(scratch, "new")
	if err := f.fill(finished, list); err != nil {
		os.RemoveAll(scratch) // best effort: its name shows what it is
		return err
	}
	if err := f.place(finished, filepath.Join(scratch, "old")); err != nil {
		return f.wrong(fmt.Errorf("%w; the finished report is in %s", err, finished))
	}
	os.RemoveAll(scratch)
	return nil
}

// fill writes all files of the report, none of them outside the folder, whatever
// their names are.
func (f *Folder) fill(folder string, list []File) error {
	if err := os.Mkdir(folder, 0o755); err != nil {
		return f.wrong(err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return f.wrong(err)
	}
	defer root.Close()
	for _, file := range list {
		if err := add(root, file); err != nil {
			return f.wrong(fmt.Errorf("%s: %w", file.Name, files.Reason(err)))
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
	return files.Fill(into, file.Write)
}

// place moves the finished report to where it belongs, and what was there to taken.
// What has come into the way while the simulation ran stays where it is.
func (f *Folder) place(finished, taken string) error {
	if err := replaceable(f.path); err != nil {
		return files.Reason(err)
	}
	if err := f.take(taken); err != nil {
		return err
	}
	if err := os.Rename(finished, f.path); err != nil {
		return f.giveBack(taken, files.Reason(err))
	}
	return nil
}

// take moves what is at the place, if anything is, to where nobody else looks. Only what
// was moved is known to be what is judged: anything may have come until then.
func (f *Folder) take(taken string) error {
	err := os.Rename(f.path, taken)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return files.Reason(err)
	}
	if err := replaceable(taken); err != nil {
		return f.giveBack(taken, files.Reason(err))
	}
	return nil
}

// giveBack puts what was taken where it was, after an error. Only a folder goes back, since
// a rename never puts one over what has come there meanwhile.
func (f *Folder) giveBack(taken string, after error) error {
	info, err := os.Lstat(taken)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return after
	case err == nil && info.IsDir() && os.Rename(taken, f.path) == nil:
		return after
	}
	return fmt.Errorf("%w; what was there is in %s", after, taken)
}
