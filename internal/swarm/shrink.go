package swarm

import (
	"maps"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/engine"
)

// Shrink makes a scenario smaller as long as it fails: tables and keys go, each
// with what cannot be without it, lists get shorter, and so does the run. What
// the program refuses is not asked about. It tries at most so many scenarios.
func Shrink(doc Table, tries int, fails func(Table) bool) Table {
	smaller := func(next Table) bool {
		if next == nil || tries <= 0 {
			return false
		}
		tries--
		if !fails(next) {
			return false
		}
		doc = next
		return true
	}
	for shrunk := true; shrunk; {
		shrunk = false
		for _, path := range paths(doc, nil) {
			if Get(doc, path...) == nil {
				continue // it went with another
			}
			shrunk = smaller(without(doc, path)) || smaller(halved(doc, path)) || shrunk
		}
	}
	return doc
}

// paths are those of all tables and keys, tables before what is in them.
func paths(t Table, before []string) [][]string {
	var list [][]string
	for _, key := range slices.Sorted(maps.Keys(t)) {
		path := append(slices.Clone(before), key)
		list = append(list, path)
		if inner, ok := t[key].(Table); ok {
			list = append(list, paths(inner, path)...)
		}
	}
	return list
}

// without is the scenario without a key, and without what the program then
// complains of; nil if there is none.
func without(doc Table, path []string) Table {
	doc = Clone(doc)
	remove(doc, path)
	for range 20 {
		_, problems := Spec(Write(doc))
		if len(problems) == 0 {
			return doc
		}
		for _, problem := range problems {
			blamed := strings.Split(problem.Key, ".")
			for len(blamed) > 1 && Get(doc, blamed...) == nil {
				blamed = blamed[:len(blamed)-1] // a key is missing: then its table goes
			}
			remove(doc, blamed)
		}
	}
	return nil
}

func remove(doc Table, path []string) {
	last := len(path) - 1
	if within, ok := Get(doc, path[:last]...).(Table); ok {
		delete(within, path[last])
	}
}

// halved is the scenario with half of a list, of a number or of the run; nil if
// there is none, or the program does not take it.
func halved(doc Table, path []string) Table {
	half := half(doc, path)
	if half == nil {
		return nil
	}
	next := Clone(doc)
	Set(next, path, half)
	if _, problems := Spec(Write(next)); len(problems) > 0 {
		return nil
	}
	return next
}

// half is half of what a key has; nil where that is nothing.
func half(doc Table, path []string) any {
	switch value := Get(doc, path...).(type) {
	case []any:
		if len(value) > 1 {
			return value[:len(value)/2]
		}
	case int64:
		if value > 1 {
			return value / 2
		}
	case string:
		spec, _ := Spec(Write(doc))
		if path[0] == "duration" && spec != nil && spec.Duration.Time() > engine.Second {
			return (spec.Duration / 2).String()
		}
	}
	return nil
}
