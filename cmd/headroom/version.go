package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/headroom-sim/headroom/experiments"
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of the model and how the binary was built",
		Args:  atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := io.WriteString(cmd.OutOrStdout(), build())
			return unfinished(err)
		},
	}
}

// build is what is known of the binary, a line each.
func build() string {
	text := fmt.Sprintf("headroom %s\nbuilt with %s for %s/%s\n", experiments.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	info, _ := debug.ReadBuildInfo()
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
