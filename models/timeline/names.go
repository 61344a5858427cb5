package timeline

import (
	"fmt"
	"strings"
)

// Names are those of instances in a sentence. It keeps the first few and counts
// the rest.
type Names struct {
	first [3]string
	n     int
}

// Add adds a name.
func (l *Names) Add(name string) {
	if l.n < len(l.first) {
		l.first[l.n] = name
	}
	l.n++
}

// Len is how many there are.
func (l *Names) Len() int { return l.n }

// String lists them: "web-3", "web-3 and web-4", "web-3, web-4 and 5 more".
func (l *Names) String() string {
	switch n := len(l.first); {
	case l.n == 0:
		return "none"
	case l.n == 1:
		return l.first[0]
	case l.n <= n:
		return strings.Join(l.first[:l.n-1], ", ") + " and " + l.first[l.n-1]
	default:
		return fmt.Sprintf("%s and %d more", strings.Join(l.first[:n-1], ", "), l.n-n+1)
	}
}

// Verb is one of two forms, for one name or for several.
func (l *Names) Verb(one, several string) string {
	if l.n == 1 {
		return one
	}
	return several
}
