package page

import (
	"html/template"
	"math"

	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/reports/view"
)

// Intervals are differences with their intervals around zero, one below the other.
type Intervals struct {
	ID, Title, Text string // Text is what there is to see
	Rows            []Interval
	Unit            string // of the values, as package view's axes have it
}

// Kind implements Part.
func (Intervals) Kind() string { return "intervals" }

// Interval is one difference. Without a Lo it is a mean alone.
type Interval struct {
	Name, Value string // Value is the difference in words
	output.Estimate
	Tone   string    // "good", "bad", "" or "dim", where nothing is shown
	Limits []float64 // what it is held against
}

// Of a row the words stand above the interval; pixels.
const (
	rowHeight = 46
	rowMiddle = 32
)

// wide is the width to which charts are drawn that a page stretches.
const wide = 1000

// Height is that of the drawing, in pixels.
func (c Intervals) Height() int { return rowHeight * len(c.Rows) }

// axis spans the intervals and zero.
func (c Intervals) axis() view.Axis {
	low, top := 0.0, 0.0
	for _, r := range c.Rows {
		for _, v := range append([]float64{r.Mean, r.Lo, r.Hi}, r.Limits...) {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				low, top = min(low, v), max(top, v)
			}
		}
	}
	return view.AroundZero(low, top, c.Unit)
}

// Bottom are the labels of the axis.
func (c Intervals) Bottom() []label { return along(c.axis()) }

// along are the labels of an axis from left to right.
func along(a view.Axis) []label {
	var list []label
	for _, t := range a.Ticks {
		if t.Label != "" {
			list = append(list, label{At: percent(a.Share(t.At)), Text: t.Label})
		}
	}
	return list
}

// thinned leaves every other of many labels out where there is little room.
func thinned(list []label) []label {
	for i := range list {
		list[i].Minor = i%2 == 1 && len(list) > 4
	}
	return list
}

// Shapes are the lines at the marks, the one at zero, and of each row the interval
// and a dot at its mean: an empty one where nothing is shown.
func (c Intervals) Shapes() []shape {
	a := c.axis()
	x := func(v float64) float64 { return float64(wide * a.Share(v)) }
	var grid, zero path
	for _, t := range a.Ticks {
		grid.upright(x(t.At), float64(c.Height()))
	}
	zero.upright(x(0), float64(c.Height()))
	shapes := []shape{grid.shape("grid"), zero.shape("zero")}
	for i, r := range c.Rows {
		y := float64(i*rowHeight + rowMiddle)
		for _, at := range r.Limits {
			var limit path
			limit.move(x(at), y-8)
			limit.up(y + 8)
			shapes = append(shapes, limit.shape("limit"))
		}
		if math.IsNaN(r.Mean) {
			continue
		}
		if !math.IsNaN(r.Lo) {
			var line path
			line.move(x(r.Lo), y)
			line.across(x(r.Hi))
			shapes = append(shapes, line.shape("whisker "+r.Tone))
		}
		shapes = append(shapes, dot(x(r.Mean), y, r.Tone, r.Tone == "dim")...)
	}
	return shapes
}

// shape is a path with its look.
type shape struct {
	Look string
	Path template.HTMLAttr
}

func (p *path) shape(look string) shape { return shape{look, attribute(string(p.text))} }

// upright is a line from the top to the foot.
func (p *path) upright(x, height float64) {
	p.move(x, 0)
	p.up(height)
}

// dot is a round mark, which stays round however the drawing is stretched: the ends
// of a line without length. One that is empty tells itself from the others without
// colour.
func dot(x, y float64, look string, empty bool) []shape {
	var p path
	p.move(x, y)
	p.across(x)
	shapes := []shape{p.shape("dot " + look)}
	if empty {
		shapes = append(shapes, p.shape("dot hole"))
	}
	return shapes
}
