package scenario

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/headroom-sim/headroom/models/quantity"
)

// A field is a key of a table, as the Spec's struct tags declare it:
//
//	toml            the key
//	doc, source     what it means, and whose rule or default it is
//	required        "true": the key must be there (where its kind may have it)
//	default         its value when left out, written as in a scenario
//	default_KIND    the same in tables of that kind
//	for             the kinds of table that may have the key, with blanks between
//	range           "LO..HI", both inclusive, either may be left out
//	range_KIND      a narrower one in tables of that kind
//	oneof           the words that it may have, with blanks between
//	oneof_KIND      those of them that it may have in tables of that kind
//	write           how to write it, for who left out a required key
//	keys            "dotted": the table's keys are dotted keys of the scenario
//	later           further words of the language that this version does not know
type field struct {
	key   string
	index []int
	typ   reflect.Type
	tag   reflect.StructTag
}

// fieldsOf lists the keys of a struct in order. Those of embedded structs belong
// to it, and are for the kinds that the embedding is for.
func fieldsOf(t reflect.Type) []field {
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		key, tagged := f.Tag.Lookup("toml")
		switch {
		case f.Anonymous && !tagged:
			for _, inner := range fieldsOf(f.Type) {
				inner.index = append([]int{i}, inner.index...)
				if kinds, limited := f.Tag.Lookup("for"); limited {
					inner.tag += reflect.StructTag(fmt.Sprintf(" for:%q", kinds))
				}
				fields = append(fields, inner)
			}
		case tagged && key != "-":
			fields = append(fields, field{key, []int{i}, f.Type, f.Tag})
		}
	}
	return fields
}

func (f field) required() bool { return f.tag.Get("required") == "true" }

// tellsKind tells whether every table must say by this key of which kind it is.
func (f field) tellsKind() bool {
	_, limited := f.tag.Lookup("for")
	return f.required() && len(f.words()) > 0 && !limited
}

// example shows how to write a key that is missing.
func (f field) example() string {
	if text, ok := f.tag.Lookup("write"); ok {
		return ": write " + text
	}
	if f.tellsKind() {
		return " (known: " + strings.Join(f.words(), ", ") + ")"
	}
	return ""
}

// allows tells whether tables of a kind may have the key.
func (f field) allows(kind string) bool {
	kinds, limited := f.tag.Lookup("for")
	return !limited || slices.Contains(strings.Fields(kinds), kind)
}

// defaultFor is the default in tables of a kind.
func (f field) defaultFor(kind string) (string, bool) {
	if text, ok := f.tag.Lookup("default_" + kind); ok && kind != "" {
		return text, true
	}
	return f.tag.Lookup("default")
}

func (f field) words() []string { return strings.Fields(f.tag.Get("oneof")) }
func (f field) later() []string { return strings.Fields(f.tag.Get("later")) }

// isTable tells whether the key has a table of its own Spec.
func (f field) isTable() bool {
	t := deref(f.typ)
	return t.Kind() == reflect.Struct && !isReader(t)
}

// isNamed tells whether the key has tables by name: [fleets.web].
func (f field) isNamed() bool {
	if f.typ.Kind() != reflect.Map {
		return false
	}
	t := deref(f.typ.Elem())
	return t.Kind() == reflect.Struct && !isReader(t)
}

// isDotted tells whether the key's table has dotted keys of the scenario.
func (f field) isDotted() bool { return f.tag.Get("keys") == "dotted" }

func deref(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

var readerType = reflect.TypeFor[quantity.Reader]()

// A kinder says which kind its table is, once its keys are read.
type kinder interface{ Kind() string }

// A checker finds what no single key shows.
type checker interface{ Check(report quantity.Report) }

func isReader(t reflect.Type) bool { return reflect.PointerTo(t).Implements(readerType) }

// some reports whether a table has an entry for which something holds.
func some[V any](table map[string]V, holds func(V) bool) bool {
	for _, v := range table {
		if holds(v) {
			return true
		}
	}
	return false
}

// rawDefault turns the text of a default into what a TOML file would have for
// the type.
func rawDefault(text string, t reflect.Type) any {
	t = deref(t)
	if isReader(t) {
		return text
	}
	var raw any = text
	var err error
	switch t.Kind() {
	case reflect.Bool:
		raw, err = strconv.ParseBool(text)
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint32, reflect.Uint64:
		raw, err = strconv.ParseInt(text, 10, 64)
	case reflect.Float64:
		raw, err = strconv.ParseFloat(text, 64)
	case reflect.Slice:
		list := []any{}
		for _, word := range strings.Fields(text) {
			list = append(list, rawDefault(word, t.Elem()))
		}
		raw = list
	}
	if err != nil {
		panic(fmt.Sprintf("scenario: default %q of a %s: %v", text, t, err))
	}
	return raw
}

// magnitude is the size of a value that a range bounds.
func magnitude(v reflect.Value) (float64, bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return 0, false
		}
		return magnitude(v.Elem())
	case reflect.Int, reflect.Int32, reflect.Int64:
		return float64(v.Int()), true
	case reflect.Uint32, reflect.Uint64:
		return float64(v.Uint()), true
	case reflect.Float64:
		return v.Float(), true
	}
	return 0, false
}

// outside says how v is out of the field's range; "" when it is not.
func (f field) outside(v reflect.Value) string { return f.beyond(v, f.tag.Get("range")) }

// misfit says why tables of a kind may not have the value v, which other kinds
// may; "" when they may.
func (f field) misfit(v reflect.Value, kind string) string {
	if text := f.beyond(v, f.tag.Get("range_"+kind)); text != "" {
		return text
	}
	words, narrowed := f.tag.Lookup("oneof_" + kind)
	if v.Kind() != reflect.String || !narrowed || slices.Contains(strings.Fields(words), v.String()) {
		return ""
	}
	return "must be " + inWords(strings.Fields(words))
}

func inWords(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return "one of " + strings.Join(words, ", ")
}

// beyond says how v is out of a range; "" when it is not.
func (f field) beyond(v reflect.Value, limits string) string {
	size, sized := magnitude(v)
	if limits == "" || !sized {
		return ""
	}
	lo, hi, _ := strings.Cut(limits, "..")
	if (lo == "" || size >= f.bound(lo)) && (hi == "" || size <= f.bound(hi)) {
		return ""
	}
	return "must be " + rangeText(limits)
}

// rangeText is a range in words: "between 5s and 300s".
func rangeText(limits string) string {
	lo, hi, _ := strings.Cut(limits, "..")
	switch {
	case hi == "":
		return "at least " + lo
	case lo == "":
		return "at most " + hi
	default:
		return "between " + lo + " and " + hi
	}
}

// byKind gives the kinds and texts of the tags PREFIX_KIND, in their order.
func (f field) byKind(prefix string) [][2]string {
	var list [][2]string
	for _, part := range strings.Split(string(f.tag), `" `) {
		name, text, _ := strings.Cut(part, `:"`)
		if kind, ok := strings.CutPrefix(name, prefix+"_"); ok {
			list = append(list, [2]string{kind, strings.TrimSuffix(text, `"`)})
		}
	}
	return list
}

// bound is the magnitude of one end of the range.
func (f field) bound(text string) float64 {
	t := f.typ
	if t.Kind() == reflect.Map {
		t = t.Elem()
	}
	v := reflect.New(deref(t)).Elem()
	if err := setScalar(v, rawDefault(text, v.Type()), nil); err != nil {
		panic(fmt.Sprintf("scenario: bound %q of key %s: %v", text, f.key, err))
	}
	size, _ := magnitude(v)
	return size
}
