package chart

import (
	"cmp"
	"slices"

	"gonum.org/v1/plot/vg"

	"github.com/headroom-sim/headroom/reports/view"
)

// panel is one diagram of a figure.
type panel struct {
	heading string
	height  vg.Length
	y       axis
	marks   []mark
	strips  []view.Strip
}

// mark is something drawn into a panel.
type mark interface{ draw(a area) }

// named is a mark with a name, written at the right of the panel beside a
// sample of the mark.
type named interface {
	// label is the name, and the value at which it belongs.
	label() (name string, at float64)
	// sample draws the mark in a small box.
	sample(a area, box vg.Rectangle)
}

// outerHeight is the height of the panel with what is under it.
func (p *panel) outerHeight() vg.Length {
	h := p.height
	if len(p.strips) > 0 {
		h += vg.Length(len(p.strips))*(stripHeight+stripGap) + labelHeight + stripGap
	}
	return h
}

// names are all that is written at the right.
func (p *panel) names() []string {
	var names []string
	for _, l := range p.labels() {
		names = append(names, l.name)
	}
	for _, s := range p.strips {
		names = append(names, s.Name)
	}
	return names
}

func (p *panel) draw(a area) {
	f := a.figure
	f.fonts.write(a.Canvas, p.heading, headingText, a.Min.X, a.Max.Y+6, 0)
	for _, b := range f.bands {
		a.box(shade, vg.Point{X: a.at(b.From), Y: a.Min.Y}, vg.Point{X: a.at(b.To), Y: a.Max.Y})
	}
	p.drawGrid(a)
	for _, m := range p.marks {
		m.draw(a)
	}
	for _, b := range f.bands { // again, where a filled mark covers the band
		a.StrokeLine2(bandEdge, a.at(b.From), a.Min.Y, a.at(b.From), a.Max.Y)
		a.StrokeLine2(bandEdge, a.at(b.To), a.Min.Y, a.at(b.To), a.Max.Y)
	}
	a.StrokeLine2(stroke(axes, 0.75), a.Min.X, a.Min.Y, a.Max.X, a.Min.Y)
	for _, t := range f.x.ticks {
		a.StrokeLine2(stroke(axes, 0.75), a.at(t.at), a.Min.Y, a.at(t.at), a.Min.Y-3)
	}
	p.drawLabels(a)
	drawStrips(a, p.strips)
}

func (p *panel) drawGrid(a area) {
	for _, t := range p.y.ticks {
		y := a.up(t.at)
		width := vg.Length(0.75)
		if t.label == "" {
			width = 0.4
		}
		a.StrokeLine2(stroke(grid, width), a.Min.X, y, a.Max.X, y)
		a.figure.fonts.write(a.Canvas, t.label, tickText, a.Min.X-tickGap, y-0.35*tickText.size, 1)
	}
}

// label is a name at the right of a panel.
type label struct {
	name string
	at   float64
	of   named
}

// labels are the names of the panel's marks from the top down; of equal values
// the mark drawn first is the higher.
func (p *panel) labels() []label {
	var labels []label
	for _, m := range p.marks {
		if n, ok := m.(named); ok {
			if name, at := n.label(); name != "" {
				labels = append(labels, label{name, at, n})
			}
		}
	}
	slices.SortStableFunc(labels, func(a, b label) int { return cmp.Compare(b.at, a.at) })
	return labels
}

func (p *panel) drawLabels(a area) {
	labels := p.labels()
	wanted := make([]vg.Length, len(labels))
	for i, l := range labels {
		wanted[i] = a.up(l.at)
	}
	fonts := a.figure.fonts
	low := a.Min.Y
	if len(p.strips) > 0 {
		low += labelHeight / 3 // away from the strips' names
	}
	for i, y := range spread(wanted, labelHeight, low, a.Max.Y) {
		x := a.Max.X + labelGap
		labels[i].of.sample(a, vg.Rectangle{Min: vg.Point{X: x, Y: y - 4}, Max: vg.Point{X: x + keyWidth, Y: y + 4}})
		name := fonts.fit(labels[i].name, labelText, labelMost)
		fonts.write(a.Canvas, name, labelText, x+keyWidth+4, y-0.35*labelText.size, 0)
	}
}

// spread moves places, given from the top down, as little as makes them keep a
// distance and stay between low and high; the order stays. Where there is no
// room for all they go on below low.
func spread(places []vg.Length, distance, low, high vg.Length) []vg.Length {
	type cluster struct {
		sum vg.Length // of the places that its first member would have
		n   int
	}
	var clusters []cluster
	top := func(c cluster) vg.Length {
		lowest := low + vg.Length(c.n-1)*distance
		return min(max(c.sum/vg.Length(c.n), lowest), high)
	}
	for _, y := range places {
		clusters = append(clusters, cluster{y, 1})
		for len(clusters) > 1 {
			above, below := clusters[len(clusters)-2], clusters[len(clusters)-1]
			if top(above)-vg.Length(above.n)*distance >= top(below) {
				break
			}
			shifted := below.sum + vg.Length(below.n*above.n)*distance
			clusters = append(clusters[:len(clusters)-2], cluster{above.sum + shifted, above.n + below.n})
		}
	}
	var apart []vg.Length
	for _, c := range clusters {
		for i := range c.n {
			apart = append(apart, top(c)-vg.Length(i)*distance)
		}
	}
	return apart
}
