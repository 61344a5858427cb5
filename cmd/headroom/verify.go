package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/gallery"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/reports"
)

// verifyFlags are those of headroom verify.
type verifyFlags struct {
	runFlags
	budget time.Duration
	wrong  string
	list   bool
	write  string
	force  bool
}

func newVerify() *cobra.Command {
	var f verifyFlags
	cmd := &cobra.Command{
		Use:   "verify [CASE...]",
		Short: "Compare the simulator with theory, to see that it is right",
		Long: `Simulate systems of which the figures are known, from queueing theory, from plain arithmetic or from
worked examples of AWS's pages, and compare: for each figure the exact value, the estimate with its
interval, and by how many standard errors they differ (z). Whether that is luck is judged over all
figures together.

Each CASE is a scenario: built in (--list names them, "headroom run verify/mm1" runs one), or a file.
Its law is found from what it says: who changes a rate or a demand gets the exact value for that. Where
no law is known of a scenario, the error says why.

Exit status: 0 theory and simulation agree; 1 they do not, which happens by luck for ` + percent(experiments.FalseAlarms) + ` of all seeds,
or it cannot be judged;
2 the command line or a scenario is wrong; 3 the run could not finish; 130 interrupted.`,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return caseNames(), cobra.ShellCompDirectiveDefault
		},
		RunE: f.run,
	}
	flags := cmd.Flags()
	flags.Uint64Var(&f.seed, "seed", experiments.VerifySeed, "seed `N` of all random numbers")
	flags.StringArrayVar(&f.sets, "set", nil, "override a scenario key `KEY=VALUE` of each case (repeatable); worked examples hold only without")
	f.parallel(cmd)
	flags.DurationVar(&f.budget, "budget", experiments.VerifyBudget, "a replication of each case for every second of `D`, from 5s to 60s: some twice the time that one core takes for all of them")
	flags.StringVar(&f.wrong, "wrong", "0%", "make every exact value larger by the share `S`, to see the command fail")
	flags.BoolVar(&f.list, "list", false, "list the cases, and simulate nothing")
	flags.StringVar(&f.write, "write", "", "write the scenario files of the cases into `DIR`, and simulate nothing")
	flags.BoolVar(&f.force, "force", false, "with --write, overwrite existing files")
	f.report(cmd, reports.Verifications, "headroom-out/verify")
	flags.Lookup("quiet").Usage = "print a line for what does not agree, and nothing else"
	return cmd
}

// caseNames are those of the built-in cases, without their folder.
func caseNames() []string {
	names := gallery.Verified()
	for i, name := range names {
		names[i] = filepath.Base(name)
	}
	return names
}

func (f *verifyFlags) run(cmd *cobra.Command, args []string) error {
	options, err := f.options(cmd, args)
	if err != nil {
		return wrong(err)
	}
	verifier, err := experiments.NewVerifier(options)
	if err != nil {
		return f.refuse(cmd, err)
	}
	switch {
	case f.list:
		return unfinished(listCases(cmd.OutOrStdout(), verifier.Cases))
	case f.write != "":
		return f.writeCases(cmd.OutOrStdout(), verifier.Cases)
	}
	return f.verify(cmd, verifier)
}

// options are what the flags and arguments say.
func (f *verifyFlags) options(cmd *cobra.Command, args []string) (o experiments.VerifyOptions, err error) {
	if err := f.check(cmd); err != nil {
		return o, err
	}
	o = experiments.VerifyOptions{Names: args, Sets: f.sets, Seed: f.seed, Budget: f.budget}
	if _, err := o.Buys(); err != nil {
		return o, fmt.Errorf("--budget: %w", err)
	}
	if err := f.checkMode(cmd.Flags()); err != nil {
		return o, err
	}
	o.Wrong, err = readShare("wrong", f.wrong, "from 0% to 100%", func(float64) bool { return true })
	return o, err
}

// checkMode refuses flags that do nothing beside one that asks for something else than
// a simulation, which says what it has.
func (f *verifyFlags) checkMode(flags *pflag.FlagSet) error {
	switch {
	case f.list:
		return alone(flags, "list", "set")
	case f.write != "":
		return alone(flags, "write", "force")
	case flags.Changed("write"):
		return errors.New("--write: must name a folder")
	case f.force:
		return errors.New("--force: is about files that --write writes: name their folder with it")
	}
	return nil
}

// alone refuses all flags beside one, but for those that it has.
func alone(flags *pflag.FlagSet, mode string, has ...string) error {
	var errs []error
	flags.Visit(func(flag *pflag.Flag) {
		if flag.Name != mode && !slices.Contains(has, flag.Name) {
			errs = append(errs, fmt.Errorf("--%s: does not go with --%s: leave one out", flag.Name, mode))
		}
	})
	return errors.Join(errs...)
}

// listCases names cases with their laws.
func listCases(w io.Writer, cases []*experiments.Case) error {
	var entries []entry
	for _, c := range cases {
		entries = append(entries, entry{Name: c.Name, Title: c.Law.Name + ": " + c.Spec.Title})
	}
	return printEntries(w, entries)
}

// writeCases writes the files of built-in cases, if there is room for all of them.
func (f *verifyFlags) writeCases(w io.Writer, cases []*experiments.Case) error {
	var paths []string
	var errs []error
	for _, c := range cases {
		if !c.BuiltIn {
			errs = append(errs, fmt.Errorf("--write: %s is a file already", c.Source))
		}
		paths = append(paths, filepath.Join(f.write, c.Name+".toml"))
	}
	if err := errors.Join(errs...); err != nil {
		return wrong(err)
	}
	if err := vacant(f.force, paths...); err != nil {
		return err
	}
	if err := os.MkdirAll(f.write, 0o755); err != nil {
		return unfinished(err)
	}
	for i, c := range cases {
		src, _ := gallery.Scenario(c.Source)
		if err := writeStarter(paths[i], src, f.force); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(w, paths[i]); err != nil {
			return unfinished(err)
		}
	}
	return nil
}

// verify simulates the cases, writes the report and prints what came of them.
func (f *verifyFlags) verify(cmd *cobra.Command, verifier *experiments.Verifier) error {
	if f.out == "" {
		f.out = filepath.Join(outputs, "verify")
	}
	folder, err := reports.NewFolder(f.out)
	if err != nil {
		return unfinished(err)
	}
	runner := f.simulation(cmd, nil, "")
	v, err := runner.Verify(cmd.Context(), verifier)
	runner.bar.clear()
	switch {
	case errors.Is(err, context.Canceled):
		return runner.interrupted()
	case err != nil:
		return unfinished(err)
	}
	if err := reports.Verifications.Report(v).Fill(folder, f.formats...); err != nil {
		return unfinished(err)
	}
	if err := f.print(cmd.OutOrStdout(), v); err != nil {
		return unfinished(err)
	}
	if err := f.tellPlace(cmd, folder); err != nil {
		return unfinished(err)
	}
	if v.Verdict() != output.Pass {
		return &exit{status: exitJudged}
	}
	return nil
}

func (f *verifyFlags) print(w io.Writer, v *experiments.Verification) error {
	switch {
	case f.asJSON:
		return reports.VerifyJSON(w, v)
	case f.quiet:
		return reports.VerifyLines(w, v)
	}
	width, colour := terminal(w)
	return reports.VerifyText(w, v, reports.TextOptions{Width: width, Colour: colour})
}
