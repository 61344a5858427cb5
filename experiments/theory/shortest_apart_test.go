package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// What lies beyond the states that are looked at matters by less than it says, up to the
// heaviest load. The last length adds less to the mean than the one before, and those that
// are left out, which go on so, less still.
func TestShortestLooksFarEnough(t *testing.T) {
	before := apart
	t.Cleanup(func() { apart = before })
	for servers := 2; servers <= MostShortest; servers++ {
		for choices := 2; choices <= servers; choices++ {
			var means [3]float64
			for i := range means {
				apart[servers] = before[servers] - 2 + i
				means[i] = Shortest{HeaviestShortest * float64(servers), 1, servers, choices}.MeanNumber()
			}
			const rounding = 1e-12
			last := math.Abs(means[2]-means[1]) + rounding
			ratio := last / (math.Abs(means[1]-means[0]) + 4*rounding)
			require.Less(t, ratio, 0.5)
			require.Less(t, last*ratio/(1-ratio), 1e-4*means[2], "%d servers, %d choices", servers, choices)
		}
	}
}
