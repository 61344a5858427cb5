package engine

// binding is what the routines and lanes of a Sim have in common.
type binding struct {
	sim    *Sim
	holder holder
	name   string
	id     uint64 // ordinal among the bindings of the Sim
	events uint64 // fired so far
	phase  Phase
}

// A holder keeps pending events: a Routine or a Lane.
type holder interface {
	fire(k key)
	cancel(n Notice) bool
	pending(n Notice) bool
}

func (s *Sim) bind(h holder, name string, p Phase) binding {
	if p >= 1<<phaseBits {
		panic("engine: routine " + name + " is bound to " + p.String() + ", which does not exist")
	}
	return binding{sim: s, holder: h, name: name, id: uint64(len(s.bindings)), phase: p}
}

// A Notice stands for one scheduled event, to cancel it or to ask about it. It
// outlives its event harmlessly. The zero Notice stands for no event.
type Notice struct {
	sequence uint64 // unique in a Sim, from 1
	slot     uint32
}
