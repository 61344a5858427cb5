package reports

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/reports/chart"
)

// A Kind is a kind of report: what the command of its name makes of a result of
// the type T.
type Kind[T any] struct {
	Name    string // of the command
	Formats []Format[T]
	Text    func(io.Writer, T, TextOptions) error // the summary for the terminal
	Plots   func(T) []chart.Plot                  // nil: none
}

// A Format is a form in which a report is written, as one of its files. Several
// may have the same name, as tables do that belong together.
type Format[T any] struct {
	Name  string // by which --format knows it
	File  string // its name in the report folder
	Write func(io.Writer, T) error
	// Asked is whether the report folder has it only where it is asked for.
	Asked bool
}

// textWidth is that of the text that is no terminal's, in characters.
const textWidth = 100

// formats are all but the pictures.
func (k *Kind[T]) formats() []Format[T] {
	text := func(w io.Writer, x T) error { return k.Text(w, x, TextOptions{Width: textWidth}) }
	return append(slices.Clone(k.Formats), Format[T]{Name: "text", File: "report.txt", Write: text, Asked: true})
}

// Names are those of the formats, in the order of the files.
func (k *Kind[T]) Names() []string {
	var names []string
	for _, f := range k.formats() {
		if !slices.Contains(names, f.Name) {
			names = append(names, f.Name)
		}
	}
	if k.Plots != nil {
		names = append(names, chart.Formats...)
	}
	return names
}

// Report is the one on a result.
func (k *Kind[T]) Report(x T) *Report {
	r := &Report{Kind: k.Name, formats: k.Names()}
	r.Text = func(w io.Writer, o TextOptions) error { return k.Text(w, x, o) }
	for _, f := range k.formats() {
		r.parts = append(r.parts, part{File{f.File, func(w io.Writer) error { return f.Write(w, x) }}, f.Name, f.Asked})
	}
	if k.Plots == nil {
		return r
	}
	for _, plot := range k.Plots(x) {
		for _, format := range chart.Formats {
			write := func(w io.Writer) error { return plot.Write(w, format) }
			r.parts = append(r.parts, part{File{"plots/" + plot.Name + "." + format, write}, format, false})
		}
	}
	return r
}

// Report is what can be written of a result.
type Report struct {
	Kind string                             // the command that makes such
	Text func(io.Writer, TextOptions) error // the summary for the terminal

	formats []string
	parts   []part
}

// part is a file of a report.
type part struct {
	File
	format string
	asked  bool
}

// Files are those of the report folder: of some formats, with the file by which
// a folder is known to be a report; without any those that nobody has to ask for.
func (r *Report) Files(formats ...string) ([]File, error) {
	for _, name := range formats {
		if !slices.Contains(r.formats, name) {
			return nil, r.unknown(name)
		}
	}
	var files []File
	for _, p := range r.parts {
		if p.Name == mark || slices.Contains(formats, p.format) || len(formats) == 0 && !p.asked {
			files = append(files, p.File)
		}
	}
	return files, nil
}

// Fill writes the files of some formats, as Files has them, into a report folder.
func (r *Report) Fill(f *Folder, formats ...string) error {
	files, err := r.Files(formats...)
	if err != nil {
		return err
	}
	return f.Write(files)
}

func (r *Report) unknown(format string) error {
	return fmt.Errorf("a report of headroom %s has no format %q (has %s)", r.Kind, format, strings.Join(r.formats, ", "))
}
