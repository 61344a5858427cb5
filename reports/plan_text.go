package reports

import (
	"bufio"
	"io"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
)

// mostTried is how many configurations the summary shows, mostNearest how many of
// those that come nearest.
const (
	mostTried   = 16
	mostNearest = 5
)

// PlanText writes the plan for the terminal: the answer first, then what it rests
// on, how much load it takes, and what the loss of a zone does to it.
func PlanText(w io.Writer, p *experiments.Plan, o TextOptions) error {
	s := &sheet{painter(o.Colour), min(max(o.Width, narrowest), widest)}
	sections := [][]string{s.planHeader(p), s.planDoubts(p)}
	if p.Best != nil {
		sections = append(sections, s.table(folded(expectations(p.Best.Result))))
	}
	for _, b := range []block{nearest(p, mostNearest), tried(p, mostTried), grown(p), lost(p)} {
		sections = append(sections, s.table(b))
	}
	out := bufio.NewWriter(w)
	for _, line := range stack(sections) {
		out.WriteString(line + "\n") // Flush tells of an error
	}
	return out.Flush()
}

func (s *sheet) planHeader(p *experiments.Plan) []string {
	var lines []string
	title := p.Title
	if title == "" {
		title = p.Scenario
	}
	for _, line := range wrap(plain(title), s.width) {
		lines = append(lines, s.paint(strong, line))
	}
	for _, line := range wrapParts(plannedOf(p), s.width) {
		lines = append(lines, s.paint(dim, line))
	}
	lines = append(lines, "")
	v, text := planVerdict(p)
	mark := ticks[v]
	for _, line := range wrap(plain(text), s.width-2) {
		lines = append(lines, s.paint([...]ink{output.Fail: bad, output.Inconclusive: doubt, output.Pass: good}[v], mark+" "+line))
		mark = " "
	}
	for _, sentence := range planSense(p) {
		for _, line := range wrap(plain(sentence), s.width-2) {
			lines = append(lines, "  "+line)
		}
	}
	return lines
}

func (s *sheet) planDoubts(p *experiments.Plan) []string {
	var lines []string
	for _, w := range planWarnings(p) {
		lines = append(lines, s.bullet(doubt, w)...)
	}
	if len(lines) == 0 {
		return nil
	}
	return append([]string{s.paint(strong, "WARNINGS")}, lines...)
}

// planWarnings are the doubts about the plan, and those about its best run.
func planWarnings(p *experiments.Plan) []string {
	list := append([]string{}, p.Doubts...)
	if p.Best != nil {
		list = append(list, p.Best.Result.Warnings...)
	}
	return list
}
