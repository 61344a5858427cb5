package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

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
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			path := "scenario.toml"
			if len(args) == 1 {
				path = args[0]
			}
			src, ok := gallery.Scenario(from)
			if !ok {
				return wrong(fmt.Errorf("--from: no built-in scenario %q (headroom list names them)", from))
			}
			if err := writeStarter(path, src, force); err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "for completion in editors: headroom schema > %s\n", filepath.Join(filepath.Dir(path), schemaFile))
			_, err := fmt.Fprintln(cmd.OutOrStdout(), path)
			return unfinished(err)
		},
	}
	cmd.Flags().StringVar(&from, "from", gallery.Default, "copy the built-in scenario `NAME`")
	cmd.Flags().BoolVar(&force, "force", false, "overwrite an existing file")
	mustComplete(cmd, "from", completeBuiltIn)
	return cmd
}

// writeStarter writes src under the line that names the schema.
func writeStarter(path string, src []byte, force bool) error {
	mode := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if force {
		mode = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	file, err := os.OpenFile(path, mode, 0o644)
	if errors.Is(err, os.ErrExist) {
		return wrong(fmt.Errorf("%s: exists (--force overwrites it)", path))
	}
	if err == nil {
		_, err = file.WriteString("#:schema ./" + schemaFile + "\n" + string(src))
		err = errors.Join(err, file.Close())
	}
	var broken *os.PathError
	if errors.As(err, &broken) {
		err = fmt.Errorf("%s: %w", path, broken.Err)
	}
	return unfinished(err)
}
