package chart

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"

	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/reports/units"
)

// distribution shows how latencies are distributed: the share of requests
// answered within a time, and, on a scale that shows the last few of them, the
// share answered later.
func distribution(d *data) *Plot {
	h := d.Detail.Latency
	if h == nil || h.Count() == 0 {
		return nil
	}
	least := math.Max(1/float64(h.Count()), 1e-6)
	low, high := h.Quantile(fastest), h.Quantile(1)
	within, beyond := shares(h, low, least)
	low, high = math.Max(low, 1)/1e9, math.Max(high, 1)/1e9
	if high <= low*1.02 { // all alike
		low, high = low/2, high*2
	}
	f := &figure{x: logAxis(low, high, "s", 3), xName: "latency, logarithmic scale"}
	within.style, beyond.style = stroke(blue, 2.2), stroke(blue, 2.2)
	pins := d.pins(f.x)
	tail := logAxis(least, 1, "share", 2)
	f.panels = []*panel{
		{heading: "Share of requests answered within the time", height: 140, y: percentAxis(), marks: append(slices.Clone(pins), within, points{h, []float64{0.5, 0.95}, pins, false})},
		{heading: "Share answered later, logarithmic scale", height: 140, y: tail, marks: append(slices.Clone(pins), beyond, points{h, []float64{0.9, 0.99, 0.999, 0.9999, 0.99999}, pins, true})},
	}
	return &Plot{Name: "distribution", Title: "Distribution of latencies" + d.pooled(), Alt: distributionAlt(h), figure: f}
}

func (d *data) pooled() string {
	if d.Replications > 1 {
		return fmt.Sprintf(" (all %d replications)", d.Replications)
	}
	return ""
}

// fastest is the share of the fastest requests that is left out, lest a few of
// them stretch the axis over decades in which nothing happens.
const fastest = 0.001

// shares are the share of latencies within each from low on, in nanoseconds,
// and the share beyond it or at it, as far as that is not below the least given.
func shares(h *tally.Histogram, low, least float64) (within, beyond curve) {
	var count uint64
	for b := range h.Buckets() {
		if b.Middle() < low {
			count += b.Count
			continue
		}
		x := math.Max(b.Middle(), 1) / 1e9
		if later := float64(h.Count()-count) / float64(h.Count()); later >= least {
			beyond.xs = append(beyond.xs, x)
			beyond.ys = append(beyond.ys, later)
		}
		count += b.Count
		within.xs = append(within.xs, x)
		within.ys = append(within.ys, float64(count)/float64(h.Count()))
	}
	return within, beyond
}

// pins are the objectives for latencies, as lines at their times.
func (d *data) pins(x axis) []mark {
	var pins []mark
	for _, name := range slices.Sorted(maps.Keys(d.Expectations)) {
		e := d.Expectations[name]
		quantile, found := strings.CutPrefix(e.Metric, "latency.")
		if !found || e.Bound.Relation != output.AtMost || e.Bound.Hi < x.min || e.Bound.Hi > x.max {
			continue
		}
		pins = append(pins, pin{quantile + " at most " + units.Format(e.Bound.Hi, "s"), e.Bound.Hi, stroke(purple, 1.5, 2, 2)})
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

func distributionAlt(h *tally.Histogram) string {
	at := func(q float64) string { return units.Format(h.Quantile(q)/1e9, "s") }
	return fmt.Sprintf("Half of the requests are answered within %s, 95 of 100 within %s, 99 of 100 within %s; the slowest takes %s.",
		at(0.5), at(0.95), at(0.99), units.Format(float64(h.Max())/1e9, "s"))
}
