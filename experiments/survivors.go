package experiments

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/scenario"
)

// MostUnjudged is the share of failed requests above which a result warns where no
// expectation judges them: below, those that were answered stand for all of them.
const MostUnjudged = 0.01

// survivors warn of parts of the run, about which there are expectations, of whose
// requests more than MostUnjudged failed by causes that no expectation judges: any
// latency may be met by the few that were answered.
func (t *Trial) survivors() []string {
	var list []string
	var told []int
	for _, name := range t.expectationNames() {
		e := t.Spec.Expectations[name]
		window := t.window(e)
		if slices.Contains(told, window) {
			continue
		}
		told = append(told, window)
		if t.unjudged(window, e.During) > MostUnjudged {
			list = append(list, t.answered(window, e))
		}
	}
	return list
}

// answered tells how many requests of a part of the run were answered.
func (t *Trial) answered(window int, e *scenario.Expectation) string {
	part := ""
	if e.During != nil {
		part = fmt.Sprintf(" from %s to %s", e.During.From, e.During.To)
	}
	share := output.Interval(t.values(window, "availability"), output.Level).Mean
	return fmt.Sprintf("%s of the requests%s were answered; no expectation says how many must be: latency is of those that were", units.Format(share, "share"), part)
}

// unjudged is the share of requests that failed by causes that no expectation judges,
// on average over the replications.
func (t *Trial) unjudged(window int, during *quantity.Window) float64 {
	completed, failed := t.values(window, "requests.completed"), t.values(window, "requests.failed")
	shares := make([]float64, len(t.Cells))
	for _, name := range t.metrics {
		cause, found := strings.CutPrefix(name, "errors.")
		if !found || t.Spec.JudgesFailures(cause, during) {
			continue
		}
		for i, n := range t.values(window, name) {
			shares[i] += n / max(1, completed[i]+failed[i])
		}
	}
	share := output.Interval(shares, output.Level).Mean
	if math.IsNaN(share) {
		return 0
	}
	return share
}
