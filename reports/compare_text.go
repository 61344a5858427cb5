package reports

import (
	"io"

	"github.com/headroom-sim/headroom/experiments"
)

// CompareText writes the comparison for the terminal: which arms are worth a
// choice first, then by how much they differ.
func CompareText(w io.Writer, c *experiments.Comparison, o TextOptions) error {
	s := newSheet(o)
	head := s.opening(c.Title(), comparedOf(c))
	for _, text := range []string{cheapest(c), answer(c)} {
		head = append(head, s.sentence(strong, text)...)
	}
	return printed(w, [][]string{
		head, s.bullets("WARNINGS", doubt, CompareDoubts(c)),
		s.table(differences(c)), s.table(verdicts(c)), s.table(standings(c)),
		s.bullets("NOT COMPARED", "", unmatched(c)),
		s.sentence("", saved(c)),
		s.footer("headroom " + c.Arms[0].Version),
	})
}
