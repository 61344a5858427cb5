package chart

import (
	"strings"

	"gonum.org/v1/plot/vg"

	"github.com/headroom-sim/headroom/reports/view"
)

// targets shows what each server received, fleet by fleet.
func targets(d *data) *Plot {
	f := d.timed()
	var said []string
	for _, fleet := range d.Fleets() {
		h := d.Heat(fleet)
		if h == nil {
			continue
		}
		rows := vg.Length(len(h.Rows))
		f.panels = append(f.panels, &panel{
			heading: d.Heading(fleet, h.Title()), height: rows * min(max(120/rows, 4), 16),
			y: heatAxis(h), marks: heatMarks(h, d.Edges),
		})
		said = append(said, d.HeatText(h))
	}
	if len(f.panels) == 0 {
		return nil
	}
	return &Plot{Name: "targets", Title: "Load of each server" + d.First(), Alt: strings.Join(said, " "), figure: f}
}

// heatAxis numbers the rows from the top, or names the ranks at both ends.
func heatAxis(h *view.Heat) axis {
	rows := len(h.Rows)
	a := axis{max: float64(rows)}
	middle := func(row int) float64 { return float64(rows-row) - 0.5 }
	for _, r := range h.Labels() {
		a.ticks = append(a.ticks, tick{middle(r.Row), r.Text})
	}
	return a
}

// heatMarks are the map, and a name for the line of servers without a request.
func heatMarks(h *view.Heat, edges []float64) []mark {
	marks := []mark{heat{h, edges}}
	if h.Waited() {
		marks = append(marks, bound{name: "no request", style: stroke(axes, 1)})
	}
	return marks
}

// heat is a map of loads: the darker, the more; a line where a server has none.
type heat struct {
	*view.Heat
	edges []float64
}

// heatStrengths are those of the shades, the first of which stands for no request.
var heatStrengths = [view.HeatLevels + 1]tint{
	axes, light(blue, 0.14), light(blue, 0.3), light(blue, 0.48), light(blue, 0.7), blue, dark(blue, 0.7), dark(blue, 0.42),
}

func (m heat) draw(a area) {
	thick := (a.Max.Y - a.Min.Y) / vg.Length(len(m.Rows))
	a.box(paper, a.Min, a.Max) // no grid
	for level, cells := range m.Cells(m.edges) {
		low, high := vg.Length(0), thick
		if thick > 8 {
			low, high = 1, thick-1
		}
		if level == 0 {
			low, high = thick/2-0.5, thick/2+0.5
		}
		var shapes vg.Path
		for _, c := range cells {
			foot := a.Max.Y - vg.Length(c.Row+1)*thick
			shapes = append(shapes, vg.Rectangle{Min: vg.Point{X: a.at(c.From), Y: foot + low}, Max: vg.Point{X: a.at(c.To), Y: foot + high}}.Path()...)
		}
		if len(cells) > 0 {
			a.SetColor(heatStrengths[level])
			a.Fill(shapes)
		}
	}
}

func (m heat) label() (string, float64) { return m.ScaleText(), float64(len(m.Rows)) }

// sample are the shades.
func (m heat) sample(a area, box vg.Rectangle) {
	width := (box.Max.X - box.Min.X) / view.HeatLevels
	for i := range view.HeatLevels {
		from := box.Min.X + vg.Length(i)*width
		a.box(heatStrengths[i+1], vg.Point{X: from, Y: box.Min.Y}, vg.Point{X: from + width, Y: box.Max.Y})
	}
}
