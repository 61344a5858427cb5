package engine

// A Routine is a kind of event: the function fn carries out its events, with
// the payload that each was scheduled with. Routines are cheap: make one per
// kind and component, or per instance.
type Routine[T any] struct{ events[T] }

// NewRoutine binds fn to s under a name, which traces and errors show and which
// need not be unique. Events of one instant fire in the order of their phases.
func NewRoutine[T any](s *Sim, name string, p Phase, fn func(T)) *Routine[T] {
	r := &Routine[T]{}
	r.binding = s.bind(r, name, p)
	r.fn = fn
	s.bindings = append(s.bindings, &r.binding)
	return r
}

// At schedules fn(payload) for the instant t. It panics if t is in the past.
// An event at Forever or later never fires.
func (r *Routine[T]) At(t Time, payload T) Notice {
	s := r.sim
	if t < s.now {
		panicPast(r.name, t, s.now)
	}
	sequence := s.nextSequence()
	_, slot := r.put(sequence, payload)
	s.list.push(newKey(min(t, Forever), r.phase, sequence, slot))
	return Notice{sequence, slot}
}

// After schedules fn(payload) for d nanoseconds from now. It panics if d is
// negative.
func (r *Routine[T]) After(d Time, payload T) Notice {
	now := r.sim.now
	return r.At(now+min(d, Forever-now), payload)
}

func (r *Routine[T]) fire(k key) {
	slot := k.slot()
	index := r.index(slot)
	if r.records[index].word != k.sequence() {
		r.sim.list.dead--
		return
	}
	payload := r.take(index, slot)
	r.sim.fired(k, &r.binding)
	r.fn(payload)
}

func (r *Routine[T]) cancel(n Notice) bool {
	if !r.pending(n) {
		return false
	}
	r.take(r.index(n.slot), n.slot)
	r.sim.bury()
	return true
}
