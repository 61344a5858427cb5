package view

import (
	"strings"
	"unicode"
)

// Plain makes the author's words safe to show: no control characters, which
// could steer a terminal, and none that turn the direction of writing.
func Plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), turns(r):
			return -1
		case r == unicode.ReplacementChar:
			return '?'
		}
		return r
	}, text)
}

// turns reports whether a character turns the direction of writing.
func turns(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\u200e' || r == '\u200f' || r == '\u061c'
}
