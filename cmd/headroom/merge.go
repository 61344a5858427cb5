package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/reports"
)

func newMerge() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "merge DIR...",
		Short: "Make one sweep of its shards",
		Long: `Make of all shards of a sweep what "headroom sweep" gives without --shard: the same report and the same
output, byte for byte. Each DIR is the folder of a shard; their order does not matter, and nothing is
simulated. Shards of another scenario, design or version, and those that are missing, are named.

Exit status: 0 done; 2 the command line is wrong, or the shards do not fit; 3 the report could not be
written.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("merge: which folders?")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return f.merge(cmd, args) },
	}
	f.report(cmd, reports.Sweeps, "headroom-out/<scenario>.sweep")
	cmd.Flags().Lookup("json").Usage = "print one JSON object a point, a line each"
	return cmd
}

// merge reports on the sweep whose shards are in the folders.
func (f *runFlags) merge(cmd *cobra.Command, folders []string) error {
	if cmd.Flags().Changed("out") && f.out == "" {
		return wrong(errors.New("--out: must name a folder"))
	}
	if err := checkFormats(f.formats, f.kind.Names()); err != nil {
		return wrong(err)
	}
	shards, err := experiments.OpenShards(cmd.Context(), folders...)
	switch {
	case errors.Is(err, context.Canceled):
		return &exit{exitInterrupted, errors.New("interrupted")}
	case err != nil:
		fmt.Fprintln(cmd.ErrOrStderr(), err)
		return &exit{status: exitWrong}
	}
	defer shards.Close()
	folder, err := reports.NewFolder(f.sweepFolder(shards.Sweep))
	if err != nil {
		return unfinished(err)
	}
	f.printDoubts(cmd.ErrOrStderr(), shards.Doubts())
	return f.reportSweep(cmd, shards.Sweep, f.simulation(cmd, shards.Store, ""), folder)
}
