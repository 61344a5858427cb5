// Command headroom simulates a web site on servers, balancers and scaling
// policies before anything is deployed.
package main

//go:generate go test -run TestCommandLineIsCurrent . -update

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/headroom-sim/headroom/experiments"
)

// Exit statuses, as the contract with scripts fixes them.
const (
	exitDone        = 0
	exitJudged      = 1 // an expectation failed or is inconclusive
	exitWrong       = 2 // the command line or the scenario is wrong; nothing was run
	exitUnfinished  = 3 // the run itself could not finish
	exitInterrupted = 130
)

func main() {
	collectSeldom()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	os.Exit(status)
}

// run is the whole program: flags in, exit status out.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot(stdout, stderr)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	var e *exit
	if !errors.As(err, &e) {
		e = wrong(usage(root, args, err)) // of cobra's own: unknown commands and flags
	}
	if e.err != nil {
		fmt.Fprintln(stderr, "headroom:", e.err)
	}
	return e.status
}

// exit is an error that knows the status with which the program ends. A nil
// err ends it without a word: everything has been said.
type exit struct {
	status int
	err    error
}

func (e *exit) Error() string { return fmt.Sprint(e.err) }
func (e *exit) Unwrap() error { return e.err }

// wrong is the end of a program whose command line is at fault.
func wrong(err error) *exit { return &exit{exitWrong, err} }

// unfinished is the end of a program that could not do all it was told to; nil
// where err is.
func unfinished(err error) error {
	if err == nil {
		return nil
	}
	return &exit{exitUnfinished, err}
}

func newRoot(stdout, stderr io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:   "headroom",
		Short: "Simulate a web site before it is deployed",
		Long: `Headroom simulates a web site before anything is deployed: how many servers, of which
size, behind which load balancer and under which scaling policy keep it inside its
objectives at the least cost.

Start with "headroom run", which simulates the built-in scenario "bootcamp".`,
		Version:            experiments.Version,
		SilenceErrors:      true,
		SilenceUsage:       true,
		DisableSuggestions: true, // usage makes its own
		RunE:               func(cmd *cobra.Command, _ []string) error { return unfinished(cmd.Help()) },
	}
	root.SuggestionsMinimumDistance = 2
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetVersionTemplate("headroom {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.SetHelpCommand(newHelp())
	root.AddCommand(newRun(), newCompare(), newSweep(), newMerge(), newPlan(), newCheck(), newVerify(), newReport(), newExplain(), newList(), newInit(), newSchema(), newCatalog(), newVersion(), newCompletion())
	return root
}
