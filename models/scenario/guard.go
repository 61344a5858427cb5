package scenario

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// Bounds on what is read at all, so that no input takes long or deep.
const (
	greatestFile  = 16 << 20 // bytes
	greatestDepth = 32       // of nested lists and tables, and parts of a dotted key
	greatestKey   = 1000     // bytes of a dotted key
)

// guard refuses input that a parser would recurse or crawl over. It follows the
// syntax only as far as strings, comments and brackets; what it misreads is
// wrong for the parser as well.
func guard(src []byte) *Problem {
	if len(src) > greatestFile {
		return &Problem{Line: 1, Column: 1, Text: fmt.Sprintf("is larger than %d MiB", greatestFile>>20)}
	}
	if at := firstBadByte(src); at >= 0 {
		return problemAt(src, at, "is not text in UTF-8")
	}
	g := guardian{src: src}
	for g.at < len(src) {
		if text := g.step(); text != "" {
			return problemAt(src, g.at, text)
		}
	}
	return nil
}

// firstBadByte is the offset of the first NUL or byte that is not UTF-8, or -1.
func firstBadByte(src []byte) int {
	for i := 0; i < len(src); {
		r, size := utf8.DecodeRune(src[i:])
		if r == 0 || r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

func problemAt(src []byte, at int, text string) *Problem {
	at = min(at, len(src))
	line := 1 + bytes.Count(src[:at], []byte("\n"))
	column := at - bytes.LastIndexByte(src[:at], '\n')
	return &Problem{Line: line, Column: column, Text: text}
}

// A guardian walks over the text token by token.
type guardian struct {
	src    []byte
	at     int
	depth  int
	key    int  // where the text began that may be a key
	dots   int  // in that text
	header bool // it is that of a table's header
}

// step passes one token, and says what is wrong with it.
func (g *guardian) step() string {
	c := g.src[g.at]
	switch c {
	case '"', '\'':
		g.skipString(c)
		return ""
	case '#':
		g.skipComment()
		return ""
	}
	text := g.bound(c)
	g.at++
	switch c {
	case '[', '{':
		g.header = c == '[' && (g.depth == 0 && g.lineBegins() || g.header && g.depth == 1)
		g.depth++
		g.newKey()
	case ']', '}':
		g.depth = max(g.depth-1, 0)
		g.header = false
	case '=', ',', '\n':
		g.newKey()
	case '.':
		g.dots++
	}
	return text
}

// bound checks what the character c ends: a key, or nothing.
func (g *guardian) bound(c byte) string {
	isKey := c == '=' || c == ']' && g.header
	switch {
	case g.depth > greatestDepth:
		return fmt.Sprintf("is nested deeper than %d levels", greatestDepth)
	case isKey && g.dots >= greatestDepth:
		return fmt.Sprintf("key has more than %d parts", greatestDepth)
	case isKey && g.at-g.key > greatestKey:
		return fmt.Sprintf("key is longer than %d bytes", greatestKey)
	}
	return ""
}

func (g *guardian) newKey() { g.key, g.dots = g.at, 0 }

// lineBegins tells whether the bracket just passed is the first text of its
// line.
func (g *guardian) lineBegins() bool {
	return len(bytes.TrimLeft(g.src[g.key:g.at-1], " \t\r")) == 0
}

func (g *guardian) skipComment() {
	for g.at < len(g.src) && g.src[g.at] != '\n' {
		g.at++
	}
}

// skipString passes a string of any of the four kinds.
func (g *guardian) skipString(quote byte) {
	fence := bytes.Repeat([]byte{quote}, 3)
	multi := bytes.HasPrefix(g.src[g.at:], fence)
	if !multi {
		fence = fence[:1]
	}
	g.at += len(fence)
	for g.at < len(g.src) {
		switch c := g.src[g.at]; {
		case c == '\\' && quote == '"':
			g.at++
		case c == '\n' && !multi:
			return
		case bytes.HasPrefix(g.src[g.at:], fence):
			g.at += len(fence)
			return
		}
		g.at++
	}
}
