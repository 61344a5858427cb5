// Package chart draws a result: load, latencies, servers, services, connections,
// the distribution of latencies and the cost, as pictures for a report or a printed
// paper. The same result gives the same
// bytes on every machine, as long as its words need no other font than the built-in
// one, or the same ones.
package chart

import (
	"bytes"
	"fmt"
	"html"
	"image/png"
	"io"
	"regexp"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/reports/view"
)

// Plot is a picture of a result.
type Plot struct {
	Name  string // of its file, without the extension
	Title string
	Alt   string // what there is to see, in words

	figure *figure
}

// Plots returns the pictures of a result, in the order in which a report shows
// them. What the result has no data for is left out.
func Plots(r *experiments.Result) []Plot {
	return plots(r, newFonts(systemFonts))
}

func plots(r *experiments.Result, fonts *fonts) []Plot {
	d := newData(r)
	var drawn []Plot
	for _, draft := range []func(*data) *Plot{load, latency, servers, control, targets, services, connections, distribution, cost} {
		p := draft(d)
		if p == nil {
			continue
		}
		p.figure.title, p.figure.subtitle, p.figure.fonts = p.Title, d.Subtitle(), fonts
		if text := d.intervalsText(p.figure); text != "" {
			p.figure.subtitle += "; " + view.IntervalsText
			p.Alt += text
		}
		drawn = append(drawn, *p)
	}
	return drawn
}

// Formats are those that Write knows.
var Formats = []string{"png", "svg", "pdf"}

// encoder spends little time: pictures are a part of every run.
var encoder = png.Encoder{CompressionLevel: png.BestSpeed}

// dpi draws PNG pictures at twice the size in points, for dense screens.
const dpi = 144

// Write draws the picture in one of the Formats.
func (p Plot) Write(w io.Writer, format string) error {
	width, height := p.figure.size()
	p.figure.fonts.boxes = format != "svg" // a viewer of SVG has fonts of its own
	switch format {
	case "png":
		c := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dpi), vgimg.UseBackgroundColor(paper))
		p.figure.draw(draw.New(outlined{canvas{c}}))
		return encoder.Encode(w, c.Image())
	case "svg":
		c := vgsvg.New(width, height)
		background(c)
		p.figure.draw(draw.New(canvas{c}))
		return p.writeSVG(w, c, width, height)
	case "pdf":
		return p.writePDF(w)
	}
	return fmt.Errorf("chart: no format %q (have %s)", format, strings.Join(Formats, ", "))
}

// background fills a canvas.
func background(c vg.CanvasSizer) {
	width, height := c.Size()
	c.SetColor(paper)
	c.Fill(vg.Rectangle{Max: vg.Point{X: width, Y: height}}.Path())
}

// face finds where the library names a font. No text can contain it: quotation
// marks in texts are escaped.
var face = regexp.MustCompile(`style="font-family:([^;"]+);`)

// writeSVG makes the library's SVG one that a screen reader understands and
// that looks right where the font is not installed.
func (p Plot) writeSVG(w io.Writer, c *vgsvg.Canvas, width, height vg.Length) error {
	var raw bytes.Buffer
	if _, err := c.WriteTo(&raw); err != nil {
		return err
	}
	_, body, found := strings.Cut(raw.String(), `xmlns:xlink="http://www.w3.org/1999/xlink">`)
	if !found {
		return fmt.Errorf("chart: %s: no SVG header", p.Name)
	}
	body = face.ReplaceAllString(body, `style="font-family:'$1',Arial,Helvetica,sans-serif;`)
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%gpt" height="%gpt" viewBox="0 0 %[1]g %[2]g" role="img" aria-labelledby="%[3]s-title %[3]s-text">
<title id="%[3]s-title">%[4]s</title>
<desc id="%[3]s-text">%[5]s</desc>%[6]s`,
		width.Points(), height.Points(), p.Name, html.EscapeString(p.Title), html.EscapeString(clean(p.Alt)), body)
	return err
}

// Warnings tells which characters of the result's titles and names no font on
// this machine can draw into pictures, and what to do about it.
func Warnings(r *experiments.Result) []string {
	return newFonts(systemFonts).warnings(newData(r).words())
}
