package experiments

import (
	"time"

	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/models/site"
	"github.com/headroom-sim/headroom/models/timeline"
)

// Schema is the version of the JSON object that a Result prints as.
const Schema = "headroom.result/1"

// Result is what a number of replications of one scenario gave. Its JSON form
// is the contract with scripts: keys are sorted, floats are the shortest that
// read back the same.
type Result struct {
	Scenario     string // the name under which it was asked for
	Variant      string // "" for the base
	Title        string
	Seed         uint64
	Replications int
	DurationS    float64
	DiscardS     float64           // mean over the replications where "auto"
	Metrics      map[string]Metric // all that the scenario has
	Expectations map[string]Expectation
	Warnings     []string
	Digest       string // of the replications' digests, in their order
	Version      string

	// Detail is the first replication minute by minute.
	Detail Detail
}

// Metric is an estimate with its 95 % interval over the N replications that
// have a sample; Mean is NaN where N = 0, Lo and Hi where N < 2.
type Metric struct {
	Unit         string
	Mean, Lo, Hi float64
	N            int
}

// Expectation is what must hold, and whether it does. Value and its interval
// are NaN where there is no sample.
type Expectation struct {
	Verdict       output.Verdict
	Metric        string
	Unit          string
	Value, Lo, Hi float64
	During        *[2]float64 // seconds, or nil: the whole measured run
	Bound         output.Bound
}

// Detail is what reports draw: one replication minute by minute, its
// control-plane timeline, and the pooled distribution of latencies.
type Detail struct {
	Series  *site.Series
	Events  []timeline.Event
	Limits  []site.Limit
	Alarms  []site.Alarm
	Latency *tally.Histogram // nanoseconds, pooled over the replications
	// Start is the wall-clock instant of time zero, in the scenario's time
	// zone; the zero value where the scenario has none.
	Start time.Time
}

// Holds reports whether every expectation holds.
func (r *Result) Holds() bool {
	for _, e := range r.Expectations {
		if e.Verdict != output.Pass {
			return false
		}
	}
	return true
}
