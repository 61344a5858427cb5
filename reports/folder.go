package reports

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/reports/chart"
)

// Folder is a report folder in the making. It is built beside its place under
// another name and takes the place as a whole, so that a reader never sees half
// a report.
type Folder struct {
	path    string // where it will be
	scratch string // where it is being built; "" when it has been moved or removed
}

// mark is the file by which a report folder is known: Headroom replaces no
// folder that it has not written itself.
const mark = "summary.json"

// NewFolder prepares to write a report folder at path, before the simulation
// that it is to report on. The error tells that there cannot be one: no
// permission, or something there that is not a report.
func NewFolder(path string) (*Folder, error) {
	path = filepath.Clean(path)
	if err := replaceable(path); err != nil {
		return nil, err
	}
	parent := filepath.Dir(path)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return nil, fmt.Errorf("report folder: %w", err)
	}
	scratch, err := os.MkdirTemp(parent, "."+filepath.Base(path)+"-")
	if err != nil {
		return nil, fmt.Errorf("report folder: %w", err)
	}
	return &Folder{path: path, scratch: scratch}, nil
}

func replaceable(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("report folder: %w", err)
	}
	if !info.IsDir() {
		return fmt.Errorf("report folder: %s is in the way: not a folder", path)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return fmt.Errorf("report folder: %w", err)
	}
	if len(entries) == 0 {
		return nil
	}
	if _, err := os.Stat(filepath.Join(path, mark)); err != nil {
		return fmt.Errorf("report folder: %s is in the way: it holds no %s, so it is no report to replace", path, mark)
	}
	return nil
}

// Path is where the folder is once it is written.
func (f *Folder) Path() string { return f.path }

// Write fills the folder with the report of a result and puts it in its place.
func (f *Folder) Write(r *experiments.Result) error {
	files := []struct {
		name  string
		write func(io.Writer, *experiments.Result) error
	}{
		{mark, JSON}, {"series.csv", SeriesCSV}, {"events.csv", EventsCSV}, {"report.md", Markdown},
	}
	for _, file := range files {
		if err := f.create(file.name, func(w io.Writer) error { return file.write(w, r) }); err != nil {
			return err
		}
	}
	for _, plot := range chart.Plots(r) {
		for _, format := range []string{"png", "svg"} {
			name := filepath.Join("plots", plot.Name+"."+format)
			if err := f.create(name, func(w io.Writer) error { return plot.Write(w, format) }); err != nil {
				return err
			}
		}
	}
	return f.place()
}

func (f *Folder) create(name string, write func(io.Writer) error) error {
	path := filepath.Join(f.scratch, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("report folder: %w", err)
	}
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("report folder: %w", err)
	}
	buffered := bufio.NewWriter(file)
	if err := errors.Join(write(buffered), buffered.Flush(), file.Close()); err != nil {
		return fmt.Errorf("report folder: %s: %w", name, err)
	}
	return nil
}

// place moves the finished folder to where it belongs.
func (f *Folder) place() error {
	if err := os.Chmod(f.scratch, 0o755); err != nil {
		return fmt.Errorf("report folder: %w", err)
	}
	if err := os.RemoveAll(f.path); err != nil {
		return fmt.Errorf("report folder: %w", err)
	}
	if err := os.Rename(f.scratch, f.path); err != nil {
		return fmt.Errorf("report folder: %w", err)
	}
	f.scratch = ""
	return nil
}

// Discard removes what has been built so far, unless it is in its place. It
// may be called more than once.
func (f *Folder) Discard() {
	if f.scratch != "" {
		os.RemoveAll(f.scratch) // best effort: the scratch folder's name shows what it is
		f.scratch = ""
	}
}
