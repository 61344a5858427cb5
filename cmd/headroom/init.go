package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/headroom-sim/headroom/experiments/gallery"
)

// schemaFile is where editors look for the language's schema, as the first
// line of a starter file says (taplo's directive).
const schemaFile = "headroom.schema.json"

func newInit() *cobra.Command {
	var from string
	var force bool
	cmd := &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write a scenario file to start from",
		Long: `Write a copy of a built-in scenario to start from. Its first line points editors at the
schema of the language, which "headroom schema > ` + schemaFile + `" writes.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			path := "scenario.toml"
			if len(args) == 1 {
				path = args[0]
			}
			src, ok := gallery.Scenario(from)
			if !ok {
				return &exit{exitWrong, fmt.Errorf("--from: no built-in scenario %q (headroom list names them)", from)}
			}
			if err := writeStarter(path, src, force); err != nil {
				return &exit{exitWrong, err}
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s\n", path)
			return err
		},
	}
	cmd.Flags().StringVar(&from, "from", gallery.Default, "the built-in scenario to copy")
	cmd.Flags().BoolVar(&force, "force", false, "overwrite an existing file")
	if err := cmd.RegisterFlagCompletionFunc("from", completeScenarios); err != nil {
		panic("headroom: " + err.Error())
	}
	return cmd
}

func writeStarter(path string, src []byte, force bool) error {
	mode := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if force {
		mode = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	file, err := os.OpenFile(path, mode, 0o644)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s exists (--force overwrites it)", path)
	}
	if err != nil {
		return err
	}
	var text bytes.Buffer
	fmt.Fprintf(&text, "#:schema ./%s\n", schemaFile)
	text.Write(src)
	_, err = file.Write(text.Bytes())
	return errors.Join(err, file.Close())
}
