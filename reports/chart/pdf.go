package chart

import (
	"io"
	"sync"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgpdf"
)

// writePDF draws the picture as a page of its size. Texts are outlines: the library
// embeds fonts with the letters of Western Europe only.
func (p Plot) writePDF(w io.Writer) error {
	undated()
	width, height := p.figure.size()
	c := vgpdf.New(width, height)
	background(c)
	p.figure.draw(draw.New(outlined{canvas{cubic{c}}}))
	_, err := c.WriteTo(w)
	return err
}

// undated gives all PDF files one date in place of the present, so that the same
// picture has the same bytes. The library has no other way to say so.
var undated = sync.OnceFunc(func() {
	epoch := time.Unix(0, 0).UTC()
	fpdf.SetDefaultCreationDate(epoch)
	fpdf.SetDefaultModificationDate(epoch)
	fpdf.SetDefaultCatalogSort(true)
})

// cubic fills with cubic curves alone, which is what PDF has: the library takes the
// control point of a quadratic one for the second of a cubic one.
type cubic struct{ vg.CanvasSizer }

func (c cubic) Fill(p vg.Path) {
	var raised vg.Path
	var from vg.Point
	for _, part := range p {
		if part.Type == vg.CurveComp && len(part.Control) == 1 {
			q := part.Control[0]
			part.Control = []vg.Point{toward(from, q), toward(part.Pos, q)}
		}
		raised = append(raised, part)
		from = part.Pos
	}
	c.CanvasSizer.Fill(raised)
}

// toward is two thirds of the way from one point to another.
func toward(from, to vg.Point) vg.Point {
	return vg.Point{X: from.X + vg.Length(float64(to.X-from.X)*2/3), Y: from.Y + vg.Length(float64(to.Y-from.Y)*2/3)}
}
