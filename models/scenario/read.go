package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/headroom-sim/headroom/models/quantity"
)

// readTree reads TOML text into a tree of the base layer. The error is a
// Problem without the file's name.
func readTree(name string, src []byte) (*node, *Problem) {
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf")) // byte order mark
	if p := guard(src); p != nil {
		return nil, p
	}
	var values map[string]any
	if _, err := toml.Decode(string(src), &values); err != nil {
		return nil, syntaxProblem(err, src)
	}
	b := builder{name}
	return b.table(values, indexKeys(src)), nil
}

// syntaxProblem is the parser's error without its position and its quotations.
func syntaxProblem(err error, src []byte) *Problem {
	var syntax toml.ParseError
	if !errors.As(err, &syntax) {
		return &Problem{Line: 1, Column: 1, Text: quantity.Brief(err.Error())}
	}
	return &Problem{Line: max(syntax.Position.Line, 1), Column: syntax.Position.Col,
		Text: quantity.Brief(syntax.Message) + withoutQuotes(src, syntax.Position)}
}

// bareQuantity is a value that only lacks its quotes: it begins as a number and
// goes on with letters, or is a distribution.
var bareQuantity = regexp.MustCompile(`[=,\[{]\s*([0-9][0-9.]*\s?[a-zA-Zµ%/][^,#\[\]{}"'=\r\n]*|[a-z0-9]+\([^()"'\r\n]*\))`)

// withoutQuotes is a hint where a quantity at the position has no quotes.
func withoutQuotes(src []byte, at toml.Position) string {
	start := min(max(at.Start, 0), len(src))
	begin := bytes.LastIndexByte(src[:start], '\n') + 1
	line, _, _ := bytes.Cut(src[begin:], []byte("\n"))
	for _, m := range bareQuantity.FindAllSubmatchIndex(line, -1) {
		value := strings.TrimSpace(string(line[m[2]:m[3]]))
		if column := start - begin; m[2] <= column && column <= m[3] && !hexadecimal(value) {
			return fmt.Sprintf(" (quantities are strings: write %q)", quantity.Brief(value))
		}
	}
	return ""
}

// hexadecimal tells whether a text is an attempt at a number that TOML has in
// another base.
func hexadecimal(text string) bool {
	return len(text) > 1 && text[0] == '0' && strings.ContainsRune("xob", rune(text[1]))
}

// A builder makes nodes of the values of one text.
type builder struct {
	file string
}

// table makes the node of a table whose key is at the given place.
func (b builder) table(values map[string]any, at *place) *node {
	t := make(table, len(values))
	for key, value := range values {
		where := at.inner[key]
		if where == nil {
			where = &place{line: at.line, column: at.column}
		}
		t[key] = b.node(value, where)
	}
	return &node{origins: b.origins(at), value: t}
}

func (b builder) node(value any, at *place) *node {
	if values, ok := value.(map[string]any); ok {
		return b.table(values, at)
	}
	return &node{origins: b.origins(at), value: plainList(value)}
}

func (b builder) origins(at *place) []origin {
	return []origin{{file: b.file, line: at.line, column: at.column}}
}

// plainList gives arrays of tables the type of all other lists.
func plainList(value any) any {
	tables, ok := value.([]map[string]any)
	if !ok {
		return value
	}
	list := make([]any, len(tables))
	for i, t := range tables {
		list[i] = t
	}
	return list
}

// readFlag reads "KEY=VALUE" into a tree of the given layer, and gives the path
// of its key. VALUE is TOML, or else taken as a string: min=4, rate=50/s.
func readFlag(text string, l layer) (*node, []string, error) {
	key, value, ok := cutFlag(text)
	if !ok {
		return nil, nil, errors.New(`must be KEY=VALUE, as in fleets.web.min=4`)
	}
	path, err := readPath(key)
	if err != nil {
		return nil, nil, err
	}
	o := []origin{{layer: l, file: flagName(text)}}
	value = strings.TrimSpace(value)
	n := &node{origins: o, value: readValue(value, o), bare: value}
	for i := len(path) - 1; i >= 0; i-- {
		n = &node{origins: o, value: table{path[i]: n}}
	}
	return n, path, nil
}

// flagName is the flag as messages name it.
func flagName(text string) string { return "--set " + quantity.Brief(text) }

// cutFlag cuts at the first = that is not quoted.
func cutFlag(text string) (key, value string, ok bool) {
	var quote rune
	for i, r := range text {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'':
			quote = r
		case r == '=':
			return strings.TrimSpace(text[:i]), text[i+1:], true
		}
	}
	return "", "", false
}

// readPath reads a dotted key.
func readPath(key string) ([]string, error) {
	src := []byte(key + " = 0")
	if guard(src) == nil && !strings.Contains(key, "\n") {
		var values map[string]any
		if meta, err := toml.Decode(string(src), &values); err == nil && len(meta.Keys()) > 0 {
			keys := meta.Keys()
			return keys[len(keys)-1], nil
		}
	}
	return nil, fmt.Errorf("must be KEY=VALUE with a dotted key, as in fleets.web.min=4 (have key %q)", quantity.Brief(key))
}

// readValue reads a TOML value; text that is none is a string.
func readValue(text string, o []origin) any {
	src := []byte("v = " + text)
	var values map[string]any
	if guard(src) != nil {
		return text
	}
	if _, err := toml.Decode(string(src), &values); err != nil || len(values) != 1 {
		return text
	}
	return withOrigins(values["v"], o)
}

// withOrigins turns inline tables into nodes.
func withOrigins(value any, o []origin) any {
	values, ok := value.(map[string]any)
	if !ok {
		return plainList(value)
	}
	t := make(table, len(values))
	for k, v := range values {
		t[k] = &node{origins: o, value: withOrigins(v, o)}
	}
	return t
}
