package site

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
)

// An InvariantError says that something does not hold that holds in every run of a
// right simulator. There are no figures then.
type InvariantError struct {
	Err error // what does not hold, and where
}

func (e *InvariantError) Error() string {
	return fmt.Sprintf("internal error: %v. The figures would be wrong, so there are none: please report this with the scenario and the seed", e.Err)
}

func (e *InvariantError) Unwrap() error { return e.Err }

// audit checks at the end of a run what must hold in every one: what came has gone or
// is there, be it requests, visits, connections, sign-ins, CPU time, credits or money.
// That the clock does not go back is checked at each event.
func (s *System) audit(end engine.Time) error {
	if err := s.ledger.Finish(end); err != nil {
		return err
	}
	for _, b := range s.balancers {
		if err := b.audit(); err != nil {
			return fmt.Errorf("balancer %s: %w", b.name, err)
		}
	}
	for _, f := range s.fleets {
		if err := f.audit(end); err != nil {
			return fmt.Errorf("fleet %s: %w", f.name, err)
		}
	}
	for _, v := range s.services {
		if err := v.Audit(); err != nil {
			return fmt.Errorf("service %s: %w", v.name, err)
		}
	}
	for _, c := range s.cdns {
		if err := c.Audit(); err != nil {
			return fmt.Errorf("cdn %s: %w", c.name, err)
		}
	}
	return s.auditStore()
}

// audit checks that each request was answered, failed, left or is in flight, once.
func (b *balancerPlace) audit() error {
	t := &b.received
	ended := t.Gone
	for cause := range t.Answers {
		ended += t.Answers[cause] + t.Errors[cause]
	}
	if flying := uint64(b.InFlight()); t.Requests != ended+flying {
		return fmt.Errorf("requests are not conserved: %d received, %d ended, %d in flight", t.Requests, ended, flying)
	}
	return b.Audit()
}

// audit checks all servers that there are or have been, and that what the group pays
// for is billed.
func (f *fleet) audit(end engine.Time) error {
	running := 0
	for _, h := range f.hosts {
		if err := h.audit(); err != nil {
			return err
		}
		if !h.crashed {
			running++
		}
	}
	if billed := f.bill.Running(); billed != running {
		return fmt.Errorf("%d instances run, but %d are billed", running, billed)
	}
	if f.leak != nil {
		return f.leak
	}
	return f.bill.Audit(end, f.paid.Integral)
}

func (h *host) audit() error {
	if err := h.server.Audit(); err != nil {
		return fmt.Errorf("%s: %w", h.instance.ID, err)
	}
	return nil
}
