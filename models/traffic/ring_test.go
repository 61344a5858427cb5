package traffic

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A ring does what a slice does that is changed at both ends.
func TestRingAgainstASlice(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var r Ring[int]
		var model []int
		for item := range 60 {
			switch what := rapid.SampledFrom([]string{"push back", "push back", "push front", "pop back", "pop front"}).Draw(rt, "what"); {
			case what == "push back":
				r.PushBack(item)
				model = append(model, item)
			case what == "push front":
				r.PushFront(item)
				model = slices.Insert(model, 0, item)
			case len(model) == 0:
			case what == "pop back":
				require.Equal(rt, model[len(model)-1], r.PopBack())
				model = model[:len(model)-1]
			default:
				require.Equal(rt, model[0], r.PopFront())
				model = model[1:]
			}
			require.Equal(rt, len(model), r.Len())
			for i := range model {
				require.Equal(rt, model[i], *r.At(i))
			}
		}
	})
}
