package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/site"
	"github.com/headroom-sim/headroom/reports/internal/sample"
	"github.com/headroom-sim/headroom/reports/view"
)

var update = flag.Bool("update", false, "write the golden files anew")

// samples are results with the names of the plots that they must give.
var samples = []struct {
	name   string
	result func() *experiments.Result
	plots  []string
}{
	{"burst", sample.Burst, []string{"load", "latency", "servers", "timeline", "targets", "services", "connections", "distribution", "cost"}},
	{"single", sample.Single, []string{"load", "latency", "servers", "timeline", "targets", "services", "connections", "distribution", "cost"}},
	{"day", sample.Day, []string{"load", "latency", "servers", "targets", "connections", "distribution", "cost"}},
	{"hostile", sample.Hostile, []string{"load", "servers", "timeline"}},
}

// builtin draws with the built-in font only, so that goldens are the same on
// every machine.
func builtin(r *experiments.Result) []Plot { return plots(r, newFonts(nil)) }

// pictured are those that show something new of samples that are large or like
// others.
var pictured = map[string][]string{"day": {"servers", "targets", "connections"}, "single": {"load", "latency", "cost"}}

func TestGolden(t *testing.T) {
	for _, s := range samples {
		var names []string
		for _, p := range builtin(s.result()) {
			names = append(names, p.Name)
			var got bytes.Buffer
			require.NoError(t, p.Write(&got, "svg"))
			if names, some := pictured[s.name]; !some || slices.Contains(names, p.Name) {
				golden(t, s.name+"-"+p.Name+".svg", got.Bytes())
			}
		}
		require.Equal(t, s.plots, names)
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, bytes.Equal(want, got), "%s is not as it was; look at the picture and run the test with -update", name)
}

// An SVG is well-formed XML without scripts, whatever the author called things,
// and says in words what there is to see.
func TestSVGIsSafeAndAccessible(t *testing.T) {
	for _, s := range samples {
		for _, p := range builtin(s.result()) {
			isSafe(t, s.name, p)
		}
	}
}

func isSafe(t *testing.T, name string, p Plot) {
	t.Helper()
	var got bytes.Buffer
	require.NoError(t, p.Write(&got, "svg"))
	require.Contains(t, got.String(), `role="img"`)
	decoder := xml.NewDecoder(&got)
	decoder.Strict = true
	var description string
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err, name+" "+p.Name)
		start, is := token.(xml.StartElement)
		if !is {
			continue
		}
		require.Contains(t, []string{"svg", "title", "desc", "g", "path", "text"}, start.Name.Local)
		if start.Name.Local == "desc" {
			require.NoError(t, decoder.DecodeElement(&description, &start))
		}
	}
	require.Equal(t, clean(p.Alt), description)
	require.NotEmpty(t, description)
}

func TestPNG(t *testing.T) {
	for _, s := range samples {
		first, again := builtin(s.result()), builtin(s.result())
		for i, p := range first {
			var a, b bytes.Buffer
			require.NoError(t, p.Write(&a, "png"))
			require.NoError(t, again[i].Write(&b, "png"))
			require.True(t, bytes.Equal(a.Bytes(), b.Bytes()), "%s %s: not the same bytes twice", s.name, p.Name)
			picture, err := png.Decode(&a)
			require.NoError(t, err)
			width, _ := p.figure.size()
			require.Equal(t, 2*int(width.Points()), picture.Bounds().Dx(), "twice the points")
		}
	}
}

func TestWriteRefusesOtherFormats(t *testing.T) {
	err := builtin(sample.Burst())[0].Write(io.Discard, "gif")
	require.EqualError(t, err, `chart: no format "gif" (have png, svg, pdf)`)
}

// A result without a series, or of a run that ended in its first minute, is
// drawn as far as there is something.
func TestLittleData(t *testing.T) {
	require.Empty(t, builtin(&experiments.Result{}))
	r := sample.Single()
	r.DurationS = 30
	r.Detail.Series = &site.Series{Columns: r.Detail.Series.Columns, Rows: r.Detail.Series.Rows[:1]}
	for _, p := range builtin(r) {
		require.NoError(t, p.Write(io.Discard, "png"))
		require.NoError(t, p.Write(io.Discard, "svg"))
	}
}

func TestAlt(t *testing.T) {
	alt := map[string]string{}
	for _, p := range builtin(sample.Single()) {
		alt[p.Name] = p.Alt
	}
	require.Equal(t, "The load offered is greatest at 0:43, 329/s. Requests failed from 0:22 to 0:35.", alt["load"])
	require.Equal(t, "p99 above 500 ms from 0:22 to 0:41. Failed requests have no latency here; they are up to 26.2 % of a minute's.", alt["latency"])
	require.Contains(t, alt["servers"], "web has 1 to 3 servers in service")
	require.Contains(t, alt["servers"], "alarm cpu-high in ALARM from 0:27 to 0:41")
	require.Contains(t, alt["connections"], "the limit is 1,022")
	require.Regexp(t, `^\S+ is busy to [\d.]+ % at most, at 0:\d\d(; .*)?\.$`, alt["services"])
}

// Of several replications pictures show means, say so, and say in words where their
// intervals are widest; a picture of single events is one replication's, and says so.
func TestMeansAndTheirIntervals(t *testing.T) {
	for _, p := range builtin(sample.Burst()) {
		switch p.Name {
		case "timeline", "targets":
			require.Contains(t, p.Title, "(first of 10 replications)")
			require.NotContains(t, p.Alt, "interval")
		case "distribution":
			require.Contains(t, p.Title, "(all 10 replications)")
		default:
			require.Contains(t, p.Title, "(mean of 10 replications)")
			require.Contains(t, p.figure.subtitle, "bands: 95 % intervals of the means")
			require.Regexp(t, `The widest interval is at \d:\d\d: .* ± `, p.Alt)
		}
	}
	for _, p := range builtin(sample.Single()) {
		require.NotContains(t, p.Title+p.figure.subtitle+p.Alt, "replication")
		require.NotContains(t, p.figure.subtitle+p.Alt, "interval")
	}
}

// A ribbon is as wide as the interval, on both sides of the mean, and has gaps where
// there is none.
func TestRibbon(t *testing.T) {
	f := &figure{fonts: newFonts(nil), x: axis{max: 240}}
	a := area{draw.Canvas{Rectangle: vg.Rectangle{Max: vg.Point{X: 240, Y: 100}}}, f, axis{max: 100}}
	d := &data{&view.Data{Edges: []float64{0, 60, 120, 180, 240}}}
	c := view.Course{Values: []float64{50, 60, 70, 99}, Halves: []float64{10, math.NaN(), 0, 5}}
	for name, marks := range map[string][]mark{"curve": d.curve("x", "", c, stroke(blue, 1)), "stairs": d.stairs("x", "", c, stroke(blue, 1))} {
		r := marks[0].(ribbon)
		low, high := r.low.pieces(a), r.high.pieces(a)
		require.Len(t, low, 2, name)
		require.Equal(t, vg.Length(40), low[0][0].Y, name)
		require.Equal(t, vg.Length(60), high[0][0].Y, name)
		require.Equal(t, low[1][0], high[1][0], "%s: no width", name)
		require.Equal(t, vg.Length(100), high[1][len(high[1])-1].Y, "%s: not above the axis", name)
	}
	require.Nil(t, d.brim("", view.Course{Values: c.Values}))
	require.Len(t, d.brim("", c)[0].(ribbon).low.pieces(a), 2, "where it has any width")
}

func TestWarningsNameMissingGlyphs(t *testing.T) {
	f := newFonts(nil)
	require.Empty(t, f.warnings([]string{"plain — “words” ≥ µ é Ω"}))
	require.Equal(t, []string{
		`plots: no font on this machine has the Korean letters 하루 of "하루 하루 x": PNG pictures show boxes there. To get one, install fonts-nanum (apt-get install fonts-nanum), google-noto-sans-cjk-fonts on Fedora, noto-fonts-cjk on Arch.`,
	}, f.warnings([]string{"web", "하루 하루 x", "루"}))
	several := f.warnings([]string{"混 하 ☀ ก", "のカ"})
	require.Len(t, several, 4)
	for k, part := range []string{"Korean letters 하 of", "Chinese or Japanese letters 混のカ of", "symbols ☀ of", "has the letters ก of"} {
		require.Contains(t, several[k], part)
	}
	many := f.warnings([]string{"가나다라마바사아자차카타파하" + strings.Repeat("x", 40)})[0]
	require.Contains(t, many, "가나다라마바사아자차카타… of")
	require.Contains(t, many, `x…"`)
}

// A font file that is none, or that is not there, is passed over.
func TestUnreadableFonts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "broken.ttf")
	require.NoError(t, os.WriteFile(path, []byte("no font"), 0o644))
	f := newFonts([]string{path, "/no/such/*.ttf"})
	require.Nil(t, f.find('한', f.plain))
}

// The label under the end of the horizontal axis is inside the picture.
func TestLastTickIsWhole(t *testing.T) {
	for _, s := range samples {
		for _, p := range builtin(s.result()) {
			f := p.figure
			_, right := f.margins()
			half := f.fonts.width(f.x.ticks[len(f.x.ticks)-1].label, tickText) / 2
			require.Less(t, half, right, "%s %s", s.name, p.Name)
		}
	}
	f := figure{fonts: newFonts(nil), x: axis{max: 1, ticks: []tick{{1, "a label without end"}}}}
	_, right := f.margins()
	require.Less(t, f.fonts.width("a label without end", tickText)/2, right)
}

// A quantile's name keeps clear of the objectives' lines.
func TestQuantilesKeepClearOfObjectives(t *testing.T) {
	f := &figure{fonts: newFonts(nil), x: axis{max: 100}}
	a := area{draw.Canvas{Rectangle: vg.Rectangle{Max: vg.Point{X: 100, Y: 100}}}, f, percentAxis()}
	m := points{pins: []mark{pin{at: 50}}}
	require.True(t, m.fits(a, 10, 30))
	require.False(t, m.fits(a, 30, 30), "the line runs through it")
	require.True(t, m.fits(a, 60, 30))
	require.False(t, m.fits(a, 90, 30), "no room at the right")
	require.False(t, m.fits(a, -5, 30), "no room at the left")
}

// A full backlog is drawn below the connections, for a server that hangs has none.
func TestBacklogOfAServerThatHangs(t *testing.T) {
	r := sample.Single()
	s := r.Detail.Series
	s.Columns = append(s.Columns, site.Column{Name: "fleets.web.saturated_seconds.backlog", Unit: "s"})
	for i := range s.Rows {
		s.Rows[i] = append(s.Rows[i], 0)
	}
	require.Len(t, connections(newData(r)).figure.panels, 1)
	s.Rows[6][len(s.Columns)-1] = 45
	p := connections(newData(r))
	require.Len(t, p.figure.panels, 2)
	require.Equal(t, 0.75, p.figure.panels[1].marks[0].(layer).top[6])
	require.Contains(t, p.Alt, "a backlog was full from 0:06 to 0:07")
}
