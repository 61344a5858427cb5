package page

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/reports/view"
)

// chart is one diagram over the time of the run.
type chart struct {
	ID, Title string
	Text      string // what there is to see
	Note      string // beside the title: the scale, where it is not linear
	Height    int    // pixels
	Series    []*series
	Levels    []level           // lines that something is held against
	Missed    template.HTMLAttr // path over the minutes in which an objective was missed, or ""
	Strips    []strip
	Heat      *heat // instead of curves

	to   float64 // end of the run, seconds
	y    scale
	data *data
}

// series are values over time.
type series struct {
	Name  string
	Unit  string
	Kind  string // "area", "stairs", "line", "state", or "told" where it is not drawn
	Look  string // class of the page's style
	Path  template.HTMLAttr
	Edge  template.HTMLAttr // of an area: the line above it
	Clock string            // name of its edges in the island
	edges []float64
	view.Course
	Ribbon template.HTMLAttr // path over the intervals, or ""
	// stacked series are drawn one behind the other, the sum of all first: the
	// part of each is its value without the next one's.
	stacked bool
	least   bool // where there is room for one value only, it is the least
}

// level is a value that others are held against, over a stretch of time.
type level struct {
	Name, Look string
	Path       template.HTMLAttr
	at         float64
	view.Span
}

// strip shows a state over time.
type strip struct {
	Name   string
	Nested bool // belongs to the strip above
	Pieces []piece
	series *series
}

// heat is a map: a row for each server, shaded by its load.
type heat struct {
	Thick  int     // of a row, pixels
	Pieces []piece // by level
	Scale  string  // what the shades stand for
	Waited bool    // some server had no request
	side   []label
	rows   [][]float64
	top    float64 // from which the shade is the darkest
}

// middle is the middle of a row, from the top.
func (h *heat) middle(row int) float64 { return (float64(row) + 0.5) * float64(h.Thick) }

// Gap is how much of a row's height is left free.
func (h *heat) Gap() int {
	if h.Thick > 8 {
		return 2
	}
	return 0
}

// Stroke is how much is painted.
func (h *heat) Stroke() int { return h.Thick - h.Gap() }

// piece is one state of a strip.
type piece struct {
	Look string
	Path template.HTMLAttr
}

// headroom is what is drawn above the greatest value of the axis, lest a line
// there be cut in half.
const headroom = 2

// Drawn is the height of the drawing.
func (c *chart) Drawn() int { return c.Height + headroom }

// ViewBox is what of the drawing is shown: all of it.
func (c *chart) ViewBox() string {
	return fmt.Sprintf("0 %d %s %d", -headroom, decimals(c.to), c.Drawn())
}

// Strip is the same of a strip.
func (c *chart) Strip() string { return fmt.Sprintf("0 0 %s %d", decimals(c.to), 2*stripMiddle) }

// attribute is a path as an attribute of an SVG element: digits and letters only.
func attribute(path string) template.HTMLAttr { return template.HTMLAttr(`d="` + path + `"`) }

// label is a mark's label at a distance from the top or left, in percent.
type label struct {
	At    float64
	Text  string
	Minor bool // left out where there is little room
}

// Side are the labels of the vertical axis.
func (c *chart) Side() []label {
	if c.Heat != nil {
		return c.Heat.side
	}
	var list []label
	for _, t := range c.y.Ticks {
		if t.Label != "" {
			list = append(list, label{At: percent(c.y.y(t.At) / c.y.height), Text: t.Label})
		}
	}
	return list
}

// Grid is a path of lines at the marks of the vertical axis.
func (c *chart) Grid() template.HTMLAttr {
	var p path
	for _, t := range c.y.Ticks {
		p.move(0, c.y.y(t.At))
		p.across(c.to)
	}
	return attribute(string(p.text))
}

// percent rounds to hundredths of a percent.
func percent(share float64) float64 { return math.Round(float64(share*10000)) / 100 }

// fit draws everything, now that the axis is known.
func (c *chart) fit(axis view.Axis) *chart {
	c.y = scale{axis, float64(c.Height)}
	for _, s := range c.Series {
		edges, values := coarse(s.edges, s.Values, s.least)
		s.Ribbon = c.ribbon(s)
		switch s.Kind {
		case "area":
			s.Path, s.Edge = attribute(c.y.area(edges, values)), attribute(c.y.stairs(edges, c.y.above(values)))
		case "stairs":
			s.Path = attribute(c.y.stairs(edges, values))
		case "line":
			s.Path = attribute(c.y.curve(middles(edges), values))
		}
	}
	for i := range c.Levels {
		l := &c.Levels[i]
		var p path
		p.move(l.From, c.y.y(l.at))
		p.across(l.To)
		l.Path = attribute(string(p.text))
	}
	return c
}

func middles(edges []float64) []float64 {
	at := make([]float64, len(edges)-1)
	for i := range at {
		at[i] = (edges[i] + edges[i+1]) / 2
	}
	return at
}

// ribbon is a path over the intervals of a series; "" where it has none.
func (c *chart) ribbon(s *series) template.HTMLAttr {
	if s.Halves == nil {
		return ""
	}
	edges, lows := coarse(s.edges, s.Lows(), true)
	_, highs := coarse(s.edges, s.Highs(), false)
	text := c.y.steps(edges, lows, highs)
	if s.Kind == "line" {
		text = c.y.belt(middles(edges), lows, highs)
	}
	if text == "" {
		return ""
	}
	return attribute(text)
}

// Sure reports whether the chart shows intervals.
func (c *chart) Sure() bool {
	return slices.ContainsFunc(c.Series, func(s *series) bool { return s.Ribbon != "" })
}

// boxes is a path over stretches of time, from the top to the foot.
func (c *chart) boxes(spans []view.Span) string {
	var p path
	for _, s := range spans {
		p.move(s.From, 0)
		p.across(s.To)
		p.up(float64(c.Height))
		p.across(s.From)
		p.text = append(p.text, 'Z')
	}
	return string(p.text)
}

// mostRows is how many rows the table of a chart has.
const mostRows = 24

// rows are the edges of those of a table: whole minutes, hours or days.
func (c *chart) rows() []float64 {
	var edges []float64
	for _, t := range c.data.Clock.Ticks(mostRows + 1) {
		edges = append(edges, t.Seconds)
	}
	if len(edges) == 0 || edges[0] > 0 {
		edges = append([]float64{0}, edges...)
	}
	if edges[len(edges)-1] < c.to {
		edges = append(edges, c.to)
	}
	return edges
}

// Table are the values of the chart, of each stretch of time the greatest.
func (c *chart) Table() *Table {
	t := &Table{Title: c.Title, Head: []string{"from"}, Left: 1}
	all := c.parts()
	if len(all) == 0 {
		return nil
	}
	note := "Each row shows the greatest value until the next one"
	for _, s := range all {
		t.Head = append(t.Head, s.Name)
		if s.least {
			note = "Each row shows the least value until the next one"
		}
	}
	t.Note = note + "."
	edges := c.rows()
	for i := 0; i+1 < len(edges); i++ {
		row := []string{c.data.Clock.Minute(edges[i])}
		for _, s := range all {
			row = append(row, s.extreme(edges[i], edges[i+1]))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// parts are the series with the values that people want to know.
func (c *chart) parts() []*series {
	var all []*series
	for i, s := range c.Series {
		if s.stacked && i+1 < len(c.Series) && c.Series[i+1].stacked {
			own := *s
			own.Values = make([]float64, len(s.Values))
			for k, v := range s.Values {
				own.Values[k] = v - c.Series[i+1].Values[k]
			}
			s = &own
		}
		all = append(all, s)
	}
	return all
}

// extreme is the greatest value in a stretch of time, or the least, with its
// interval.
func (s *series) extreme(from, to float64) string {
	first, _ := slices.BinarySearch(s.edges, from)
	if first > 0 && (first == len(s.edges) || s.edges[first] > from) {
		first--
	}
	pick := min(first, len(s.Values)-1)
	for i := first; i < len(s.Values) && s.edges[i] < to; i++ {
		if v, most := s.Values[i], s.Values[pick]; math.IsNaN(most) || v > most && !s.least || v < most && s.least {
			pick = i
		}
	}
	return s.Text(pick, s.Unit)
}

// decimals is the shortest text of a number.
func decimals(v float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", v), "0"), ".")
}
