package chart

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/site"
)

// priced is a run of three minutes whose fleets cost so much by the hour.
func priced(fleets ...float64) *experiments.Result {
	s := &site.Series{Columns: []site.Column{{Name: "time_s"}, {Name: "cost.per_hour"}, {Name: "cost.transfer.per_hour"}}, Rows: [][]float64{{0, 0, 0}, {60, 0, 0}, {120, 0, 0}}}
	for k, rate := range fleets {
		s.Columns = append(s.Columns, site.Column{Name: fmt.Sprintf("cost.fleets.f%d.per_hour", k)})
		for i := range s.Rows {
			s.Rows[i] = append(s.Rows[i], rate)
			s.Rows[i][1] += rate
		}
	}
	return &experiments.Result{DurationS: 180, Replications: 1, Detail: experiments.Detail{Series: s}}
}

// The parts of the cost are told from the dearest on; what costs nothing is no
// part, one part is the whole, and of many the cheapest are taken together.
func TestPartsOfTheCost(t *testing.T) {
	for _, c := range []struct {
		rates []float64
		names []string
		alt   string
	}{
		{[]float64{0.5}, []string{"f0"}, "An hour costs at most USD 0.50, at 0:00."},
		{[]float64{0.25, 0, 0.75}, []string{"f2", "f0"}, "An hour costs at most USD 1.00, at 0:00. Its parts: f2 75 %, f0 25 %."},
		{
			[]float64{1, 2, 3, 4, 5, 6, 7}, []string{"f6", "f5", "f4", "f3", "f2", "2 others"},
			"An hour costs at most USD 28.00, at 0:00. Its parts: f6 25 %, f5 21 %, f4 18 %, f3 14 %, f2 11 %, 2 others 11 %.",
		},
	} {
		d := newData(priced(c.rates...))
		var names []string
		for _, s := range d.Costs(len(partStyles)) {
			names = append(names, s.Name)
		}
		require.Equal(t, c.names, names)
		require.Equal(t, c.alt, cost(d).Alt)
	}
	require.Nil(t, cost(newData(priced(0))))
}

// Parts that are drawn in one way, hatched or not, differ in grey.
func TestPartsOfTheCostInGrey(t *testing.T) {
	grey := func(c tint) float64 { return (299*float64(c.R) + 587*float64(c.G) + 114*float64(c.B)) / 1000 }
	for i, a := range partStyles {
		for _, b := range partStyles[:i] {
			if a.hatched == b.hatched {
				require.Greater(t, math.Abs(grey(light(a.colour, a.share))-grey(light(b.colour, b.share))), 10.0)
			}
		}
	}
}
