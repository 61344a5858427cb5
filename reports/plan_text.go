package reports

import (
	"cmp"
	"io"

	"github.com/headroom-sim/headroom/experiments"
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
	s := newSheet(o)
	v, text := planVerdict(p)
	head := append(s.opening(cmp.Or(p.Title, p.Scenario), plannedOf(p)), s.marked(ticks[v], verdictInk[v], text)...)
	for _, sentence := range planSense(p) {
		head = append(head, s.below(sentence)...)
	}
	sections := [][]string{head, s.bullets("WARNINGS", doubt, PlanDoubts(p))}
	if p.Best != nil {
		sections = append(sections, s.table(folded(expectations(p.Best.Result))))
	}
	for _, b := range []block{nearest(p, mostNearest), tried(p, mostTried), grown(p), lost(p)} {
		sections = append(sections, s.table(b))
	}
	return printed(w, sections)
}

// PlanDoubts are the warnings about the plan, and those about its best run.
func PlanDoubts(p *experiments.Plan) []string {
	var list []string
	if p.Best != nil {
		list = append(list, p.Best.Result.Warnings...)
	}
	return append(list, p.Doubts...)
}
