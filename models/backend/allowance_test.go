package backend

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
)

// [L-SCALE]: in any time no more is given than the quota of that time and one
// quota more, and what is asked for too slowly is always given.
func TestAllowance(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		q := quantity.Quota{Count: rapid.Int64Range(1, 50).Draw(rt, "count"), Per: quantity.Duration(rapid.Int64Range(1, 1e4).Draw(rt, "per"))}
		a := newAllowance(q)
		var now engine.Time
		var given int64
		for range 300 {
			now += engine.Time(rapid.Int64Range(0, 400).Draw(rt, "gap"))
			left := a.left
			if a.take(now) {
				given++
			} else {
				require.Less(t, left, int64(q.Per))
			}
			require.LessOrEqual(t, given, q.Count+int64(now)*q.Count/int64(q.Per))
		}
		for range 100 {
			now += engine.Time((int64(q.Per) + q.Count - 1) / q.Count)
			require.True(t, a.take(now))
		}
	})
}
