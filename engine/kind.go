package engine

// A kind is what routines and lanes have in common, whatever their payloads.
type kind struct {
	sim    *Sim
	call   func(index uint32) // carries out the event with this payload
	lane   *chain             // nil for routines
	events uint64             // fired so far
	id     uint64             // ordinal among the kinds of the Sim
	phase  uint64             // at its place in a key
	free   uint32             // first free slot, 0 for none
	slots  uint32             // how many there are
	name   string
	drop   func(index uint32) // forgets a payload
	extend func(slots uint32) // makes room for payloads
}

// bind enters a kind into the books of s.
func (s *Sim) bind(k *kind, name string, p Phase) {
	if p > Observe {
		panic("engine: " + name + " is bound to " + p.String() + ", which does not exist")
	}
	k.sim, k.name = s, name
	k.phase = uint64(p) << sequenceHigh
	k.id = uint64(len(s.kinds))
	s.kinds = append(s.kinds, k)
}

// payloads holds the payloads of one kind by the indices of their slots.
type payloads[T any] struct {
	kind
	values []T
}

func (p *payloads[T]) bind(fn func(T)) {
	p.call = func(index uint32) {
		at := &p.values[index]
		value := *at
		*at = *new(T)
		fn(value)
	}
	p.drop = func(index uint32) { p.values[index] = *new(T) }
	p.extend = func(slots uint32) { p.values = extended(p.values, slots) }
}

func extended[T any](old []T, size uint32) []T {
	longer := make([]T, size)
	copy(longer, old)
	return longer
}
