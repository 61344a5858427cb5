package scenario

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/headroom-sim/headroom/models/catalog"
)

// A Setting is a key of a configuration: what it says, and who says so.
type Setting struct {
	Table  string // "fleets.web.server"; "" is the top level
	Key    string
	Value  string // as in a scenario, without quotes; of a derived one, from what it follows
	Origin Origin
	Where  string // of a written one: "line 14", "variant bigger, line 40" or "--set fleets.web.min=4"
	Doc    string // what the key means
	Source string // whose default it is, or whose rule
}

// Origin is who says what a setting is.
type Origin uint8

// The origins of settings.
const (
	Set     Origin = iota // the scenario, its variant or a flag
	Default               // the language
	Derived               // other settings, the catalogue, or that the key was left out
)

// String is the word for readers.
func (o Origin) String() string { return [...]string{"set", "default", "derived"}[o] }

// Settings are all keys that have a say in the configuration, table by table, the
// named ones in the order in which they were written. What no table of its kind
// can have is not among them, nor what stands for nothing when it is left out.
func (s *Spec) Settings() []Setting {
	l := &settings{region: s.Region.Region}
	l.table("", reflect.ValueOf(s).Elem(), s.text.root, "")
	return l.list
}

// settings are those found so far.
type settings struct {
	region catalog.Region
	list   []Setting
}

// table adds the keys of a table, then those of the tables within. The node is
// nil where the table was left out, and has defaults only. A table without a kind
// of its own is of its parent's kind.
func (l *settings) table(path string, v reflect.Value, n *node, kind string) {
	if k, ok := v.Addr().Interface().(kinder); ok {
		kind = k.Kind()
	}
	var written table
	if n != nil {
		written = n.table()
	}
	fields := fieldsOf(v.Type())
	derived := l.derive(v.Addr().Interface(), fields)
	for _, f := range fields {
		if f.allows(kind) && !f.isTable() && !f.isNamed() {
			l.key(path, f, written[f.key], kind, derived[f.key])
		}
	}
	for _, f := range fields {
		if !f.allows(kind) {
			continue
		}
		inner, within := v.FieldByIndex(f.index), strings.TrimPrefix(path+"."+f.key, ".")
		switch {
		case f.isTable() && inner.Kind() == reflect.Pointer && inner.IsNil():
			l.key(path, f, nil, kind, "")
		case f.isTable():
			l.table(within, reflect.Indirect(inner), written[f.key], kind)
		case f.isNamed() && written[f.key] != nil:
			for _, name := range written[f.key].table().keys() {
				l.entry(within+"."+name, inner.MapIndex(reflect.ValueOf(name)), written[f.key].table()[name], kind)
			}
		}
	}
}

// entry adds one of the tables that have names. Those that a map holds by value
// are copied: their address is needed to ask for their kind.
func (l *settings) entry(path string, v reflect.Value, n *node, kind string) {
	if v.Kind() != reflect.Pointer {
		copied := reflect.New(v.Type())
		copied.Elem().Set(v)
		v = copied
	}
	l.table(path, v.Elem(), n, kind)
}

// key adds a key that was written, has a default, or stands for something when it
// is left out.
func (l *settings) key(path string, f field, n *node, kind, derived string) {
	s := Setting{Table: path, Key: f.key, Doc: f.tag.Get("doc"), Source: f.tag.Get("source")}
	text, hasDefault := f.defaultFor(kind)
	doc, leftOut, standsFor := strings.Cut(s.Doc, "Left out: ")
	switch {
	case n != nil:
		s.Value, s.Origin, s.Where = plainValue(n), Set, n.where()
	case hasDefault:
		s.Value, s.Origin = text, Default
	case derived != "":
		s.Value, s.Origin, s.Doc = derived, Derived, strings.TrimSpace(doc)
	case standsFor:
		s.Value, s.Origin, s.Doc = strings.TrimSuffix(leftOut, "."), Derived, strings.TrimSpace(doc)
	default:
		return
	}
	l.list = append(l.list, s)
}

// derive says what keys of a table mean that were left out: of which kind it is,
// and of a fleet what follows from the others.
func (l *settings) derive(spec any, fields []field) map[string]string {
	all := map[string]string{}
	if k, ok := spec.(kinder); ok {
		for _, f := range fields {
			if slices.Contains(f.words(), k.Kind()) {
				all[f.key] = k.Kind()
			}
		}
	}
	if f, ok := spec.(*Fleet); ok {
		l.deriveFleet(f, all)
	}
	return all
}

func (l *settings) deriveFleet(f *Fleet, all map[string]string) {
	all["desired"] = fmt.Sprintf("%d, as min", f.Min)
	i, err := catalog.Lookup(f.Instance)
	if err != nil {
		return
	}
	all["vcpus"] = fmt.Sprintf("%d, as %s has", i.VCPU, i.Name)
	all["price"] = fmt.Sprintf("%s USD an hour, of %s in %s", i.PricePerHour(l.region), i.Name, l.region)
	switch {
	case !i.Burstable():
		all["cpu_credits"] = "none: " + i.Name + " is not burstable"
	case f.unlimited(i.Credits):
		all["cpu_credits"] = "unlimited, as " + i.Family + " has"
	default:
		all["cpu_credits"] = "standard, as " + i.Family + " has"
	}
}

// where is the place at which the node was written.
func (n *node) where() string {
	o := n.origins[len(n.origins)-1]
	switch {
	case o.layer >= flags:
		return o.file
	case len(o.prefix) > 1:
		return fmt.Sprintf("variant %s, line %d", o.prefix[1], o.line)
	}
	return fmt.Sprintf("line %d", o.line)
}

// plainValue is a value as the author wrote it, without the quotes around a text.
func plainValue(n *node) string {
	t := n.table()
	if t == nil {
		if text, ok := n.value.(string); ok {
			return text
		}
		return string(spelled(n.value))
	}
	parts := make([]string, 0, len(t))
	for _, name := range t.keys() {
		parts = append(parts, name+" = "+plainValue(t[name]))
	}
	return strings.Join(parts, ", ")
}

// spelled writes a value that is no table: texts in a list in quotes.
func spelled(value any) []byte {
	list, ok := value.([]any)
	if !ok {
		if text, isText := value.(string); isText {
			return strconv.AppendQuote(nil, text)
		}
		return appendValue(nil, value)
	}
	to := []byte{'['}
	for i, item := range list {
		if i > 0 {
			to = append(to, ", "...)
		}
		to = append(to, spelled(item)...)
	}
	return append(to, ']')
}
