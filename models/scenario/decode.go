package scenario

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/models/quantity"
)

// A finding is a problem of one configuration, before it is known which of the
// texts is to blame.
type finding struct {
	path []string
	text string
	hint string // ends the text, and may be another in every configuration
}

// A decoder turns a configuration's tree into a Spec by the Spec's tags.
type decoder struct {
	files    quantity.Files
	spec     reflect.Type // of the whole scenario
	findings []finding
	// broken has the paths whose values cannot be relied on, or something within
	// them; misspelt those whose content is written elsewhere, under an unknown
	// key, or cannot be read at all.
	broken, misspelt map[string]bool
	lost             bool // names of the scenario are under an unknown key
}

// greatestFindings is how many problems of one configuration are mentioned.
const greatestFindings = 1000

func (d *decoder) report(path []string, format string, args ...any) {
	d.note(finding{path: slices.Clone(path), text: fmt.Sprintf(format, args...)})
}

func (d *decoder) note(f finding) {
	if len(d.findings) < greatestFindings {
		d.findings = append(d.findings, f)
	}
}

// fail reports a value that cannot be relied on: tables that contain it are not
// checked any further.
func (d *decoder) fail(path []string, format string, args ...any) {
	d.report(path, format, args...)
	for i := range len(path) + 1 {
		d.broken[key(path[:i])] = true
	}
}

func key(path []string) string { return strings.Join(path, ".") }

func sub(path []string, name ...string) []string { return append(slices.Clone(path), name...) }

// A frame is a table that is being decoded into a struct.
type frame struct {
	path   []string
	table  table // nil where the table was left out
	value  reflect.Value
	fields []field
	kind   kind
}

// table decodes a table into the struct v. A table without a kind of its own is
// of its parent's kind.
func (d *decoder) table(v reflect.Value, t table, path []string, kind kind) {
	f := &frame{path, t, v, fieldsOf(v.Type()), kind}
	d.scalars(f)
	d.decideKind(f)
	f.disinherit()
	d.together(f)
	d.unknownKeys(f)
	for _, field := range f.fields {
		d.field(f, field)
	}
	if c, ok := v.Addr().Interface().(checker); ok && !d.broken[key(path)] && !f.kind.vague {
		c.Check(func(at, format string, args ...any) {
			if full := sub(path, splitKey(at)...); !d.misspelt[key(full)] {
				d.report(full, format, args...)
			}
		})
	}
}

func splitKey(key string) []string {
	if key == "" {
		return nil
	}
	return strings.Split(key, ".")
}

// scalars reads the keys that are there and have no table, and fills in the
// defaults that do not depend on the kind: the kind may depend on them.
func (d *decoder) scalars(f *frame) {
	for _, field := range f.fields {
		if field.isTable() || field.typ.Kind() == reflect.Map {
			continue
		}
		v := f.value.FieldByIndex(field.index)
		if n := f.table[field.key]; n != nil {
			d.scalar(v, field, n, sub(f.path, field.key))
			continue
		}
		if text, ok := field.defaultFor(""); ok && field.allows("") {
			setDefault(v, text)
		}
	}
}

func setDefault(v reflect.Value, text string) {
	if err := setScalar(v, rawDefault(text, v.Type()), nil); err != nil {
		panic(fmt.Sprintf("scenario: default %q: %v", text, err))
	}
}

func (d *decoder) scalar(v reflect.Value, f field, n *node, path []string) {
	err := setScalar(v, n.raw(), d.files)
	if err != nil && n.bare != "" && setScalar(v, n.bare, d.files) == nil {
		err = nil
	}
	if plain := f.unquoted(n.raw()); err != nil && plain != "" {
		err = fmt.Errorf("must be %s: write %s %s", plainName(f.typ), plain, n.have())
	}
	if err != nil {
		for _, e := range unjoin(err) {
			d.fail(path, "%v", e)
		}
		return
	}
	if text := f.outside(v); text != "" {
		d.fail(path, "%s %s", text, n.have())
	}
	switch {
	case len(f.words()) > 0:
		d.word(v, f, path)
	case f.required() && v.Kind() == reflect.String && v.Len() == 0:
		d.fail(path, "must not be empty")
	}
}

func unjoin(err error) []error {
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		return joined.Unwrap()
	}
	return []error{err}
}

// word checks text against the words that the key may have.
func (d *decoder) word(v reflect.Value, f field, path []string) {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.Kind() == reflect.Slice {
		for i := range v.Len() {
			d.word(v.Index(i), f, path)
		}
		return
	}
	text, words := v.String(), f.words()
	if slices.Contains(words, text) {
		return
	}
	if slices.Contains(f.later(), text) {
		d.fail(path, "%q is not available in this version (available: %s)", text, strings.Join(words, ", "))
		return
	}
	if near := nearestWord(path, text, words); near != "" {
		d.fail(path, "unknown value %q (did you mean %q?)", text, near)
		return
	}
	d.fail(path, "must be one of %s %s", strings.Join(words, ", "), quantity.Have(text))
}

// field finishes one key: whether the kind may have it, its default by kind,
// whether it is missing, and its tables.
func (d *decoder) field(f *frame, field field) {
	n, path := f.table[field.key], sub(f.path, field.key)
	v := f.value.FieldByIndex(field.index)
	if !f.kind.vague && !field.allows(f.kind.name) {
		if n != nil && !d.broken[key(path)] {
			d.report(path, "%s", f.refusal(field))
		}
		return
	}
	if n == nil && (!f.kind.vague || field.tellsKind()) {
		d.absent(f, field, v)
	}
	if n != nil && !f.kind.vague && !d.broken[key(path)] {
		if text := field.misfit(v, f.kind.name); text != "" {
			d.report(path, "%s where %s = %q %s", text, f.discriminator(), f.kind.name, n.have())
		}
	}
	switch {
	case field.isTable():
		d.inner(v, n, path, f.kind)
	case field.typ.Kind() == reflect.Map && n != nil:
		d.entries(v, field, n, path, f.kind)
	}
}

// absent fills in the default of a key that was left out, or misses it.
func (d *decoder) absent(f *frame, field field, v reflect.Value) {
	if text, ok := field.defaultFor(f.kind.name); ok {
		setDefault(v, text)
	}
	if path := sub(f.path, field.key); field.required() && !d.misspelt[key(path)] {
		d.fail(path, "is required%s%s", f.whichKind(field), field.example())
	}
}

// whichKind tells for whom the key is required.
func (f *frame) whichKind(required field) string {
	if _, limited := required.tag.Lookup("for"); limited {
		return " where " + f.discriminator() + fmt.Sprintf(" = %q", f.kind.name)
	}
	return ""
}

// refusal says why the table may not have the key.
func (f *frame) refusal(refused field) string {
	kinds := strings.Join(strings.Fields(refused.tag.Get("for")), ", ")
	if by := f.decisive(); by != "" {
		return fmt.Sprintf("cannot be used with %s, which makes %s = %q (only with %s)", by, f.discriminator(), f.kind.name, kinds)
	}
	return fmt.Sprintf("cannot be used with %s = %q (only with %s)", f.discriminator(), f.kind.name, kinds)
}

// discriminator is the key that says of which kind the table is.
func (f *frame) discriminator() string {
	for _, field := range f.fields {
		if slices.Contains(field.words(), f.kind.name) && deref(field.typ).Kind() == reflect.String {
			return field.key
		}
	}
	return "kind"
}

// inner decodes a table of its own Spec, which has its defaults even when it
// was left out; behind a pointer it stays nil.
func (d *decoder) inner(v reflect.Value, n *node, path []string, kind kind) {
	if n != nil && n.table() == nil {
		d.fail(path, "must be a table %s", n.have())
		return
	}
	if v.Kind() == reflect.Pointer {
		if n == nil {
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	var t table
	if n != nil {
		t = n.table()
	}
	d.table(v, t, path, kind)
}

// entries decodes a table whose keys are names.
func (d *decoder) entries(v reflect.Value, f field, n *node, path []string, kind kind) {
	if n.table() == nil {
		d.fail(path, "must have named tables, [%s.NAME] %s", key(path), n.have())
		d.misspelt[key(path)] = true
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	if f.isDotted() {
		d.dotted(v, f, n, path)
		return
	}
	if have := len(n.table()); have > greatestEntries {
		d.fail(path, "has more than %d entries (have %d)", greatestEntries, have)
		d.misspelt[key(path)] = true
		return
	}
	for _, name := range n.table().keys() {
		at := sub(path, name)
		if !isName(name) {
			d.fail(at, "a name may have letters, digits, - and _ (have %q)", quantity.Brief(name))
			continue
		}
		entry := reflect.New(v.Type().Elem()).Elem()
		if f.isNamed() {
			d.named(entry, n.table()[name], at, kind)
		} else {
			d.scalar(entry, f, n.table()[name], at)
		}
		v.SetMapIndex(reflect.ValueOf(name), entry)
	}
}

// dotted decodes a table whose keys are dotted keys of the scenario.
func (d *decoder) dotted(v reflect.Value, f field, n *node, path []string) {
	for _, e := range dottedEntries(n, path) {
		name := reflect.ValueOf(e.key)
		if v.MapIndex(name).IsValid() {
			d.fail(e.path, "is there twice, in quotes and without")
			continue
		}
		entry := reflect.New(v.Type().Elem()).Elem()
		d.scalar(entry, f, e.node, e.path)
		v.SetMapIndex(name, entry)
	}
}

// named decodes one of the tables that have names.
func (d *decoder) named(entry reflect.Value, n *node, path []string, kind kind) {
	if entry.Kind() == reflect.Pointer {
		entry.Set(reflect.New(entry.Type().Elem()))
		entry = entry.Elem()
	}
	if n.table() == nil {
		d.fail(path, "must be a table, [%s] %s", key(path), n.have())
		return
	}
	d.table(entry, n.table(), path, kind)
}

// isName tells whether a name can stand in a dotted path and in metric names.
func isName(name string) bool {
	for _, r := range name {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_') {
			return false
		}
	}
	return name != "" && len(name) <= greatestName
}

// Bounds on names and on how many of a kind there may be.
const (
	greatestName    = 64 // bytes
	greatestEntries = 1000
)
