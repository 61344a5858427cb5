package scenario

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/headroom-sim/headroom/models/quantity"
)

// unknownKeys reports the keys that no field has, each with the one that was
// probably meant.
func (d *decoder) unknownKeys(f *frame) {
	for _, k := range f.table.keys() {
		if f.knows(k) {
			continue
		}
		if len(d.findings) == greatestFindings {
			return
		}
		path := sub(f.path, k)
		near := ""
		if isLater(path) {
			if !f.kind.vague { // else its kind was refused for the same reason
				d.report(path, "is not available in this version")
			}
		} else if near = d.meant(f, k); near != "" {
			d.report(path, "unknown key (did you mean %s?)", f.shown(near))
		} else {
			d.report(path, "unknown key")
		}
		d.goneAstray(f, k, near)
	}
}

// goneAstray notes that what belongs to the key near is written under the key k.
func (d *decoder) goneAstray(f *frame, k, near string) {
	at := sub(f.path, near)
	if f.table[near] == nil {
		d.misspelt[key(at)] = true
	}
	for name := range f.table[k].table() {
		d.misspelt[key(sub(at, name))] = true
		d.lost = d.lost || len(f.path) == 0
	}
}

// shown is a key as a suggestion has it: one of a table within with its table.
func (f *frame) shown(near string) string {
	inner, k, within := strings.Cut(near, ".")
	if within && f.knows(inner) {
		return fmt.Sprintf("%q in [%s]", k, quoted(sub(f.path, inner)))
	}
	return strconv.Quote(near)
}

func (f *frame) knows(k string) bool {
	for _, field := range f.fields {
		if field.key == k {
			return true
		}
	}
	return false
}

// candidates are the keys that the table may have.
func (f *frame) candidates() []string {
	var keys []string
	for _, field := range f.fields {
		if f.kind.vague || field.allows(f.kind.name) {
			keys = append(keys, field.key)
		}
	}
	return keys
}

// meant finds the key that a user probably meant: a synonym, a near one of this
// table, the same one of a table within, or the same one of a table around.
func (d *decoder) meant(f *frame, k string) string {
	if meant := synonym(sub(f.path, k)); meant != "" {
		return meant
	}
	if near := quantity.Nearest(k, f.candidates()); near != "" {
		return near
	}
	for _, field := range f.fields {
		if !field.isTable() {
			continue
		}
		for _, inner := range fieldsOf(deref(field.typ)) {
			if inner.key == k {
				return field.key + "." + k
			}
		}
	}
	return d.outer(f.path, k)
}

// outer finds the key in a table around the one at path.
func (d *decoder) outer(path []string, k string) string {
	for i := len(path) - 1; i >= 0; i-- {
		for _, field := range fieldsAt(d.spec, path[:i]) {
			if field.key == k {
				return key(sub(path[:i], k))
			}
		}
	}
	return ""
}

// fieldsAt lists the fields of the table at a path below a Spec of type t; none
// where the path leads to names.
func fieldsAt(t reflect.Type, path []string) []field {
	named := false
	for _, part := range path {
		if named {
			named = false
			continue
		}
		next := slices.IndexFunc(fieldsOf(t), func(f field) bool { return f.key == part })
		if next < 0 {
			return nil
		}
		f := fieldsOf(t)[next]
		switch {
		case f.isTable():
			t = deref(f.typ)
		case f.isNamed():
			t, named = deref(f.typ.Elem()), true
		default:
			return nil
		}
	}
	if named {
		return nil
	}
	return fieldsOf(t)
}

// quoted is a path as a message shows it: parts that are no names in quotes.
func quoted(path []string) string {
	shown := make([]string, len(path))
	for i, part := range path {
		shown[i] = part
		if !isName(part) {
			shown[i] = strconv.Quote(quantity.Brief(part))
		}
	}
	return key(shown)
}
