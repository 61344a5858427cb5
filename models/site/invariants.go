package site

import (
	"errors"
	"fmt"
	"strings"

	"github.com/headroom-sim/headroom/engine"
)

// An InvariantError says that something does not hold that holds in every run of a
// right simulator. There are no figures then.
type InvariantError struct {
	Err error // what does not hold, and where
}

func (e *InvariantError) Error() string {
	all := strings.ReplaceAll(e.Err.Error(), "\n", "; ")
	return fmt.Sprintf("internal error: %s. The figures would be wrong, so there are none: please report this with the scenario and the seed", all)
}

func (e *InvariantError) Unwrap() error { return e.Err }

// audit checks at the end of a run what must hold in every one: what came has gone or
// is there, be it requests, visits, connections, sign-ins, CPU time, credits or money.
// The error joins all that does not hold: each says something about the cause. That the
// clock does not go back is checked at each event.
func (s *System) audit(end engine.Time) error {
	broken := []error{s.ledger.Finish(end)}
	for _, b := range s.balancers {
		broken = append(broken, located("balancer", b.name, b.audit()))
	}
	for _, f := range s.fleets {
		broken = append(broken, located("fleet", f.name, f.audit(end)))
	}
	for _, v := range s.services {
		broken = append(broken, located("service", v.name, v.Audit()))
	}
	for _, c := range s.cdns {
		broken = append(broken, located("cdn", c.name, c.Audit()))
	}
	return errors.Join(append(broken, s.auditStore())...)
}

// located says where an error is, if it is one.
func located(kind, name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", kind, name, err)
}

// audit checks that each request was answered, failed, left or is in flight, once.
func (b *balancerPlace) audit() error {
	t := &b.received
	ended := t.Gone
	for cause := range t.Answers {
		ended += t.Answers[cause] + t.Errors[cause]
	}
	var lost error
	if flying := uint64(b.InFlight()); t.Requests != ended+flying {
		lost = fmt.Errorf("requests are not conserved: %d received, %d ended, %d in flight", t.Requests, ended, flying)
	}
	return errors.Join(lost, b.Audit())
}

// audit checks all servers that there are or have been, and that what the group pays
// for is billed. Of servers with wrong books the first is told: there may be thousands.
func (f *fleet) audit(end engine.Time) error {
	running, books := 0, f.leak
	for _, h := range f.hosts {
		if books == nil {
			books = h.audit()
		}
		if !h.crashed {
			running++
		}
	}
	var bill error
	if billed := f.bill.Running(); billed != running {
		bill = fmt.Errorf("%d instances run, but %d are billed", running, billed)
	}
	return errors.Join(books, bill, f.bill.Audit(end, f.paid.Integral))
}

func (h *host) audit() error {
	if err := h.server.Audit(); err != nil {
		return fmt.Errorf("%s: %w", h.instance.ID, err)
	}
	return nil
}
