package scenario

import "slices"

// Line is where the newest text of the scenario's file mentions a key, dotted in
// its parts: the variant's line where it has the key, else the base's. Of what
// only a flag mentions it is the line of the table around it; from 1.
func (s *Spec) Line(path ...string) int {
	for _, n := range slices.Backward(s.text.root.at(path)) {
		for _, o := range slices.Backward(n.origins) {
			if o.line > 0 {
				return o.line
			}
		}
	}
	return 1
}
