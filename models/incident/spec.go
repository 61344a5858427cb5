package incident

import "github.com/headroom-sim/headroom/models/quantity"

// Fault describes a fault, a [faults.<name>] table.
type Fault struct {
	At        quantity.Duration  `toml:"at" required:"true" doc:"When the fault begins."`
	For       *quantity.Duration `toml:"for" range:"1ns.." doc:"How long it lasts. Left out: for the rest of the run."`
	Fleet     string             `toml:"fleet" required:"true" doc:"The fleet that it hits."`
	Zone      string             `toml:"zone" for:"launch_failure" doc:"The zone in which launches fail, one of the fleet's. Left out: all."`
	Instances *quantity.Portion  `toml:"instances" for:"refuse cpu" doc:"How many instances, 1 or more, or a share of those in service such as \"50%\", rounded up: the longest-running in service when the fault begins, ties by the lowest id. Left out: all."`
	Effect    string             `toml:"effect" required:"true" oneof:"refuse cpu launch_failure" doc:"refuse: the server's port is closed, connections are refused. cpu: threads that never sleep share the vCPUs with the requests. launch_failure: EC2 has no capacity, so that launches fail, and starts of what is stopped in the warm pool."`
	Load      float64            `toml:"load" for:"cpu" default:"1" range:"0.001..1024" doc:"Number of such threads, each at most one vCPU's worth; a fraction counts as such." source:"UNSOURCED: a model of stress tools"`
}

// Kind is the effect, which decides the keys that apply.
func (f *Fault) Kind() string { return f.Effect }
