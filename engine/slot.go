package engine

// A slot is where a pending event is kept: keys and notices name it by its
// number in Sim.slots. Slot 0 is nobody's, so that 0 can mean none.
type slot struct {
	// The sequence of the event. 0 if it has been cancelled but its key is
	// still in the event list. If the slot is free, freeMark and the number of
	// the next free slot of its owner.
	word  uint64
	owner *kind
	index uint32 // of the payload with the owner
}

// freeMark is the sign: what is positive is a sequence.
const freeMark = 1 << 63

// A Notice stands for one scheduled event, to cancel it or to ask about it. It
// outlives its event harmlessly. The zero Notice stands for no event.
type Notice struct {
	sequence uint64 // unique in a Sim, from 1
	slot     uint32
}

// reserve gives the next event a sequence and a slot of k's. It must be ready.
func (k *kind) reserve() (n Notice, index uint32) {
	s, number := k.sim, k.free
	sequence := s.sequence + 1
	s.sequence = sequence
	st := &s.slots[number]
	k.free = uint32(st.word)
	st.word = sequence
	return Notice{sequence, number}, st.index
}

// release frees a slot of k's.
func (k *kind) release(number uint32) {
	k.sim.slots[number].word = freeMark | uint64(k.free)
	k.free = number
}

// ready reports whether k can reserve a slot, as it nearly always can.
func (k *kind) ready() bool { return k.free != 0 && k.sim.sequence != maxSequence }

// prepare makes k ready.
func (k *kind) prepare() {
	if k.sim.sequence == maxSequence {
		panic("engine: more than 2^42 events scheduled")
	}
	k.grow()
}

// grow doubles the slots of k.
func (k *kind) grow() {
	s := k.sim
	more := max(k.slots, 1)
	number := uint32(len(s.slots))
	if number+more > maxSlot+1 {
		panic("engine: more than 2^27 events pending")
	}
	k.free = number
	for range more {
		number++
		s.slots = append(s.slots, slot{freeMark | uint64(number), k, k.slots})
		k.slots++
	}
	s.slots[number-1].word = freeMark
	k.extend(k.slots)
}
