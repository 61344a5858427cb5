package scenario

import (
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/catalog"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/server"
)

// Fleet is an Auto Scaling group with what its instances are and run: the table
// [fleets.NAME].
type Fleet struct {
	Instance   string   `toml:"instance" doc:"EC2 instance type, from the catalogue (headroom catalog). Either this or vcpus."`
	VCPUs      *int     `toml:"vcpus" range:"1..1024" doc:"Virtual CPUs of an instance that is not in the catalogue."`
	Price      *float64 `toml:"price" range:"0..100000" doc:"USD per instance hour. Left out: the catalogue's; with vcpus none."`
	Speed      float64  `toml:"speed" default:"1" range:"0.001..1000" doc:"Speed of a vCPU: demands take 1/speed as long." source:"DERIVED: demands are measured on one vCPU"`
	CPUCredits string   `toml:"cpu_credits" oneof:"standard unlimited" doc:"What a burstable instance does without CPU credits: slow down, or go on and pay. Left out: standard for T2, unlimited for T3, T3a and T4g." source:"T-UNL"`

	autoscaling.Spec

	Server   server.Spec `toml:"server" doc:"Software on the instances."`
	Upstream string      `toml:"upstream" doc:"Balancer, fleet or service that a request goes on to while its connection here is held (reverse proxy), where its route has demand there."`
	Calls    []string    `toml:"calls" doc:"Balancers, fleets or services called in this order while a thread here is held, where the route has demand for them."`
}

// Check reports what no single key shows.
func (f *Fleet) Check(report quantity.Report) {
	f.Spec.Check(report)
	switch {
	case f.Instance == "" && f.VCPUs == nil:
		report("instance", "is required (or vcpus)")
	case f.Instance != "":
		f.checkInstance(report)
	case f.CPUCredits != "":
		report("cpu_credits", "cannot be used with vcpus: only instance types of the catalogue are burstable")
	}
	if most := server.MostCalls - 1; len(f.Calls) > most { // and one to where sessions are kept
		report("calls", "must not name more than %d places (have %d)", most, len(f.Calls))
	}
}

func (f *Fleet) checkInstance(report quantity.Report) {
	i, err := catalog.Lookup(f.Instance)
	switch {
	case err != nil:
		report("instance", "%v", err)
	case f.CPUCredits != "" && !i.Burstable():
		report("cpu_credits", "cannot be used with %s: it is not burstable", f.Instance)
	}
}

// Below names what requests go on to from here: the upstream, or the calls in
// their order.
func (f *Fleet) Below() []string {
	if f.Upstream != "" {
		return []string{f.Upstream}
	}
	return f.Calls
}
