package autoscaling

import "fmt"

// replacePool replaces what is stale in the warm pool, after the instances in
// service [refresh]. It keeps the refresh's least percentage of the pool ready,
// and terminates before it launches (UNSOURCED: the order). It reports whether
// there is still something to do.
func (r *refresh) replacePool() bool {
	g := r.group
	stale, ready := r.inPool()
	if len(r.CheckpointPercentages) > 0 && !r.rollback && r.CheckpointPercentages[len(r.CheckpointPercentages)-1] < 100 {
		return false
	}
	switch {
	case len(stale) == 0:
		return false
	case r.stuck():
		r.fail(fmt.Sprintf("no progress for an hour: %d of %d instances of the warm pool are ready", ready, g.poolSize()))
		return true
	case !r.allowed():
		return true
	}
	lowest, _ := r.bounds.of(g.poolSize())
	spare := ready - lowest
	if lowest >= g.poolSize() {
		spare++ // one at a time
	}
	for _, i := range stale {
		if spare--; spare < 0 || i.State.Stage() == WarmedPending {
			break
		}
		g.discard(i, &cause{text: r.reason()})
		r.progress = g.sim.Now()
		g.reconcileSoon()
	}
	return true
}

// inPool gives the stale instances of the warm pool, those that are ready first,
// and how many of all are ready.
func (r *refresh) inPool() (stale []*Instance, ready int) {
	var coming []*Instance
	for _, i := range r.group.Pool {
		if i.rests() {
			ready++
		}
		switch {
		case !r.stale(i) || i.State.Stage() == WarmedTerminating:
		case i.rests():
			stale = append(stale, i)
		default:
			coming = append(coming, i)
		}
	}
	return append(stale, coming...), ready
}
