package page

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/site"
	"github.com/headroom-sim/headroom/reports/internal/sample"
	"github.com/headroom-sim/headroom/reports/view"
)

// decode reads numbers as the script of the page does.
func decode(t require.TestingT, n numbers) []float64 {
	packed, err := base64.StdEncoding.DecodeString(n.Data)
	require.NoError(t, err)
	var values []float64
	last := int64(0)
	for len(packed) > 0 {
		code, size := binary.Uvarint(packed)
		require.Positive(t, size)
		packed = packed[size:]
		if code == 0 {
			values = append(values, math.NaN())
			continue
		}
		code--
		last += int64(code>>1) ^ -int64(code&1)
		values = append(values, float64(last)*n.Step)
	}
	return values
}

// Values are read back to at least three digits, whatever their sizes, and what is
// no number as none.
func TestEncode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		exponent := rapid.IntRange(-6, 9).Draw(t, "exponent")
		values := rapid.SliceOf(rapid.Float64Range(-1, 1)).Draw(t, "values")
		for i := range values {
			values[i] = shift(values[i], exponent)
			if rapid.Bool().Draw(t, "gap") {
				values[i] = math.NaN()
			}
		}
		got := decode(t, encode(values))
		require.Len(t, got, len(values))
		_, most := view.Extent(absolute(values))
		for i, v := range values {
			if math.IsNaN(v) {
				require.True(t, math.IsNaN(got[i]))
				continue
			}
			require.InDelta(t, v, got[i], max(5e-4*math.Abs(v), 1e-11*most, 1e-15))
		}
	})
	require.Equal(t, numbers{1, "AQMAAg=="}, encode([]float64{0, 1, math.Inf(1), 0}))
}

func absolute(values []float64) []float64 {
	list := make([]float64, len(values))
	for i, v := range values {
		list[i] = math.Abs(v)
	}
	return list
}

func TestPaths(t *testing.T) {
	s := scale{view.Axis{Max: 10}, 100}
	nan := math.NaN()
	edges := []float64{0, 60, 120, 180, 240}
	require.Equal(t, "M0 100H60V50H180V0H240", s.stairs(edges, []float64{0, 5, 5, 10}))
	require.Equal(t, "M0 50H60M120 50H180", s.stairs(edges, []float64{5, nan, 5, nan}))
	require.Equal(t, "M60 100V50H180V100Z", s.area(edges, []float64{0, 5, 5, nan}))
	require.Equal(t, "M30 50L90 0M210 90H210", s.curve(middles(edges), []float64{5, 10, nan, 1}), "what is alone is a dot")
}

// Long curves are thinned to columns that keep the extreme that matters.
func TestCoarse(t *testing.T) {
	n := 3*exact + 1
	edges, values := make([]float64, n+1), make([]float64, n)
	for i := range edges {
		edges[i] = float64(60 * i)
	}
	values[4000], values[10] = 7, math.NaN()
	wide, greatest := coarse(edges, values, false)
	require.LessOrEqual(t, len(greatest), exact)
	require.Len(t, wide, len(greatest)+1)
	require.Equal(t, edges[n], wide[len(wide)-1])
	_, most := view.Extent(greatest)
	require.Equal(t, 7.0, most)
	values[4000] = -7
	_, fewest := coarse(edges, values, true)
	require.Equal(t, -7.0, least(fewest))
}

// The axis of CPU credits holds their intervals, also those that reach below zero.
func TestAxisOfCredits(t *testing.T) {
	d := &data{view.New(sample.Burst())}
	low, high := d.Course("fleets.%s.credits.min", "web").Span()
	require.Negative(t, low)
	axis := d.credits(0, "web").y.Axis
	require.True(t, axis.Min <= low && axis.Max >= high, "%g to %g of %g to %g", axis.Min, axis.Max, low, high)
}

// The table of a chart has the greatest value of each stretch, of credits the
// least, and of the layers of a stack each one's own.
func TestTables(t *testing.T) {
	d := &data{view.New(sample.Single())}
	byID := map[string]*chart{}
	for _, c := range d.charts() {
		byID[c.ID] = c
		require.NotEmpty(t, c.Text, c.ID)
		table := c.Table()
		require.LessOrEqual(t, len(table.Rows), mostRows+1, c.ID)
		require.Greater(t, len(table.Rows), 5, c.ID)
	}
	credits := byID["credits-1"].Table()
	require.Equal(t, "0 credits", credits.Rows[len(credits.Rows)-1][1])
	require.Contains(t, credits.Note, "least")
	servers := byID["servers-1"].Table()
	require.Equal(t, []string{"from", "pending", "in service, not usable", "usable", "desired"}, servers.Head)
	require.Equal(t, []string{"0:30", "1", "1", "3", "3"}, row(t, servers, "0:30"))
}

func row(t *testing.T, table *Table, from string) []string {
	t.Helper()
	for _, row := range table.Rows {
		if row[0] == from {
			return row
		}
	}
	t.Fatalf("no row %s in %v", from, table.Rows)
	return nil
}

// A chart is there only if the result has something to draw.
func TestChartsOfLittle(t *testing.T) {
	require.Empty(t, (&data{view.New(&experiments.Result{})}).charts())
	r := sample.Single()
	r.DurationS = 30
	r.Detail.Series = &site.Series{Columns: r.Detail.Series.Columns, Rows: r.Detail.Series.Rows[:1]}
	require.NoError(t, Write(io.Discard, drawn(r)))
}

// Events that are too near to each other share a mark.
func TestMarks(t *testing.T) {
	d := &data{view.New(sample.Single())}
	events := []Event{{At: 0, Mark: "out"}, {At: 60, Mark: "out"}, {At: 90}, {At: 120, Mark: "in"}, {At: 3600, Mark: "alarm"}}
	got := d.marks(events)
	require.Len(t, got, 2)
	require.Equal(t, 3, got[0].Count)
	require.Equal(t, "other", got[0].Look)
	require.Equal(t, 1, got[0].Row)
	require.Contains(t, got[0].Label, "and 2 more")
	require.Equal(t, 50.0, got[1].Left)
	require.Equal(t, 5, got[1].Row)

	got = d.marks([]Event{{At: 0, Mark: "alarm"}, {At: 0, Mark: "in"}, {At: 60, Mark: "alarm"}})
	require.Equal(t, "▼", got[0].Sign, "an alarm gives way to what it led to")
	require.Equal(t, 2, got[0].Row)
}

// colours are those of the style by their names: on light and on dark paper.
func colours(t *testing.T) map[string][2]string {
	all := map[string][2]string{}
	for _, m := range regexp.MustCompile(`--([a-z0-9]+): (?:light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)|(#[0-9a-f]{6}));`).FindAllStringSubmatch(embedded("page.css"), -1) {
		if m[4] != "" {
			m[2], m[3] = m[4], m[4]
		}
		all[m[1]] = [2]string{m[2], m[3]}
	}
	require.Greater(t, len(all), 15)
	return all
}

// luminance is the relative luminance of a colour (WCAG 2.2, section 3).
func luminance(t *testing.T, colour string) float64 {
	code, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	require.NoError(t, err)
	linear := func(v uint64) float64 {
		c := float64(v&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return random.Exp(2.4 * random.Log((c+0.055)/1.055))
	}
	return 0.2126*linear(code>>16) + 0.7152*linear(code>>8) + 0.0722*linear(code)
}

func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

// Text has a contrast of 4.5:1 to what it stands on, marks and what can be pressed
// of 3:1 (WCAG 2.2 AA, 1.4.3 and 1.4.11), in both themes.
func TestContrast(t *testing.T) {
	all := colours(t)
	for theme, name := range []string{"light", "dark"} {
		of := func(key string) string {
			require.Contains(t, all, key)
			return all[key][theme]
		}
		for _, ground := range []string{"paper", "raised"} {
			for _, text := range []string{"ink", "soft", "link", "pass", "fail", "open"} {
				require.GreaterOrEqual(t, contrast(t, of(text), of(ground)), 4.5, "%s on %s, %s", text, ground, name)
			}
			for _, mark := range []string{"edge", "s1", "s2", "s3", "s4"} {
				if ground == "paper" || mark == "edge" {
					require.GreaterOrEqual(t, contrast(t, of(mark), of(ground)), 3.0, "%s on %s, %s", mark, ground, name)
				}
			}
		}
		require.GreaterOrEqual(t, contrast(t, of("ink"), of("missed")), 4.5)
		require.GreaterOrEqual(t, contrast(t, of("soft"), of("behind")), 4.5)
		require.GreaterOrEqual(t, contrast(t, of("fail"), of("missed")), 3.0)
	}
	require.InDelta(t, 21, contrast(t, "#000000", "#ffffff"), 0.01)
}

// drawn is a page with the charts of a run.
func drawn(r *experiments.Result) *Report {
	return &Report{Title: "x", Sections: []Section{{ID: "time", Title: "Over time", Parts: OverTime(r, nil)}, {ID: "latencies", Title: "Latencies", Parts: Distribution(r)}}}
}

// The page is the same bytes every time, and asks for nothing from elsewhere.
func TestSelfContained(t *testing.T) {
	var first, again bytes.Buffer
	require.NoError(t, Write(&first, drawn(sample.Burst())))
	require.NoError(t, Write(&again, drawn(sample.Burst())))
	require.Equal(t, first.String(), again.String())
	require.NotRegexp(t, `(?i)(src|href)="?(https?:|//)|url\(|@import|XMLHttpRequest|fetch\(|localStorage`, first.String())
}

func BenchmarkWrite(b *testing.B) {
	r := sample.Day()
	for b.Loop() {
		if err := Write(io.Discard, drawn(r)); err != nil {
			b.Fatal(err)
		}
	}
}
