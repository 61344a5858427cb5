package backend

import "github.com/headroom-sim/headroom/engine"

// A shelf holds what is kept for use, such as idle connections. What was put
// there last is taken first; what has lain there for the limit falls off at the
// other end.
type shelf[T any] struct {
	sim   *engine.Sim
	limit engine.Time
	fall  func(T)
	sweep *engine.Routine[struct{}]
	swept bool // a sweep is pending, not later than is due

	ring   []lying[T] // its length is a power of two
	bottom int        // position of the longest, modulo the length
	count  int
}

// lying is a thing with the instant at which it was put on the shelf.
type lying[T any] struct {
	thing T
	since engine.Time
}

// newShelf makes an empty shelf; fall is told of what falls off.
func newShelf[T any](sim *engine.Sim, name string, limit engine.Time, fall func(T)) *shelf[T] {
	s := &shelf[T]{sim: sim, limit: limit, fall: fall}
	s.sweep = engine.NewRoutine(sim, name, engine.Expire, s.onSweep)
	return s
}

func (s *shelf[T]) at(i int) *lying[T] { return &s.ring[(s.bottom+i)&(len(s.ring)-1)] }

// put lays a thing on the shelf.
func (s *shelf[T]) put(thing T) {
	if s.count == len(s.ring) {
		s.grow()
	}
	*s.at(s.count) = lying[T]{thing, s.sim.Now()}
	s.count++
	s.await()
}

// take takes what was put there last; false where there is nothing.
func (s *shelf[T]) take() (thing T, ok bool) {
	if s.count == 0 {
		return thing, false
	}
	s.count--
	return s.at(s.count).thing, true
}

// clear lets everything fall.
func (s *shelf[T]) clear() {
	for s.count > 0 {
		s.drop()
	}
}

func (s *shelf[T]) drop() {
	thing := s.at(0).thing
	s.bottom++
	s.count--
	s.fall(thing)
}

func (s *shelf[T]) grow() {
	ring := make([]lying[T], max(8, 2*len(s.ring)))
	for i := range s.count {
		ring[i] = *s.at(i)
	}
	s.ring, s.bottom = ring, 0
}

// await sees to it that what lies there longest falls in time: one event is
// pending, so that putting and taking schedules nothing.
func (s *shelf[T]) await() {
	if s.count > 0 && !s.swept {
		s.swept = true
		s.sweep.At(s.at(0).since+s.limit, struct{}{})
	}
}

func (s *shelf[T]) onSweep(struct{}) {
	s.swept = false
	for s.count > 0 && s.at(0).since+s.limit <= s.sim.Now() {
		s.drop()
	}
	s.await()
}
