package site

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/backend"
	"github.com/headroom-sim/headroom/models/catalog"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/models/server"
	"github.com/headroom-sim/headroom/models/traffic"
)

// function is a service that works on each request in an environment of its own.
type function struct {
	*backend.Function
	concurrency int
	bill        *catalog.FunctionBill
}

func (s *System) newFunction(name string, spec *scenario.Service) *function {
	wiring := backend.Wiring{Name: name, Demands: s.demands(name), Stream: s.stream}
	bill := catalog.NewFunctionBill(uint64(spec.Memory>>20), spec.Architecture)
	return &function{backend.NewFunction(s.sim, &spec.FunctionSpec, wiring), spec.Concurrency, bill}
}

// cut has environments for servers: the capacity is all the concurrency there
// can be, as if it were one server.
func (f *function) cut() serviceTally {
	t := f.Cut()
	f.bill.Use(billedRequests(&t), t.Billed)
	v := serviceTally{function: t, Tally: server.Tally{
		Span: t.Span, Received: t.Received, Completed: t.Completed, Failed: t.Failed, Withdrawn: t.Withdrawn,
		CPU: engine.Time(t.InUse.Integral.Float64() / float64(f.concurrency)), Capacity: t.Span,
		Number: t.InUse, Busy: t.InUse, Waits: t.Waits, Delayed: t.Cold,
	}}
	v.function.Waits = nil // they are there
	return v
}

// billedRequests are those that came to an environment.
func billedRequests(t *backend.FunctionTally) uint64 {
	return t.Received - t.Throttled - t.Failed[traffic.Refused]
}

// connectionLimit implements facility: a function knows no connections.
func (f *function) connectionLimit() int { return 0 }
