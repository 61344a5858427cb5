package chart

import (
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/headroom-sim/headroom/reports/view"
)

// ribbon fills the interval around a mean.
type ribbon struct {
	course    view.Course
	unit      string
	low, high line // through the ends of the intervals, as the mean is drawn
	colour    tint
}

// line is one with gaps.
type line interface {
	mark
	pieces(a area) [][]vg.Point
}

func (m ribbon) draw(a area) {
	low, high := m.low.pieces(a), m.high.pieces(a)
	edge := stroke(sheer(m.colour, 0.7), 0.5) // tells it from an area in grey print too
	for i := range low {
		a.StrokeLines(edge, low[i], high[i])
		slices.Reverse(low[i])
		a.FillPolygon(sheer(m.colour, 0.28), append(high[i], low[i]...))
	}
}

// around is a line of a look through the means, on the ribbon of their intervals
// where they have some.
func around(c view.Course, name, unit string, s draw.LineStyle, through func(name string, ys []float64) line) []mark {
	marks := []mark{through(name, c.Values)}
	if c.Halves == nil {
		return marks
	}
	r := ribbon{c, unit, through("", c.Lows()), through("", c.Highs()), s.Color.(tint)}
	return append([]mark{r}, marks...)
}

// curve is one through the middles of the minutes, with its ribbon.
func (d *data) curve(name, unit string, c view.Course, s draw.LineStyle) []mark {
	return around(c, name, unit, s, func(name string, ys []float64) line { return curve{name, d.Middles(), ys, s} })
}

// stairs are those of the minutes, with their ribbon.
func (d *data) stairs(name, unit string, c view.Course, s draw.LineStyle) []mark {
	return around(c, name, unit, s, func(name string, ys []float64) line { return stairs{name, d.Edges, ys, s} })
}

// brim is the ribbon around the top of an area, or of a stack of them, where it has
// any width; none where there are no intervals.
func (d *data) brim(unit string, c view.Course) []mark {
	if c.Halves == nil {
		return nil
	}
	wide := view.Course{Values: c.Values}
	for _, half := range c.Halves {
		if half == 0 {
			half = math.NaN()
		}
		wide.Halves = append(wide.Halves, half)
	}
	return d.stairs("", unit, wide, stroke(ink, 1))[:1]
}

// intervalsText says, of a figure that has ribbons, which interval in the first panel
// with such is the widest.
func (d *data) intervalsText(f *figure) string {
	for _, p := range f.panels {
		unit, courses := p.intervals()
		if text := d.WidestText(unit, courses...); text != "" {
			return text
		}
	}
	return ""
}

// intervals are those that a panel shows.
func (p *panel) intervals() (unit string, courses []view.Course) {
	for _, m := range p.marks {
		if r, ok := m.(ribbon); ok {
			unit, courses = r.unit, append(courses, r.course)
		}
	}
	return unit, courses
}
