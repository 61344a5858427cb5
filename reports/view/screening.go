package view

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/experiments/output"
)

// ScreeningAcross names the axis of the sizes.
const ScreeningAcross = "size of the effect (mu*)"

// A Screening shows of each key of a Morris design how much it does, and how evenly.
type Screening struct {
	Sizes, Spreads []float64 // mu* and sigma, by key
	Order          []int     // of the keys, which does most first
	X, Y           Axis      // of the sizes and of the spreads
	Text           string    // what is to be seen
}

// NewScreening is that of a response which the keys move.
func NewScreening(keys []design.Factor, e experiments.Effects) *Screening {
	s := new(Screening)
	for i, one := range e.Screenings {
		s.Sizes, s.Spreads = append(s.Sizes, one.MuStar.Mean), append(s.Spreads, one.Sigma)
		s.Order = append(s.Order, i)
	}
	slices.SortStableFunc(s.Order, func(a, b int) int { return cmp.Compare(s.Sizes[b], s.Sizes[a]) })
	unit := e.Response.Unit
	s.X, s.Y = SizesFromZero(slices.Max(s.Sizes), unit), SizesFromZero(slices.Max(s.Spreads), unit)
	most, least := s.Order[0], s.Order[len(s.Order)-1]
	s.Text = fmt.Sprintf("%s does most to %s (mu* %s), %s least (%s).", keys[most].Key, e.Response.Name,
		Size(Only(s.Sizes[most]), unit), keys[least].Key, Size(Only(s.Sizes[least]), unit))
	return s
}

// Only is an estimate without an interval.
func Only(v float64) output.Estimate {
	return output.Estimate{Mean: v, Lo: math.NaN(), Hi: math.NaN()}
}
