package swarm

import (
	"reflect"
	"strings"
	"sync"

	"github.com/headroom-sim/headroom/models/scenario"
)

// WithDefaults writes out the defaults of keys that a scenario leaves out, as far
// as they do not depend on the kind of their table and the program takes them,
// and says how many it wrote.
func WithDefaults(doc Table) (written Table, keys int) {
	for _, p := range language().places(doc) {
		if p.rule.Default == nil || Get(doc, p.path...) != nil || byKind()[p.pattern] {
			continue
		}
		next := apply(doc, []change{{p.path, plainNumber(p.rule.Default)}})
		if _, problems := Spec(Write(next)); len(problems) == 0 {
			doc, keys = next, keys+1
		}
	}
	return doc, keys
}

// byKind are the patterns of the keys whose defaults depend on the kind of their
// table, which the schema does not tell.
var byKind = sync.OnceValue(func() map[string]bool {
	found := make(map[string]bool)
	defaultsByKind(reflect.TypeFor[scenario.Spec](), "", found)
	return found
})

func defaultsByKind(t reflect.Type, pattern string, found map[string]bool) {
	switch t.Kind() {
	case reflect.Pointer:
		defaultsByKind(t.Elem(), pattern, found)
	case reflect.Map:
		defaultsByKind(t.Elem(), pattern+".*", found)
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			key, tagged := f.Tag.Lookup("toml")
			at := pattern
			switch {
			case tagged:
				at += "." + key
			case !f.Anonymous:
				continue
			}
			if strings.Contains(string(f.Tag), "default_") {
				found[strings.TrimPrefix(at, ".")] = true
			}
			defaultsByKind(f.Type, at, found)
		}
	}
}
