package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/gallery"
	"github.com/headroom-sim/headroom/reports"
	"github.com/headroom-sim/headroom/reports/chart"
)

func newRun() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run [SCENARIO]",
		Short: "Simulate one scenario, print a summary, write the report folder",
		Long: `Simulate one scenario: a file, or the name of a built-in one (see "headroom list").
Without a name, the built-in "` + gallery.Default + `".

Exit status: 0 every expectation holds; 1 one failed or is inconclusive; 2 the command line or
the scenario is wrong; 3 the run could not finish; 130 interrupted.`,
		Args:              atMost(1),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd, scenarioName(args))
		},
	}
	f.choose(cmd)
	f.chooseVariant(cmd)
	f.simulate(cmd, 1)
	f.sharpen(cmd)
	f.trace(cmd)
	f.report(cmd, reports.Runs, "headroom-out/<scenario>, of a variant headroom-out/<scenario>.<variant>")
	return cmd
}

// scenarioName is the scenario that the arguments name.
func scenarioName(args []string) string {
	if len(args) == 0 {
		return gallery.Default
	}
	return args[0]
}

func (f *runFlags) run(cmd *cobra.Command, name string) error {
	if err := f.check(cmd); err != nil {
		return wrong(err)
	}
	precision, err := f.checkPrecision(cmd)
	if err != nil {
		return wrong(err)
	}
	record, err := f.recording(cmd)
	if err != nil {
		return wrong(err)
	}
	study, err := experiments.Open(name, experiments.Options{
		Variant: f.variant, Sets: append(f.sets, f.stand(cmd)...), Replication: f.replication,
		Precision: precision, Most: f.most, Batches: f.batches, Record: record,
	})
	if err != nil {
		return f.refuse(cmd, err)
	}
	if err := f.checkTrace(record, study); err != nil {
		return wrong(err)
	}
	folder, err := reports.NewFolder(f.folder(study))
	if err != nil {
		return unfinished(err)
	}
	if study.Replications(1) == 1 {
		f.cells = noCells // the first one is always simulated, for its minutes
	}
	runner, err := f.runner(cmd, study.Name)
	if err != nil {
		return unfinished(err)
	}
	defer runner.close()
	f.printDoubts(cmd.ErrOrStderr(), study.Doubts())
	f.printUnused(cmd.ErrOrStderr(), study)
	result, err := runner.Run(cmd.Context(), study)
	runner.bar.clear()
	interrupted := errors.Is(err, context.Canceled)
	switch {
	case interrupted && result != nil:
		if err := f.print(cmd, result); err != nil {
			return unfinished(err)
		}
		return runner.interrupted()
	case err != nil:
		return runner.ended(err)
	}
	return f.tell(cmd, folder, result)
}

// tell writes the report and prints the summary. The error is the exit status, where
// that is not 0.
func (f *runFlags) tell(cmd *cobra.Command, folder *reports.Folder, result *experiments.Result) error {
	if err := reports.Runs.Report(result).Fill(folder, f.formats...); err != nil {
		return unfinished(err)
	}
	if err := f.print(cmd, result); err != nil {
		return unfinished(err)
	}
	if err := f.tellPlace(cmd, folder); err != nil {
		return unfinished(err)
	}
	if !result.Holds() {
		return &exit{status: exitJudged}
	}
	return nil
}

// folder is where the report goes: the base and each variant have a folder of
// their own, so that one does not replace the other.
func (f *runFlags) folder(study *experiments.Study) string {
	if f.out != "" {
		return f.out
	}
	name := study.Name
	if study.Variant != "" {
		name += "." + study.Variant
	}
	return filepath.Join("headroom-out", name)
}

// warn says what is doubtful. The summary holds the result's warnings; who asks
// for JSON sees them here. Those about the pictures depend on the machine, so
// they are no part of a result.
func (f *runFlags) warn(stderr io.Writer, r *experiments.Result) {
	var warnings []string
	if f.asJSON {
		warnings = append(warnings, r.Warnings...)
	}
	warnings = append(warnings, f.traceDoubts(r.Detail.Trace)...)
	for _, w := range append(warnings, chart.Warnings(r)...) {
		fmt.Fprintln(stderr, "headroom: warning:", w)
	}
}

// printUnused names what of the base the variant leaves without requests.
func (f *runFlags) printUnused(w io.Writer, study *experiments.Study) {
	if unused := study.Unused(); len(unused) > 0 && !f.quiet {
		fmt.Fprintf(w, "not used by the variant %s: %s\n", study.Variant, strings.Join(unused, ", "))
	}
}

// print writes the result to stdout and what is said about it to stderr.
func (f *runFlags) print(cmd *cobra.Command, r *experiments.Result) error {
	stdout, stderr := cmd.OutOrStdout(), cmd.ErrOrStderr()
	if !f.quiet {
		f.warn(stderr, r)
	}
	switch {
	case f.asJSON:
		return reports.JSON(stdout, r)
	case f.quiet:
		return nil
	}
	width, colour := terminal(stdout)
	return reports.Text(stdout, r, reports.TextOptions{Width: width, Colour: colour})
}

// tellPlace says where the report is, to whom sees the summary.
func (f *runFlags) tellPlace(cmd *cobra.Command, folder *reports.Folder) error {
	if f.quiet || f.asJSON {
		return nil
	}
	_, err := fmt.Fprintf(cmd.ErrOrStderr(), "report: %s\n", folder.Path())
	return err
}
