package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/gallery"
)

func newList() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the built-in scenarios",
		Args:  atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			entries, err := galleryEntries()
			if err != nil {
				return unfinished(err)
			}
			if asJSON {
				return unfinished(json.NewEncoder(cmd.OutOrStdout()).Encode(entries))
			}
			return unfinished(printEntries(cmd.OutOrStdout(), entries))
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

func printEntries(w io.Writer, entries []entry) error {
	width := 0
	for _, e := range entries {
		width = max(width, len(e.Name))
	}
	var text strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&text, "%-*s  %s\n", width, e.Name, e.Title)
		for _, v := range e.Variants {
			fmt.Fprintf(&text, "  --variant %s\n", v)
		}
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func galleryEntries() ([]entry, error) {
	var entries []entry
	for _, name := range gallery.Names() {
		file, err := experiments.Load(name)
		if err != nil {
			return nil, err
		}
		// Never nil: JSON shows a scenario without variants as [].
		entries = append(entries, entry{name, file.Title(), append([]string{}, file.Variants()...)})
	}
	return entries, nil
}
