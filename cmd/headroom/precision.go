package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/headroom-sim/headroom/models/quantity"
)

// Batches of a run: fewer cannot be tested for what they have in common, more are
// only shorter, and narrow an interval little (B. Schmeiser, "Batch size effects
// in the analysis of simulation output", Operations Research 30 (1982), advises
// 10 to 30).
const (
	fewestBatches = 8
	mostBatches   = 100
)

// sharpen declares the flags that say how sure a run is to be.
func (f *runFlags) sharpen(cmd *cobra.Command) {
	f.sharpenMeans(cmd)
	cmd.Flags().IntVar(&f.batches, "batches", 0, "instead of replications, cut one long run into `N` batches for its intervals")
}

// sharpenMeans declares those that add replications.
func (f *runFlags) sharpenMeans(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.precision, "precision", "", "add replications until the metrics that expectations name, without any latency.mean, are known to within `P` of their means, as in 2%")
	flags.IntVar(&f.most, "max-replications", 1000, "with --precision, end at `N` replications even so")
}

// checkPrecision finds what is wrong with these flags, and reads the precision;
// 0 is none.
func (f *runFlags) checkPrecision(cmd *cobra.Command) (float64, error) {
	changed := cmd.Flags().Changed
	switch {
	case changed("max-replications") && !changed("precision"):
		return 0, errors.New("--max-replications: is the end of what --precision adds: give it too")
	case f.most < 2 || f.most > mostReplications:
		return 0, fmt.Errorf("--max-replications: must be from 2 to %d (have %d)", mostReplications, f.most)
	case changed("batches") && (f.batches < fewestBatches || f.batches > mostBatches):
		return 0, fmt.Errorf("--batches: must be from %d to %d (have %d)", fewestBatches, mostBatches, f.batches)
	}
	for _, pair := range [][2]string{{"batches", "replications"}, {"batches", "replication"}, {"batches", "precision"}, {"precision", "replication"}} {
		if changed(pair[0]) && changed(pair[1]) {
			return 0, fmt.Errorf("--%s: does not go with --%s: leave one out", pair[0], pair[1])
		}
	}
	if !changed("precision") {
		return 0, nil
	}
	return readPrecision(f.precision)
}

func readPrecision(text string) (float64, error) {
	return readShare("precision", text, "above 0% and below 100%", func(v float64) bool { return v > 0 && v < 1 })
}

// readShare reads a share that a flag gives, and that must lie in a range, which is
// said and tested.
func readShare(flag, text, where string, in func(v float64) bool) (float64, error) {
	s, err := quantity.ParseShare(text)
	if err != nil || !in(float64(s)) {
		return 0, fmt.Errorf("--%s: must be a share %s (have %q)", flag, where, quantity.Brief(text))
	}
	return float64(s), nil
}

// percent is a share as the help shows it, "95%".
func percent(share float64) string { return fmt.Sprintf("%g%%", 100*share) }
