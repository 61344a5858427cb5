package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/reports"
)

// checkFlags are those of headroom check.
type checkFlags struct {
	runFlags
	level, tolerance      string
	baseline, save, junit string
	github                bool
}

func newCheck() *cobra.Command {
	var f checkFlags
	cmd := &cobra.Command{
		Use:   "check SCENARIO...",
		Short: "Test a policy: judge every expectation of the base and of every variant",
		Long: `Test scaling policies as CI tests programs: simulate the base and every variant of each
scenario (files, or names of built-in ones), and judge every expectation: pass, fail, or
inconclusive where the interval crosses the bound and more replications would tell.

With --baseline the metrics that expectations name must also be no worse than in a check
that --save-baseline has kept, replication by replication on the same random numbers.

Exit status: 0 everything passes; 1 something fails or is inconclusive; 2 the command line,
a scenario or the baseline is wrong; 3 the check could not finish; 130 interrupted. A
scenario without expectations is wrong: a check of nothing does not pass.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("check: which scenario? a file, or a name that headroom list has")
			}
			return nil
		},
		ValidArgsFunction: completeAllScenarios,
		RunE:              f.judge,
	}
	f.choose(cmd)
	f.simulate(cmd, experiments.CheckReplications)
	f.sharpenMeans(cmd)
	f.criteria(cmd)
	f.report(cmd, reports.Checks, "headroom-out/<scenario>.check")
	cmd.Flags().Lookup("quiet").Usage = "print a line for what does not pass, and nothing else"
	cmd.Flags().Lookup("json").Usage = "print one JSON object a scenario"
	return cmd
}

// criteria declares the flags that say how is judged, and where that is told.
func (f *checkFlags) criteria(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.level, "level", percent(experiments.DefaultLevel), "confidence `L` of the intervals that decide")
	flags.StringVar(&f.baseline, "baseline", "", "must be no worse than what `FILE` keeps")
	flags.StringVar(&f.tolerance, "tolerance", percent(experiments.DefaultTolerance), "how much worse than the baseline is allowed: `T` of what it was")
	flags.StringVar(&f.save, "save-baseline", "", "keep what was found in `FILE`, whatever the verdicts")
	flags.StringVar(&f.junit, "junit", "", "write the findings to `FILE` as JUnit XML")
	flags.BoolVar(&f.github, "github", os.Getenv("GITHUB_ACTIONS") == "true", "write annotations for GitHub Actions to stderr (there the default)")
	for flag, ending := range map[string]string{"baseline": "json", "save-baseline": "json", "junit": "xml"} {
		if err := cmd.MarkFlagFilename(flag, ending); err != nil {
			panic("headroom: " + err.Error())
		}
	}
}

// A checkup is what a check does, found to be possible before it begins.
type checkup struct {
	*checkFlags
	cmd       *cobra.Command
	options   experiments.Options // of all suites
	by        experiments.Criteria
	suites    []*experiments.Suite
	folders   []*reports.Folder // of the suites
	kept, xml *reports.Target   // the new baseline, and JUnit; nil: none
}

func (f *checkFlags) judge(cmd *cobra.Command, args []string) error {
	c, err := f.prepare(cmd, args)
	if err != nil {
		return err
	}
	baseline := experiments.NewBaseline()
	var all []*experiments.Checked
	worst := output.Pass
	for i := range c.suites {
		checked, err := c.run(i)
		if err != nil {
			return err
		}
		baseline.Add(c.suites[i])
		all, worst = append(all, checked), min(worst, checked.Verdict())
	}
	if err := c.write(all, baseline); err != nil {
		return unfinished(err)
	}
	if worst != output.Pass {
		return &exit{status: exitJudged}
	}
	return nil
}

// prepare reads what there is to read, and finds out what can be written.
func (f *checkFlags) prepare(cmd *cobra.Command, args []string) (*checkup, error) {
	c := &checkup{checkFlags: f, cmd: cmd}
	if err := c.readFlags(); err != nil {
		return nil, wrong(err)
	}
	var err error
	if c.suites, err = experiments.Suites(args, c.options); err != nil {
		return nil, f.refuse(cmd, err)
	}
	if err := c.readBaseline(); err != nil {
		return nil, wrong(err)
	}
	if err := c.findPlaces(); err != nil {
		return nil, unfinished(err)
	}
	return c, nil
}

func (c *checkup) readFlags() error {
	if err := c.check(c.cmd); err != nil {
		return err
	}
	precision, err := c.checkPrecision(c.cmd)
	if err != nil {
		return err
	}
	c.options = experiments.Options{Sets: append(c.sets, c.stand(c.cmd)...), Precision: precision, Most: c.most}
	level, err := readShare("level", c.level, "of at least 50% and below 100%", func(v float64) bool { return v >= 0.5 && v < 1 })
	if err != nil {
		return err
	}
	tolerance, err := readShare("tolerance", c.tolerance, "from 0% to 100%", func(float64) bool { return true })
	if err != nil {
		return err
	}
	changed := c.cmd.Flags().Changed
	for _, f := range []struct{ flag, value string }{{"baseline", c.baseline}, {"save-baseline", c.save}, {"junit", c.junit}} {
		if changed(f.flag) && f.value == "" {
			return fmt.Errorf("--%s: must name a file", f.flag)
		}
	}
	switch {
	case changed("tolerance") && c.baseline == "":
		return errors.New("--tolerance: is about a baseline: name it with --baseline")
	case c.baseline != "" && sameFile(c.baseline, c.save):
		return errors.New("--save-baseline: is the file that --baseline compares with: would accept whatever is found")
	}
	c.by = experiments.Criteria{Level: level, Tolerance: tolerance}
	return nil
}

func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return filepath.Clean(a) == filepath.Clean(b)
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

func (c *checkup) readBaseline() error {
	if c.baseline == "" {
		return nil
	}
	baseline, err := experiments.ReadBaseline(c.baseline)
	if err != nil {
		return err
	}
	for _, s := range c.suites {
		if err := baseline.Fits(s); err != nil {
			return err
		}
	}
	c.by.Baseline = baseline
	return nil
}

// findPlaces finds out whether what is to be written can be.
func (c *checkup) findPlaces() (err error) {
	for _, s := range c.suites {
		folder, err := reports.NewFolder(c.reportFolder(s))
		if err != nil {
			return err
		}
		c.folders = append(c.folders, folder)
	}
	if c.junit != "" {
		if c.xml, err = reports.NewTarget(c.junit); err != nil {
			return err
		}
	}
	if c.save != "" {
		if c.kept, err = reports.NewTarget(c.save); err != nil {
			return err
		}
	}
	return nil
}

// reportFolder is where the report on a suite goes: of several, each has a
// folder of its own.
func (c *checkup) reportFolder(s *experiments.Suite) string {
	switch {
	case c.out == "":
		return filepath.Join(outputs, s.Name+".check")
	case len(c.suites) > 1:
		return filepath.Join(c.out, s.Name)
	}
	return c.out
}

// run simulates a suite, writes its report and prints it.
func (c *checkup) run(i int) (*experiments.Checked, error) {
	suite, stderr := c.suites[i], c.cmd.ErrOrStderr()
	runner, err := c.runner(c.cmd, suite.Name)
	if err != nil {
		return nil, unfinished(err)
	}
	defer runner.close()
	c.printDoubts(stderr, suite.Doubts())
	err = suite.Run(c.cmd.Context(), &runner.Runner)
	runner.bar.clear()
	if err != nil {
		return nil, runner.ended(err)
	}
	checked := suite.Judge(c.by)
	if err := reports.Checks.Report(checked).Fill(c.folders[i], c.formats...); err != nil {
		return nil, unfinished(err)
	}
	return checked, unfinished(c.print(checked, i))
}
