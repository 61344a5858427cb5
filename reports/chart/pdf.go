package chart

import (
	"bytes"
	"image/color"
	"io"
	"sync"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/opentype"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// writePDF draws the picture as a page of its size. The library's own canvas for PDF
// knows the letters of Western Europe only.
func (p Plot) writePDF(w io.Writer) error {
	undated()
	width, height := p.figure.size()
	s := newSheet(width, height, p.figure.fonts)
	s.doc.SetTitle(clean(p.Title), true)
	s.doc.SetSubject(clean(p.Alt), true)
	background(s)
	p.figure.draw(draw.New(canvas{s}))
	return s.doc.Output(w)
}

// undated gives all PDF files one date in place of the present, so that the same
// picture has the same bytes. The library has no other way to say so.
var undated = sync.OnceFunc(func() {
	epoch := time.Unix(0, 0).UTC()
	fpdf.SetDefaultCreationDate(epoch)
	fpdf.SetDefaultModificationDate(epoch)
	fpdf.SetDefaultCatalogSort(true)
})

// sheet is a page of a PDF file to draw on: the part of a canvas that figures use.
// What they write in the built-in fonts is text that can be found and copied; letters
// of other fonts are drawn by their outlines.
type sheet struct {
	vg.Canvas
	doc           *fpdf.Fpdf
	width, height vg.Length
	styles        map[*opentype.Font]string // of the built-in fonts
	alpha         uint8                     // of what is drawn
}

func newSheet(width, height vg.Length, fonts *fonts) *sheet {
	doc := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: width.Points(), Ht: height.Points()}})
	s := &sheet{doc: doc, width: width, height: height, alpha: 0xff, styles: map[*opentype.Font]string{fonts.plain: "", fonts.bold: "B"}}
	doc.SetAutoPageBreak(false, 0)
	doc.AddPage()
	for _, face := range []*opentype.Font{fonts.plain, fonts.bold} {
		var source bytes.Buffer
		if _, err := face.WriteSourceTo(nil, &source); err != nil {
			doc.SetError(err)
		}
		doc.AddUTF8FontFromBytes(pdfFamily, s.styles[face], source.Bytes())
	}
	return s
}

// pdfFamily names the built-in fonts in a file.
const pdfFamily = "LiberationSans"

func (s *sheet) Size() (width, height vg.Length) { return s.width, s.height }

func (s *sheet) SetLineWidth(width vg.Length) { s.doc.SetLineWidth(width.Points()) }

func (s *sheet) SetLineDash(dashes []vg.Length, offset vg.Length) {
	pattern := make([]float64, len(dashes))
	for i, d := range dashes {
		pattern[i] = d.Points()
	}
	s.doc.SetDashPattern(pattern, offset.Points())
}

func (s *sheet) SetColor(c color.Color) {
	plain := color.NRGBAModel.Convert(c).(color.NRGBA)
	r, g, b := int(plain.R), int(plain.G), int(plain.B)
	s.doc.SetDrawColor(r, g, b)
	s.doc.SetFillColor(r, g, b)
	s.doc.SetTextColor(r, g, b)
	if plain.A != s.alpha {
		s.alpha = plain.A
		s.doc.SetAlpha(float64(plain.A)/0xff, "Normal")
	}
}

func (s *sheet) Stroke(p vg.Path) { s.path(p, "D") }

func (s *sheet) Fill(p vg.Path) { s.path(p, "F") }

func (s *sheet) FillString(face font.Face, at vg.Point, text string) {
	style, known := s.styles[face.Face]
	if !known {
		s.Fill(outline(face, at, text))
		return
	}
	s.doc.SetFont(pdfFamily, style, face.Font.Size.Points())
	x, y := s.place(at)
	s.doc.Text(x, y, text)
}

// path draws a path, whose lines are straight but for the outlines of letters.
func (s *sheet) path(p vg.Path, how string) {
	var from vg.Point
	for _, part := range p {
		x, y := s.place(part.Pos)
		switch part.Type {
		case vg.MoveComp:
			s.doc.MoveTo(x, y)
		case vg.LineComp:
			s.doc.LineTo(x, y)
		case vg.CurveComp:
			first, second := cubic(from, part)
			ax, ay := s.place(first)
			bx, by := s.place(second)
			s.doc.CurveBezierCubicTo(ax, ay, bx, by, x, y)
		case vg.CloseComp:
			s.doc.ClosePath()
		}
		from = part.Pos
	}
	if len(p) > 0 {
		s.doc.DrawPath(how)
	}
}

// place is a point as PDF files count: down from the top.
func (s *sheet) place(at vg.Point) (x, y float64) {
	return at.X.Points(), (s.height - at.Y).Points()
}

// cubic are the control points of a curve as a cubic one, the only kind that PDF has.
func cubic(from vg.Point, part vg.PathComp) (first, second vg.Point) {
	if len(part.Control) == 2 {
		return part.Control[0], part.Control[1]
	}
	q := part.Control[0]
	return toward(from, q), toward(part.Pos, q)
}

// toward is two thirds of the way from one point to another.
func toward(from, to vg.Point) vg.Point {
	return vg.Point{X: from.X + vg.Length(float64(to.X-from.X)*2/3), Y: from.Y + vg.Length(float64(to.Y-from.Y)*2/3)}
}
