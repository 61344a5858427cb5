package scenario

import (
	"fmt"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/models/quantity"
)

// lookUp reports a name that is not among the known ones.
func (c *crossChecker) lookUp(path []string, what, name string, known []string) {
	enough := len(c.findings) >= greatestFindings // finding what was meant takes its time
	if enough || slices.Contains(known, name) || !c.sound(path...) || c.namesMissing() {
		return
	}
	text := fmt.Sprintf("there is no %s %q", what, quantity.Brief(name))
	c.note(finding{path, text, suggest(name, known)})
}

// suggest names the known one that was probably meant, or all if they are few;
// none if comparing with all of them would take long.
func suggest(name string, known []string) string {
	const few, many = 8, 5000
	if len(known) > many {
		return ""
	}
	near := quantity.Nearest(name, known)
	if ending := endingIn(name, known); ending != "" {
		near = ending
	}
	switch {
	case near != "":
		return fmt.Sprintf(" (did you mean %q?)", near)
	case 0 < len(known) && len(known) <= few:
		return " (known: " + strings.Join(known, ", ") + ")"
	}
	return ""
}

// endingIn is the shortest of the dotted names that end in the given one.
func endingIn(name string, known []string) string {
	best := ""
	for _, k := range known {
		if strings.HasSuffix(k, "."+name) && (best == "" || len(k) < len(best)) {
			best = k
		}
	}
	return best
}

// namesMissing tells whether names are under an unknown key, or a whole table of
// them could not be read: what is not known may be in there.
func (c *crossChecker) namesMissing() bool {
	if c.lost {
		return true
	}
	for _, table := range []string{"clients", "routes", "balancers", "fleets", "services", "cdns", "dns", "alarms"} {
		if c.misspelt[table] {
			return true
		}
	}
	return false
}
