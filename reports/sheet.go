package reports

import (
	"bufio"
	"io"
	"strings"

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

func newSheet(o TextOptions) *sheet {
	return &sheet{painter(o.Colour), min(max(o.Width, narrowest), widest)}
}

// printed writes sections below each other.
func printed(w io.Writer, sections [][]string) error {
	out := bufio.NewWriter(w)
	for _, line := range stack(sections) {
		out.WriteString(line + "\n") // Flush tells of an error
	}
	return out.Flush()
}

// verdictInk are the colours of the verdicts.
var verdictInk = [...]ink{output.Fail: bad, output.Inconclusive: doubt, output.Pass: good}

// opening is the title and what was asked, with an empty line below.
func (s *sheet) opening(title string, asked []string) []string {
	lines := s.sentence(strong, title)
	for _, line := range wrapParts(asked, s.width) {
		lines = append(lines, s.paint(dim, line))
	}
	return append(lines, "")
}

// sentence is one by itself; nothing where it is empty.
func (s *sheet) sentence(colour ink, text string) []string {
	if text == "" {
		return nil
	}
	lines := wrap(plain(text), s.width)
	for i := range lines {
		lines[i] = s.paint(colour, lines[i])
	}
	return lines
}

// marked is a sentence behind the mark of a verdict.
func (s *sheet) marked(mark string, colour ink, text string) []string {
	lines := wrap(plain(text), s.width-2)
	for i := range lines {
		lines[i] = s.paint(colour, mark+" "+lines[i])
		mark = " "
	}
	return lines
}

// below is a sentence that goes on from a marked one; nothing where it is empty.
func (s *sheet) below(text string) []string {
	if text == "" {
		return nil
	}
	lines := wrap(plain(text), s.width-2)
	for i := range lines {
		lines[i] = "  " + lines[i]
	}
	return lines
}

// bullets is a list under a title; nothing where it is empty.
func (s *sheet) bullets(title string, colour ink, items []string) []string {
	if len(items) == 0 {
		return nil
	}
	lines := []string{s.paint(strong, title)}
	for _, text := range items {
		lines = append(lines, s.bullet(colour, text)...)
	}
	return lines
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

// footer is the last line.
func (s *sheet) footer(text string) []string {
	return []string{s.paint(dim, short(plain(text), s.width))}
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
