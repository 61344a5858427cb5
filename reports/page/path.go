package page

import (
	"iter"
	"math"
	"strconv"

	"github.com/headroom-sim/headroom/reports/view"
)

// A path is drawn in seconds from left to right and in pixels from the top down:
// the page stretches it to its width, and zooming changes no more than the part
// that is shown.
type path struct {
	text []byte
	last float64 // y of the pen, in tenths of a pixel
}

// exact is the number of values up to which a curve is drawn as it is. Of more
// the least and the greatest of each column are drawn, as many columns as that.
const exact = 2000

// tenths rounds to tenths, which are less than a screen can show.
func tenths(v float64) float64 { return math.Round(float64(v * 10)) }

func (p *path) number(v float64) {
	p.text = strconv.AppendFloat(p.text, v/10, 'f', -1, 64)
}

func (p *path) move(x, y float64) {
	p.text = append(p.text, 'M')
	p.number(tenths(x))
	p.text = append(p.text, ' ')
	p.number(tenths(y))
	p.last = tenths(y)
}

func (p *path) line(x, y float64) {
	p.text = append(p.text, 'L')
	p.number(tenths(x))
	p.text = append(p.text, ' ')
	p.number(tenths(y))
	p.last = tenths(y)
}

func (p *path) across(x float64) {
	p.text = append(p.text, 'H')
	p.number(tenths(x))
}

func (p *path) up(y float64) {
	if tenths(y) != p.last {
		p.text = append(p.text, 'V')
		p.number(tenths(y))
		p.last = tenths(y)
	}
}

// scale places values in a chart of a height.
type scale struct {
	view.Axis
	height float64
}

// y is the distance of a value from the top, in pixels.
func (s scale) y(v float64) float64 {
	return s.height - float64(s.height*s.Share(v))
}

// curve is a line through values at instants, with gaps.
func (s scale) curve(at, values []float64) string {
	var p path
	down := false
	for i, v := range values {
		switch {
		case math.IsNaN(v):
			down = false
		case down:
			p.line(at[i], s.y(v))
		default:
			p.move(at[i], s.y(v))
			if i+1 == len(values) || math.IsNaN(values[i+1]) {
				p.across(at[i]) // alone: the round end of the line makes a dot
			}
			down = true
		}
	}
	return string(p.text)
}

// stairs keeps each value from one edge to the next. Equal values make one step.
func (s scale) stairs(edges, values []float64) string {
	var p path
	for i := 0; i < len(values); {
		if math.IsNaN(values[i]) {
			i++
			continue
		}
		p.move(edges[i], s.y(values[i]))
		for i < len(values) && !math.IsNaN(values[i]) {
			y := s.y(values[i])
			p.up(y)
			for i < len(values) && !math.IsNaN(values[i]) && tenths(s.y(values[i])) == p.last {
				i++
			}
			p.across(edges[i])
		}
	}
	return string(p.text)
}

// area fills what is below the stairs.
func (s scale) area(edges, values []float64) string {
	var p path
	floor := s.y(s.Min)
	for i := 0; i < len(values); {
		if !(values[i] > s.Min) { // true for NaN
			i++
			continue
		}
		p.move(edges[i], floor)
		for i < len(values) && values[i] > s.Min {
			p.up(s.y(values[i]))
			for i < len(values) && values[i] > s.Min && tenths(s.y(values[i])) == p.last {
				i++
			}
			p.across(edges[i])
		}
		p.up(floor)
		p.text = append(p.text, 'Z')
	}
	return string(p.text)
}

// steps fills what is between two stairs, where there is any room.
func (s scale) steps(edges, lows, highs []float64) string {
	var p path
	for from, to := range runs(len(lows), func(i int) bool { return highs[i] > lows[i] }) {
		p.move(edges[from], s.y(highs[from]))
		for i := from; i < to; i++ {
			p.up(s.y(highs[i]))
			p.across(edges[i+1])
		}
		for i := to - 1; i >= from; i-- {
			p.up(s.y(lows[i]))
			p.across(edges[i])
		}
		p.text = append(p.text, 'Z')
	}
	return string(p.text)
}

// belt fills what is between two curves, with gaps.
func (s scale) belt(at, lows, highs []float64) string {
	var p path
	for from, to := range runs(len(lows), func(i int) bool { return !math.IsNaN(lows[i]) }) {
		p.move(at[from], s.y(highs[from]))
		for i := from + 1; i < to; i++ {
			p.line(at[i], s.y(highs[i]))
		}
		for i := to - 1; i >= from; i-- {
			p.line(at[i], s.y(lows[i]))
		}
		p.text = append(p.text, 'Z')
	}
	return string(p.text)
}

// runs are the stretches of 0..n for which something holds, each from an index to
// the one behind it.
func runs(n int, holds func(i int) bool) iter.Seq2[int, int] {
	return func(yield func(from, to int) bool) {
		for i := 0; i < n; i++ {
			from := i
			for i < n && holds(i) {
				i++
			}
			if i > from && !yield(from, i) {
				return
			}
		}
	}
}

// above are the values that are above the foot of the axis.
func (s scale) above(values []float64) []float64 {
	list := make([]float64, len(values))
	for i, v := range values {
		list[i] = v
		if v <= s.Min {
			list[i] = math.NaN()
		}
	}
	return list
}

// coarse are the edges and values of no more than so many columns: of each the
// greatest, or with least the least. It is what is drawn without a script; with
// it every value is.
func coarse(edges, values []float64, least bool) ([]float64, []float64) {
	each := (len(values) + exact - 1) / exact
	if each <= 1 {
		return edges, values
	}
	var wide, chosen []float64
	for from := 0; from < len(values); from += each {
		pick := math.NaN()
		for _, v := range values[from:min(from+each, len(values))] {
			if math.IsNaN(pick) || v > pick != least && v != pick && !math.IsNaN(v) {
				pick = v
			}
		}
		wide, chosen = append(wide, edges[from]), append(chosen, pick)
	}
	return append(wide, edges[len(values)]), chosen
}
