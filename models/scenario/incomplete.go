package scenario

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/headroom-sim/headroom/models/quantity"
)

// A slip of the pen in a name makes a further table, which lacks most of its
// keys. What is said about them is boiled down to what was probably meant.

// missing tells whether the finding is that a key was left out.
func (f finding) missing() bool { return strings.HasPrefix(f.text, "is required") }

// boilDown says one thing about every table that only a variant or a flag names
// and that is incomplete, and nothing about keys that are written elsewhere, in
// a table whose own name is misspelt.
func (d *decoder) boilDown(root *node) []finding {
	var left []finding
	lacking := make(map[string][]string) // the keys that a new table needs
	for _, f := range d.findings {
		fresh := d.freshTable(f.path, root)
		switch {
		case !f.missing():
			left = append(left, f)
		case d.astray(f.path):
		case fresh == nil:
			left = append(left, f)
		default:
			if lacking[key(fresh)] == nil {
				left = append(left, finding{path: fresh})
			}
			lacking[key(fresh)] = append(lacking[key(fresh)], key(f.path[len(fresh):]))
		}
	}
	for i, f := range left {
		if keys := lacking[key(f.path)]; f.text == "" {
			left[i].text, left[i].hint = "is not in the base, and is incomplete", reading(f.path, root, keys)
		}
	}
	return left
}

// reading names what was probably meant by a new table, else what it needs.
func reading(path []string, root *node, lacking []string) string {
	nodes := root.at(path)
	name, around := path[len(path)-1], nodes[len(nodes)-2]
	var older []string
	for _, k := range around.table().keys() {
		if around.table()[k].origins[0].layer < nodes[len(nodes)-1].origins[0].layer {
			older = append(older, k)
		}
	}
	if near := quantity.Nearest(name, older); near != "" {
		return fmt.Sprintf(" (did you mean %q?)", near)
	}
	if len(lacking) == 0 {
		return ""
	}
	return " (it lacks " + strings.Join(lacking, ", ") + ")"
}

// freshTable is the path of the outermost named table on the path that the base
// does not have; nil where there is none.
func (d *decoder) freshTable(path []string, root *node) []string {
	nodes := root.at(path)
	for i := 1; i < len(nodes); i++ {
		if namesTable(d.spec, path[:i]) && nodes[i].origins[0].layer > base {
			return path[:i]
		}
	}
	return nil
}

// namesTable tells whether a path leads to one of the tables that have names.
func namesTable(spec reflect.Type, path []string) bool {
	if len(path) < 2 {
		return false
	}
	last := len(path) - 1
	for _, f := range fieldsAt(spec, path[:last-1]) {
		if f.key == path[last-1] {
			return f.isNamed()
		}
	}
	return false
}

// astray tells whether the table of the key, or one around it, is written
// elsewhere.
func (d *decoder) astray(path []string) bool {
	for i := 1; i < len(path); i++ {
		if d.misspelt[key(path[:i])] {
			return true
		}
	}
	return false
}
