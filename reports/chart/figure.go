package chart

import (
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/headroom-sim/headroom/reports/view"
)

// figure is a column of panels over one horizontal axis, so that what happens
// at one instant is on one line.
type figure struct {
	title, subtitle string
	fonts           *fonts
	x               axis
	xName           string
	bands           []view.Band // behind the marks of all panels
	states          string      // whose those of the strips are, where that is to be said
	panels          []*panel
}

// size is the size of the picture in points.
func (f *figure) size() (width, height vg.Length) {
	height = marginTop + titleText.size + titleSpace + vg.Length(len(f.subtitles())-1)*subtitleLine + 4 + f.nameSpace() + axisSpace + marginBottom - panelGap
	for _, p := range f.panels {
		height += headingSpace + p.outerHeight() + panelGap
	}
	return figureWidth, height
}

// subtitles are the lines of the subtitle: two where it is too wide for one and has
// parts.
func (f *figure) subtitles() []string {
	parts := strings.SplitAfter(f.subtitle, subtitleGap)
	n := len(parts)
	for n > 1 && f.fonts.width(strings.Join(parts[:n], ""), subtitleText) > figureWidth-2*marginSide {
		n--
	}
	if n == len(parts) {
		return []string{f.subtitle}
	}
	return []string{strings.TrimSuffix(strings.Join(parts[:n], ""), subtitleGap), strings.Join(parts[n:], "")}
}

// subtitleGap is between the parts of a subtitle.
const subtitleGap = " · "

// nameSpace is the room above the panels for the names of the bands.
func (f *figure) nameSpace() vg.Length {
	if len(f.bands) == 0 {
		return 0
	}
	return labelHeight
}

// draw draws the figure on the whole of the canvas.
func (f *figure) draw(c draw.Canvas) {
	y := c.Max.Y - marginTop - titleText.size
	width := c.Size().X - 2*marginSide
	f.fonts.write(c, f.fonts.fit(f.title, titleText, width), titleText, c.Min.X+marginSide, y, 0)
	y -= titleSpace
	for i, line := range f.subtitles() {
		y -= vg.Length(i) * subtitleLine
		f.fonts.write(c, f.fonts.fit(line, subtitleText, width), subtitleText, c.Min.X+marginSide, y, 0)
	}
	left, right := f.margins()
	c.Min.X, c.Max.X = c.Min.X+left, c.Max.X-right
	c.Max.Y = y - 4
	c.Min.Y += marginBottom
	f.nameBands(c)
	f.drawPanels(c)
	f.drawAxis(c)
}

// drawPanels draws the panels from the top of the canvas down.
func (f *figure) drawPanels(c draw.Canvas) {
	y := c.Max.Y - f.nameSpace()
	for _, p := range f.panels {
		y -= headingSpace
		inner := c
		inner.Min.Y, inner.Max.Y = y-p.height, y
		p.draw(area{inner, f, p.y})
		y -= p.outerHeight() + panelGap
	}
}

// margins leaves room at the left for the widest mark's label and at the right
// for the widest name, and for half of the label under the horizontal axis' end,
// the same for all panels.
func (f *figure) margins() (left, right vg.Length) {
	left, right = 24, 0
	if n := len(f.x.ticks); n > 0 {
		right = f.fonts.width(f.x.ticks[n-1].label, tickText)/2 - marginSide/2
	}
	for _, p := range f.panels {
		for _, t := range p.y.ticks {
			left = max(left, f.fonts.width(t.label, tickText)+tickGap)
		}
		for _, n := range p.names() {
			right = max(right, min(f.fonts.width(n, labelText), labelMost)+labelGap+keyWidth+4)
		}
	}
	return left + marginSide, right + marginSide
}

// nameBands writes the names of the bands at the head where there is room, each
// on a piece of its band. The panels draw the rest.
func (f *figure) nameBands(c draw.Canvas) {
	a := area{c, f, axis{}}
	free := c.Min.X
	for _, b := range f.bands {
		x := a.at(b.From)
		a.box(shade, vg.Point{X: x, Y: c.Max.Y - labelHeight}, vg.Point{X: a.at(b.To), Y: c.Max.Y})
		if b.Name == "" || x < free {
			continue
		}
		name := f.fonts.fit(b.Name, noteText, c.Max.X-x)
		f.fonts.write(c, name, noteText, x+3, c.Max.Y-noteText.size, 0)
		free = x + f.fonts.width(name, noteText) + labelGap
	}
}

// drawAxis writes the horizontal axis' labels and name at the foot of the
// canvas.
func (f *figure) drawAxis(c draw.Canvas) {
	y := c.Min.Y + axisSpace - tickGap - tickText.size
	for _, t := range f.x.ticks {
		f.fonts.write(c, t.label, tickText, c.X(f.x.share(t.at)), y, 0.5)
	}
	f.fonts.write(c, f.xName, tickText, c.Center().X, y-tickText.size-5, 0.5)
}

// area is where a panel's data are drawn.
type area struct {
	draw.Canvas
	figure *figure
	y      axis
}

// at is the place of a value of the horizontal axis.
func (a area) at(x float64) vg.Length { return a.X(a.figure.x.share(x)) }

// up is the place of a value of the vertical axis.
func (a area) up(y float64) vg.Length { return a.Y(a.y.share(y)) }

// box fills a rectangle.
func (a area) box(c tint, low, high vg.Point) {
	a.SetColor(c)
	a.Fill(vg.Rectangle{Min: low, Max: high}.Path())
}
