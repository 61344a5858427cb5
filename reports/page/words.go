package page

import (
	"strings"
	"unicode/utf8"

	"github.com/headroom-sim/headroom/reports/view"
)

// cell is a cell of a table.
type cell struct {
	Text string
	Head bool   // names its row
	Look string // class of the page's style: a figure, and its tone
	Tick string // kind of the verdict
	Sign string // of the verdict
	// Column is the name of its column, where rows are told line by line on a
	// narrow page.
	Column string
}

// line is a row of a table.
type line struct {
	Cells []cell
	Half  bool // about the row above
}

// verdicts are what tables show by a sign: verdicts, and what a plan chose or found too
// dear.
var verdicts = map[string]string{"✓": "pass", "✗": "fail", "~": "open", "★": "best", "$": "dear"}

// Lines are the rows. The first cell that is no sign names its row.
func (t Table) Lines() []line {
	list := make([]line, len(t.Rows))
	for i, row := range t.Rows {
		named := false
		list[i].Half = t.Left == 1 && row[0] == ""
		for k, text := range row {
			c := t.cell(i, k)
			if c.Tick == "" && !named && text != "" {
				c.Head, named = k < t.left(), true
			}
			if t.Look == "stack" {
				c.Column = view.Plain(t.Head[k])
			}
			list[i].Cells = append(list[i].Cells, c)
		}
	}
	return list
}

// cell is one of a row. A sign before a value is a verdict on it, but for the one
// that is faint: there it says that nothing is shown.
func (t Table) cell(row, column int) cell {
	tone := ""
	if t.Tones != nil {
		tone = t.Tones[row][column]
	}
	text := view.Plain(t.Rows[row][column])
	c := cell{Text: text, Look: tone}
	if sign, value, _ := strings.Cut(text, " "); tone != "dim" && verdicts[sign] != "" {
		c.Tick, c.Sign, c.Text = verdicts[sign], sign, value
	}
	if column >= t.left() || strings.Contains(text, " ± ") {
		c.Text = unbroken(c.Text)
	}
	if column >= t.left() {
		c.Look = strings.TrimSpace("num " + tone)
	}
	return c
}

// unbroken keeps a figure on one line with its unit, as far as a narrow screen takes it.
// Where a table is wider than its room the interval is below the mean.
func unbroken(text string) string {
	const most = 28 // characters
	if utf8.RuneCountInString(text) > most {
		return text
	}
	return strings.Replace(strings.ReplaceAll(text, " ", "\u00a0"), "\u00a0±", " ±", 1)
}

// left is how many columns are aligned at their left; a list of names and values
// has one.
func (t Table) left() int {
	if t.Head == nil {
		return 1
	}
	return t.Left
}

// Columns are the heads of the columns.
func (t Table) Columns() []cell {
	var list []cell
	for k, text := range t.Head {
		c := cell{Text: view.Plain(text)}
		if k >= t.Left {
			c.Look = "num"
		}
		list = append(list, c)
	}
	return list
}

// Sign is that of the verdict.
func (v Verdict) Sign() string {
	for sign, kind := range verdicts {
		if kind == v.Kind {
			return sign
		}
	}
	return "–"
}

// tidy makes the words of a chart safe to show.
func (c *chart) tidy() *chart {
	c.Title, c.Text = view.Plain(c.Title), view.Plain(c.Text)
	for _, s := range c.Series {
		s.Name = view.Plain(s.Name)
	}
	for i := range c.Levels {
		c.Levels[i].Name = view.Plain(c.Levels[i].Name)
	}
	for i := range c.Strips {
		c.Strips[i].Name = view.Plain(c.Strips[i].Name)
		c.Strips[i].series.Name = c.Strips[i].Name
	}
	return c
}

// word is one of a headline. A name, of several parts, stays on one line where there is
// one that holds it.
type word struct {
	Text string
	Name bool
}

// Parts are those between which a name may be broken where no line holds it.
func (w word) Parts() []string { return strings.SplitAfter(w.Text, "=") }

// headline are the words of one.
func headline(text string) []word {
	var list []word
	for w := range strings.SplitSeq(text, " ") {
		list = append(list, word{w, strings.ContainsAny(w, "-=")})
	}
	return list
}
