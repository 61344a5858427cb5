package page

import (
	"math"

	"github.com/headroom-sim/headroom/reports/view"
)

// Tiles are values over two keys: a tile for each pair of theirs, the darker the
// greater the value.
type Tiles struct {
	ID, Title, Text string // Text is what there is to see
	Across, Up      string // what the columns and the rows are of
	Columns, Rows   []string
	Values          [][]float64 // of each row, from the top; NaN where there is none
	Words           [][]string  // the same in words
	Table           *Table
}

// Kind implements Part.
func (Tiles) Kind() string { return "tiles" }

// shades is how many there are.
const shades = 6

// tilesHeight is that of all rows together at most, tileHeight that of one, in pixels.
const (
	tilesHeight = 420
	tileHeight  = 34
)

// row is the height of a row.
func (c Tiles) row() int { return max(2, min(tileHeight, tilesHeight/len(c.Rows))) }

// Height is that of the drawing, in pixels.
func (c Tiles) Height() int { return c.row() * len(c.Rows) }

// extent are the least and the greatest value.
func (c Tiles) extent() (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, row := range c.Values {
		for _, v := range row {
			if !math.IsNaN(v) {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	return low, high
}

// Shapes are the tiles of each shade as one path.
func (c Tiles) Shapes() []shape {
	low, high := c.extent()
	var paths [shades]path
	for i, row := range c.Values {
		for k, v := range row {
			if math.IsNaN(v) {
				continue
			}
			shade := 0
			if high > low {
				shade = min(int(float64((v-low)/(high-low)*shades)), shades-1)
			}
			p := &paths[shade]
			p.move(c.left(k), float64(i*c.row()))
			p.across(c.left(k + 1))
			p.up(float64((i + 1) * c.row()))
			p.across(c.left(k))
			p.text = append(p.text, 'Z')
		}
	}
	var shapes []shape
	for i := range paths {
		if len(paths[i].text) > 0 {
			shapes = append(shapes, paths[i].shape(shadeLooks[i]))
		}
	}
	return shapes
}

var shadeLooks = [shades]string{"shade t1", "shade t2", "shade t3", "shade t4", "shade t5", "shade t6"}

// left is where a column begins.
func (c Tiles) left(column int) float64 {
	return float64(wide * column / len(c.Columns))
}

// Side are the names of the rows, as many as there is room for.
func (c Tiles) Side() []label { return middlesOf(c.Rows, 1+16/c.row()) }

// Bottom are the names of the columns, as many as there is room for.
func (c Tiles) Bottom() []label { return middlesOf(c.Columns, 1+(len(c.Columns)-1)/mostBottom) }

// mostBottom is how many names there is room for below.
const mostBottom = 8

func middlesOf(names []string, every int) []label {
	var list []label
	for i := 0; i < len(names); i += every {
		list = append(list, label{At: percent((float64(i) + 0.5) / float64(len(names))), Text: view.Plain(names[i]), Minor: i/every%2 == 1 && len(names) > 4})
	}
	return list
}

// tileWord is what stands on a tile, at its middle in percent.
type tileWord struct {
	Left, Top float64
	Text      string
	Minor     bool // left out where there is little room
}

// Told are the values in words on their tiles, where there is room for all.
func (c Tiles) Told() []tileWord {
	if len(c.Columns) > mostBottom || c.row() < tileHeight {
		return nil
	}
	var list []tileWord
	for i, row := range c.Words {
		for k, text := range row {
			list = append(list, tileWord{
				Left: percent((float64(k) + 0.5) / float64(len(c.Columns))), Top: percent((float64(i) + 0.5) / float64(len(c.Rows))),
				Text: view.Plain(text), Minor: len(c.Columns) > 4,
			})
		}
	}
	return list
}
