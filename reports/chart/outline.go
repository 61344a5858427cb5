package chart

import (
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// outlined draws texts by the outlines of their letters: the library's way to make
// pixels of letters gives others from one processor to the next.
type outlined struct{ canvas }

func (c outlined) FillString(face font.Face, at vg.Point, text string) {
	if path := outline(face, at, text); len(path) > 0 {
		c.Fill(path)
	}
}

// outline is the outline of a text that begins at a point of its baseline. A letter
// that the font has in colours only is left out.
func outline(face font.Face, at vg.Point, text string) vg.Path {
	perEm := fixed.Int26_6(face.Face.UnitsPerEm()) // the outlines are then in the font's own units
	scale := face.Font.Size / vg.Length(perEm)
	var buf sfnt.Buffer
	var path vg.Path
	var along fixed.Int26_6
	var last sfnt.GlyphIndex
	for i, r := range text {
		glyph, err := face.Face.GlyphIndex(&buf, r)
		if err != nil {
			continue
		}
		if kern, err := face.Face.Kern(&buf, last, glyph, perEm, 0); err == nil && i > 0 {
			along += kern
		}
		place := func(p fixed.Point26_6) vg.Point {
			return vg.Point{X: at.X + vg.Length(p.X+along)*scale, Y: at.Y - vg.Length(p.Y)*scale}
		}
		segments, err := face.Face.LoadGlyph(&buf, glyph, perEm, nil)
		if err == nil {
			path = appendGlyph(path, segments, place)
		}
		if advance, err := face.Face.GlyphAdvance(&buf, glyph, perEm, 0); err == nil {
			along += advance
		}
		last = glyph
	}
	return path
}

// appendGlyph adds the outline of a letter to a path, each contour closed.
func appendGlyph(path vg.Path, segments sfnt.Segments, place func(fixed.Point26_6) vg.Point) vg.Path {
	for i, s := range segments {
		a, b, c := place(s.Args[0]), place(s.Args[1]), place(s.Args[2])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if i > 0 {
				path.Close()
			}
			path.Move(a)
		case sfnt.SegmentOpLineTo:
			path.Line(a)
		case sfnt.SegmentOpQuadTo:
			path.QuadTo(a, b)
		case sfnt.SegmentOpCubeTo:
			path.CubeTo(a, b, c)
		}
	}
	if len(segments) > 0 {
		path.Close()
	}
	return path
}
