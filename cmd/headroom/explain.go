package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/gallery"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/reports"
)

func newExplain() *cobra.Command {
	var f runFlags
	var filter filterFlags
	var lint bool
	cmd := &cobra.Command{
		Use:   "explain [SCENARIO]",
		Short: "Tell what scaled when and why, what did not, and where the time went",
		Long: `Tell what the control plane did in one run: every event with the figures behind it (alarms,
policies that were applied or blocked and by what, launches, health, faults); a picture of it
over time; where the time of each scaling went, from the breach to a usable instance; and what
became of each alarm. Without a name, the built-in "` + gallery.Default + `".

The flags --fleet to --to choose a part of it. On a terminal events that differ in nothing but
their instance share a line; in a pipe each has a line of its own.

With --lint nothing is run: what is legal in the scenario and almost surely a slip is listed,
and what has no effect in this configuration.`,
		Args:              atMost(1),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			if lint {
				return f.lint(cmd, scenarioName(args), filter.given())
			}
			return f.explain(cmd, scenarioName(args), &filter)
		},
	}
	f.choose(cmd)
	f.chooseVariant(cmd)
	filter.declare(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&lint, "lint", false, "list slips and idle keys, without a run")
	flags.BoolVar(&f.asJSON, "json", false, "print one JSON object")
	flags.BoolVar(&f.quiet, "quiet", false, "no progress, no warnings on the terminal")
	return cmd
}

// explain simulates one replication and prints its timeline.
func (f *runFlags) explain(cmd *cobra.Command, name string, flags *filterFlags) error {
	if err := f.check(cmd); err != nil {
		return wrong(err)
	}
	sets := append(append(f.sets, f.stand(cmd)...), "replications=1")
	study, err := experiments.Open(name, experiments.Options{Variant: f.variant, Sets: sets, Replication: f.replication})
	if err != nil {
		return f.refuse(cmd, err)
	}
	filter, err := flags.filter(study.Spec)
	if err != nil {
		return wrong(err)
	}
	f.printDoubts(cmd.ErrOrStderr(), study.Doubts())
	bar := newProgress(cmd.ErrOrStderr(), f.quiet)
	result, err := (&experiments.Runner{Jobs: 1, Progress: bar.update}).Run(cmd.Context(), study)
	bar.clear()
	switch {
	case errors.Is(err, context.Canceled):
		return newLedger(nil, "").interrupted()
	case err != nil:
		return unfinished(err)
	}
	if err := flags.absent(result); err != nil {
		return wrong(err)
	}
	if f.asJSON {
		return unfinished(reports.TimelineJSON(cmd.OutOrStdout(), result, filter))
	}
	width, colour := terminal(cmd.OutOrStdout())
	return unfinished(reports.Explain(cmd.OutOrStdout(), result, reports.ExplainOptions{
		TextOptions: reports.TextOptions{Width: width, Colour: colour}, Piped: !isTerminal(cmd.OutOrStdout()), Filter: filter,
	}))
}

// lint lists what is doubtful and what is idle in a configuration.
func (f *runFlags) lint(cmd *cobra.Command, name string, filtered bool) error {
	if err := f.check(cmd); err != nil {
		return wrong(err)
	}
	switch {
	case f.asJSON:
		return wrong(errors.New("--json: cannot be used with --lint"))
	case filtered:
		return wrong(errors.New("--lint: has no timeline to choose from: leave --fleet, --alarm, --policy, --instance, --event, --from and --to out"))
	}
	sets := append(f.sets, f.stand(cmd)...)
	study, err := experiments.Open(name, experiments.Options{Variant: f.variant, Sets: sets})
	if err != nil {
		return f.refuse(cmd, err)
	}
	doubts := study.Doubts()
	idle := slices.DeleteFunc(study.Idle(), func(p scenario.Problem) bool { return slices.Contains(doubts, p) })
	notes := study.Notes()
	if err := printLint(cmd.OutOrStdout(), doubts.Lines("(warning)"), notes.Lines("(note)"), idle.Lines("(idle)")); err != nil {
		return unfinished(err)
	}
	if len(doubts)+len(notes)+len(idle) == 0 && !f.quiet {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: nothing is doubtful, and no key is idle\n", study.Source)
	}
	return nil
}

func printLint(w io.Writer, groups ...[]string) error {
	for _, lines := range groups {
		for _, line := range lines {
			if _, err := fmt.Fprintln(w, line); err != nil {
				return err
			}
		}
	}
	return nil
}
