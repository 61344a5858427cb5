package chart

import (
	"fmt"
	"math"

	"gonum.org/v1/plot/vg"

	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/experiments/units"
)

// whiskers are means with their intervals.
type whiskers struct {
	xs, ys, lo, hi []float64
}

func (m whiskers) draw(a area) {
	line := stroke(blue, 1.4)
	for i, x := range m.xs {
		if math.IsNaN(m.ys[i]) {
			continue
		}
		at := a.at(x)
		if !math.IsNaN(m.lo[i]) {
			low, high := a.up(m.lo[i]), a.up(m.hi[i])
			a.StrokeLine2(line, at, low, at, high)
			a.StrokeLine2(line, at-3, low, at+3, low)
			a.StrokeLine2(line, at-3, high, at+3, high)
		}
		dots(a, stroke(blue, 2.6), []vg.Point{{X: at, Y: a.up(m.ys[i])}})
	}
}

// cloud is points without a line.
type cloud struct{ xs, ys []float64 }

func (m cloud) draw(a area) {
	for i, y := range m.ys {
		if !math.IsNaN(y) {
			dots(a, stroke(axes, 1.2), []vg.Point{{X: a.at(m.xs[i]), Y: a.up(y)}})
		}
	}
}

// tiles are values over two series of levels, the greater the darker, with the
// value written where there is room.
type tiles struct {
	unit          string
	columns, rows int
	values        []float64 // row by row, from the bottom
}

func (m tiles) extent() (low, high float64) { return least(m.values), greatest(m.values) }

// darkest and lightest are the strengths of the tiles' colour; text is readable
// on both.
const lightest, darkest = 0.06, 0.6

func (m tiles) draw(a area) {
	low, high := m.extent()
	for i, v := range m.values {
		column, row := float64(i%m.columns), float64(i/m.columns)
		from, to := vg.Point{X: a.at(column), Y: a.up(row)}, vg.Point{X: a.at(column + 1), Y: a.up(row + 1)}
		text := units.None
		if !math.IsNaN(v) {
			a.box(light(blue, lightest+(darkest-lightest)*(v-low)/(high-low)), from, to)
			text = units.Format(v, m.unit)
		}
		fonts := a.figure.fonts
		if fonts.width(text, noteText)+4 <= to.X-from.X && noteText.size+3 <= to.Y-from.Y {
			fonts.write(a.Canvas, text, style{noteText.size, false, ink}, (from.X+to.X)/2, (from.Y+to.Y)/2-0.35*noteText.size, 0.5)
		}
	}
}

// say tells where the least and the greatest value are.
func (m tiles) say(name string, across, up design.Factor) string {
	low, high := m.extent()
	where := func(wanted float64) string {
		for i, v := range m.values {
			if v == wanted {
				return fmt.Sprintf("%s at %s=%s, %s=%s", units.Format(v, m.unit), up.Key, up.Value(i/m.columns), across.Key, across.Value(i%m.columns))
			}
		}
		return ""
	}
	return fmt.Sprintf("%s is least, %s, and greatest, %s.", name, where(low), where(high))
}

// numbered is a point with a number, whose name stands at the right.
type numbered struct {
	number int
	name   string
	x, y   float64
}

func (m numbered) draw(a area) {
	at := vg.Point{X: a.at(m.x), Y: a.up(m.y)}
	dots(a, stroke(blue, 3), []vg.Point{at})
	a.figure.fonts.write(a.Canvas, fmt.Sprint(m.number), labelText, at.X+5, at.Y+2, 0)
}

func (m numbered) label() (string, float64) { return fmt.Sprintf("%d %s", m.number, m.name), m.y }

func (m numbered) sample(a area, box vg.Rectangle) {
	dots(a, stroke(blue, 3), []vg.Point{{X: (box.Min.X + box.Max.X) / 2, Y: (box.Min.Y + box.Max.Y) / 2}})
}
