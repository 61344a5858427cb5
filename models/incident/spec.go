package incident

import "github.com/headroom-sim/headroom/models/quantity"

// Fault describes a fault, a [faults.<name>] table.
type Fault struct {
	At        quantity.Duration  `toml:"at" required:"true" doc:"When the fault begins."`
	For       *quantity.Duration `toml:"for" range:"1ns.." doc:"How long it lasts. Left out: for the rest of the run. An instance that has crashed starts again then, unless its group has replaced it."`
	Recover   *quantity.Duration `toml:"recover" range:"1ns.." doc:"After for, the instances recover one by one over this time, evenly: the longest-running first, the last at its end. Left out: all at once."`
	Fleet     string             `toml:"fleet" doc:"The fleet that it hits. One of fleet, service and zone is required."`
	Service   string             `toml:"service" for:"refuse cpu crash hang errors slow latency" doc:"The service that it hits."`
	Zone      string             `toml:"zone" doc:"The zone that it hits: with fleet the fleet's instances there, alone those of all fleets. A crash of a zone alone is its loss: all instances there stop, load balancers' nodes there are gone and leave DNS after 60 s, launches there fail."`
	Instances *quantity.Portion  `toml:"instances" for:"refuse cpu crash hang errors slow latency" doc:"How many instances of the fleet, or nodes of the cache, 1 or more, or a share of those in service such as \"50%\", rounded up: the longest-running in service when the fault begins, ties by the lowest id; of nodes the first. Left out: all."`
	Effect    string             `toml:"effect" required:"true" oneof:"refuse cpu launch_failure crash hang errors slow latency" doc:"refuse: the server's port is closed, connections are refused. cpu: threads that never sleep share the vCPUs with the requests. launch_failure: EC2 has no capacity, so that launches fail, and starts of what is stopped in the warm pool. crash: an instance stops (connections are reset, work and signed-in state are lost, nobody answers who connects, billing ends; EC2 checks see it at the group's next pass, load balancers by their health checks); a service dies (connections are reset, what it kept is lost, connections are refused). hang: the kernel accepts connections, nothing is answered. errors: requests, health checks among them, are answered with 500 at once. slow: CPU work (service times, latencies) takes factor times as long. latency: each request takes longer by add."`
	Load      float64            `toml:"load" for:"cpu" default:"1" range:"0.001..1024" doc:"Number of such threads, each at most one vCPU's worth; a fraction counts as such." source:"UNSOURCED: a model of stress tools"`
	Share     quantity.Share     `toml:"share" for:"errors" default:"100%" range:"0.000001..1" doc:"Share of the requests, drawn by chance, that get an error." source:"DERIVED: all of them"`
	Factor    float64            `toml:"factor" for:"slow" default:"3" range:"1..1000000" doc:"How many times as long work takes." source:"UNSOURCED: a machine in trouble"`
	Latency   quantity.Duration  `toml:"add" for:"latency" default:"50ms" range:"1ns.." doc:"Time that each request takes longer before work on it begins; its connection is there meanwhile." source:"UNSOURCED: a network in trouble"`
}

// Kind is the effect, which decides the keys that apply.
func (f *Fault) Kind() string { return f.Effect }

// loss reports whether the fault is the loss of a zone.
func (f *Fault) loss() bool { return f.Effect == Crash.String() && f.Fleet == "" && f.Zone != "" }

// FailsLaunches reports whether launches fail at the place of the fault.
func (f *Fault) FailsLaunches() bool { return f.Effect == LaunchFailure.String() || f.loss() }

// Check reports what no single key shows.
func (f *Fault) Check(report quantity.Report) {
	if f.Fleet == "" && f.Service == "" && f.Zone == "" {
		report("fleet", "is required, or else service or zone")
	}
	if f.Instances != nil && f.Fleet == "" && f.Service == "" {
		report("instances", "needs fleet, or the service of a cache")
	}
	if f.Recover != nil && f.For == nil {
		report("recover", "needs for, after which recovery begins")
	}
}
