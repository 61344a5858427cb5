package experiments

import (
	"time"

	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/models/site"
	"github.com/headroom-sim/headroom/models/timeline"
)

// Schema is the version of the JSON object that a Result prints as.
const Schema = "headroom.result/1"

// Result is what a number of replications of one scenario gave. Its JSON form
// is the contract with scripts: keys are sorted, floats are the shortest that
// read back the same.
type Result struct {
	Scenario     string  // its name: that of the gallery, or of the file without folder and ending
	Source       string  // how it was asked for: a path, or a name of the gallery
	Variant      string  // "" for the base
	Sets         []Set   // overrides in their order; seed and replications, which stand below, are not among them
	Options      Options // by which the configuration was chosen
	Title        string
	Seed         uint64
	First        int // the number of the first replication: 1, unless one was simulated alone
	Replications int
	Batches      int // parts of the one run whose intervals are given; 0: none
	DurationS    float64
	DiscardS     float64           // mean over the replications where "auto"
	Metrics      map[string]Metric // all that the scenario has
	Expectations map[string]Expectation
	Warnings     []string
	Digest       string   // of the replications' digests, in their order
	Digests      []string // the replications', in their order
	Version      string

	// Detail is what lies behind the figures.
	Detail Detail
}

// Set is an override of a scenario's key.
type Set struct {
	Key   string // dotted, as in fleets.web.min
	Value string // as it was written, but a string without its quotes
	Text  string // KEY=VALUE as it was written
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
	Each          []float64 // the metric in each replication; NaN without a sample
	Met           int       // replications in which it is inside the bound, taken alone
}

// Limit is a limit of a fleet or service that bound in some replication.
type Limit struct {
	site.Limit         // its spans are those of the first replication
	Bound      int     // replications in which it bound in some minute
	Mean       float64 // for how long it bound, seconds, on average over all replications
}

// Detail is what reports draw: the first replication minute by minute, its
// control-plane timeline with what it rests on, and of all replications the
// minutes, the limits, the failures and the pooled distribution of latencies.
type Detail struct {
	Series  *site.Series
	Minutes *Minutes // of all replications; nil of a single one
	timeline.Log
	Limits   []Limit
	Alarms   []site.Alarm
	Usage    site.Usage        // of the first replication, in its measured run
	Trace    *site.Trace       // of the first replication; nil: none was asked for
	Failures map[string]Metric // failed requests over those offered, by cause
	Latency  *tally.Histogram  // nanoseconds, pooled over the replications
	Unpriced []string          // fleets and services that have no price, and no part in the cost
	Unused   []string          // places to which no request can come, and which cost nothing
	// Exposure is, of each fleet, the share of each client's requests that can come there.
	Exposure     map[string]map[string]float64
	Alternatives []string // fleets beside which there are others to send requests to
	// Settings are the keys of the configuration, and who says what they are.
	Settings []scenario.Setting
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
