package traffic

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
)

func TestImpairment(t *testing.T) {
	const odd = engine.Time(1)<<53 + 1 // no float64 has it
	for _, c := range []struct {
		Impairment
		down   bool
		factor float64
		takes  engine.Time
	}{
		{Impairment{}, false, 1, odd},
		{Impairment{Slowdown: 1, Hung: true}, false, 1, odd},
		{Impairment{Crashed: true}, true, 1, odd},
		{Impairment{Refusing: true, Slowdown: 2}, true, 2, 1 << 54},
		{Impairment{Slowdown: 1e9}, false, 1e9, engine.Forever/2 + 1}, // which is a float64
	} {
		require.Equal(t, c.down, c.Down())
		require.Equal(t, c.factor, c.Factor())
		require.Equal(t, c.takes, c.Stretch(odd))
	}
}
