package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/reports"
	"github.com/headroom-sim/headroom/reports/chart"
)

// planFlags are those of the search.
type planFlags struct {
	runFlags
	vary                  []string
	confidence, tolerance string
	limit                 int
	monotone, noZones     bool
	growth                string
}

func newPlan() *cobra.Command {
	var f planFlags
	cmd := &cobra.Command{
		Use:   "plan SCENARIO --vary KEY=RANGE...",
		Short: "Find the cheapest configuration that meets the expectations",
		Long: `Find the cheapest configuration that meets the scenario's expectations, among all values of
the keys that --vary names, or the table [plan] of the file:

  headroom plan bootcamp --vary fleets.web.min=1..8 --vary fleets.web.instance=t3.small,c6i.large

What bounds exclude, and what costs more at least than one that meets the expectations, is not
simulated. The rest is, on the same random numbers, only as often as it takes to tell. A service
that is M/M/c is judged by its steady state, where the run is long enough for one. What has
no price counts one unit a server. A key that is not varied gives way to one that is: a fleet's
max to its min, and desired to both. The answer comes with its confidence, the load that it takes
until an expectation breaks, and what the loss of a zone does to it.

Exit status: 0 found; 1 nothing meets the expectations; 2 the command line or the scenario is
wrong; 3 the runs could not finish; 130 interrupted (the same command goes on).`,
		Args:              exactlyOne("SCENARIO"),
		ValidArgsFunction: completeScenarios,
		RunE:              func(cmd *cobra.Command, args []string) error { return f.plan(cmd, args[0]) },
	}
	flags, usual := cmd.Flags(), experiments.DefaultPlan()
	flags.StringArrayVar(&f.vary, "vary", nil, "let a scenario key take the values of a range `KEY=RANGE`, as in fleets.web.min=1..8 or fleets.web.instance=c6i.large,c6i.xlarge (repeatable)")
	flags.StringVar(&f.confidence, "confidence", percent(usual.Confidence), "be right with a probability of `SHARE`")
	flags.StringVar(&f.tolerance, "tolerance", percent(usual.Tolerance), "do not tell apart what differs by less than `SHARE` of a bound, or of the cost")
	flags.IntVar(&f.limit, "max-replications", usual.Most, "leave a configuration undecided after `N` replications")
	flags.StringVar(&f.precision, "precision", "", "add replications to the answer's until the metrics that expectations name are known to within `P` of their means, as in 2%")
	flags.BoolVar(&f.monotone, "monotone", false, "take more servers to be no worse: skip those smaller than one that fails")
	flags.StringVar(&f.growth, "growth", usual.Growth.String(), "try the answer with `FACTORS` on the load, until an expectation breaks; none: do not")
	flags.BoolVar(&f.noZones, "no-zone-loss", false, "do not try the answer with a zone lost")
	f.choose(cmd)
	f.simulate(cmd, usual.Replications)
	f.report(cmd, reports.Plans, "headroom-out/<scenario>.plan")
	return cmd
}

func (f *planFlags) plan(cmd *cobra.Command, name string) error {
	planner, err := f.planner(cmd)
	if err != nil {
		return wrong(err)
	}
	flags, err := design.ParseVary(f.vary)
	if err != nil {
		return f.refuse(cmd, err)
	}
	sc, err := experiments.Load(name)
	if err != nil {
		return f.refuse(cmd, err)
	}
	vary, err := space(sc, flags)
	if err != nil {
		return f.refuse(cmd, err)
	}
	sets := slices.Concat(f.sets, f.stand(cmd))
	base, err := sc.Study(experiments.Options{Sets: sets})
	if err != nil {
		return f.refuse(cmd, err)
	}
	folder, err := reports.NewFolder(f.planFolder(sc))
	if err != nil {
		return unfinished(err)
	}
	runner, err := f.runner(cmd, sc.Name)
	if err != nil {
		return unfinished(err)
	}
	defer runner.close()
	f.printDoubts(cmd.ErrOrStderr(), base.Doubts())
	planner.Tried = runner.bar.tried
	planner.Runner, planner.Replications = &runner.Runner, base.Replications(planner.Replications)
	plan, err := planner.Plan(cmd.Context(), sc, sets, vary)
	runner.bar.clear()
	switch {
	case isWrong(err):
		return f.refuse(cmd, err)
	case err != nil:
		return runner.ended(err)
	}
	if err := reports.Plans.Report(plan).Fill(folder, f.formats...); err != nil {
		return unfinished(err)
	}
	if err := f.printPlan(cmd, plan, folder.Path()); err != nil {
		return unfinished(err)
	}
	if plan.Best == nil {
		return &exit{status: exitJudged}
	}
	return nil
}

// isWrong tells of errors in the scenario or in what is varied, for which nothing
// was run.
func isWrong(err error) bool {
	var problems scenario.Problems
	return errors.As(err, &problems) || errors.Is(err, experiments.ErrSpace)
}

// planner is what the flags describe.
func (f *planFlags) planner(cmd *cobra.Command) (*experiments.Planner, error) {
	if err := f.check(cmd); err != nil {
		return nil, err
	}
	p := &experiments.Planner{PlanOptions: experiments.DefaultPlan()}
	p.Most, p.Monotone, p.Zones = f.limit, f.monotone, !f.noZones
	if f.limit < 3 {
		return nil, fmt.Errorf("--max-replications: must be at least 3 (have %d)", f.limit)
	}
	var err error
	if p.Confidence, err = readShare("confidence", f.confidence, "above 50% and below 100%", func(v float64) bool { return v > 0.5 && v < 1 }); err != nil {
		return nil, err
	}
	if p.Tolerance, err = readShare("tolerance", f.tolerance, "above 0% and below 50%", func(v float64) bool { return v > 0 && v < 0.5 }); err != nil {
		return nil, err
	}
	if cmd.Flags().Changed("precision") {
		if p.Precision, err = readPrecision(f.precision); err != nil {
			return nil, err
		}
	}
	if p.Growth, err = experiments.ParseFactors(f.growth); err != nil {
		return nil, fmt.Errorf("--growth: %w", err)
	}
	return p, nil
}

// space is that of the file's table [plan], with the flags in place of what they
// name and besides.
func space(sc *experiments.Scenario, flags []design.Factor) ([]design.Factor, error) {
	var vary []design.Factor
	var problems scenario.Problems
	for _, v := range sc.Vary() {
		f, err := design.NewFactor(v.Key, v.Range)
		if err != nil {
			problems = append(problems, v.Problem(err.Error()))
			continue
		}
		if !slices.ContainsFunc(flags, func(flag design.Factor) bool { return flag.Key == f.Key }) {
			vary = append(vary, f)
		}
	}
	return append(vary, flags...), problems.Err()
}

// planFolder is where the report goes: not where that of a run is.
func (f *planFlags) planFolder(sc *experiments.Scenario) string {
	if f.out != "" {
		return f.out
	}
	return filepath.Join(outputs, sc.Name+".plan")
}

// printPlan writes the plan to stdout and where the report is to stderr.
func (f *planFlags) printPlan(cmd *cobra.Command, p *experiments.Plan, folder string) error {
	stdout, stderr := cmd.OutOrStdout(), cmd.ErrOrStderr()
	if !f.quiet {
		warnings := chart.PlanWarnings(p)
		if f.asJSON {
			warnings = append(reports.PlanDoubts(p), warnings...)
		}
		for _, w := range warnings {
			fmt.Fprintln(stderr, "headroom: warning:", w)
		}
	}
	switch {
	case f.asJSON:
		return reports.PlanJSON(stdout, p)
	case f.quiet:
		return nil
	}
	width, colour := terminal(stdout)
	if err := reports.PlanText(stdout, p, reports.TextOptions{Width: width, Colour: colour}); err != nil {
		return err
	}
	_, err := fmt.Fprintf(stderr, "report: %s\n", folder)
	return err
}
