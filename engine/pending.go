package engine

// events keeps the payloads of a routine's pending events. Records are reused
// through a free list. Slots, the numbers by which keys and notices name
// records, are shared by all routines of a Sim and handed out in blocks.
type events[T any] struct {
	binding
	fn      func(T)
	records []record[T]
	free    uint32 // index of the first free record, plus 1
}

// A record that is in use holds the sequence of its event. A free one holds
// freeMark, the index of the next free record plus 1, and its own slot.
type record[T any] struct {
	word    uint64
	payload T
}

const (
	blockBits = 3
	blockSize = 1 << blockBits
	freeMark  = 1 << 63
)

// A block of slots names blockSize consecutive records of one holder.
type block struct {
	holder holder
	first  uint32 // index of the first of the records
}

// put stores a payload under a sequence and returns its record's index and slot.
func (e *events[T]) put(sequence uint64, payload T) (index, slot uint32) {
	if e.free == 0 {
		e.grow()
	}
	index = e.free - 1
	r := &e.records[index]
	slot = uint32(r.word & maxSlot)
	e.free = uint32(r.word >> slotBits & (2*maxSlot + 1))
	r.word = sequence
	r.payload = payload
	return index, slot
}

// take frees a record and returns its payload.
func (e *events[T]) take(index, slot uint32) T {
	r := &e.records[index]
	payload := r.payload
	*r = record[T]{word: freeMark | uint64(e.free)<<slotBits | uint64(slot)}
	e.free = index + 1
	return payload
}

// index returns the index of the record that a slot names.
func (e *events[T]) index(slot uint32) uint32 {
	return e.sim.blocks[slot>>blockBits].first + slot%blockSize
}

// pending reports whether the event of n is still to come.
func (e *events[T]) pending(n Notice) bool {
	return e.records[e.index(n.slot)].word == n.sequence
}

// grow doubles the number of records.
func (e *events[T]) grow() {
	old := len(e.records)
	size := max(2*old, blockSize)
	slot := e.sim.newSlots(e.holder, old, size)
	records := make([]record[T], size)
	copy(records, e.records)
	for i := old; i < size; i++ {
		next := uint64(i + 2)
		if i == size-1 {
			next = 0
		}
		records[i].word = freeMark | next<<slotBits | uint64(slot)
		slot++
	}
	e.records, e.free = records, uint32(old+1)
}

// newSlots hands out slots for the records first to end-1 of h, and returns the
// first of them.
func (s *Sim) newSlots(h holder, first, end int) uint32 {
	slot := len(s.blocks) << blockBits
	if slot+end-first > maxSlot+1 {
		panic("engine: more than 2^27 events pending")
	}
	for ; first < end; first += blockSize {
		s.blocks = append(s.blocks, block{h, uint32(first)})
	}
	return uint32(slot)
}
