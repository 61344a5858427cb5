package engine

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A list that gives events in the wrong order ends the run: here the clock is put
// forward behind its back.
func TestTheClockDoesNotGoBack(t *testing.T) {
	s := New(Limits{})
	jump := NewRoutine(s, "jump", Seize, func(int) { s.now = 20 })
	late := NewRoutine(s, "late", Seize, func(int) { t.Error("fires in the past") })
	jump.At(5, 0)
	late.At(10, 0)
	err := s.Run(100)
	require.Equal(t, &ClockError{Now: 20, Due: 10, Routine: "late"}, err)
	require.EqualError(t, err, "the clock would go back from 0.00000002s to 0.00000001s, for an event of late")
}
