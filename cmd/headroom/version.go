package main

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/headroom-sim/headroom/experiments"
)

func newVersion() *cobra.Command {
	var sbom bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of the model and how the binary was built",
		Args:  atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			info, known := debug.ReadBuildInfo()
			if sbom && !known {
				return unfinished(errors.New("the binary does not say what it was built from"))
			}
			if sbom {
				return unfinished(printSBOM(cmd.OutOrStdout(), info))
			}
			_, err := io.WriteString(cmd.OutOrStdout(), build(info))
			return unfinished(err)
		},
	}
	cmd.Flags().BoolVar(&sbom, "sbom", false, "print the modules that it was built from, as CycloneDX JSON")
	return cmd
}

// build is what is known of the binary, a line each; info may be nil.
func build(info *debug.BuildInfo) string {
	text := fmt.Sprintf("headroom %s\nmodel %s\nbuilt with %s for %s/%s\n", experiments.Version, experiments.Model(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	if info == nil {
		return text
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision", "vcs.time", "vcs.modified", "GOAMD64", "GOARM64":
			text += s.Key + " " + s.Value + "\n"
		}
	}
	return text
}
