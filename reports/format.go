package reports

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
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
	// Lacks says why there is none to write of a result, "" where there is one; nil:
	// there always is.
	Lacks func(T) string
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
		names = appendNew(names, f.Name)
	}
	if k.Plots != nil {
		names = append(names, chart.Formats...)
	}
	return names
}

// appendNew appends texts that are not in the list yet.
func appendNew(list []string, texts ...string) []string {
	for _, text := range texts {
		if !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}

// Report is the one on a result.
func (k *Kind[T]) Report(x T) *Report {
	r := &Report{Kind: k.Name, Formats: k.Names()}
	r.Text = func(w io.Writer, o TextOptions) error { return k.Text(w, x, o) }
	r.parts = []part{{File: File{storedName, func(w io.Writer) error { return experiments.WriteStored(w, x) }}}}
	for _, f := range k.formats() {
		if f.Lacks != nil && f.Lacks(x) != "" {
			r.lacks = append(r.lacks, lack{f.Name, f.File, f.Lacks(x)})
			r.Formats = slices.DeleteFunc(r.Formats, func(name string) bool { return name == f.Name })
			continue
		}
		r.parts = append(r.parts, part{File{f.File, func(w io.Writer) error { return f.Write(w, x) }}, f.Name, f.Asked})
	}
	r.pictures = func() []part {
		if k.Plots == nil {
			return nil
		}
		return pictures(k.Plots(x))
	}
	return r
}

// plotsFolder is the part of a report folder that has the pictures.
const plotsFolder = "plots/"

// pictures are the files of plots, one for each format.
func pictures(plots []chart.Plot) []part {
	var parts []part
	for _, plot := range plots {
		for _, format := range chart.Formats {
			write := func(w io.Writer) error { return plot.Write(w, format) }
			parts = append(parts, part{File{plotsFolder + plot.Name + "." + format, write}, format, slices.Contains(askedPictures, format)})
		}
	}
	return parts
}

// askedPictures are the formats of pictures that are only written where they are
// asked for.
var askedPictures = []string{"pdf"}

// Report is what can be written of a result.
type Report struct {
	Kind    string                             // the command that makes such
	Formats []string                           // that there are of this result
	Text    func(io.Writer, TextOptions) error // the summary for the terminal

	parts    []part
	pictures func() []part
	lacks    []lack
}

// lack is a file of a report that there is not, though there could be.
type lack struct{ format, file, why string }

// part is a file of a report.
type part struct {
	File
	format string // "" of what each report folder has
	asked  bool
}

// Files are those of the report folder: of some formats, with what each folder has;
// without any those that nobody has to ask for.
func (r *Report) Files(formats ...string) ([]File, error) {
	if err := r.Check(formats...); err != nil {
		return nil, err
	}
	parts := r.parts
	if len(formats) == 0 || slices.ContainsFunc(formats, isPicture) {
		parts = slices.Concat(parts, r.pictures())
	}
	var files []File
	for _, p := range parts {
		if p.Name == mark || p.format == "" || slices.Contains(formats, p.format) || len(formats) == 0 && !p.asked {
			files = append(files, p.File)
		}
	}
	return files, nil
}

// Kept are the formats of a report that is written again into a folder where it is: the
// given ones, or without any those that nobody has to ask for, and all that are there.
func (r *Report) Kept(folder string, formats []string) []string {
	kept := slices.Clone(formats)
	for _, p := range slices.Concat(r.parts, r.pictures()) {
		_, err := os.Stat(filepath.Join(folder, filepath.FromSlash(p.Name)))
		if p.format != "" && (err == nil || len(formats) == 0 && !p.asked) {
			kept = appendNew(kept, p.format)
		}
	}
	return kept
}

// Check finds formats that the report does not have.
func (r *Report) Check(formats ...string) error {
	for _, name := range formats {
		if !slices.Contains(r.Formats, name) {
			return r.unknown(name)
		}
	}
	return nil
}

// Joining are the formats of which several can follow each other and be read.
var Joining = []string{"text", "markdown", "json"}

func isPicture(format string) bool { return slices.Contains(chart.Formats, format) }

// File is the one of a format, or of a name in the report folder.
func (r *Report) File(format string) (File, error) {
	var files []File
	var names []string
	parts := r.parts
	if isPicture(format) || strings.HasPrefix(format, plotsFolder) {
		parts = r.pictures()
	}
	for _, p := range parts {
		if p.format != "" && (p.format == format || p.Name == format) {
			files, names = append(files, p.File), append(names, p.Name)
		}
	}
	switch len(files) {
	case 0:
		return File{}, r.unknown(format)
	case 1:
		return files[0], nil
	}
	return File{}, fmt.Errorf("the format %s is several files: name one of %s, or a folder for them by --out", format, strings.Join(names, ", "))
}

// Fill writes the files of some formats, as Files has them, into a report folder.
func (r *Report) Fill(f *Folder, formats ...string) error {
	files, err := r.Files(formats...)
	if err != nil {
		return err
	}
	return f.Write(files)
}

// unknown says that there is no such format, or file.
func (r *Report) unknown(format string) error {
	for _, l := range r.lacks {
		if l.format == format || l.file == format {
			return fmt.Errorf("there is no %s: %s", l.file, l.why)
		}
	}
	return fmt.Errorf("a report of headroom %s has no format %q (has %s)", r.Kind, format, strings.Join(r.Formats, ", "))
}
