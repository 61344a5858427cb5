package swarm

import (
	"bytes"
	"fmt"
	"os"

	"github.com/BurntSushi/toml"

	"github.com/headroom-sim/headroom/models/scenario"
)

// Table is a TOML table: the scenario as a whole, or a part of it.
type Table = map[string]any

// Read reads TOML text.
func Read(text string) (Table, error) {
	var t Table
	_, err := toml.Decode(text, &t)
	return t, err
}

// Write writes TOML text, keys sorted.
func Write(t Table) string {
	var b bytes.Buffer
	e := toml.NewEncoder(&b)
	e.Indent = ""
	if err := e.Encode(t); err != nil {
		panic("swarm: " + err.Error())
	}
	return b.String()
}

// Clone copies a table and the tables in it.
func Clone(t Table) Table {
	c := make(Table, len(t))
	for key, value := range t {
		if inner, ok := value.(Table); ok {
			value = Clone(inner)
		}
		c[key] = value
	}
	return c
}

// Set puts a value where the path says, in tables that it makes where they are
// missing. It reports whether that can be.
func Set(t Table, path []string, value any) bool {
	for _, key := range path[:len(path)-1] {
		if t[key] == nil {
			t[key] = make(Table)
		}
		inner, ok := t[key].(Table)
		if !ok {
			return false
		}
		t = inner
	}
	t[path[len(path)-1]] = value
	return true
}

// Get is the table or value where the path says; nil where there is none.
func Get(t Table, path ...string) any {
	var value any = t
	for _, key := range path {
		inner, ok := value.(Table)
		if !ok {
			return nil
		}
		value = inner[key]
	}
	return value
}

// content is that of the files which scenarios of the swarm name.
var content = map[string]string{
	"trace.csv":   "timestamp,count\n0,30\n60,300\n120,0\n180,90\n240,60\n",
	"history.csv": "timestamp,load\n2026-02-28T08:00:00Z,9000\n2026-03-01T08:00:00Z,40000\n2026-03-01T20:00:00Z,500\n2026-03-02T07:00:00Z,70000\n2026-03-02T08:00:00Z,0\n",
	"spans.csv":   "0.001\n0.05\n0\n2.5\n",
	"counts.csv":  "1\n1\n7\n",
}

// Files gives the content of the files that scenarios of the swarm name.
func Files(name string) ([]byte, error) {
	text, ok := content[name]
	if !ok {
		return nil, fmt.Errorf("%s: %w", name, os.ErrNotExist)
	}
	return []byte(text), nil
}

// Spec reads a scenario's text as the program does.
func Spec(text string) (*scenario.Spec, scenario.Problems) {
	file, problems := scenario.Parse("swarm.toml", []byte(text), Files)
	if problems != nil {
		return nil, problems
	}
	return file.Spec("", nil)
}
