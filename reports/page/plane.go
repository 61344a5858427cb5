package page

import (
	"cmp"
	"math"
	"slices"

	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/reports/view"
)

// Plane shows points with their intervals over two axes. Some points have a name,
// which stands at the right.
type Plane struct {
	ID, Title, Text string // Text is what there is to see
	X, Y            view.Axis
	Across          string // what the horizontal axis is of
	Points          []Point
	Levels          []Level
	Joined          bool // a line between the points that are not faint has a meaning
	Key             []Key
	Table           *Table
}

// Kind implements Part.
func (Plane) Kind() string { return "plane" }

// Point is one of a plane.
type Point struct {
	Name string // "": none is shown
	X, Y output.Estimate
	Look string
}

// Looks of points.
const (
	Filled = "filled" // what is to be looked at
	Empty  = "empty"  // what is like it, but for something
	Faint  = "faint"  // what is there for comparison
	Square = "square" // what is wrong
	Beyond = "beyond" // what lies beyond the scale, and is drawn at its edge
)

// Key says what a look means.
type Key struct{ Look, Text string }

// limit is the look of a level.
const limit = "limit"

// Shapes are those of the sample beside the words.
func (k Key) Shapes() []shape {
	if k.Look == limit {
		var p path
		p.move(0, 6)
		p.across(24)
		return []shape{p.shape(limit)}
	}
	return pointShapes(12, 6, k.Look)
}

// Keys say what is drawn: the looks of the points, and the levels that have a name.
func (c Plane) Keys() []Key {
	list := slices.Clone(c.Key)
	for _, l := range c.Levels {
		if l.Name != "" {
			list = append(list, Key{limit, view.Plain(l.Name)})
		}
	}
	return list
}

// Level is a value that the points are held against.
type Level struct {
	At   float64
	Name string
}

// nameHeight is that of a name at the right, in pixels; least that of a plane.
const (
	nameHeight  = 22
	planeHeight = 200
)

// Height is that of the drawing, in pixels: there is room for all names.
func (c Plane) Height() int { return max(planeHeight, nameHeight*len(c.named())) }

// Side are the labels of the vertical axis, Bottom those of the horizontal one.
func (c Plane) Side() []label {
	list := along(c.Y)
	for i := range list {
		list[i].At = percent(1 - list[i].At/100)
	}
	return list
}

// Bottom are the labels of the horizontal axis.
func (c Plane) Bottom() []label { return thinned(along(c.X)) }

// place is where a pair of values is, in units of the drawing.
func (c Plane) place(x, y float64) (float64, float64) {
	return float64(wide * c.X.Share(x)), scale{c.Y, float64(c.Height())}.y(y)
}

// Shapes are all that is drawn, from the back to the front.
func (c Plane) Shapes() []shape {
	height := float64(c.Height())
	var grid path
	for _, t := range c.Y.Ticks {
		_, y := c.place(c.X.Min, t.At)
		grid.move(0, y)
		grid.across(wide)
	}
	for _, t := range c.X.Ticks {
		x, _ := c.place(t.At, c.Y.Min)
		grid.upright(x, height)
	}
	shapes := []shape{grid.shape("grid")}
	for _, l := range c.Levels {
		var p path
		_, y := c.place(c.X.Min, l.At)
		p.move(0, y)
		p.across(wide)
		shapes = append(shapes, p.shape(limit))
	}
	shapes = append(shapes, c.leaders()...)
	if c.Joined {
		shapes = append(shapes, c.line())
	}
	for _, p := range c.Points {
		shapes = append(shapes, c.crossed(p)...)
	}
	for _, p := range c.Points { // over all intervals
		if !math.IsNaN(p.Y.Mean) {
			x, y := c.place(p.X.Mean, p.Y.Mean)
			shapes = append(shapes, pointShapes(x, y, p.Look)...)
		}
	}
	return shapes
}

// pointShapes are those of a point with a look.
func pointShapes(x, y float64, look string) []shape {
	return dot(x, y, look, look == Empty || look == Faint || look == Beyond)
}

// crossed are the intervals of a point.
func (c Plane) crossed(p Point) []shape {
	if math.IsNaN(p.Y.Mean) {
		return nil
	}
	var arms path
	x, y := c.place(p.X.Mean, p.Y.Mean)
	if !math.IsNaN(p.X.Lo) && p.X.Hi > p.X.Lo {
		from, _ := c.place(p.X.Lo, p.Y.Mean)
		to, _ := c.place(p.X.Hi, p.Y.Mean)
		arms.move(from, y)
		arms.across(to)
	}
	if !math.IsNaN(p.Y.Lo) && p.Y.Hi > p.Y.Lo {
		_, from := c.place(p.X.Mean, p.Y.Lo)
		_, to := c.place(p.X.Mean, p.Y.Hi)
		arms.move(x, from)
		arms.up(to)
	}
	if len(arms.text) == 0 {
		return nil
	}
	return []shape{arms.shape("whisker " + p.Look)}
}

// line joins the points that have a value.
func (c Plane) line() shape {
	var p path
	for _, point := range c.Points {
		if math.IsNaN(point.Y.Mean) || point.Look == Faint {
			continue
		}
		if x, y := c.place(point.X.Mean, point.Y.Mean); len(p.text) == 0 {
			p.move(x, y)
		} else {
			p.line(x, y)
		}
	}
	return p.shape("l1 thin")
}

// name is one at the right, at a distance from the top in pixels.
type name struct {
	Top  float64
	Text string
	x, y float64 // of its point
}

// named are the points that have a name and a value, from the top down.
func (c Plane) named() []Point {
	var list []Point
	for _, p := range c.Points {
		if p.Name != "" && !math.IsNaN(p.Y.Mean) {
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, func(a, b Point) int { return cmp.Compare(b.Y.Mean, a.Y.Mean) })
	return list
}

// Names are those at the right: each at the height of its point, or as near to it as
// those above and below let it.
func (c Plane) Names() []name {
	var list []name
	for _, p := range c.named() {
		x, y := c.place(p.X.Mean, p.Y.Mean)
		list = append(list, name{y, view.Plain(p.Name), x, y})
	}
	free := float64(nameHeight) / 2
	for i := range list {
		list[i].Top = max(list[i].Top, free)
		free = list[i].Top + nameHeight
	}
	room := float64(c.Height()) - nameHeight/2
	for i := len(list) - 1; i >= 0; i-- {
		list[i].Top = math.Round(min(list[i].Top, room))
		room = list[i].Top - nameHeight
	}
	return list
}

// leaders lead from points to their names.
func (c Plane) leaders() []shape {
	var p path
	for _, n := range c.Names() {
		p.move(n.x, n.y)
		p.line(wide, n.Top)
	}
	if len(p.text) == 0 {
		return nil
	}
	return []shape{p.shape("leader")}
}
