package chart

import (
	"math"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// canvas rounds every coordinate before anything is drawn there, so that a picture
// has the same bytes on every processor: between them sums and products differ in
// the last bit, which is enough to move a printed digit or the edge of a pixel.
type canvas struct{ vg.CanvasSizer }

func (c canvas) Stroke(p vg.Path) { c.CanvasSizer.Stroke(snapped(p)) }

func (c canvas) Fill(p vg.Path) { c.CanvasSizer.Fill(snapped(p)) }

func (c canvas) FillString(face font.Face, at vg.Point, text string) {
	c.CanvasSizer.FillString(face, snap(at), text)
}

func snapped(p vg.Path) vg.Path {
	for i := range p {
		p[i].Pos = snap(p[i].Pos)
		for k, at := range p[i].Control {
			p[i].Control[k] = snap(at)
		}
	}
	return p
}

func snap(at vg.Point) vg.Point { return vg.Point{X: hundredths(at.X), Y: hundredths(at.Y)} }

// hundredths rounds to hundredths of a point, or to tenths from 1000 on: what SVG
// is written with, five digits. What lies half-way, as sums of sizes in points often
// do, is rounded up even if a last bit is missing.
func hundredths(v vg.Length) vg.Length {
	per := 100.0
	if v >= 1000 {
		per = 10
	}
	return vg.Length(math.Floor(float64(float64(v)*per)+0.5+1e-6) / per)
}
