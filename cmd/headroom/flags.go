package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/cells"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/reports"
)

// runFlags are the flags that commands which simulate have in common; each
// declares the groups of them that it has.
type runFlags struct {
	variant      string
	variants     []string // of a comparison
	seed         uint64
	replications int
	replication  int
	precision    string
	most         int
	batches      int
	jobs         int
	cells        string
	sets         []string
	duration     string
	out          string
	formats      []string // of the report folder; none: all that nobody has to ask for
	kind         reports.Named
	traceWindow  string
	asJSON       bool
	quiet        bool
}

// choose declares the flags that choose a configuration of the scenario.
func (f *runFlags) choose(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Uint64Var(&f.seed, "seed", 0, "seed `N` of all random numbers (default: the scenario's, else 1)")
	flags.StringArrayVar(&f.sets, "set", nil, "override a scenario key `KEY=VALUE`, as in fleets.web.min=4 (repeatable)")
	flags.StringVar(&f.duration, "duration", "", "simulate for `D`, as in 30m (default: the scenario's)")
}

// chooseVariant declares the flags that choose one variant, or one replication.
func (f *runFlags) chooseVariant(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.variant, "variant", "", "simulate the variant `NAME` instead of the base")
	mustComplete(cmd, "variant", completeVariants)
	cmd.Flags().IntVar(&f.replication, "replication", 0, "simulate replication `K` alone, from 1, as it is among many")
}

// simulate declares the flags that say how much is simulated, and how.
func (f *runFlags) simulate(cmd *cobra.Command, replications int) {
	flags := cmd.Flags()
	flags.IntVar(&f.replications, "replications", 0, fmt.Sprintf("`N` independent replications (default: the scenario's, else %d)", replications))
	f.parallel(cmd)
	flags.StringVar(&f.cells, "cells", filepath.Join(outputs, "cells"), "keep finished replications in `DIR`, where the next run finds them; none: do not")
}

// parallel declares how much is simulated at the same time.
func (f *runFlags) parallel(cmd *cobra.Command) {
	cmd.Flags().IntVar(&f.jobs, "jobs", 0, "simulate `N` replications at the same time (default: one on each processor)")
}

// noCells is the value of --cells by which none are kept.
const noCells = "none"

// outputs is the folder for all that is written without being told where.
const outputs = "headroom-out"

// report declares the flags that say what becomes of the result.
func (f *runFlags) report(cmd *cobra.Command, kind reports.Named, folder string) {
	flags := cmd.Flags()
	f.kind = kind
	declareFormats(cmd, &f.formats, kind.Names(), "write `FORMATS` of the report only, with commas between them: "+strings.Join(kind.Names(), ", "))
	flags.StringVar(&f.out, "out", "", "report folder `DIR`, replaced as a whole (default: "+folder+")")
	flags.BoolVar(&f.asJSON, "json", false, "print the result as one JSON object")
	flags.BoolVar(&f.quiet, "quiet", false, "no summary, no progress, no warnings on the terminal")
}

// A simulation is a runner with what the command line has around it.
type simulation struct {
	experiments.Runner
	*ledger
	bar   *progress
	store *cells.Store // to be closed; nil: none
}

// simulation is one that the flags describe, with a store in a folder; nil: none.
func (f *runFlags) simulation(cmd *cobra.Command, kept experiments.Store, folder string) *simulation {
	s := &simulation{ledger: newLedger(kept, folder), bar: newProgress(cmd.ErrOrStderr(), f.quiet)}
	s.Jobs, s.Store, s.Progress = f.jobs, s.ledger, s.bar.update
	return s
}

// runner is the simulation of a scenario, with the store that the flags name.
func (f *runFlags) runner(cmd *cobra.Command, scenario string) (*simulation, error) {
	if f.cells == noCells {
		return f.simulation(cmd, nil, ""), nil
	}
	store, err := cells.Open(f.cells, scenario)
	if err != nil {
		return nil, err
	}
	if !f.quiet {
		for _, warning := range store.Warnings() {
			fmt.Fprintln(cmd.ErrOrStderr(), "headroom: warning:", warning)
		}
	}
	s := f.simulation(cmd, store, f.cells)
	s.store = store
	return s, nil
}

// close ends the use of the store.
func (s *simulation) close() {
	if s.store != nil {
		s.store.Close() // all that was put there is written
	}
}

// check finds what is wrong with the flags' values by themselves.
func (f *runFlags) check(cmd *cobra.Command) error {
	changed := cmd.Flags().Changed
	switch {
	case changed("replications") && f.replications < 1:
		return fmt.Errorf("--replications: must be at least 1 (have %d)", f.replications)
	case changed("replication") && (f.replication < 1 || f.replication > mostReplications):
		return fmt.Errorf("--replication: must be from 1 to %d (have %d)", mostReplications, f.replication)
	case changed("replication") && changed("replications"):
		return errors.New("--replication: is one alone: leave --replications out")
	case changed("jobs") && f.jobs < 1:
		return fmt.Errorf("--jobs: must be at least 1 (have %d)", f.jobs)
	case f.seed > math.MaxInt64:
		return fmt.Errorf("--seed: must be at most %d (have %d)", math.MaxInt64, f.seed)
	case changed("cells") && f.cells == "":
		return errors.New("--cells: must name a folder, or be none")
	case changed("out") && f.out == "":
		return errors.New("--out: must name a folder")
	case changed("duration"):
		if err := new(quantity.Duration).Read(f.duration, nil); err != nil {
			return fmt.Errorf("--duration: %w", err)
		}
	}
	if f.kind == nil {
		return nil
	}
	return checkFormats(f.formats, f.kind.Names())
}

// mostReplications is how many a scenario may have.
const mostReplications = 100_000

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
		f.named(cmd, problems) // err may hold others beside them
	}
	fmt.Fprintln(cmd.ErrOrStderr(), err)
	return &exit{status: exitWrong}
}

// named gives problems of flags that stand for an override those flags' names.
func (f *runFlags) named(cmd *cobra.Command, problems scenario.Problems) scenario.Problems {
	for i, p := range problems {
		problems[i].File = f.flagOf(cmd, p.File)
	}
	return problems
}

// flagOf is the flag that stands for an override, where there is one: for
// --set duration="1m" it is --duration 1m.
func (f *runFlags) flagOf(cmd *cobra.Command, flag string) string {
	if set, ok := strings.CutPrefix(flag, "--set "); ok && slices.Contains(f.stand(cmd), set) {
		return "--" + strings.ReplaceAll(strings.Replace(set, "=", " ", 1), `"`, "")
	}
	return flag
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
