package site

import (
	"errors"

	"github.com/headroom-sim/headroom/models/backend"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/models/server"
	"github.com/headroom-sim/headroom/models/traffic"
)

// database is a service of kind "database": a machine on which all calls in
// progress, each on a connection, share the vCPUs. MySQL turns away at once who
// finds max_connections taken (error 1040).
type database struct {
	*machine
	limit int
	pools *backend.Pools // of the callers; nil: a connection for each call
}

func (s *System) newDatabase(name string, spec *scenario.Service) *database {
	d := &database{limit: *spec.MaxConnections}
	d.machine = s.newMachine(name, sharing(spec.VCPUs, d.limit), server.Machine{VCPUs: spec.VCPUs})
	if spec.Pool != nil {
		d.pools = backend.NewPools(s.sim, name, &spec.DatabaseSpec, d.Server)
	}
	return d
}

// Receive implements traffic.Receiver: those hold the attempt that it goes to.
func (d *database) Receive(a *traffic.Attempt) {
	if d.pools != nil {
		a.Forward(d.pools)
		return
	}
	a.Forward(d.Server)
}

// cut implements facility. With pools, waiting is waiting for a connection
// there.
func (d *database) cut() serviceTally {
	t := d.machine.cut()
	t.Connections = t.Number
	if d.pools == nil {
		return t
	}
	p := d.pools.Cut()
	t.Received = t.Probes + p.Received
	t.Failed[traffic.Abandoned] += p.Abandoned
	t.Withdrawn += p.Withdrawn
	t.Number, t.Waits, t.Delayed = p.Number, p.Waits, p.Delayed
	return t
}

func (d *database) connectionLimit() int { return d.limit }

// Audit checks the books of the pools and of the machine.
func (d *database) Audit() error {
	if d.pools != nil {
		return errors.Join(d.pools.Audit(), d.Server.Audit())
	}
	return d.Server.Audit()
}
