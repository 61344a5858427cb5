package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/reports"
	"github.com/headroom-sim/headroom/reports/chart"
)

// comparedReplications is how many each arm gets unless told otherwise.
const comparedReplications = 10

func newCompare() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "compare SCENARIO [SCENARIO...]",
		Short: "Compare variants, or scenarios, on the same random numbers",
		Long: `Compare the base of a scenario with its variants, or the bases of several scenarios with
that of the first. All meet the same random numbers, so a difference is the configuration's and
not that of luck: each has its interval, and where none is shown that is said. Cost stands
beside latency, failures and lost sessions, with the frontier of what is worth a choice.

Nothing is judged: the exit status is 0 whatever the expectations say; 2 the command line or a
scenario is wrong; 3 the runs could not finish; 130 interrupted.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("compare: which scenario? a file, or a built-in one (headroom list)")
			}
			return nil
		},
		ValidArgsFunction: completeAllScenarios,
		RunE:              func(cmd *cobra.Command, args []string) error { return f.compare(cmd, args) },
	}
	f.choose(cmd)
	cmd.Flags().StringArrayVar(&f.variants, "variant", nil, "compare the base with the variant `NAME` alone (repeatable; without it all variants)")
	mustComplete(cmd, "variant", completeVariants)
	f.simulate(cmd, comparedReplications)
	f.sharpenMeans(cmd)
	f.report(cmd, reports.Comparisons, "headroom-out/<scenario>.compare")
	return cmd
}

func (f *runFlags) compare(cmd *cobra.Command, names []string) error {
	if err := f.check(cmd); err != nil {
		return wrong(err)
	}
	precision, err := f.checkPrecision(cmd)
	if err != nil {
		return wrong(err)
	}
	arms, warnings, err := experiments.Lineup(names, experiments.Options{
		Variants: f.variants, Sets: append(f.sets, f.stand(cmd)...), Precision: precision, Most: f.most,
	})
	if err != nil {
		return f.refuse(cmd, err)
	}
	base := arms[0]
	folder, err := reports.NewFolder(f.compareFolder(base.Study))
	if err != nil {
		return unfinished(err)
	}
	runner, err := f.runner(cmd, base.Study.Name)
	if err != nil {
		return unfinished(err)
	}
	defer runner.close()
	f.introduce(cmd.ErrOrStderr(), arms, warnings)
	comparison, err := runner.Compare(cmd.Context(), base.Replications(comparedReplications), arms)
	runner.bar.clear()
	interrupted := errors.Is(err, context.Canceled)
	switch {
	case interrupted && comparison != nil:
		if err := f.printComparison(cmd, comparison); err != nil {
			return unfinished(err)
		}
		return runner.interrupted()
	case err != nil:
		return runner.ended(err)
	}
	if err := reports.Comparisons.Report(comparison).Fill(folder, f.formats...); err != nil {
		return unfinished(err)
	}
	if err := f.printComparison(cmd, comparison); err != nil {
		return unfinished(err)
	}
	return unfinished(f.tellPlace(cmd, folder))
}

// compareFolder is where the report goes: not where that of a run is.
func (f *runFlags) compareFolder(base *experiments.Study) string {
	if f.out != "" {
		return f.out
	}
	return filepath.Join(outputs, base.Name+".compare")
}

// introduce says what is doubtful about the arms before they are simulated, each
// thing once.
func (f *runFlags) introduce(stderr io.Writer, arms []experiments.Arm, warnings []string) {
	if f.quiet {
		return
	}
	for _, w := range warnings {
		fmt.Fprintln(stderr, "headroom: warning:", w)
	}
	var doubts scenario.Problems
	for _, a := range arms {
		for _, d := range a.Doubts() {
			if !slices.Contains(doubts, d) {
				doubts = append(doubts, d)
			}
		}
	}
	f.printDoubts(stderr, doubts)
}

// warnOfComparison says what is doubtful; the summary holds most of it.
func (f *runFlags) warnOfComparison(stderr io.Writer, c *experiments.Comparison) {
	warnings := chart.CompareWarnings(c)
	if f.asJSON {
		warnings = append(reports.CompareDoubts(c), warnings...)
	}
	for _, w := range warnings {
		fmt.Fprintln(stderr, "headroom: warning:", w)
	}
}

// printComparison writes the comparison to stdout and what is said about it to
// stderr.
func (f *runFlags) printComparison(cmd *cobra.Command, c *experiments.Comparison) error {
	stdout, stderr := cmd.OutOrStdout(), cmd.ErrOrStderr()
	if !f.quiet {
		f.warnOfComparison(stderr, c)
	}
	switch {
	case f.asJSON:
		return reports.CompareJSON(stdout, c)
	case f.quiet:
		return nil
	}
	width, colour := terminal(stdout)
	return reports.CompareText(stdout, c, reports.TextOptions{Width: width, Colour: colour})
}
