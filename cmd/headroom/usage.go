package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/headroom-sim/headroom/models/quantity"
)

// usage words what cobra finds wrong with a command line.
func usage(root *cobra.Command, args []string, err error) error {
	_, rest, unknown := root.Find(args)
	if unknown == nil {
		return err
	}
	for _, name := range rest {
		if strings.HasPrefix(name, "-") {
			continue
		}
		if near := root.SuggestionsFor(name); len(near) > 0 {
			return fmt.Errorf("unknown command %q (did you mean %q?)", name, near[0])
		}
		return fmt.Errorf("unknown command %q (headroom help lists them)", name)
	}
	return unknown
}

// atMost accepts up to n arguments.
func atMost(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > n {
			return fmt.Errorf("%s: unexpected argument %q", cmd.Name(), args[n])
		}
		return nil
	}
}

// flagError words what is wrong with a flag without the parser's own words.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		return fmt.Errorf("%w%s", err, flagHint(cmd, unknown.GetSpecifiedName()))
	}
	var value *pflag.InvalidValueError
	if !errors.As(err, &value) {
		return err
	}
	must := map[string]string{
		"int": "a whole number", "uint64": "a whole number, 0 or more", "bool": "true or false", "duration": "a duration such as 90s",
	}[value.GetFlag().Value.Type()]
	if must == "" {
		return err
	}
	return fmt.Errorf("--%s: must be %s (have %q)", value.GetFlag().Name, must, value.GetValue())
}

// flagHint names a flag of the command that was probably meant, or else the
// commands that have the flag.
func flagHint(cmd *cobra.Command, name string) string {
	var own, longer, others []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		own = append(own, f.Name)
		if strings.HasPrefix(f.Name, name) {
			longer = append(longer, "--"+f.Name)
		}
	})
	for _, other := range cmd.Root().Commands() {
		if other.Flags().Lookup(name) != nil {
			others = append(others, "headroom "+other.Name())
		}
	}
	switch near := quantity.Nearest(name, own); {
	case len(others) > 0:
		return fmt.Sprintf(" (%s has it)", strings.Join(others, " or "))
	case len(longer) > 0:
		return fmt.Sprintf(" (did you mean %s?)", strings.Join(longer, " or "))
	case near != "":
		return fmt.Sprintf(" (did you mean --%s?)", near)
	}
	return ""
}

func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Explain a command",
		Args:  atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			about, _, err := cmd.Root().Find(args)
			if err != nil {
				return wrong(usage(cmd.Root(), args, err))
			}
			about.InitDefaultHelpFlag()
			return unfinished(about.Help())
		},
	}
}
