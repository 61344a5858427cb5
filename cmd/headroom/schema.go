package main

import (
	"github.com/spf13/cobra"

	"github.com/headroom-sim/headroom/models/scenario"
)

func newSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the scenario language",
		Long: `Print the JSON Schema of the scenario language. Editors with a TOML language server
complete and check a scenario whose first line names it: "#:schema ./` + schemaFile + `".`,
		Args: atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			schema, err := scenario.Schema()
			if err != nil {
				return unfinished(err)
			}
			_, err = cmd.OutOrStdout().Write(schema)
			return unfinished(err)
		},
	}
}
