package reports

import (
	"bufio"
	"io"

	"github.com/headroom-sim/headroom/experiments"
)

// CompareText writes the comparison for the terminal: which arms are worth a
// choice first, then by how much they differ.
func CompareText(w io.Writer, c *experiments.Comparison, o TextOptions) error {
	s := &sheet{painter(o.Colour), min(max(o.Width, narrowest), widest)}
	out := bufio.NewWriter(w)
	for _, line := range stack(s.comparison(c)) {
		out.WriteString(line + "\n") // Flush tells of an error
	}
	return out.Flush()
}

func (s *sheet) comparison(c *experiments.Comparison) [][]string {
	head := []string{}
	for _, line := range wrap(plain(c.Title()), s.width) {
		head = append(head, s.paint(strong, line))
	}
	for _, line := range wrapParts(comparedOf(c), s.width) {
		head = append(head, s.paint(dim, line))
	}
	head = append(head, "")
	for _, text := range []string{cheapest(c), answer(c)} {
		if text != "" {
			for _, line := range wrap(plain(text), s.width) {
				head = append(head, s.paint(strong, line))
			}
		}
	}
	return [][]string{
		head, s.bullets("WARNINGS", doubt, CompareDoubts(c)),
		s.table(differences(c)), s.table(verdicts(c)), s.table(standings(c)),
		s.bullets("NOT COMPARED", "", unmatched(c)),
		s.remark(saved(c)),
		s.footerOf("headroom " + c.Arms[0].Version),
	}
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

// remark is a sentence by itself.
func (s *sheet) remark(text string) []string {
	if text == "" {
		return nil
	}
	return wrap(plain(text), s.width)
}
