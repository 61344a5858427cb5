package traffic

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Slots do what a map does, with the numbers that have been free for the shortest
// time.
func TestSlotsAgainstAMap(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var s Slots[int]
		held, freed := map[int32]int{}, []int32{}
		for record := 1; record < 100; record++ {
			if len(held) > 0 && rapid.Bool().Draw(rt, "free") {
				slot := rapid.SampledFrom(numbers(&s)).Draw(rt, "slot")
				require.Equal(rt, held[slot], s.Free(slot))
				delete(held, slot)
				freed = append(freed, slot)
				continue
			}
			slot := s.Take(record)
			if last := len(freed) - 1; last >= 0 {
				require.Equal(rt, freed[last], slot)
				freed = freed[:last]
			}
			require.NotContains(rt, held, slot)
			held[slot] = record
		}
		require.Equal(rt, len(held), s.Held())
		for slot, record := range s.All() {
			require.Equal(rt, held[int32(slot)], record)
			require.Equal(rt, record, *s.At(int32(slot)))
		}
	})
}

// numbers are those of the records that are taken.
func numbers(s *Slots[int]) (list []int32) {
	for slot, record := range s.All() {
		if record != 0 {
			list = append(list, int32(slot))
		}
	}
	return list
}

func TestSlotsAllocateNothingInSteadyState(t *testing.T) {
	var s Slots[*Attempt]
	a := &Attempt{}
	s.Free(s.Take(a))
	require.Zero(t, testing.AllocsPerRun(100, func() { s.Free(s.Take(a)) }))
}
