package reports

import (
	"cmp"
	"io"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
)

// keyEvents is how many lines of the timeline the summary shows.
const keyEvents = 12

// Text writes the summary for the terminal: the verdict first, then what it
// rests on.
func Text(w io.Writer, r *experiments.Result, o TextOptions) error {
	s := newSheet(o)
	sections := [][]string{s.header(r), s.bullets("WARNINGS", doubt, r.Warnings), s.table(folded(expectations(r)))}
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
	sections = append(sections, s.footer("digest "+r.Digest+" · headroom "+r.Version))
	return printed(w, sections)
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

func (s *sheet) header(r *experiments.Result) []string {
	v, text := verdict(r)
	mark, colour := ticks[v], verdictInk[v]
	if len(r.Expectations) == 0 {
		mark, colour = "-", dim
	}
	lines := append(s.opening(cmp.Or(r.Title, r.Scenario), asked(r)), s.marked(mark, colour, text)...)
	return append(lines, s.below(binding(r))...)
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
	lines := s.bullets("WHAT BOUND, AND WHEN", "", limits(r))
	if len(lines) == 0 {
		return nil
	}
	for _, line := range wrap(whenLimitsBind, s.width-indent) {
		lines = append(lines, "  "+s.paint(dim, line))
	}
	return lines
}
