package cloudwatch

import (
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/stretchr/testify/require"
)

// TestBetween: of what is published, by the start of the periods; kept for as
// long as asked.
func TestBetween(t *testing.T) {
	m := NewMetric("X", engine.Minute, engine.Minute)
	m.Keep(engine.Hour)
	for minute := engine.Time(1); minute <= 300; minute++ {
		var s StatisticSet
		s.Add(NewValue(float64(minute)))
		m.Put(minute*engine.Minute, s)
	}
	between := func(from, to, now engine.Time) float64 {
		s := m.Between(from*engine.Minute, to*engine.Minute, now*engine.Minute)
		return s.Read(Sum).Float64()
	}
	require.Equal(t, 241.0+242, between(240, 242, 300))
	require.Equal(t, 299.0, between(298, 300, 300), "the last is not published yet")
	require.Equal(t, 60*(241.0+300)/2, between(240, 300, 301), "a whole hour is there")
	require.LessOrEqual(t, cap(m.points), 256, "and not much more")
}
