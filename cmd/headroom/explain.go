package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/gallery"
	"github.com/headroom-sim/headroom/reports"
)

func newExplain() *cobra.Command {
	var f runFlags
	var lint bool
	cmd := &cobra.Command{
		Use:   "explain [SCENARIO]",
		Short: "Print the control-plane timeline: what scaled when, and why",
		Long: `Print the control-plane timeline of one run: alarms with their datapoints, policies that
were applied or blocked and by what, launches, health, faults. Without a name, the built-in
"` + gallery.Default + `".

With --lint nothing is run: what is legal in the scenario and almost surely a slip is listed,
and what has no effect in this configuration.`,
		Args:              atMost(1),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			if lint {
				return f.lint(cmd, scenarioName(args))
			}
			return f.explain(cmd, scenarioName(args))
		},
	}
	f.choose(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&lint, "lint", false, "list slips and idle keys, without a run")
	flags.BoolVar(&f.asJSON, "json", false, "print one JSON object")
	flags.BoolVar(&f.quiet, "quiet", false, "no progress, no warnings on the terminal")
	return cmd
}

// explain simulates one replication and prints its timeline.
func (f *runFlags) explain(cmd *cobra.Command, name string) error {
	f.jobs = 1
	if err := f.check(cmd); err != nil {
		return wrong(err)
	}
	sets := append(append(f.sets, f.stand(cmd)...), "replications=1")
	study, err := experiments.Open(name, experiments.Options{Variant: f.variant, Sets: sets})
	if err != nil {
		return f.refuse(cmd, err)
	}
	f.printDoubts(cmd.ErrOrStderr(), study.Doubts)
	bar := newProgress(cmd.ErrOrStderr(), f.quiet)
	result, err := study.Run(cmd.Context(), f.jobs, bar.update)
	bar.clear()
	switch {
	case errors.Is(err, context.Canceled):
		return &exit{exitInterrupted, errors.New("interrupted")}
	case err != nil:
		return unfinished(err)
	}
	write := reports.Timeline
	if f.asJSON {
		write = reports.TimelineJSON
	}
	if err := write(cmd.OutOrStdout(), result); err != nil {
		return unfinished(err)
	}
	return nil
}

// lint lists what is doubtful and what is idle in a configuration.
func (f *runFlags) lint(cmd *cobra.Command, name string) error {
	f.jobs = 1
	if err := f.check(cmd); err != nil {
		return wrong(err)
	}
	if f.asJSON {
		return wrong(errors.New("--json: cannot be used with --lint"))
	}
	sets := append(f.sets, f.stand(cmd)...)
	if _, err := experiments.Open(name, experiments.Options{Variant: f.variant, Sets: sets}); err != nil {
		return f.refuse(cmd, err)
	}
	file, err := experiments.Load(name)
	if err != nil {
		return wrong(err)
	}
	if err := printLint(cmd.OutOrStdout(), file.Doubts(f.variant, sets).Lines("(warning)"), file.Idle(f.variant, sets).Lines("(idle)")); err != nil {
		return unfinished(err)
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
