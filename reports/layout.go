package reports

import (
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/headroom-sim/headroom/reports/view"
)

// cells measures text in columns of a terminal: two for Hangul, Han and most
// emoji. It doesn't ask the environment, so that a summary is the same in every
// locale.
var cells = runewidth.Condition{StrictEmojiNeutral: true}

// plain makes the author's words safe to print.
func plain(text string) string { return view.Plain(text) }

// short cuts a text to a width.
func short(text string, width int) string {
	return cells.Truncate(text, max(width, 1), "…")
}

// middle cuts a name to a width in its middle: names differ at their ends.
func middle(name string, width int) string {
	if cells.StringWidth(name) <= width {
		return name
	}
	tail := cells.TruncateLeft(name, cells.StringWidth(name)-width/2, "")
	return cells.Truncate(name, width-1-cells.StringWidth(tail), "") + "…" + tail
}

// pad fills a text up to a width, at its right, or at its left.
func pad(text string, width int, right bool) string {
	space := strings.Repeat(" ", max(width-cells.StringWidth(text), 0))
	if right {
		return space + text
	}
	return text + space
}

// wrap breaks a text between words into lines of at most the width; a word
// that is wider is cut.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = short(word, width)
		case cells.StringWidth(line)+1+cells.StringWidth(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = short(word, width)
		}
	}
	return append(lines, line)
}

// wrapTo breaks a text into at most so many lines. Where words are left out it
// ends in an ellipsis, and leaves no parenthesis open.
func wrapTo(text string, width, most int) []string {
	lines := wrap(text, width)
	words := strings.Fields(text)
	for n := len(words) - 1; len(lines) > most && n >= 0; n-- {
		kept := strings.Join(append(words[:n:n], "…"), " ")
		if strings.Count(kept, "(") > strings.Count(kept, ")") {
			kept += ")"
		}
		lines = wrap(kept, width)
	}
	return lines
}
