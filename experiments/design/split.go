package design

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/headroom-sim/headroom/models/quantity"
)

// outside finds the first place of a text that lies outside quotes and
// brackets and where the test holds; -1 where there is none.
func outside(text string, test func(rest string) bool) int {
	var quote rune
	depth := 0
	for i, r := range text {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case depth == 0 && test(text[i:]):
			return i
		case r == '"' || r == '\'':
			quote = r
		case strings.ContainsRune("([{", r):
			depth++
		case strings.ContainsRune(")]}", r):
			depth = max(0, depth-1)
		}
	}
	return -1
}

// cutOutside cuts at the first mark outside quotes and brackets.
func cutOutside(text string, mark byte) (before, after string, ok bool) {
	at := outside(text, func(rest string) bool { return rest[0] == mark })
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+1:], true
}

// split splits at the marks outside quotes and brackets, and drops the spaces
// around each part.
func split(text string, mark byte) []string {
	var parts []string
	for more := true; more; {
		var part string
		part, text, more = cutOutside(text, mark)
		parts = append(parts, strings.TrimSpace(part))
	}
	return parts
}

var bareKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// readPath reads a dotted key, whose parts may have quotes.
func readPath(key string) ([]string, error) {
	path := split(key, '.')
	for i, part := range path {
		path[i] = Plain(part)
		if path[i] == part && !bareKey.MatchString(part) {
			return nil, fmt.Errorf("must have a dotted key, as in fleets.web.min (have key %q)", quantity.Brief(key))
		}
	}
	return path, nil
}

// writePath is a dotted key with quotes only where they are needed.
func writePath(path []string) string {
	parts := make([]string, len(path))
	for i, part := range path {
		parts[i] = part
		if !bareKey.MatchString(part) {
			parts[i] = strconv.Quote(part)
		}
	}
	return strings.Join(parts, ".")
}
