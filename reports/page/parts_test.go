package page

import (
	"bytes"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/reports/internal/sample"
	"github.com/headroom-sim/headroom/reports/view"
)

var update = flag.Bool("update", false, "write the golden files anew")

const hostile = "<script>alert('x')</script> \"한국어\" 🚀"

func about(mean, half float64) output.Estimate {
	return output.Estimate{Mean: mean, Lo: mean - half, Hi: mean + half, N: 10}
}

// charts is one of each type that is not over the time of a single run.
func charts() map[string]Part {
	alone := output.Estimate{Mean: 3, Lo: math.NaN(), Hi: math.NaN()}
	return map[string]Part{
		"intervals": Intervals{ID: "i", Title: hostile, Text: "a is less.", Unit: "%", Rows: []Interval{
			{Name: hostile, Value: "-20 ± 5 % better", Estimate: about(-20, 5), Tone: "good", Limits: []float64{10}},
			{Name: "b", Value: "~ +1 ± 5 %", Estimate: about(1, 5), Tone: "dim"}, {Name: "c", Value: "3 %", Estimate: alone},
			{Name: "d", Value: "-", Estimate: output.Estimate{Mean: math.NaN(), Lo: math.NaN(), Hi: math.NaN()}},
		}},
		"plane": Plane{ID: "p", Title: "y against x", Text: "b costs less.", Across: "x", X: view.FromZero(10, ""), Y: view.FromZero(5, "s"), Joined: true,
			Levels: []Level{{At: 2, Name: hostile}}, Key: []Key{{Square, "fails"}}, Points: []Point{
				{Name: "a", X: about(2, 1), Y: about(1, 0.5), Look: Filled}, {Name: "b", X: about(2, 0), Y: about(1.02, 0.5), Look: Empty},
				{Name: hostile, X: alone, Y: about(4, 1), Look: Square}, {X: about(9, 1), Y: alone, Look: Faint},
			}},
		"tiles": Tiles{ID: "t", Title: "response", Text: "Least at a.", Across: hostile, Up: "rows", Columns: []string{"1", "2", "3"}, Rows: []string{"b", hostile},
			Values: [][]float64{{1, 2, 3}, {4, 5, math.NaN()}}, Words: [][]string{{"1", "2", "3"}, {"4", hostile, ""}}},
		"multiples": Multiples([]Member{{"base", sample.Burst()}, {hostile, sample.Burst()}})[1],
		"means":     means(),
	}
}

// means are charts over time with the intervals of a stairway, a stack and curves.
func means() Part {
	r := sample.Burst()
	r.Title = hostile
	d := &data{view.New(r)}
	o := &overTime{Charts: []*chart{d.load(), d.failures(), d.latency()}, Ticks: d.ticks(), Clock: hostile}
	o.Island = d.island(o.Charts, nil)
	return o
}

func rendered(t *testing.T, part Part) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, parsed().ExecuteTemplate(&out, "part", part))
	return out.String()
}

// A table called as its section is has its title once, and its caption.
func TestTitleIsSaidOnce(t *testing.T) {
	table := Table{Title: "Points", Rows: [][]string{{"a", "b"}}}
	s := Section{ID: "points", Title: "Points", Parts: []Part{table, Table{Title: "Others", Rows: table.Rows}}}
	var page strings.Builder
	require.NoError(t, Write(&page, &Report{Title: "a", Sections: []Section{s}}))
	require.Equal(t, 1, strings.Count(page.String(), ">Points</h"))
	require.Contains(t, page.String(), ">Points</caption>")
	require.Contains(t, page.String(), "<h3>Others</h3>")
}

// Each chart is drawn as it was.
func TestChartsGolden(t *testing.T) {
	for name, part := range charts() {
		got, path := rendered(t, part), filepath.Join("testdata", name+".html")
		if *update {
			require.NoError(t, os.MkdirAll("testdata", 0o755))
			require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(want), got, "%s is not as it was; look at it and run the test with -update", name)
	}
}

// What anybody called things is text in every chart, and the picture has a title and
// says what there is to see.
func TestChartsAreNamed(t *testing.T) {
	for name, part := range charts() {
		got := rendered(t, part)
		require.NotContains(t, got, "<script>", name)
		require.Contains(t, got, "한국어", name)
		require.Equal(t, strings.Count(got, `role="img"`), strings.Count(got, "<desc "), name)
		require.Equal(t, strings.Count(got, `role="img"`), strings.Count(got, "<title "), name)
		require.NotContains(t, got, "NaN", name)
	}
}

// Names at the right keep apart from each other, in the order of their points.
func TestNamesKeepApart(t *testing.T) {
	c := charts()["plane"].(Plane)
	names := c.Names()
	require.Len(t, names, 3)
	require.Equal(t, []string{hostile, "b", "a"}, []string{names[0].Text, names[1].Text, names[2].Text})
	for i := 1; i < len(names); i++ {
		require.GreaterOrEqual(t, names[i].Top-names[i-1].Top, float64(nameHeight)-1)
	}
	require.LessOrEqual(t, names[2].Top, float64(c.Height()))
}

// Where many points have names the plane is as high as they need.
func TestPlaneHasRoomForNames(t *testing.T) {
	c := charts()["plane"].(Plane)
	for range 30 {
		c.Points = append(c.Points, Point{Name: "more", X: about(1, 0), Y: about(1, 0), Look: Faint})
	}
	names := c.Names()
	require.LessOrEqual(t, names[len(names)-1].Top, float64(c.Height()))
	require.GreaterOrEqual(t, names[0].Top, 0.0)
}

// All charts of a figure have the same axis.
func TestMultiplesShareAxes(t *testing.T) {
	low, high := sample.Single(), sample.Single()
	for _, row := range high.Detail.Series.Rows {
		for i, c := range high.Detail.Series.Columns {
			if c.Name == "offered" {
				row[i] *= 10
			}
		}
	}
	m := Multiples([]Member{{"low", low}, {"high", high}})[0].(*multiples)
	require.Equal(t, m.Charts[0].y, m.Charts[1].y)
	require.Contains(t, m.Text, "high comes to")
	low.Detail.Series = nil
	require.Empty(t, Multiples([]Member{{"low", low}, {"high", high}}), "without the minutes there is nothing to draw")
}
