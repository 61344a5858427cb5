package chart

import (
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/reports/view"
)

// uprights are thin lines at the marks of the horizontal axis, and a stronger one
// at zero.
type uprights struct{}

func (uprights) draw(a area) {
	for _, t := range a.figure.x.ticks {
		x, style := a.at(t.at), stroke(grid, 0.5)
		if t.at == 0 {
			style = stroke(soft, 1)
		}
		a.StrokeLine2(style, x, a.Min.Y, x, a.Max.Y)
	}
}

// The looks of estimates and arms, told apart by shape as well as by colour.
var (
	betterLook = look{passed, draw.CircleGlyph{}, 3.2}
	worseLook  = look{failed, draw.PyramidGlyph{}, 3.8}
	otherLook  = look{purple, draw.SquareGlyph{}, 3}
	noneLook   = look{soft, hollow{}, 2.8}

	onLook   = look{blue, draw.CircleGlyph{}, 3.5}
	openLook = look{blue, hollow{}, 3.5}
	offLook  = look{soft, cross{}, 3}
)

// hollow is a circle with nothing in it.
type hollow struct{}

// DrawGlyph implements draw.GlyphDrawer.
func (hollow) DrawGlyph(c *draw.Canvas, s draw.GlyphStyle, at vg.Point) {
	draw.CircleGlyph{}.DrawGlyph(c, s, at)
	c.SetColor(paper)
	s.Radius -= 1.3
	draw.CircleGlyph{}.DrawGlyph(c, s, at)
}

// cross is two lines through the point.
type cross struct{}

// DrawGlyph implements draw.GlyphDrawer.
func (cross) DrawGlyph(c *draw.Canvas, s draw.GlyphStyle, at vg.Point) {
	r := s.Radius
	line := draw.LineStyle{Color: s.Color, Width: 1.3}
	c.StrokeLine2(line, at.X-r, at.Y-r, at.X+r, at.Y+r)
	c.StrokeLine2(line, at.X-r, at.Y+r, at.X+r, at.Y-r)
}

// look is a glyph in its colour.
type look struct {
	tint
	shape  draw.GlyphDrawer
	radius vg.Length
}

func (l look) draw(a area, at vg.Point) {
	a.DrawGlyphNoClip(draw.GlyphStyle{Color: l.tint, Radius: l.radius, Shape: l.shape}, at)
}

// lookOf is the look of a difference: better, worse, or none that is shown.
func lookOf(r row) look {
	shows := r.Shows()
	better, known := experiments.Better(r.metric)
	lower := shows == experiments.Lower
	switch {
	case shows != experiments.Lower && shows != experiments.Higher:
		return noneLook
	case !known:
		return otherLook
	case lower == (better == output.LowerIsBetter):
		return betterLook
	}
	return worseLook
}

// whisker is a difference as a point with its interval, and in words beside it.
type whisker struct {
	row
	at float64 // of the vertical axis
}

func (m whisker) draw(a area) {
	e, ok := m.share()
	if !ok || math.IsNaN(e.Mean) {
		return
	}
	l, y := lookOf(m.row), a.up(m.at)
	if !math.IsNaN(e.Lo) {
		low, high := a.at(e.Lo), a.at(e.Hi)
		a.StrokeLine2(stroke(l.tint, 1.4), low, y, high, y)
		for _, x := range []vg.Length{low, high} {
			a.StrokeLine2(stroke(l.tint, 1.4), x, y-2.5, x, y+2.5)
		}
	}
	l.draw(a, vg.Point{X: a.at(e.Mean), Y: y})
}

func (m whisker) label() (string, float64) { return view.Difference(m.Difference), m.at }

func (m whisker) sample(a area, box vg.Rectangle) {
	lookOf(m.row).draw(a, middleOf(box))
}

func middleOf(box vg.Rectangle) vg.Point {
	return vg.Point{X: (box.Min.X + box.Max.X) / 2, Y: (box.Min.Y + box.Max.Y) / 2}
}

// key tells what looks mean, at the right above a panel.
type key []struct {
	look
	name string
}

func (m key) draw(a area) {
	fonts := a.figure.fonts
	x, y := a.Max.X, a.Max.Y+6
	for _, k := range slices.Backward(m) {
		x -= fonts.width(k.name, noteText)
		fonts.write(a.Canvas, k.name, noteText, x, y, 0)
		x -= 8
		k.draw(a, vg.Point{X: x, Y: y + 3})
		x -= 14
	}
}

// spot is an arm in the plane of two objectives, with its intervals; its name is
// at the right, with a line that leads there.
type spot struct {
	name     string
	x, y     experiments.Metric
	standing experiments.Standing
}

func (m spot) look() look {
	switch {
	case !m.standing.On():
		return offLook
	case len(m.standing.ChallengedBy) > 0:
		return openLook
	}
	return onLook
}

func (m spot) place(a area) vg.Point { return vg.Point{X: a.at(m.x.Mean), Y: a.up(m.y.Mean)} }

func (m spot) draw(a area) {
	l, at := m.look(), m.place(a)
	style := stroke(light(l.tint, 0.6), 1)
	if !math.IsNaN(m.x.Lo) {
		a.StrokeLine2(style, a.at(m.x.Lo), at.Y, a.at(m.x.Hi), at.Y)
	}
	if !math.IsNaN(m.y.Lo) {
		a.StrokeLine2(style, at.X, a.up(m.y.Lo), at.X, a.up(m.y.Hi))
	}
	l.draw(a, at)
}

func (m spot) label() (string, float64) { return m.name, m.y.Mean }

func (m spot) sample(a area, box vg.Rectangle) {
	at, to := m.place(a), middleOf(box)
	a.StrokeLine2(stroke(axes, 0.4, 1, 2), at.X+5, at.Y, to.X-6, to.Y)
	m.look().draw(a, to)
}
