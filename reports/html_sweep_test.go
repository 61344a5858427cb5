package reports

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/reports/page"
	"github.com/headroom-sim/headroom/reports/view"
)

// A map tells of the tiles that have a value, wherever they lie.
func TestTilesText(t *testing.T) {
	none := math.NaN()
	tiles := page.Tiles{
		Across: "rate", Up: "min", Columns: []string{"10/s", "20/s"}, Rows: []string{"1", "2"},
		Values: [][]float64{{none, 3}, {2, none}}, Words: [][]string{{"-", "3 ms"}, {"✓ 2 ms", "-"}},
	}
	require.Equal(t, "Least (light): 2 ms at rate = 10/s and min = 2; greatest (dark): 3 ms at rate = 20/s and min = 1. ✓: inside all objectives.", tilesText(tiles))
	tiles.Values = [][]float64{{none, none}, {none, none}}
	require.Equal(t, "No tile has a value.", tilesText(tiles))
}

// What a factor does is told by means, not by the single points of a sample.
func TestEndsOfAFactor(t *testing.T) {
	f, err := design.NewFactor("clients.users.rate", "10/s..90/s")
	require.NoError(t, err)
	last := float64(f.Levels() - 1)
	points := []page.Point{
		{X: view.Only(last), Y: view.Only(0.9), Look: page.Faint}, {X: view.Only(0), Y: view.Only(0.1), Look: page.Faint},
		{X: view.Only(0), Y: view.Only(0.2), Look: page.Filled}, {X: view.Only(last), Y: view.Only(0.4), Look: page.Filled},
	}
	require.Equal(t, "200 ms at 10/s and 400 ms at 90/s", endsOf(points, "s", f))
	require.Equal(t, "in no point the mean of several", endsOf(points[:2], "s", f))
}
