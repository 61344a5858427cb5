package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/site"
)

// mostTraced is how many requests a trace has at most: what a viewer and a reader can
// take in.
const mostTraced = 5000

// trace declares the flag that asks for the ways of requests through the site.
func (f *runFlags) trace(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.traceWindow, "trace-window", "", fmt.Sprintf("record the way of each request that is first offered in `FROM..TO`, as in 10m..10m5s, at most %d: trace.json, for ui.perfetto.dev", mostTraced))
}

// recording is what the flag asks for.
func (f *runFlags) recording(cmd *cobra.Command) (site.Recording, error) {
	if !cmd.Flags().Changed("trace-window") {
		if slices.Contains(f.formats, "trace") {
			return site.Recording{}, errors.New("--format trace: needs --trace-window FROM..TO, as in 10m..10m5s")
		}
		return site.Recording{}, nil
	}
	var w quantity.Window
	if err := w.Read(f.traceWindow, nil); err != nil {
		return site.Recording{}, fmt.Errorf("--trace-window: %w", err)
	}
	return site.Recording{Span: site.Span{From: w.From.Time(), To: w.To.Time()}, Most: mostTraced}, nil
}

// checkTrace finds a window that the run does not reach.
func (f *runFlags) checkTrace(window site.Recording, study *experiments.Study) error {
	if window.From < study.Spec.Duration.Time() {
		return nil
	}
	return fmt.Errorf("--trace-window: must begin before the run ends, at %s (have %q)", study.Spec.Duration, f.traceWindow)
}

// traceDoubts says what a trace leaves out.
func (f *runFlags) traceDoubts(t *site.Trace) []string {
	switch {
	case t == nil:
		return nil
	case len(t.Requests) == 0:
		return []string{"--trace-window: no request was first offered in it"}
	case t.Beyond > 0:
		return []string{fmt.Sprintf("--trace-window: the trace has the first %d requests that were offered in it, and leaves %d out", len(t.Requests), t.Beyond)}
	}
	return nil
}
