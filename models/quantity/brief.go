package quantity

import (
	"strings"
	"unicode"
)

// Brief keeps a user's text, or a message of a library about it, to what a line of
// an error holds: 160 bytes, and nothing that is not printed.
func Brief(text string) string {
	const most = 160
	clean := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, text)
	if len(clean) > most {
		clean = strings.ToValidUTF8(clean[:most], "") + "..."
	}
	return clean
}
