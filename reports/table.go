package reports

import (
	"strings"
)

// gap is the room between the columns of a table, indent that at its left.
const (
	gap    = 2
	indent = 2
)

// table writes the block as lines of at most the width: a list of name and
// value in as many columns as fit, or a table, in several parts where it is too
// wide for one.
func (s *sheet) table(b block) []string {
	if len(b.rows) == 0 {
		return nil
	}
	lines := []string{s.heading(b)}
	switch {
	case b.head == nil:
		lines = append(lines, s.list(b.rows)...)
	default:
		lines = append(lines, s.parts(b)...)
	}
	if b.note != "" {
		for _, line := range wrap(b.note, s.width-indent) {
			lines = append(lines, "  "+s.paint(dim, line))
		}
	}
	return lines
}

// heading is the title of a block.
func (s *sheet) heading(b block) string {
	title := strings.ToUpper(b.title)
	if b.of != "" {
		title += " " + b.of
	}
	return s.paint(strong, short(plain(title), s.width))
}

// list writes pairs of name and value, down one column and then the next.
func (s *sheet) list(rows [][]string) []string {
	names, values := 0, 0
	for _, row := range rows {
		names = max(names, min(cells.StringWidth(plain(row[0])), mostName))
		values = max(values, cells.StringWidth(row[1]))
	}
	wide := indent + names + gap + values + gap
	columns := min(max(s.width/wide, 1), 3, (len(rows)+2)/3)
	deep := (len(rows) + columns - 1) / columns
	lines := make([]string, deep)
	for i, row := range rows {
		name := pad(short(plain(row[0]), names), names, false)
		value := pad(row[1], values+gap, false)
		lines[i%deep] += "  " + s.paint(dim, name) + "  " + value
	}
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}

// parts cuts a table that is too wide into several of about as many columns,
// those that name the rows before each.
func (s *sheet) parts(b block) []string {
	widths := s.widths(b)
	if b.left == len(b.head) { // its last column is text that wraps
		return s.whole(b, widths)
	}
	names := s.names(b, widths)
	columns := len(b.head) - names
	n := 0
	for from := names; from < len(b.head); from = s.fits(widths, names, from, columns) {
		n++
	}
	var lines []string
	for from := names; from < len(b.head); {
		to := s.fits(widths, names, from, (columns+n-1)/n)
		if from > names {
			lines = append(lines, "")
		}
		lines = append(lines, s.part(b, widths, names, from, to)...)
		from = to
	}
	return lines
}

// names is how many columns name the rows: all in front of the figures, but the
// first alone where they take more than half the width.
func (s *sheet) names(b block, widths []int) int {
	if across(widths[:b.left]) > s.width/2 {
		return 1
	}
	return max(b.left, 1)
}

// fits is the column before which a part must end that begins with the given
// one and has at most so many, behind those that name the rows.
func (s *sheet) fits(widths []int, names, from, most int) int {
	to, wide := from, across(widths[:names])
	for to < len(widths) && to-from < most && (to == from || wide+gap+widths[to] <= s.width) {
		wide += gap + widths[to]
		to++
	}
	return to
}

// mostCell is how wide a column of a table may be that is not of figures,
// mostName that of names in front of these, and of a list.
const (
	mostCell = 24
	mostName = 30
)

// widths are those of the columns. Where all of them fit nothing is cut. In a table
// of texts the last one takes what is left, and the widest give way where there is
// too little.
func (s *sheet) widths(b block) []int {
	widths := b.widths(s.width)
	if across(widths) > s.width {
		widths = b.widths(max(s.width/4, mostCell))
	}
	if b.left < len(b.head) {
		return widths
	}
	last := len(widths) - 1
	widths[last] = max(widths[last]+s.width-across(widths), min(widths[last], 16))
	for across(widths) > s.width {
		widest := 0
		for c := range widths {
			if widths[c] > widths[widest] {
				widest = c
			}
		}
		widths[widest]--
	}
	return widths
}

// widths are what the columns need, but those that are not of figures, and heads,
// at most so much; names in front of figures somewhat more.
func (b block) widths(most int) []int {
	widths := make([]int, len(b.head))
	for c := range b.head {
		most := most
		if c == 0 && b.left == 1 {
			most = max(most, mostName)
		}
		widths[c] = min(cells.StringWidth(plain(b.head[c])), most)
		for _, row := range b.rows {
			widths[c] = max(widths[c], cells.StringWidth(plain(row[c])))
		}
		if c < b.left { // figures are not cut
			widths[c] = min(widths[c], most)
		}
	}
	return widths
}

// across is how wide a table with such columns is.
func across(widths []int) int { return indent + sum(widths) + gap*(len(widths)-1) }

func sum(values []int) int {
	total := 0
	for _, v := range values {
		total += v
	}
	return total
}

// whole writes all columns.
func (s *sheet) whole(b block, widths []int) []string {
	return s.part(b, widths, len(b.head), len(b.head), len(b.head))
}

// part writes the columns that name the rows, and those in from..to.
func (s *sheet) part(b block, widths []int, names, from, to int) []string {
	var columns []int
	for c := range names {
		columns = append(columns, c)
	}
	for c := from; c < to; c++ {
		columns = append(columns, c)
	}
	var lines []string
	if strings.Join(b.head, "") != "" {
		lines = append(lines, s.paint(dim, s.row(b, widths, columns, header)[0]))
	}
	for i := range b.rows {
		lines = append(lines, s.row(b, widths, columns, i)...)
	}
	return lines
}

// mostLines is how many lines a cell may have; the rest of its text is cut.
// Where nothing may be lost it is allLines.
const (
	mostLines = 2
	allLines  = 1000
)

// tall writes a table of texts of which nothing is cut.
func (s *sheet) tall(b block) []string {
	b.lines = allLines
	return s.table(b)
}

// header is the number of the row that names the columns.
const header = -1

// row writes the i-th row; the last column of a table of texts goes on in
// further lines.
func (s *sheet) row(b block, widths, columns []int, i int) []string {
	row := b.head
	if i != header {
		row = b.rows[i]
	}
	line, ends := "", indent
	var rest []string
	for _, c := range columns {
		text := plain(row[c])
		if c == len(b.head)-1 && b.left == len(b.head) {
			lines := wrapTo(text, widths[c], max(b.lines, mostLines))
			text, rest = lines[0], lines[1:]
			ends = cells.StringWidth(line) + gap
		}
		text = pad(middle(text, widths[c]), widths[c], c >= b.left)
		line += strings.Repeat(" ", gap) + s.paint(b.ink(i, c), text)
	}
	lines := []string{s.accent(b, row, strings.TrimRight(line, " "))}
	for _, text := range rest {
		lines = append(lines, strings.Repeat(" ", ends)+text)
	}
	return lines
}

// accent paints a row by what it says: verdicts in their colours, intervals
// faintly.
func (s *sheet) accent(b block, row []string, line string) string {
	switch {
	case row[0] == ticks[0]:
		return s.paint(bad, line)
	case row[0] == ticks[1]:
		return s.paint(doubt, line)
	case row[0] == ticks[2]:
		return strings.Replace(line, ticks[2], s.paint(good, ticks[2]), 1)
	case row[0] == "" && strings.HasPrefix(row[len(row)-1], "±"):
		return s.paint(dim, line)
	}
	return line
}
