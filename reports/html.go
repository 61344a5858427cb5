package reports

import (
	"math"
	"slices"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/reports/page"
	"github.com/headroom-sim/headroom/reports/view"
)

func plainAll(texts []string) []string {
	list := make([]string, len(texts))
	for i, text := range texts {
		list[i] = plain(text)
	}
	return list
}

// said are the sentences that are not empty.
func said(sentences ...string) []string {
	return slices.DeleteFunc(sentences, func(s string) bool { return s == "" })
}

// looks are those of verdicts.
var looks = [...]string{output.Fail: "fail", output.Inconclusive: "open", output.Pass: "pass"}

// kindOf is the look of the verdict on a result.
func kindOf(r *experiments.Result) string {
	if len(r.Expectations) == 0 {
		return "none"
	}
	v, _ := verdict(r)
	return looks[v]
}

// tables are the blocks that have rows, as parts of a page.
func tables(blocks ...block) []page.Part {
	var list []page.Part
	for _, t := range tablesOf(blocks...) {
		list = append(list, t)
	}
	return list
}

// columns are small tables side by side.
func columns(blocks ...block) []page.Part {
	if list := tablesOf(blocks...); len(list) > 0 {
		return []page.Part{page.Columns(list)}
	}
	return nil
}

// paired are charts side by side, if there are any, under what there is to see.
func paired(text string, pair page.Pair) []page.Part {
	if pair == nil {
		return nil
	}
	return []page.Part{page.Words(plain(text)), pair}
}

// folds are tables that are shown after a click.
func folds(title string, blocks ...block) []page.Part {
	if list := tablesOf(blocks...); len(list) > 0 {
		return []page.Part{page.Fold{Title: title, Tables: list}}
	}
	return nil
}

// tablesOf are the blocks that have rows, as tables of a page.
func tablesOf(blocks ...block) []page.Table {
	var list []page.Table
	for _, b := range blocks {
		if len(b.rows) == 0 {
			continue
		}
		b = b.filled()
		t := page.Table{Title: plain(b.title), Head: b.head, Rows: b.rows, Left: b.left, Note: b.note, Tones: b.tones()}
		if b.of != "" {
			t.Title += ": " + plain(b.of)
		}
		if len(b.head) > 2 && b.left == len(b.head) { // texts
			t.Look = "stack"
		}
		list = append(list, t)
	}
	return list
}

// toneNames are what inks are called on a page.
var toneNames = map[ink]string{good: "good", bad: "bad", doubt: "doubt", dim: "dim"}

// tones are what the inks of a block are called on a page.
func (b block) tones() [][]string {
	if b.inks == nil {
		return nil
	}
	list := make([][]string, len(b.inks))
	for i, row := range b.inks {
		for _, colour := range row {
			list[i] = append(list[i], toneNames[colour])
		}
	}
	return list
}

// filled leaves out columns of texts in which no row has anything.
func (b block) filled() block {
	for c := b.left - 1; c > 0 && len(b.head) > 0; c-- {
		if !slices.ContainsFunc(b.rows, func(row []string) bool { return row[c] != "" }) {
			b = b.without(c)
		}
	}
	return b
}

// possible are the values of points and the ends of their intervals, as far as there
// can be such: an interval may reach below zero, or a share above 1, where no value
// does.
func possible(points []page.Point, unit string) []float64 {
	var values []float64
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range points {
		if !math.IsNaN(p.Y.Mean) {
			values = append(values, view.Ends(p.Y)...)
			low, high = min(low, p.Y.Mean), max(high, p.Y.Mean)
		}
	}
	for i := range values {
		if low >= 0 {
			values[i] = max(values[i], 0)
		}
		if unit == "share" && high <= 1 {
			values[i] = min(values[i], 1)
		}
	}
	return values
}
