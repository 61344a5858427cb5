package experiments

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/models/scenario"
)

// Refused is that a scenario refuses points of a design.
type Refused struct {
	Reasons scenario.Problems // the first ones, each as the first point that is refused for it has it
	More    int               // further reasons
	Point   string            // the first that is refused
	Refused int
	Of      int

	known map[broken]bool
}

// broken is a rule that a key breaks, whatever its value is.
type broken struct{ key, rule string }

// mostReasons is how many an error names.
const mostReasons = 5

// Error has a line for each reason, and how many points are refused.
func (e *Refused) Error() string {
	more := ""
	if e.More > 0 {
		more = fmt.Sprintf("and %d more\n", e.More)
	}
	return fmt.Sprintf("%s\n%s%d of %d points are refused, the first is %s", e.Reasons, more, e.Refused, e.Of, e.Point)
}

// Unwrap gives the reasons.
func (e *Refused) Unwrap() error { return e.Reasons }

// add counts a point, made by overrides "KEY=VALUE", that the scenario refuses.
// An error of any other kind is given back.
func (e *Refused) add(sets []string, err error) error {
	problems, ok := err.(scenario.Problems)
	if !ok {
		return err
	}
	if e.Refused++; e.Refused == 1 {
		e.Point, e.known = strings.Join(sets, ", "), make(map[broken]bool)
	}
	for _, p := range problems {
		rule, _, _ := strings.Cut(p.Text, " (")
		why := broken{p.Key, rule}
		switch {
		case e.known[why]:
		case len(e.Reasons) == mostReasons:
			e.More++
		default:
			e.Reasons = append(e.Reasons, varied(p, sets))
		}
		e.known[why] = true
	}
	return nil
}

// addOwn counts what is wrong with a value at its own key, and reports whether
// anything is.
func (e *Refused) addOwn(key, value string, err error) bool {
	problems, _ := err.(scenario.Problems)
	own := slices.DeleteFunc(slices.Clone(problems), func(p scenario.Problem) bool { return !design.Within(p.Key, key) })
	return len(own) > 0 && e.add([]string{value}, own) == nil
}

// undoes tells whether a factor leaves an override without effect: one of its own
// key, or of one within its tables that each of them has.
func (s *Scenario) undoes(f design.Factor, set string) bool {
	key, _, _ := strings.Cut(set, "=")
	key = strings.TrimSpace(key)
	if key == f.Key || !design.Within(key, f.Key) {
		return key == f.Key
	}
	for level := range f.Levels() {
		varied := f.Key + "=" + f.Value(level)
		with, without := s.meaning(set, varied), s.meaning(varied)
		if with == nil || without == nil || !bytes.Equal(with, without) {
			return false
		}
	}
	return true
}

// meaning is that of the base with overrides; nil where the scenario refuses it.
func (s *Scenario) meaning(sets ...string) []byte {
	spec, problems := s.Spec("", sets)
	if problems.Err() != nil {
		return nil
	}
	return spec.Meaning()
}

// varied is a problem of an override that is the design's, under the name of its
// flag.
func varied(p scenario.Problem, sets []string) scenario.Problem {
	if set, ok := strings.CutPrefix(p.File, "--set "); ok && slices.Contains(sets, set) {
		p.File = "--vary " + set
	}
	return p
}
