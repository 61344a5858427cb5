package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/experiments/files"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/reports"
	"github.com/headroom-sim/headroom/reports/chart"
)

// sweepFlags are the flags of `headroom sweep`.
type sweepFlags struct {
	runFlags
	vary         []string
	design       string
	points       int
	trajectories int
	metrics      []string
	shard        string
}

func newSweep() *cobra.Command {
	var f sweepFlags
	cmd := &cobra.Command{
		Use:   "sweep SCENARIO --vary KEY=RANGE [--vary KEY=RANGE...]",
		Short: "Vary keys of a scenario by a design of experiments, tell what each of them does",
		Long: `Simulate a scenario at many points: each --vary names a key of it and the values that the key takes.

  1,2,8   c6i.large,c6i.xlarge   "exponential(2ms)","lognormal(2ms, scv=4)"   these values
  1..8   10s..60s                 whole numbers from one to the other
  40..80:5   0.1..0.5:0.1   30%..70%:10%   50/s..200/s:50/s                   in steps
  0.1..0.5   1.0s..2.0s           any value between, where the design draws values at random

Designs: grid (every value with every other), latin_hypercube and sobol (--points spread over the space),
one_at_a_time (the scenario as it is, and each value of each key alone), morris (--trajectories that
screen many keys), or a TOML FILE with kind, points, trajectories, levels, seed and a table [vary].

All points are tried before the first is simulated. Finished replications are kept: after an interrupt
the same command goes on where it was. --shard 2/8 simulates the second of eight parts into a folder of
its own, on this machine or another one; "headroom merge" makes of the eight what one run would give.

There is no --precision: all points have the same replications, since effects are differences within
a replication. "headroom run --set KEY=VALUE --precision P" makes one point as precise as is needed.

Exit status: 0 done; 2 the command line or the scenario is wrong, or refuses a point; 3 the sweep could
not finish; 130 interrupted.`,
		Args:              exactlyOne("SCENARIO"),
		ValidArgsFunction: completeScenarios,
		RunE:              func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&f.vary, "vary", nil, "vary a scenario key over a range, `KEY=RANGE`, as in fleets.web.min=1..8 (repeatable)")
	flags.StringVar(&f.design, "design", design.Grid.String(), "grid, latin_hypercube, sobol, one_at_a_time, morris, or a design `FILE`")
	flags.IntVar(&f.points, "points", 0, "`N` points of latin_hypercube and sobol (default: 10 a key, 20 at least)")
	flags.IntVar(&f.trajectories, "trajectories", 0, "`N` trajectories of morris (default: 10)")
	flags.StringArrayVar(&f.metrics, "metric", nil, "tell what `METRIC` depends on (repeatable; default: those that expectations name, else latency, and the cost)")
	flags.StringVar(&f.shard, "shard", "", "simulate part `I/N` only, for headroom merge")
	flags.StringVar(&f.variant, "variant", "", "vary the variant `NAME` instead of the base")
	mustComplete(cmd, "variant", completeVariants)
	mustComplete(cmd, "design", cobra.FixedCompletions(design.Kinds(), cobra.ShellCompDirectiveDefault))
	f.choose(cmd)
	f.simulate(cmd, 10)
	f.report(cmd, reports.Sweeps, "headroom-out/<scenario>.sweep")
	flags.Lookup("json").Usage = "print one JSON object a point, a line each"
	return cmd
}

// exactlyOne accepts one argument.
func exactlyOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return fmt.Errorf("%s: which %s?", cmd.Name(), what)
		}
		return atMost(1)(cmd, args)
	}
}

func (f *sweepFlags) run(cmd *cobra.Command, name string) error {
	shard, err := f.checkSweep(cmd)
	if err != nil {
		return wrong(err)
	}
	options := experiments.SweepOptions{
		Options: experiments.Options{Variant: f.variant, Sets: append(f.sets, f.stand(cmd)...)}, Metrics: f.metrics,
	}
	if err := f.readDesign(cmd, &options); err != nil {
		return err
	}
	file, err := experiments.Load(name)
	if err != nil {
		return f.refuse(cmd, err)
	}
	bar := newProgress(cmd.ErrOrStderr(), f.quiet)
	options.Tried = bar.tried
	sweep, err := file.Sweep(cmd.Context(), options)
	bar.clear()
	if err != nil {
		return f.refuseSweep(cmd, err)
	}
	f.printDoubts(cmd.ErrOrStderr(), sweep.Doubts())
	if doubt := sweep.Matrix.Doubt(); doubt != "" && !f.quiet {
		fmt.Fprintln(cmd.ErrOrStderr(), "headroom: warning: the design", doubt)
	}
	if f.shard != "" {
		return f.part(cmd, sweep, shard)
	}
	return f.whole(cmd, sweep)
}

// checkSweep finds what is wrong with the flags' values by themselves.
func (f *sweepFlags) checkSweep(cmd *cobra.Command) (shard experiments.Shard, err error) {
	changed := cmd.Flags().Changed
	if err := f.check(cmd); err != nil {
		return shard, err
	}
	switch {
	case changed("points") && f.points < 1:
		return shard, fmt.Errorf("--points: must be at least 1 (have %d)", f.points)
	case changed("trajectories") && f.trajectories < 2:
		return shard, fmt.Errorf("--trajectories: must be at least 2 (have %d)", f.trajectories)
	case !changed("shard"):
		return shard, nil
	}
	if shard, err = experiments.ParseShard(f.shard); err != nil {
		return shard, fmt.Errorf("--shard: %w", err)
	}
	switch {
	case changed("cells"):
		return shard, errors.New("--cells: a shard keeps its replications in its own folder, which --out names")
	case f.asJSON:
		return shard, errors.New("--json: a shard prints no result: headroom merge does")
	}
	return shard, nil
}

// readDesign reads the design that the flags describe, or the file of one that
// they name.
func (f *sweepFlags) readDesign(cmd *cobra.Command, o *experiments.SweepOptions) error {
	changed := cmd.Flags().Changed
	factors, err := design.ParseVary(f.vary)
	if err != nil {
		return f.refuse(cmd, err)
	}
	kind, unknown := design.ParseKind(f.design)
	if unknown != nil {
		return f.readDesignFile(cmd, o, unknown)
	}
	o.Design = design.Design{Kind: kind, Factors: factors, Points: f.points, Trajectories: f.trajectories, Seed: 1}
	switch sampled := kind == design.LatinHypercube || kind == design.Sobol; {
	case len(factors) == 0:
		return wrong(errors.New("--vary: which key? as in --vary fleets.web.min=1..8"))
	case changed("points") && !sampled:
		return wrong(fmt.Errorf("--points: a design of kind %s has none", kind))
	case changed("trajectories") && kind != design.Morris:
		return wrong(fmt.Errorf("--trajectories: a design of kind %s has none", kind))
	}
	return nil
}

// readDesignFile reads the file that --design names, since it is no kind.
func (f *sweepFlags) readDesignFile(cmd *cobra.Command, o *experiments.SweepOptions, noKind error) error {
	changed := cmd.Flags().Changed
	text, err := files.ReadNamed(f.design)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return wrong(fmt.Errorf("--design: no such file, and %w", noKind))
	case err != nil:
		return wrong(fmt.Errorf("--design: %w", files.About(f.design, err)))
	case changed("vary") || changed("points") || changed("trajectories"):
		return wrong(errors.New("--design: a design file says all of it: leave out --vary, --points and --trajectories"))
	}
	o.DesignFile = f.design
	if o.Design, err = design.Parse(f.design, text); err != nil {
		return f.refuse(cmd, err)
	}
	return nil
}

// refuseSweep says what is wrong with a sweep, under the names of the flags
// that were used, and ends the program.
func (f *sweepFlags) refuseSweep(cmd *cobra.Command, err error) error {
	var problems scenario.Problems
	var factor *design.FactorError
	var undone *experiments.Undone
	switch {
	case errors.Is(err, context.Canceled):
		return newLedger(nil, "").interrupted()
	case errors.As(err, &problems), errors.As(err, &factor):
		return f.refuse(cmd, err)
	case errors.As(err, &undone):
		undone.Flag = f.flagOf(cmd, undone.Flag)
	}
	return wrong(err)
}

// whole simulates all points and writes the report.
func (f *sweepFlags) whole(cmd *cobra.Command, sweep *experiments.Sweep) error {
	folder, err := reports.NewFolder(f.sweepFolder(sweep))
	if err != nil {
		return unfinished(err)
	}
	runner, err := f.runner(cmd, sweep.Name)
	if err != nil {
		return unfinished(err)
	}
	defer runner.close()
	return f.reportSweep(cmd, sweep, runner, folder)
}

func (f *runFlags) sweepFolder(sweep *experiments.Sweep) string {
	if f.out != "" {
		return f.out
	}
	name := sweep.Name
	if sweep.Base.Variant != "" {
		name += "." + sweep.Base.Variant
	}
	return filepath.Join(outputs, name+".sweep")
}

// reportSweep brings all points to their replications, prints each one's result
// where JSON is asked for, and writes the report.
func (f *runFlags) reportSweep(cmd *cobra.Command, sweep *experiments.Sweep, runner *simulation, folder *reports.Folder) error {
	stdout, stderr := cmd.OutOrStdout(), cmd.ErrOrStderr()
	result := experiments.NewSweepResult(sweep)
	err := sweep.Extend(cmd.Context(), runner.Runner, nil, func(point int, t *experiments.Trial) error {
		if f.asJSON {
			if err := reports.JSON(stdout, t.Result()); err != nil {
				return err
			}
		}
		return result.Take(point, t)
	})
	runner.bar.clear()
	if err != nil {
		return runner.ended(err)
	}
	if err := reports.Sweeps.Report(result).Fill(folder, f.formats...); err != nil {
		return unfinished(err)
	}
	if !f.asJSON && !f.quiet {
		width, colour := terminal(stdout)
		if err := reports.SweepText(stdout, result, reports.TextOptions{Width: width, Colour: colour}); err != nil {
			return unfinished(err)
		}
	}
	if !f.quiet {
		for _, w := range chart.SweepWarnings(result) {
			fmt.Fprintln(stderr, "headroom: warning:", w)
		}
		fmt.Fprintf(stderr, "report: %s\n", folder.Path())
	}
	return nil
}

// part simulates a shard into a folder of its own.
func (f *sweepFlags) part(cmd *cobra.Command, sweep *experiments.Sweep, shard experiments.Shard) error {
	if f.out == "" {
		f.out = fmt.Sprintf("%s.%d-of-%d", f.sweepFolder(sweep), shard.Number, shard.Of)
	}
	folder, err := sweep.OpenShard(f.out, shard)
	if err != nil {
		return unfinished(err)
	}
	defer folder.Store.Close()
	runner := f.simulation(cmd, folder.Store, f.out)
	points := 0
	err = sweep.Extend(cmd.Context(), runner.Runner, shard.Has, func(int, *experiments.Trial) error { points++; return nil })
	runner.bar.clear()
	if err != nil {
		return runner.ended(err)
	}
	if err := folder.Finish(); err != nil {
		return unfinished(err)
	}
	if !f.quiet {
		fmt.Fprintf(cmd.ErrOrStderr(), "shard %s: %d of %d points, in %s\n", shard, points, sweep.Matrix.Len(), f.out)
	}
	return nil
}
