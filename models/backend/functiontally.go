package backend

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
)

// A FunctionTally is what a function did in some time.
type FunctionTally struct {
	Span engine.Time
	Calls
	Throttled uint64 // of those that failed: for want of concurrency, or of new environments
	Cold      uint64 // began with a cold start

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
	t.Calls.Merge(&o.Calls)
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
	t, now := f.FunctionTally, f.sim.Now()
	t.Span, f.cut = now-f.cut, now
	t.InUse, t.Environments, t.Waits = f.inUse.Cut(now), f.environments.Cut(now), f.waits.Cut()
	f.past.enter(&t.Calls)
	f.FunctionTally = FunctionTally{}
	return t
}

// Audit checks the function's books: each request is answered, taken back or in
// an environment, and each environment is in use or idle.
func (f *Function) Audit() error {
	flying := f.runs.Held()
	if err := f.past.check(&f.Calls, flying); err != nil {
		return fmt.Errorf("function: %w", err)
	}
	if used := int64(flying); used != f.inUse.Value() {
		return fmt.Errorf("function: %d environments are in use, but the level says %d", used, f.inUse.Value())
	}
	if there := f.made + f.spec.Provisioned; there != flying+f.idle.ring.Len()+f.spare {
		return fmt.Errorf("function: %d environments are there, but %d in use, %d idle and %d provisioned ones free", there, flying, f.idle.ring.Len(), f.spare)
	}
	return nil
}
