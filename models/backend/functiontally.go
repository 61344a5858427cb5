package backend

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/traffic"
)

// functionCounters count since the last cut.
type functionCounters struct {
	received, completed, throttled, cold, withdrawn uint64
	failed                                          [traffic.Causes]uint64
	billed                                          engine.Time
	waits, cutWaits                                 *tally.Histogram
	inUse, environments                             tally.Level
	cut                                             engine.Time
	all                                             struct{ received, ended uint64 } // up to the last cut
}

// A FunctionTally is what a function did in some time.
type FunctionTally struct {
	Span      engine.Time
	Received  uint64
	Completed uint64
	Failed    [traffic.Causes]uint64 // throttled ones included
	Withdrawn uint64                 // taken back by their callers
	Throttled uint64                 // for want of concurrency, or of new environments
	Cold      uint64                 // began with a cold start

	// Billed is the time of requests in environments, cold starts included
	// (UNSOURCED: since August 2025, secondary), each rounded up to a millisecond.
	Billed       engine.Time
	InUse        tally.LevelTally // environments in use
	Environments tally.LevelTally // environments made on demand that are there
	// Waits are the waiting times for an environment, in nanoseconds: 0 but for
	// cold starts. A Cut's histogram is valid until the next Cut.
	Waits *tally.Histogram
}

// Merge adds another tally, of another time.
func (t *FunctionTally) Merge(o *FunctionTally) {
	t.Span += o.Span
	t.Received += o.Received
	t.Completed += o.Completed
	for c := range t.Failed {
		t.Failed[c] += o.Failed[c]
	}
	t.Withdrawn += o.Withdrawn
	t.Throttled += o.Throttled
	t.Cold += o.Cold
	t.Billed += o.Billed
	t.InUse.Merge(o.InUse)
	t.Environments.Merge(o.Environments)
	if o.Waits == nil {
		return
	}
	if t.Waits == nil {
		t.Waits = new(tally.Histogram)
	}
	t.Waits.Merge(o.Waits)
}

// Cut returns what the function did since the last cut.
func (f *Function) Cut() FunctionTally {
	now, c := f.sim.Now(), &f.functionCounters
	t := FunctionTally{
		Span: now - c.cut, Received: c.received, Completed: c.completed, Failed: c.failed, Withdrawn: c.withdrawn,
		Throttled: c.throttled, Cold: c.cold, Billed: c.billed, Waits: c.waits,
		InUse: c.inUse.Cut(now), Environments: c.environments.Cut(now),
	}
	all := c.all
	all.received += t.Received
	all.ended += t.ended()
	*c = functionCounters{waits: c.cutWaits, cutWaits: c.waits, inUse: c.inUse, environments: c.environments, cut: now, all: all}
	if c.waits == nil {
		c.waits = new(tally.Histogram)
	}
	c.waits.Reset()
	return t
}

func (t *FunctionTally) ended() uint64 {
	n := t.Completed + t.Withdrawn
	for _, failed := range t.Failed {
		n += failed
	}
	return n
}

// Audit checks the function's books: each request is answered, taken back or in
// an environment, and each environment is in use or idle.
func (f *Function) Audit() error {
	flying := len(f.runs) - len(f.free)
	now := FunctionTally{Completed: f.completed, Failed: f.failed, Withdrawn: f.withdrawn}
	if received, ended := f.all.received+f.received, f.all.ended+now.ended(); received != ended+uint64(flying) {
		return fmt.Errorf("backend: %d requests came, %d ended, %d are in environments", received, ended, flying)
	}
	if used := int64(flying); used != f.inUse.Value() {
		return fmt.Errorf("backend: %d environments are in use, but the level says %d", used, f.inUse.Value())
	}
	if there := f.made + f.spec.Provisioned; there != flying+f.idle.count+f.spare {
		return fmt.Errorf("backend: %d environments are there, but %d in use, %d idle and %d provisioned ones free", there, flying, f.idle.count, f.spare)
	}
	return nil
}
