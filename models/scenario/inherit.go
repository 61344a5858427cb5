package scenario

import (
	"reflect"
	"slices"
)

// A kind says of which kind a table is, and which text decides that.
type kind struct {
	name  string
	by    layer // the text whose word holds; all flags count as one text
	vague bool  // it is not known: the key that says it is wrong or missing
}

// newest is the latest of the texts that mention the key; all flags count as one.
func (n *node) newest() layer { return min(n.origins[len(n.origins)-1].layer, flags) }

// decideKind asks the struct for its kind, now that its keys are read, and
// whether the key that says it can be relied on.
func (d *decoder) decideKind(f *frame) {
	k, ok := f.value.Addr().Interface().(kinder)
	if !ok {
		return
	}
	f.kind = kind{name: k.Kind()}
	if n := f.table[f.discriminator()]; n != nil {
		f.kind.by = n.newest()
	} else {
		f.implyKind(k)
	}
	for _, field := range f.fields {
		says := len(field.words()) > 0 && f.value.FieldByIndex(field.index).String() == f.kind.name
		if says && (d.broken[key(sub(f.path, field.key))] || field.tellsKind() && f.table[field.key] == nil) {
			f.kind.vague = true
		}
	}
}

// implyKind is for tables whose kind follows from the keys that they have. The
// newest such key decides; older ones that say otherwise fall away.
func (f *frame) implyKind(k kinder) {
	var deciding []field
	for _, field := range f.fields {
		if n := f.table[field.key]; n != nil && f.decides(field) {
			deciding = append(deciding, field)
			f.kind.by = max(f.kind.by, n.newest())
		}
	}
	for _, field := range deciding {
		if f.table[field.key].newest() < f.kind.by {
			f.drop(field)
		}
	}
	f.kind.name = k.Kind()
}

// decides tells whether a key by itself makes the table another kind than it is
// without keys.
func (f *frame) decides(field field) bool {
	alone := reflect.New(f.value.Type())
	none := alone.Interface().(kinder).Kind()
	alone.Elem().FieldByIndex(field.index).Set(f.value.FieldByIndex(field.index))
	return alone.Interface().(kinder).Kind() != none
}

// alternatives are keys of which a table has one at most, by the pattern of the
// table's path.
var alternatives = []struct {
	table string
	keys  []string
}{
	{"clients/*", []string{"rate", "daily"}},
	{"balancers/*", []string{"targets", "weights"}},
	{"fleets/*", []string{"instance", "vcpus"}},
	{"fleets/*", []string{"upstream", "calls"}},
	{"cdns/*", []string{"hit_ratio", "keys"}},
	{"fleets/*/schedules/*", []string{"at", "cron"}},
	{"faults/*", []string{"fleet", "service"}},
	{"faults/*", []string{"service", "zone"}},
	{"services/*", []string{"hit_ratio", "keys"}},
	{"expectations/*", []string{"at_most", "at_least", "between", "equals"}},
}

// disinherit drops the keys that a table of this kind cannot use, or not with
// such a value, and that are from an older text than its kind, and those to which
// a newer text has an alternative.
func (f *frame) disinherit() {
	for _, a := range alternatives {
		if matches(a.table, f.path) {
			f.keepNewest(a.keys)
		}
	}
	if f.kind.vague {
		return
	}
	for _, field := range f.fields {
		n := f.table[field.key]
		if n == nil || n.newest() >= f.kind.by {
			continue
		}
		if !field.allows(f.kind.name) || field.misfit(f.value.FieldByIndex(field.index), f.kind.name) != "" {
			f.drop(field)
		}
	}
}

// keepNewest drops those of the keys that are from an older text than another.
func (f *frame) keepNewest(keys []string) {
	newest := base
	for _, key := range keys {
		if n := f.table[key]; n != nil {
			newest = max(newest, n.newest())
		}
	}
	for _, field := range f.fields {
		if n := f.table[field.key]; n != nil && slices.Contains(keys, field.key) && n.newest() < newest {
			f.drop(field)
		}
	}
}

func (f *frame) drop(field field) {
	delete(f.table, field.key)
	f.value.FieldByIndex(field.index).SetZero()
}
