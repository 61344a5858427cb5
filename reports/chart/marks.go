package chart

import (
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/headroom-sim/headroom/reports/view"
)

// few is the number of points up to which each is marked by a dot.
const few = 30

// curve is a line through points; it has gaps where a value is NaN.
type curve struct {
	name   string
	xs, ys []float64
	style  draw.LineStyle
}

// many is the number of points from which a line is drawn thinner, so that its
// ups and downs don't run together.
const many = 400

func (m curve) draw(a area) {
	if len(m.xs) > many {
		m.style.Width *= 0.7
	}
	for _, piece := range m.pieces(a) {
		if len(piece) > 1 {
			a.StrokeLines(m.style, piece)
		}
		if len(piece) == 1 || len(m.xs) <= few {
			dots(a, m.style, piece)
		}
	}
}

func dots(a area, s draw.LineStyle, at []vg.Point) {
	for _, p := range at {
		a.DrawGlyphNoClip(draw.GlyphStyle{Color: s.Color, Radius: 1.2 + s.Width/2, Shape: draw.CircleGlyph{}}, p)
	}
}

func (m curve) pieces(a area) [][]vg.Point {
	return pieces(m.ys, func(piece []vg.Point, i int) []vg.Point {
		return append(piece, vg.Point{X: a.at(m.xs[i]), Y: a.up(m.ys[i])})
	})
}

// pieces are the stretches without a gap, each made by adding value after value.
func pieces(ys []float64, add func(piece []vg.Point, i int) []vg.Point) [][]vg.Point {
	var all [][]vg.Point
	var piece []vg.Point
	for i, y := range ys {
		if !math.IsNaN(y) {
			piece = add(piece, i)
		} else if len(piece) > 0 {
			all, piece = append(all, piece), nil
		}
	}
	if len(piece) > 0 {
		all = append(all, piece)
	}
	return all
}

func (m curve) label() (string, float64) { return m.name, view.Last(m.ys) }

func (m curve) sample(a area, box vg.Rectangle) { lineSample(a, m.style, box) }

func lineSample(a area, s draw.LineStyle, box vg.Rectangle) {
	y := (box.Min.Y + box.Max.Y) / 2
	a.StrokeLine2(s, box.Min.X, y, box.Max.X, y)
}

// stairs is a line that keeps each value from one edge to the next; there is
// one edge more than there are values.
type stairs struct {
	name  string
	edges []float64
	ys    []float64
	style draw.LineStyle
}

func (m stairs) draw(a area) {
	for _, piece := range m.pieces(a) {
		a.StrokeLines(m.style, piece)
	}
}

func (m stairs) pieces(a area) [][]vg.Point {
	return pieces(m.ys, func(piece []vg.Point, i int) []vg.Point {
		return a.step(piece, m.edges[i:i+2], m.ys[i])
	})
}

func (m stairs) label() (string, float64) { return m.name, view.Last(m.ys) }

func (m stairs) sample(a area, box vg.Rectangle) { lineSample(a, m.style, box) }

// beside is a staircase drawn a little lower and later than its values, so that
// another of the same values stays visible.
type beside struct {
	stairs
	by vg.Length
}

func (m beside) draw(a area) {
	for _, piece := range m.pieces(a) {
		for i := range piece {
			piece[i].Y -= m.by
			if i > 0 {
				piece[i].X = min(piece[i].X+m.by, a.Max.X)
			}
		}
		a.StrokeLines(m.style, piece)
	}
}

// step continues a staircase by a value between two edges; equal values make
// one long step.
func (a area) step(path []vg.Point, edges []float64, y float64) []vg.Point {
	from, to, up := a.at(edges[0]), a.at(edges[1]), a.up(y)
	if n := len(path); n > 0 && path[n-1].Y == up {
		path[n-1].X = to
		return path
	}
	return append(path, vg.Point{X: from, Y: up}, vg.Point{X: to, Y: up})
}

// layer fills the steps between two series: the room between base and top.
type layer struct {
	name      string
	edges     []float64
	base, top []float64
	fill      tint
	hatched   bool
}

func (m layer) draw(a area) {
	for i := 0; i < len(m.top); i++ {
		from := i
		for i < len(m.top) && m.top[i] > m.base[i] { // false for NaN
			i++
		}
		if i > from {
			m.fillPiece(a, from, i)
		}
	}
}

// fillPiece fills the minutes from..to as one shape, so that no seams show.
func (m layer) fillPiece(a area, from, to int) {
	var shape, base []vg.Point
	for i := from; i < to; i++ {
		shape = a.step(shape, m.edges[i:i+2], m.top[i])
		base = a.step(base, m.edges[i:i+2], m.base[i])
	}
	slices.Reverse(base)
	if !m.hatched {
		a.FillPolygon(m.fill, append(shape, base...))
		return
	}
	a.FillPolygon(light(m.fill, 0.25), append(shape, base...))
	for i := from; i < to; {
		j := i + 1
		for j < to && m.top[j] == m.top[i] && m.base[j] == m.base[i] {
			j++
		}
		hatch(a, stroke(m.fill, 0.75), vg.Point{X: a.at(m.edges[i]), Y: a.up(m.base[i])}, vg.Point{X: a.at(m.edges[j]), Y: a.up(m.top[i])})
		i = j
	}
}

// hatch draws slanted lines in a rectangle, on one grid for the whole picture
// so that neighbours join.
func hatch(a area, s draw.LineStyle, low, high vg.Point) {
	const distance = 4
	first := vg.Length(math.Floor(float64(low.X-high.Y)/distance)) * distance
	for c := first; c <= high.X-low.Y; c += distance { // the line x - y = c
		from, to := max(low.X, low.Y+c), min(high.X, high.Y+c)
		if from < to {
			a.StrokeLine2(s, from, from-c, to, to-c)
		}
	}
}

func (m layer) label() (string, float64) {
	low, high := view.Last(m.base), view.Last(m.top)
	return m.name, (low + high) / 2
}

func (m layer) sample(a area, box vg.Rectangle) {
	box.Min.X += 4
	box.Max.X -= 4
	if !m.hatched {
		a.box(m.fill, box.Min, box.Max)
		return
	}
	a.box(light(m.fill, 0.25), box.Min, box.Max)
	hatch(a, stroke(m.fill, 0.75), box.Min, box.Max)
}

// bound is a level that something must keep to, or that triggers something.
type bound struct {
	name     string
	at       float64
	from, to float64 // of the horizontal axis
	style    draw.LineStyle
}

func (m bound) draw(a area) {
	a.StrokeLine2(m.style, a.at(m.from), a.up(m.at), a.at(m.to), a.up(m.at))
}

func (m bound) label() (string, float64) { return m.name, m.at }

func (m bound) sample(a area, box vg.Rectangle) { lineSample(a, m.style, box) }

// pin is a vertical line with a name at its head.
type pin struct {
	name  string
	at    float64
	style draw.LineStyle
}

func (m pin) draw(a area) {
	x := a.at(m.at)
	a.StrokeLine2(m.style, x, a.Min.Y, x, a.Max.Y)
	a.figure.fonts.write(a.Canvas, m.name, labelText, x, a.Max.Y+6, 0.5)
}
