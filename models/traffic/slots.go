package traffic

// Slots keep the records of what is in progress, each under a number that does
// for the tag of a call or the slot of a receiver. Numbers that are free are used
// again, the one freed last first. The zero value is empty and ready.
type Slots[T any] struct {
	records []T // those that are free are zero
	free    []int32
}

// Take makes a record, and returns its number.
func (s *Slots[T]) Take(record T) int32 {
	last := len(s.free) - 1
	if last < 0 {
		s.records = append(s.records, record)
		return int32(len(s.records) - 1)
	}
	slot := s.free[last]
	s.free = s.free[:last]
	s.records[slot] = record
	return slot
}

// At is the record of that number, for as long as none is taken.
func (s *Slots[T]) At(slot int32) *T { return &s.records[slot] }

// Free forgets a record, and returns what it was.
func (s *Slots[T]) Free(slot int32) T {
	var zero T
	record := s.records[slot]
	s.records[slot] = zero
	s.free = append(s.free, slot)
	return record
}

// Held is how many records are taken.
func (s *Slots[T]) Held() int { return len(s.records) - len(s.free) }

// All are all records by their numbers, those that are free among them: zero.
func (s *Slots[T]) All() []T { return s.records }
