package reports

import (
	"bufio"
	"io"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
)

// TextOptions say for what terminal a summary is written.
type TextOptions struct {
	Width  int  // columns; less than 60 counts as 60
	Colour bool // whether it shows colours; without, no control code is written
}

// sheet is a stretch of terminal that is written on.
type sheet struct {
	painter
	width int
}

// beside is the width from which figures and charts stand side by side, and
// between them the gutter. Lines are never wider than reading allows.
const (
	narrowest = 60
	beside    = 150
	gutter    = 4
	widest    = 220
)

// keyEvents is how many lines of the timeline the summary shows.
const keyEvents = 12

// Text writes the summary for the terminal: the verdict first, then what it
// rests on.
func Text(w io.Writer, r *experiments.Result, o TextOptions) error {
	s := &sheet{painter(o.Colour), min(max(o.Width, narrowest), widest)}
	sections := [][]string{s.header(r), s.warnings(r), s.table(folded(expectations(r)))}
	if r.Replications <= mostEach && missed(r) {
		sections = append(sections, s.table(each(r)))
	}
	half := &sheet{s.painter, (s.width - gutter) / 2}
	if s.width >= beside {
		sections = append(sections, sideBySide(stack(half.figures(r)), stack(half.pictures(r)), half.width+gutter))
	} else {
		sections = append(sections, s.figures(r)...)
		sections = append(sections, s.pictures(r)...)
	}
	sections = append(sections, s.footer(r))
	out := bufio.NewWriter(w)
	for _, line := range stack(sections) {
		out.WriteString(line + "\n") // Flush tells of an error
	}
	return out.Flush()
}

// folded makes the table of expectations narrow: the last column, where there
// is something in it, goes into rows of its own below the third.
func folded(b block) block {
	last := len(b.head) - 1
	rows := b.rows
	b.head, b.rows, b.left = b.head[:last], nil, last
	for _, row := range rows {
		row[last-1] = strings.Replace(row[last-1], " of ", "/", 1) // met in
		b.rows = append(b.rows, row[:last])
		if row[last] != "" {
			below := make([]string, last)
			below[2] = "during " + row[last]
			b.rows = append(b.rows, below)
		}
	}
	return b
}

// verdictInk are the colours of the verdicts.
var verdictInk = [...]ink{output.Fail: bad, output.Inconclusive: doubt, output.Pass: good}

func (s *sheet) header(r *experiments.Result) []string {
	var lines []string
	title := r.Title
	if title == "" {
		title = r.Scenario
	}
	for _, line := range wrap(plain(title), s.width) {
		lines = append(lines, s.paint(strong, line))
	}
	for _, line := range wrapParts(asked(r), s.width) {
		lines = append(lines, s.paint(dim, line))
	}
	lines = append(lines, "")
	v, text := verdict(r)
	colour := verdictInk[v]
	mark := ticks[v]
	if len(r.Expectations) == 0 {
		mark, colour = "-", dim
	}
	for i, line := range wrap(plain(text), s.width-2) {
		lines = append(lines, s.paint(colour, mark+" "+line))
		if i == 0 {
			mark = " "
		}
	}
	if text := binding(r); text != "" {
		for _, line := range wrap(plain(text), s.width-2) {
			lines = append(lines, "  "+line)
		}
	}
	return lines
}

// wrapParts joins parts by dots into lines, and breaks only between parts.
func wrapParts(parts []string, width int) []string {
	var lines []string
	line := ""
	for _, p := range parts {
		p = short(plain(p), width)
		if line != "" && cells.StringWidth(line)+3+cells.StringWidth(p) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " · "
		}
		line += p
	}
	return append(lines, line)
}

// figures are the parts of the summary that are tables.
func (s *sheet) figures(r *experiments.Result) [][]string {
	sections := [][]string{}
	for _, b := range []block{served(r), latencies(r), failures(r), capacity(r)} {
		sections = append(sections, s.table(b))
	}
	sections = append(sections, s.limits(r))
	for _, b := range []block{resolving(r), delivery(r), balancing(r), services(r), scaling(r), costs(r)} {
		sections = append(sections, s.table(b))
	}
	return sections
}

// pictures are the charts and the timeline.
func (s *sheet) pictures(r *experiments.Result) [][]string {
	return [][]string{s.charts(r), s.table(story(r, keyEvents))}
}

func (s *sheet) limits(r *experiments.Result) []string {
	var lines []string
	for _, l := range limits(r) {
		lines = append(lines, s.bullet("", l)...)
	}
	if len(lines) == 0 {
		return nil
	}
	for _, line := range wrap(whenLimitsBind, s.width-indent) {
		lines = append(lines, "  "+s.paint(dim, line))
	}
	return append([]string{s.paint(strong, "WHAT BOUND, AND WHEN")}, lines...)
}

func (s *sheet) warnings(r *experiments.Result) []string {
	var lines []string
	for _, w := range r.Warnings {
		lines = append(lines, s.bullet(doubt, w)...)
	}
	if len(lines) == 0 {
		return nil
	}
	return append([]string{s.paint(strong, "WARNINGS")}, lines...)
}

// bullet writes a sentence under an exclamation mark or a dash.
func (s *sheet) bullet(colour ink, text string) []string {
	mark := "-"
	if colour == doubt {
		mark = "!"
	}
	lines := wrap(plain(text), s.width-indent-2)
	for i := range lines {
		lines[i] = "  " + s.paint(colour, mark) + " " + lines[i]
		mark = " "
	}
	return lines
}

func (s *sheet) footer(r *experiments.Result) []string {
	return s.footerOf("digest " + r.Digest + " · headroom " + r.Version)
}

func (s *sheet) footerOf(text string) []string {
	return []string{s.paint(dim, short(plain(text), s.width))}
}

// stack puts sections below each other, an empty line between them.
func stack(sections [][]string) []string {
	var lines []string
	for _, section := range sections {
		if len(section) == 0 {
			continue
		}
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, section...)
	}
	return lines
}

// sideBySide puts two columns of lines beside each other, the second from the
// given place on.
func sideBySide(left, right []string, at int) []string {
	lines := make([]string, max(len(left), len(right)))
	for i := range lines {
		if i < len(left) {
			lines[i] = left[i]
		}
		if i < len(right) && right[i] != "" {
			lines[i] += strings.Repeat(" ", max(at-visible(lines[i]), 0)) + right[i]
		}
	}
	return lines
}

// visible is the width of a line without its control sequences.
func visible(line string) int {
	width := 0
	for {
		text, rest, found := strings.Cut(line, "\x1b[")
		width += cells.StringWidth(text)
		if !found {
			return width
		}
		_, line, _ = strings.Cut(rest, "m")
	}
}
