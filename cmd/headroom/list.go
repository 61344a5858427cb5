package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/gallery"
)

func newList() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the built-in scenarios",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			entries, err := galleryEntries()
			if err != nil {
				return &exit{exitUnfinished, err}
			}
			out := cmd.OutOrStdout()
			if asJSON {
				return json.NewEncoder(out).Encode(entries)
			}
			table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
			for _, e := range entries {
				fmt.Fprintf(table, "%s\t%s\n", e.Name, e.Title)
				for _, v := range e.Variants {
					fmt.Fprintf(table, "  --variant %s\t\n", v)
				}
			}
			return table.Flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON array")
	return cmd
}

// entry is one scenario of the gallery.
type entry struct {
	Name     string   `json:"name"`
	Title    string   `json:"title"`
	Variants []string `json:"variants"`
}

func galleryEntries() ([]entry, error) {
	var entries []entry
	for _, name := range gallery.Names() {
		file, err := experiments.Load(name)
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry{name, file.Title(), file.Variants()})
	}
	return entries, nil
}
