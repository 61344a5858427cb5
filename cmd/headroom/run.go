package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/gallery"
	"github.com/headroom-sim/headroom/reports"
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
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			name := gallery.Default
			if len(args) == 1 {
				name = args[0]
			}
			return f.run(cmd, name)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.variant, "variant", "", "simulate this variant instead of the base")
	flags.Uint64Var(&f.seed, "seed", 0, "seed of all random numbers (default: the scenario's, else 1)")
	flags.IntVar(&f.replications, "replications", 0, "independent replications (default: the scenario's, else 1)")
	flags.IntVar(&f.jobs, "jobs", runtime.NumCPU(), "replications simulated at the same time")
	flags.StringArrayVar(&f.sets, "set", nil, "override a scenario key, as in fleets.web.min=4 (repeatable)")
	flags.StringVar(&f.duration, "duration", "", "simulate this long, as in 30m (default: the scenario's)")
	flags.StringVar(&f.out, "out", "", "report folder, replaced as a whole (default: headroom-out/<scenario>)")
	flags.BoolVar(&f.asJSON, "json", false, "print the result as one JSON object")
	flags.BoolVar(&f.quiet, "quiet", false, "no summary, no progress, no warnings on the terminal")
	return cmd
}

func completeScenarios(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return gallery.Names(), cobra.ShellCompDirectiveDefault
}

func (f *runFlags) run(cmd *cobra.Command, name string) error {
	stderr := cmd.ErrOrStderr()
	if err := f.check(cmd); err != nil {
		return &exit{exitWrong, err}
	}
	study, err := experiments.Open(name, experiments.Options{Variant: f.variant, Sets: f.overrides(cmd)})
	if err != nil {
		return scenarioWrong(stderr, err)
	}
	folder, err := reports.NewFolder(f.folder(study.Name))
	if err != nil {
		return &exit{exitUnfinished, err}
	}

	bar := newProgress(stderr, f.quiet)
	result, err := study.Run(cmd.Context(), f.jobs, bar.update)
	bar.clear()
	interrupted := errors.Is(err, context.Canceled)
	if err != nil && !(interrupted && result != nil) {
		if interrupted {
			return &exit{exitInterrupted, errors.New("interrupted before the first replication was finished")}
		}
		return &exit{exitUnfinished, err}
	}
	if err := folder.Write(result); err != nil {
		return &exit{exitUnfinished, err}
	}
	if err := f.print(cmd.OutOrStdout(), stderr, result, folder.Path()); err != nil {
		return &exit{exitUnfinished, err}
	}
	switch {
	case interrupted:
		return &exit{status: exitInterrupted}
	case !result.Holds():
		return &exit{status: exitJudged}
	}
	return nil
}

// check finds what is wrong with the flags' values by themselves.
func (f *runFlags) check(cmd *cobra.Command) error {
	if cmd.Flags().Changed("replications") && f.replications < 1 {
		return fmt.Errorf("--replications: must be at least 1 (have %d)", f.replications)
	}
	if f.jobs < 1 {
		return fmt.Errorf("--jobs: must be at least 1 (have %d)", f.jobs)
	}
	return nil
}

// overrides are the --set flags, and the flags that stand for scenario keys.
func (f *runFlags) overrides(cmd *cobra.Command) []string {
	sets := append([]string(nil), f.sets...)
	if cmd.Flags().Changed("seed") {
		sets = append(sets, fmt.Sprintf("seed=%d", f.seed))
	}
	if cmd.Flags().Changed("replications") {
		sets = append(sets, fmt.Sprintf("replications=%d", f.replications))
	}
	if f.duration != "" {
		sets = append(sets, fmt.Sprintf("duration=%q", f.duration))
	}
	return sets
}

func (f *runFlags) folder(scenario string) string {
	if f.out != "" {
		return f.out
	}
	return filepath.Join("headroom-out", scenario)
}

func (f *runFlags) print(stdout, stderr io.Writer, r *experiments.Result, folder string) error {
	if f.asJSON {
		return reports.JSON(stdout, r)
	}
	if f.quiet {
		return nil
	}
	width, colour := terminal(stdout)
	if err := reports.Text(stdout, r, reports.TextOptions{Width: width, Colour: colour}); err != nil {
		return err
	}
	_, err := fmt.Fprintf(stderr, "report: %s\n", folder)
	return err
}

// scenarioWrong says all that is wrong with the scenario, a line each, and
// gives the status for it.
func scenarioWrong(stderr io.Writer, err error) error {
	fmt.Fprintln(stderr, err)
	return &exit{status: exitWrong}
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
	return width, os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
