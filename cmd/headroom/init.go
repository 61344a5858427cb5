package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/headroom-sim/headroom/experiments/files"
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
			if err := vacant(force, path); err != nil {
				return err
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

// vacant tells at which of some paths no starter can be written: without force where
// something is, with it where that is no file.
func vacant(force bool, paths ...string) error {
	var errs []error
	for _, path := range paths {
		if force {
			errs = append(errs, files.About(path, files.Replaceable(path)))
		} else if _, err := os.Lstat(path); err == nil {
			errs = append(errs, fmt.Errorf("%s: exists (--force overwrites it)", path))
		}
	}
	switch err := errors.Join(errs...); {
	case err == nil:
		return nil
	case force:
		return unfinished(err)
	default:
		return wrong(err)
	}
}

// writeStarter writes src under the line that names the schema.
func writeStarter(path string, src []byte, force bool) error {
	write := files.Create
	if force {
		write = files.Replace
	}
	text := slices.Concat([]byte("#:schema ./"+schemaFile+"\n"), src)
	return unfinished(files.About(path, write(path, files.Bytes(text))))
}
