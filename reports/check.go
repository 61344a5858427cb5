package reports

import (
	"bufio"
	"io"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
)

// CheckText writes the summary of a check for the terminal: the verdict, then
// what was judged, by configuration.
func CheckText(w io.Writer, c *experiments.Checked, o TextOptions) error {
	s := newSheet(o)
	v, text := checkVerdict(c)
	sections := [][]string{
		append(s.opening(checkTitle(c), checkAsked(c)), s.marked(ticks[v], verdictInk[v], text)...),
		s.bullets("WARNINGS", doubt, checkDoubts(c)),
	}
	for _, j := range c.Judgements {
		findings, n := j.Findings(), len(j.Expectations)
		sections = append(sections, s.judged(folded(expected(j)), findings[:n]), s.judged(drifted(j), findings[n:]))
		if n == 0 {
			sections = append(sections, []string{s.heading(expected(j)), "  " + s.paint(dim, "no expectations")})
		}
	}
	return printed(w, append(sections, s.footer("headroom "+c.Judgements[0].Version)))
}

// CheckLines writes a line for each finding that is no pass, as a compiler would.
func CheckLines(w io.Writer, c *experiments.Checked) error {
	out := bufio.NewWriter(w)
	for _, f := range c.Findings() {
		if f.Verdict != output.Pass {
			out.WriteString(plain(f.String()) + "\n") // Flush tells of an error
		}
	}
	return out.Flush()
}

// judged is a table of findings, or where it is wider than the terminal they are
// sentences: figures must not be cut.
func (s *sheet) judged(b block, findings []experiments.Finding) []string {
	if across(b.widths(mostCell)) <= s.width || len(b.rows) == 0 {
		return s.table(b)
	}
	lines := []string{s.heading(b)}
	for _, f := range findings {
		mark := ticks[f.Verdict]
		for _, line := range wrap(plain(f.Name+": "+f.Text), s.width-indent-gap) {
			lines = append(lines, "  "+s.paint(verdictInk[f.Verdict], mark)+" "+line)
			mark = " "
		}
	}
	return lines
}

// CheckMarkdown writes the report on a check.
func CheckMarkdown(w io.Writer, c *experiments.Checked) error {
	d := &document{bufio.NewWriter(w)}
	d.line("# " + escape(checkTitle(c)))
	d.line(escape(strings.Join(checkAsked(c), ", ")) + ".")
	v, text := checkVerdict(c)
	d.line("**" + ticks[v] + " " + escape(text) + ".**")
	d.list("Warnings", checkDoubts(c))
	for _, j := range c.Judgements {
		d.table(expected(j))
		d.table(drifted(j))
	}
	d.again(checkAgain(c), "All figures are in [summary.json](summary.json), a test case for each check in [junit.xml](junit.xml).")
	return d.Flush()
}
