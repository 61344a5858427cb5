package backend

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// An idlePool holds what is kept for use, such as idle connections. What was put
// there last is taken first; what has been idle for the limit expires at the other
// end.
type idlePool[T any] struct {
	sim      *engine.Sim
	limit    engine.Time
	onExpiry func(T)
	sweep    *engine.Routine[struct{}]
	swept    bool // a sweep is pending, not later than is due
	ring     traffic.Ring[idler[T]]
}

// idler is a thing with the instant since which it is idle.
type idler[T any] struct {
	thing T
	since engine.Time
}

// newIdlePool makes an empty one; onExpiry is told of what has been idle for too
// long.
func newIdlePool[T any](sim *engine.Sim, name string, limit engine.Time, onExpiry func(T)) *idlePool[T] {
	p := &idlePool[T]{sim: sim, limit: limit, onExpiry: onExpiry}
	p.sweep = engine.NewRoutine(sim, name, engine.Expire, p.onSweep)
	return p
}

// put adds a thing, which is idle from now on.
func (p *idlePool[T]) put(thing T) {
	p.ring.PushBack(idler[T]{thing, p.sim.Now()})
	p.await()
}

// take takes what was put there last; false where there is nothing.
func (p *idlePool[T]) take() (thing T, ok bool) {
	if p.ring.Len() == 0 {
		return thing, false
	}
	return p.ring.PopBack().thing, true
}

// clear lets everything expire.
func (p *idlePool[T]) clear() {
	for p.ring.Len() > 0 {
		p.drop()
	}
}

func (p *idlePool[T]) drop() {
	p.onExpiry(p.ring.PopFront().thing)
}

// await sees to it that the oldest expires in time: one event is pending, so that putting and taking schedules nothing.
func (p *idlePool[T]) await() {
	if p.ring.Len() > 0 && !p.swept {
		p.swept = true
		p.sweep.At(p.ring.At(0).since+p.limit, struct{}{})
	}
}

func (p *idlePool[T]) onSweep(struct{}) {
	p.swept = false
	for p.ring.Len() > 0 && p.ring.At(0).since+p.limit <= p.sim.Now() {
		p.drop()
	}
	p.await()
}
