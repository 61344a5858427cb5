package chart

import (
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"

	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/reports/view"
)

// distribution shows how latencies are distributed: the share of requests
// answered within a time, and, on a scale that shows the last few of them, the
// share answered later.
func distribution(d *data) *Plot {
	h := d.Detail.Latency
	if h == nil || h.Count() == 0 {
		return nil
	}
	cdf, rest, low, high, least := view.Distribution(h)
	f := &figure{x: logAxis(low, high, "s", 3), xName: "latency, logarithmic scale"}
	line := stroke(blue, 2.2)
	within, beyond := curve{"", cdf.Seconds, cdf.Shares, line}, curve{"", rest.Seconds, rest.Shares, line}
	pins := d.pins(f.x)
	tail := logAxis(least, 1, "share", 2)
	f.panels = []*panel{
		{heading: "Share of requests answered within the time", height: 140, y: percentAxis(), marks: append(slices.Clone(pins), within, points{h, []float64{0.5, 0.95}, pins, false})},
		{heading: "Share answered later, logarithmic scale", height: 140, y: tail, marks: append(slices.Clone(pins), beyond, points{h, []float64{0.9, 0.99, 0.999, 0.9999, 0.99999}, pins, true})},
	}
	return &Plot{Name: "distribution", Title: "Distribution of latencies" + d.Pooled(), Alt: view.DistributionText(h), figure: f}
}

// pins are the objectives for latencies, as lines at their times.
func (d *data) pins(x axis) []mark {
	var pins []mark
	for _, p := range d.Pins() {
		if x.min <= p.At && p.At <= x.max {
			pins = append(pins, pin{p.Name, p.At, stroke(purple, 1.5, 2, 2)})
		}
	}
	return pins
}

// points mark quantiles on the curve, each with its value.
type points struct {
	h      *tally.Histogram
	qs     []float64
	pins   []mark // lines to keep clear of
	beyond bool   // the vertical axis is the share beyond
}

func (m points) draw(a area) {
	for _, q := range m.qs {
		y := q
		if m.beyond {
			y = 1 - q
		}
		if float64(m.h.Count())*(1-q) < 10 { // hardly a quantile of so few
			continue
		}
		at := vg.Point{X: a.at(m.h.Quantile(q) / 1e9), Y: a.up(y)}
		dots(a, stroke(ink, 2), []vg.Point{at})
		m.write(a, at, fmt.Sprintf("%s %s", quantileName(q), units.Format(m.h.Quantile(q)/1e9, "s")))
	}
}

// write puts the text below the point, on the side that the curve leaves free,
// or else above it on the other side.
func (m points) write(a area, at vg.Point, text string) {
	fonts := a.figure.fonts
	width := fonts.width(text, labelText)
	right, leftward := at.X+6, at.X-6-width
	left, y, other := right, at.Y-11, leftward
	if m.beyond {
		left, other = leftward, right
	}
	if !m.fits(a, left, width) && (m.fits(a, other, width) || !inside(a, left, width)) {
		left, y = other, at.Y+4
	}
	a.box(paper, vg.Point{X: left - 1, Y: y - 2}, vg.Point{X: left + width + 1, Y: y + labelText.size - 2})
	fonts.write(a.Canvas, text, labelText, left, y, 0)
}

// fits reports whether a text is inside the panel and crosses no line.
func (m points) fits(a area, left, width vg.Length) bool {
	for _, p := range m.pins {
		if x := a.at(p.(pin).at); left-2 < x && x < left+width+2 {
			return false
		}
	}
	return inside(a, left, width)
}

func inside(a area, left, width vg.Length) bool {
	return left >= a.Min.X && left+width <= a.Max.X+rightRoom
}

// rightRoom is what is free at the right of a panel without names there.
const rightRoom = 8

// quantileName is "p99.9" for 0.999.
func quantileName(q float64) string {
	return "p" + strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", 100*q), "0"), ".")
}
