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

// decisive is the key that makes the table of its kind where none says so by
// itself; "" where there is no such key.
func (f *frame) decisive() string {
	if _, ok := f.value.Addr().Interface().(kinder); !ok || f.table[f.discriminator()] != nil {
		return ""
	}
	for _, field := range f.fields {
		if f.table[field.key] != nil && f.decides(field) {
			return field.key
		}
	}
	return ""
}

// alternatives are keys of which a table has one at most, by the pattern of the
// table's path, and why where that is not plain.
var alternatives = []struct {
	table string
	keys  []string
	why   string
}{
	{"clients/*", []string{"rate", "daily"}, ""},
	{"balancers/*", []string{"targets", "weights"}, ": each name in weights is a target group"},
	{"fleets/*", []string{"instance", "vcpus"}, ""},
	{"fleets/*", []string{"upstream", "calls"}, ""},
	{"cdns/*", []string{"hit_ratio", "keys"}, ""},
	{"fleets/*/schedules/*", []string{"cron", "at"}, ""},
	{"faults/*", []string{"fleet", "service"}, ": a fault hits one of them"},
	{"faults/*", []string{"service", "zone"}, ": services are in no zone"},
	{"services/*", []string{"hit_ratio", "keys"}, ""},
	{"expectations/*", []string{"at_most", "at_least", "between", "equals"}, ": an expectation has one bound"},
}

// together reports keys beside others to which they are an alternative, whether
// or not their values can be relied on.
func (d *decoder) together(f *frame) {
	for _, a := range alternatives {
		if !matches(a.table, f.path) {
			continue
		}
		first := ""
		for _, k := range a.keys {
			switch {
			case !f.may(k):
			case first == "":
				first = k
			default:
				d.report(sub(f.path, k), "cannot be used together with %s%s", first, a.why)
			}
		}
	}
}

// may tells whether the table has a key that its kind may have.
func (f *frame) may(k string) bool {
	return f.table[k] != nil && slices.ContainsFunc(f.fields, func(field field) bool {
		return field.key == k && (f.kind.vague || field.allows(f.kind.name))
	})
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
