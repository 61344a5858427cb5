package reports

import (
	"encoding/csv"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/headroom-sim/headroom/experiments"
)

// DifferencesCSV writes a row for each arm and metric that both it and the base
// have: the means, the difference with its own 95 % interval and p, and for those
// that are shown the simultaneous interval and Holm's p.
func DifferencesCSV(w io.Writer, c *experiments.Comparison) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{
		"arm", "base", "metric", "unit", "n", "base_mean", "arm_mean", "difference", "lo", "hi", "p",
		"simultaneous_lo", "simultaneous_hi", "holm_p", "shows", "variance_reduction",
	}); err != nil {
		return err
	}
	for i, change := range c.Changes {
		for _, name := range slices.Sorted(maps.Keys(change.Metrics)) {
			d := change.Metrics[name]
			err := out.Write([]string{
				c.Arms[i+1].Name, c.Arms[0].Name, name, d.Unit, strconv.Itoa(d.N), cell(d.Base), cell(d.Base + d.Mean), cell(d.Mean), cell(d.Lo), cell(d.Hi), cell(d.P),
				cell(d.Simultaneous.Lo), cell(d.Simultaneous.Hi), cell(d.Holm), d.Shows().String(), cell(d.Reduction),
			})
			if err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}
