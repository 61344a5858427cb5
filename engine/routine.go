package engine

// A Routine is a kind of event: the function fn carries out its events, with
// the payload that each was scheduled with. Routines are cheap: make one per
// kind and component, or per instance.
type Routine[T any] struct{ payloads[T] }

// NewRoutine binds fn to s under a name, which traces and errors show and which
// need not be unique. Events of one instant fire in the order of their phases.
func NewRoutine[T any](s *Sim, name string, p Phase, fn func(T)) *Routine[T] {
	r := &Routine[T]{}
	s.bind(&r.kind, name, p)
	r.payloads.bind(fn)
	return r
}

// At schedules fn(payload) for the instant t. It panics if t is in the past.
// An event at Forever or later never fires.
func (r *Routine[T]) At(t Time, payload T) Notice {
	n, index := r.schedule(t - r.sim.now)
	r.values[index] = payload
	return n
}

// After schedules fn(payload) for d nanoseconds from now. It panics if d is
// negative.
func (r *Routine[T]) After(d Time, payload T) Notice {
	n, index := r.schedule(d)
	r.values[index] = payload
	return n
}

// schedule enters an event whose payload is to be stored under the index.
func (k *kind) schedule(d Time) (n Notice, index uint32) {
	s := k.sim
	if uint64(d) > uint64(Forever-s.now) {
		d = k.within(d)
	}
	if !k.ready() {
		k.prepare()
	}
	at := s.now + d
	n, index = k.reserve()
	s.list.add(newKey(at, k.phase, n.sequence, n.slot))
	return n, index
}

// within shortens a delay that reaches beyond Forever.
func (k *kind) within(d Time) Time {
	if d < 0 {
		panic("engine: " + k.name + " is scheduled at " + (k.sim.now + d).String() +
			", but it is already " + k.sim.now.String())
	}
	return Forever - k.sim.now
}
