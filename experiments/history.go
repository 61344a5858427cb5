package experiments

import (
	"context"
	"fmt"
	"sync"

	"github.com/headroom-sim/headroom/models/site"
)

// history is what is kept of a trial minute by minute: all of its first
// replication, and the moments of all, which are summed up in their order whatever
// the order in which they are finished.
type history struct {
	mu      sync.Mutex
	first   *site.Outcome   // nil until it is finished, and so are the minutes
	minutes *Minutes        // of the replications that are summed up
	waiting map[int]courses // of those after a gap
}

func newHistory() *history { return &history{waiting: make(map[int]courses)} }

// note takes in a replication that was simulated; without a history nothing is
// kept of it. The error is that of add.
func (h *history) note(ctx context.Context, replication int, o *site.Outcome) error {
	switch {
	case h == nil:
		return nil
	case replication > 0:
		return h.add(ctx, replication, coursesOf(o))
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.first, h.minutes = o, newMinutes(o)
	return h.sum(ctx)
}

// add takes in a replication that is not the first. The error is about what could
// not be read of one, or the cause of the end of the context.
func (h *history) add(ctx context.Context, replication int, c courses) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.waiting[replication] = c
	return h.sum(ctx)
}

// sum sums up the replications that have waited for no others but those that are
// summed up now.
func (h *history) sum(ctx context.Context) error {
	for m := h.minutes; m != nil && h.waiting[m.N] != nil; m.N++ {
		if ctx.Err() != nil {
			return context.Cause(ctx) // many can wait, and each is to be read
		}
		if err := h.waiting[m.N](m, m.add); err != nil {
			return fmt.Errorf("replication %d: %w", m.N+1, err)
		}
		delete(h.waiting, m.N)
	}
	return nil
}

// of are the minutes of n replications: nil of a single one, and where others were
// summed up, as by a comparison that was interrupted.
func (h *history) of(n int) *Minutes {
	if n < 2 || h.minutes.N != n {
		return nil
	}
	return h.minutes
}
