package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/gallery"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/reports"
	"github.com/headroom-sim/headroom/reports/chart"
)

// runFlags are the flags of `headroom run`; most are common to all commands
// that simulate.
type runFlags struct {
	variant      string
	seed         uint64
	replications int
	jobs         int
	sets         []string
	duration     string
	out          string
	asJSON       bool
	quiet        bool
}

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
	flags := cmd.Flags()
	flags.IntVar(&f.replications, "replications", 0, "`N` independent replications (default: the scenario's, else 1)")
	flags.IntVar(&f.jobs, "jobs", runtime.NumCPU(), "simulate `N` replications at the same time")
	flags.StringVar(&f.out, "out", "", "report folder `DIR`, replaced as a whole (default: headroom-out/<scenario>, of a variant headroom-out/<scenario>.<variant>)")
	flags.BoolVar(&f.asJSON, "json", false, "print the result as one JSON object")
	flags.BoolVar(&f.quiet, "quiet", false, "no summary, no progress, no warnings on the terminal")
	return cmd
}

// choose declares the flags that choose a configuration of the scenario.
func (f *runFlags) choose(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.variant, "variant", "", "simulate the variant `NAME` instead of the base")
	flags.Uint64Var(&f.seed, "seed", 0, "seed `N` of all random numbers (default: the scenario's, else 1)")
	flags.StringArrayVar(&f.sets, "set", nil, "override a scenario key `KEY=VALUE`, as in fleets.web.min=4 (repeatable)")
	flags.StringVar(&f.duration, "duration", "", "simulate for `D`, as in 30m (default: the scenario's)")
	mustComplete(cmd, "variant", completeVariants)
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
	study, err := experiments.Open(name, experiments.Options{Variant: f.variant, Sets: append(f.sets, f.stand(cmd)...)})
	if err != nil {
		return f.refuse(cmd, err)
	}
	folder, err := reports.NewFolder(f.folder(study))
	if err != nil {
		return unfinished(err)
	}
	f.printDoubts(cmd.ErrOrStderr(), study.Doubts)
	f.printUnused(cmd.ErrOrStderr(), study)
	bar := newProgress(cmd.ErrOrStderr(), f.quiet)
	result, err := study.Run(cmd.Context(), f.jobs, bar.update)
	bar.clear()
	interrupted := errors.Is(err, context.Canceled)
	switch {
	case interrupted && result == nil:
		return &exit{exitInterrupted, errors.New("interrupted before the first replication was finished")}
	case err != nil && !interrupted:
		return unfinished(err)
	}
	if err := folder.Write(result); err != nil {
		return unfinished(err)
	}
	if err := f.print(cmd, result, folder.Path()); err != nil {
		return unfinished(err)
	}
	switch {
	case interrupted:
		return &exit{exitInterrupted, fmt.Errorf("interrupted: %d of %d replications were finished", result.Replications, study.Replications(1))}
	case !result.Holds():
		return &exit{status: exitJudged}
	}
	return nil
}

// check finds what is wrong with the flags' values by themselves.
func (f *runFlags) check(cmd *cobra.Command) error {
	changed := cmd.Flags().Changed
	switch {
	case changed("replications") && f.replications < 1:
		return fmt.Errorf("--replications: must be at least 1 (have %d)", f.replications)
	case f.jobs < 1:
		return fmt.Errorf("--jobs: must be at least 1 (have %d)", f.jobs)
	case f.seed > math.MaxInt64:
		return fmt.Errorf("--seed: must be at most %d (have %d)", math.MaxInt64, f.seed)
	case changed("out") && f.out == "":
		return errors.New("--out: must name a folder")
	case changed("duration"):
		if err := new(quantity.Duration).Read(f.duration, nil); err != nil {
			return fmt.Errorf("--duration: %w", err)
		}
	}
	return nil
}

// stand are the overrides "KEY=VALUE" that some flags stand for.
func (f *runFlags) stand(cmd *cobra.Command) []string {
	var sets []string
	for _, s := range []struct{ flag, value string }{
		{"seed", strconv.FormatUint(f.seed, 10)},
		{"replications", strconv.Itoa(f.replications)},
		{"duration", strconv.Quote(f.duration)},
	} {
		if cmd.Flags().Changed(s.flag) {
			sets = append(sets, s.flag+"="+s.value)
		}
	}
	return sets
}

// refuse says all that is wrong with the scenario, a line each, under the
// names of the flags that were used, and ends the program.
func (f *runFlags) refuse(cmd *cobra.Command, err error) error {
	var problems scenario.Problems
	if errors.As(err, &problems) {
		for i, p := range problems {
			if set, ok := strings.CutPrefix(p.File, "--set "); ok && slices.Contains(f.stand(cmd), set) {
				problems[i].File = "--" + strings.ReplaceAll(strings.Replace(set, "=", " ", 1), `"`, "")
			}
		}
	}
	fmt.Fprintln(cmd.ErrOrStderr(), err)
	return &exit{status: exitWrong}
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
	for _, w := range append(warnings, chart.Warnings(r)...) {
		fmt.Fprintln(stderr, "headroom: warning:", w)
	}
}

// printDoubts says what is legal in the scenario and almost surely a slip.
func (f *runFlags) printDoubts(w io.Writer, doubts scenario.Problems) {
	if f.quiet {
		return
	}
	for _, line := range doubts.Lines("(warning)") {
		fmt.Fprintln(w, line)
	}
}

// printUnused names what of the base the variant leaves without requests.
func (f *runFlags) printUnused(w io.Writer, study *experiments.Study) {
	if len(study.Unused) > 0 && !f.quiet {
		fmt.Fprintf(w, "not used by the variant %s: %s\n", study.Variant, strings.Join(study.Unused, ", "))
	}
}

// print writes the result to stdout and what is said about it to stderr.
func (f *runFlags) print(cmd *cobra.Command, r *experiments.Result, folder string) error {
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
	if err := reports.Text(stdout, r, reports.TextOptions{Width: width, Colour: colour}); err != nil {
		return err
	}
	_, err := fmt.Fprintf(stderr, "report: %s\n", folder)
	return err
}

// isTerminal tells whether w is one.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	_, ok = columns(file)
	return ok
}

// terminal tells how wide w is, and whether it shows colour: 80 columns and no
// colour where it is not a terminal or NO_COLOR is set.
func terminal(w io.Writer) (width int, colour bool) {
	file, ok := w.(*os.File)
	if !ok {
		return 80, false
	}
	width, ok = columns(file)
	if !ok {
		return 80, false
	}
	return width, os.Getenv("NO_COLOR") == "" && !dumb()
}
