package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/headroom-sim/headroom/reports"
)

// reportFlags are those of headroom report.
type reportFlags struct {
	formats       []string
	out           string
	asJSON, quiet bool
}

func newReport() *cobra.Command {
	var f reportFlags
	cmd := &cobra.Command{
		Use:   "report DIR...",
		Short: "Make any format of a report from stored results, without running again",
		Long: `Make any format of a report again from the results that its folder stores. Nothing is simulated,
and what is made is, byte for byte, what the command that ran made or would have made. Each DIR is a
report folder of run, compare, sweep, merge, plan or check.

  headroom report headroom-out/bootcamp                                 the summary
  headroom report headroom-out/shop.plan --format markdown > plan.md    one format
  headroom report headroom-out/shop.plan --format plots/growth.svg > growth.svg    one file
  headroom report headroom-out/shop.plan --out shop --format html,pdf   a folder

One format goes to stdout. Of several folders text, markdown and json follow each other there. With
--out the files go into a folder: of the formats that --format names, else all that a command writes
by itself; of several folders each has one of its own in it. A report that is written into its own folder
keeps the formats that are there.

Nothing is judged. Exit status: 0 done; 2 the command line is wrong, or a folder is no report that this
version has made; 3 the report could not be written.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("report: which folder? as in headroom report " + filepath.Join(outputs, "bootcamp"))
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: f.report,
	}
	flags := cmd.Flags()
	declareFormats(cmd, &f.formats, reports.FormatNames(), "print `FORMAT`, or the file of that name in a report folder; with --out several, with commas between them: "+strings.Join(reports.FormatNames(), ", ")+" (default: text; with --out all that are not asked for)")
	flags.StringVar(&f.out, "out", "", "write a report folder `DIR`, replaced as a whole, instead of stdout; DIR of the report itself keeps its formats")
	flags.BoolVar(&f.asJSON, "json", false, "the same as --format json")
	flags.BoolVar(&f.quiet, "quiet", false, "say nothing of what is written where")
	return cmd
}

// declareFormats declares the flag that chooses among formats.
func declareFormats(cmd *cobra.Command, chosen *[]string, names []string, about string) {
	cmd.Flags().StringSliceVar(chosen, "format", nil, about)
	mustComplete(cmd, "format", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp))
}

// checkFormats finds those that there are not.
func checkFormats(chosen, names []string) error {
	for _, format := range chosen {
		if !slices.Contains(names, format) {
			return fmt.Errorf("--format: must be %s (have %q)", oneOf(names), format)
		}
	}
	return nil
}

// oneOf lists what there is to choose from.
func oneOf(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

func (f *reportFlags) report(cmd *cobra.Command, folders []string) error {
	if err := f.check(cmd); err != nil {
		return wrong(err)
	}
	opened, err := openReports(folders)
	if err != nil {
		fmt.Fprintln(cmd.ErrOrStderr(), err)
		return &exit{status: exitWrong}
	}
	if f.out != "" {
		return f.write(cmd, folders, opened)
	}
	return f.print(cmd.OutOrStdout(), folders, opened)
}

func (f *reportFlags) check(cmd *cobra.Command) error {
	changed := cmd.Flags().Changed
	switch {
	case changed("out") && f.out == "":
		return errors.New("--out: must name a folder")
	case f.asJSON && changed("format"):
		return errors.New("--json: is --format json: leave one of the two out")
	case f.asJSON:
		f.formats = []string{"json"}
	case changed("format") && len(f.formats) == 0:
		return fmt.Errorf("--format: must be %s", oneOf(reports.FormatNames()))
	}
	if f.out != "" {
		return checkFormats(f.formats, reports.FormatNames())
	}
	switch {
	case len(f.formats) > 1:
		return errors.New("--format: one goes to stdout (have " + strings.Join(f.formats, ", ") + "): --out DIR takes several")
	case len(f.formats) == 0:
		f.formats = []string{"text"}
	case !strings.Contains(f.formats[0], "."): // which only names of files have
		return checkFormats(f.formats, reports.FormatNames())
	}
	return nil
}

// openReports reads all reports, or tells what is wrong with any of them.
func openReports(folders []string) ([]*reports.Report, error) {
	opened := make([]*reports.Report, len(folders))
	errs := make([]error, len(folders))
	for i, folder := range folders {
		opened[i], errs[i] = reports.Open(folder)
	}
	return opened, errors.Join(errs...)
}

// print writes one format of each report to stdout.
func (f *reportFlags) print(w io.Writer, folders []string, opened []*reports.Report) error {
	format := f.formats[0]
	if len(opened) > 1 && !slices.Contains(reports.Joining, format) {
		return wrong(fmt.Errorf("--format %s: is printed of one report alone (have %d): --out DIR takes several", format, len(opened)))
	}
	files := make([]reports.File, len(opened))
	for i, r := range opened {
		var err error
		if files[i], err = r.File(format); err != nil {
			return wrong(fmt.Errorf("%s: %w", folders[i], err))
		}
	}
	for i, file := range files {
		if i > 0 && format != "json" {
			if _, err := fmt.Fprintln(w); err != nil {
				return unfinished(err)
			}
		}
		if err := f.printOne(w, opened[i], file); err != nil {
			return unfinished(err)
		}
	}
	return nil
}

// printOne writes a file to stdout; the summary as wide as what stdout is.
func (f *reportFlags) printOne(w io.Writer, r *reports.Report, file reports.File) error {
	if f.formats[0] != "text" {
		return file.Write(w)
	}
	width, colour := terminal(w)
	return r.Text(w, reports.TextOptions{Width: width, Colour: colour})
}

// write fills a folder with a report, or one for each of several.
func (f *reportFlags) write(cmd *cobra.Command, folders []string, opened []*reports.Report) error {
	places, err := f.places(folders)
	if err != nil {
		return wrong(err)
	}
	made := make([]*reports.Folder, len(opened))
	for i, r := range opened {
		if err := r.Check(f.formats...); err != nil {
			return wrong(fmt.Errorf("%s: %w", folders[i], err))
		}
		if made[i], err = reports.NewFolder(places[i]); err != nil {
			return unfinished(err)
		}
	}
	for i, r := range opened {
		formats := f.formats
		if same(folders[i], places[i]) {
			formats = r.Kept(places[i], formats)
		}
		if err := r.Fill(made[i], formats...); err != nil {
			return unfinished(err)
		}
		if !f.quiet {
			fmt.Fprintf(cmd.ErrOrStderr(), "report: %s\n", made[i].Path())
		}
	}
	return nil
}

// same tells whether two names are of one folder.
func same(a, b string) bool {
	at, err := os.Stat(a)
	if err != nil {
		return false
	}
	bt, err := os.Stat(b)
	return err == nil && os.SameFile(at, bt)
}

// places are where the reports go: of several each has a folder of its own, by the
// name of the one that it was read from.
func (f *reportFlags) places(folders []string) ([]string, error) {
	if len(folders) == 1 {
		return []string{f.out}, nil
	}
	places := make([]string, len(folders))
	for i, folder := range folders {
		path, err := filepath.Abs(folder)
		if err != nil {
			return nil, err
		}
		places[i] = filepath.Join(f.out, filepath.Base(path))
		if at := slices.Index(places[:i], places[i]); at >= 0 {
			return nil, fmt.Errorf("--out: %s and %s have the same name: write one after the other", folders[at], folder)
		}
	}
	return places, nil
}
