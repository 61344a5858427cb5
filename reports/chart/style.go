package chart

import (
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// tint is a colour of the house.
type tint = color.NRGBA

// The colours. The first four reach a contrast of 3:1 on white and on a dark
// page alike (Paul Tol, "Colour schemes", 2021); passed and failed are those of
// Okabe and Ito. No meaning hangs on colour alone: lines have their dashes,
// everything has its name beside it.
var (
	blue   = rgb(0x4477aa)
	red    = rgb(0xee6677)
	green  = rgb(0x228833)
	purple = rgb(0xaa3377)

	passed = rgb(0x0072b2)
	failed = rgb(0xd55e00)

	paper = rgb(0xffffff)
	ink   = rgb(0x222222)
	soft  = rgb(0x555555)
	axes  = rgb(0x888888)
	grid  = rgb(0xe4e4e4)
	shade = rgb(0xefefef)
)

// rgb is an opaque colour.
func rgb(code uint32) tint {
	return tint{R: uint8(code >> 16), G: uint8(code >> 8), B: uint8(code), A: 0xff}
}

// light is the colour on white paper at a share of its strength.
func light(c tint, share float64) tint {
	mix := func(v uint8) uint8 { return uint8(255 - float64((255-float64(v))*share) + 0.5) }
	return tint{R: mix(c.R), G: mix(c.G), B: mix(c.B), A: 0xff}
}

// sheer is the colour at a share of its strength, over what is there already.
func sheer(c tint, share float64) tint {
	c.A = uint8(float64(share*255) + 0.5)
	return c
}

// dark is the colour at a share of its brightness.
func dark(c tint, share float64) tint {
	mix := func(v uint8) uint8 { return uint8(float64(float64(v)*share) + 0.5) }
	return tint{R: mix(c.R), G: mix(c.G), B: mix(c.B), A: 0xff}
}

// The styles of texts. Points are 4/3 of a pixel on a page: none is below 12
// pixels.
var (
	titleText    = style{13, true, ink}
	subtitleText = style{10, false, soft}
	headingText  = style{10, true, ink}
	labelText    = style{9.5, false, ink}
	tickText     = style{9, false, soft}
	noteText     = style{9, false, soft}
)

// bandEdge are the lines at both sides of a band.
var bandEdge = stroke(axes, 0.5)

// stroke is a line of a width, colour and dashes.
func stroke(c tint, width vg.Length, dashes ...vg.Length) draw.LineStyle {
	return draw.LineStyle{Color: c, Width: width, Dashes: dashes}
}

// The distances of a figure, in points.
const (
	figureWidth  = 660
	marginTop    = 12
	marginSide   = 14
	marginBottom = 12
	titleSpace   = 16 // from the title's baseline to the subtitle's
	subtitleLine = 13
	headingSpace = 20 // between a panel's top and what is above it
	panelGap     = 14
	axisSpace    = 34 // for the labels and the name of the horizontal axis
	tickGap      = 5
	labelGap     = 8
	keyWidth     = 18 // the sample of a line beside its name
	labelHeight  = 12
	labelMost    = 150 // the widest name
	stripHeight  = 8
	stripGap     = 5
)
